"""Pictures of places: every town at noon, and what weather and time of day make of them."""

from functools import cache

import numpy as np
from scene import Scene
from sheet import Tile, contact_sheet
from weather import FIVE, PRESETS, preset

from lead.roads.carla_maps import CARLA_MAPS
from lead.roads.generate import TOWNS
from lead.roads.library import MapNotFoundError

SPAWN_POINT = {  # where each town is seen from
    "GridCity": 24, "VillageCrossing": 26, "InterurbanHills": 217, "MotorwayRing": 33, "Town01": 172, "Town02": 84,
    "Town03": 75, "Town04": 317, "Town05": 7, "Town06": 147, "Town07": 45, "Town10HD": 52, "Town11": 1454, "Town12": 4013,
    "Town13": 3133, "Town15": 348,
}  # fmt: skip
EYE = 1.5  # m, height of a driver's eyes
PITCH = np.radians(-2.0)


WIDE, SMALL = (400, 225), (252, 150)  # pixels of a tile with CARLA's towns at noon, and in a sheet of five weathers
AT_NOON = 6  # of CARLA's towns on a sheet
IN_WEATHERS = 4


@cache
def _seen_from_car(town: str) -> tuple[Scene, tuple[float, ...]]:
    """A populated scene and the camera's pose in it."""
    scene = Scene(town, own_car=True)
    x, y, z, _, yaw, _ = scene.town.spawn_points[SPAWN_POINT.get(town, 0)]
    pose = (x, y, z + EYE, float(PITCH), yaw, 0.0)
    scene.populate(pose, vehicles=24, walkers=14)
    return scene, pose


def _tile(town: str, weather: list[float], text: str, width: int, height: int, fov: float = 75.0) -> Tile:
    scene, pose = _seen_from_car(town)
    scene.set_weather(weather)
    return Tile(scene.photograph(pose, width, height, fov), text)


def _five(town: str) -> list[Tile]:
    """A town in the five weathers."""
    return [_tile(town, FIVE[name], f"{town}, {name}", *SMALL) for name in FIVE]


@cache
def _carla_town(town: str) -> tuple[Tile, list[Tile]] | None:
    """A town of CARLA at noon and in the five weathers, drawn on one loading; None if it is not on this machine."""
    try:
        tiles = _tile(town, FIVE["clear noon"], town, *WIDE), _five(town)
    except MapNotFoundError:
        print(f"{town} is left out, as it is not on this machine; `lead maps fetch {town}` gets it")
        return None
    _seen_from_car.cache_clear()
    return tiles


def generated_towns():
    """The four generated towns."""
    return contact_sheet([_tile(town, FIVE["clear noon"], town, 520, 292) for town in TOWNS], 2)


def carla_towns(sheet: int):
    """Six of CARLA's twelve towns at noon, those that are there."""
    drawn = [_carla_town(town) for town in list(CARLA_MAPS)[AT_NOON * sheet : AT_NOON * (sheet + 1)]]
    tiles = [town[0] for town in drawn if town is not None]
    return contact_sheet(tiles, 3) if tiles else None


def weathers():
    """The generated towns at noon, in rain and fog, at dusk and at night."""
    return contact_sheet([tile for town in TOWNS for tile in _five(town)], len(FIVE))


def carla_weathers(sheet: int):
    """Four of CARLA's towns in the same weathers."""
    drawn = [_carla_town(town) for town in list(CARLA_MAPS)[IN_WEATHERS * sheet : IN_WEATHERS * (sheet + 1)]]
    tiles = [tile for town in drawn if town is not None for tile in town[1]]
    return contact_sheet(tiles, len(FIVE)) if tiles else None


def presets():
    """CARLA's presets."""
    return contact_sheet([_tile("GridCity", preset(name), name, 204, 130) for name in PRESETS], 6)
