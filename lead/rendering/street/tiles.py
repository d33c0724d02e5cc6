"""The static town in square tiles, each built when somebody comes near: `Street` is prepared once, then `build_tile`."""

import numpy as np
from numpy.typing import NDArray

from lead.rendering.mesh import merge
from lead.rendering.street.bridges import bridge_parts, find_rims
from lead.rendering.street.clearance import measure_clearance
from lead.rendering.street.ground import apron, ground_mesh
from lead.rendering.street.paint import paint_mesh, stop_lines
from lead.rendering.street.painted import find_painted
from lead.rendering.street.parked import parked_cars, parked_things, usable_slots
from lead.rendering.street.patches import Junctions
from lead.rendering.street.scenery_at import scenery_things
from lead.rendering.street.signals_at import signal_things
from lead.rendering.street.thing import Thing
from lead.rendering.street.vegetation import grow_nursery
from lead.rendering.street.wild import wild_things
from lead.roads.labels import Label
from lead.roads.town import Town

__all__ = ["TILE", "Street", "Thing", "build_tile"]

TILE = 64.0  # m, edge length
QUARTER = 0.5 * TILE  # m, pieces of ground


class Street:
    """What tiles of one town share. The same town and seed give the same tiles."""

    def __init__(self, town: Town, seed: int = 0) -> None:
        self.town, self.seed = town, seed
        self.painted = find_painted(town.opendrive)
        self.stop_lines = stop_lines(town.signals, town.network)
        self.rims = find_rims(town)
        self.clearance = measure_clearance(town.network)
        self.lamp_post = number_lamps(town)
        self.junctions = Junctions(town.network)
        usable = usable_slots(town, self.painted)
        self.bays = town.parking_slots[usable]
        self.parked = parked_cars(town, usable, seed)
        self.nursery = grow_nursery(np.random.default_rng([seed, 0]))


def number_lamps(town: Town) -> NDArray[np.int64]:
    """Number of each scenery box's street lamp (B,), -1 if it is none; the client's light manager counts them alike."""
    names = np.char.lower(town.scenery.name.astype(np.str_))
    lamp = (np.char.find(names, "lamp") >= 0) | (np.char.find(names, "light") >= 0)
    lamp &= (np.char.find(names, "traffic") < 0) & (town.scenery.label == Label.POLES)
    return np.where(lamp, np.cumsum(lamp) - 1, -1)


def build_tile(street: Street, ix: int, iy: int) -> list[Thing]:
    """Everything whose middle lies in the tile [64 ix, 64 ix + 64) x [64 iy, 64 iy + 64) m, in world coordinates."""
    town, x, y = street.town, ix * TILE, iy * TILE
    things = [_ground(street, x + a * QUARTER, y + b * QUARTER) for a in (0, 1) for b in (0, 1)]
    things.append(Thing(bridge_parts(town, street.rims, x, y, TILE), None, "", Label.BRIDGE))
    things += signal_things(town, _inside(town.signals.head, x, y))
    rows = _inside(town.scenery.centre, x, y)
    things += scenery_things(town, rows, street.lamp_post, street.nursery, street.seed)
    things += parked_things(town, street.parked, _inside(street.parked.pose, x, y))
    things += _patches(street, _inside(street.junctions.middle, x, y))
    things += wild_things(town, street.clearance, street.nursery, ix, iy, TILE, street.seed)
    return [thing for thing in things if len(thing.near.faces)]


def _inside(places: NDArray[np.float64], x: float, y: float) -> NDArray[np.int64]:
    """Rows of places (n, 2 or more) m in the tile with low corner (x, y)."""
    px, py = places[:, 0], places[:, 1]
    return np.flatnonzero((px >= x) & (px < x + TILE) & (py >= y) & (py < y + TILE))


def _patches(street: Street, rows: NDArray[np.int64]) -> list[Thing]:
    """What is paved between the lanes of junctions."""
    return [Thing(street.junctions.patch(int(k)), None, "", Label.ROADS) for k in rows]


def _ground(street: Street, x: float, y: float) -> Thing:
    """A quarter tile of ground with its paint, which is not seen from afar."""
    town = street.town
    bridges = (int(x // TILE), int(y // TILE)) in street.rims.high
    ground, plain = ground_mesh(town, street.clearance, x, y, QUARTER, street.seed, bridges)
    rim = apron(town, x, y, QUARTER)
    paint = paint_mesh(town, street.painted, street.stop_lines, street.bays, x, y, QUARTER)
    return Thing(merge(ground, rim, paint), merge(plain, rim), "", Label.ROADS)
