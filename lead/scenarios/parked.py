"""Parked cars along a route: solid ones, a mesh each, in the parking lanes of the towns that show any.

The embedded simulator draws parked cars as scenery that can be driven through; along the route solid ones take their
place. On CARLA's own server, as officially, the large maps have some: in half of the places along their parking lanes.
Source: spec/benchmarks.md, 1.2.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from math import degrees

import carla
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead.roads.library import map_name
from lead.roads.opendrive import parse_opendrive
from lead.roads.parking import parking_slots
from lead.roads.sampling import build_network
from lead.scenarios.stage import Stage

FROM_ROUTE = 100.0  # m from the route in which cars stand
FROM_EGO = 450.0  # m from the ego in which they are spawned
CLEAR = 10.0  # m from a situation's actors in which none is spawned
EVERY, AFTER_SETUP = 20, 2  # ticks between looks, and after situations were set up: by then their actors can be seen
SCALE = 0.9  # of the meshes, as officially

LARGE_MAPS = ("Town12", "Town13")  # whose parked cars the benchmarks know
SHARE = 0.5  # of their places that are taken
SCENERY = "ParkedCar_"  # how the embedded simulator calls its parked cars
_CARS = "/Game/Carla/Static/Car/4Wheeled/ParkedVehicles/"
MESHES = tuple(f"{_CARS}{folder}/{name}.{name}" for folder, name in (
    ("Lincoln", "SM_LincolnParked"), ("Charger", "SM_ChargerParked"), ("VolkswagenT2", "SM_VolkswagenT2_2021_Parked"),
    ("FordCrown", "SM_FordCrown_parked"), ("NissanPatrol2021", "SM_NissanPatrol2021_parked"),
    ("MercedesCCC", "SM_MercedesCCC_Parked"), ("TeslaM3", "SM_TeslaM3_parked"), ("Mini2021", "SM_Mini2021_parked"),
))  # fmt: skip


class Parked:
    """The parked cars of a route. `step` once per tick, after the situations' own step; `close` takes them away."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        shown = _parked_scenery(stage)
        self._scenery = _along_route_of(stage, shown)
        self._poses = [_on_the_ground(thing) for thing in self._scenery] if shown else _slots_along(stage)
        if self._scenery:
            stage.world.enable_environment_objects({thing.id for thing in self._scenery}, False)
        places = [pose.location for pose in self._poses]
        self._places = np.array([[place.x, place.y] for place in places]).reshape(-1, 2)
        self._mesh = stage.random.integers(len(MESHES), size=len(places))
        self._open = np.ones(len(places), np.bool_)  # places that wait for their car
        self._cars: dict[int, int] = {}  # actor id by place
        self._known: set[int] = set()  # ids of actors that were looked at
        self._ticks = 0

    def __len__(self) -> int:
        """Cars on the street now."""
        return len(self._cars)

    def step(self) -> None:
        """One tick. Each second cars are spawned where the ego has come near, except beside a situation's actors."""
        if self._ticks % EVERY == AFTER_SETUP:
            self._yield_to_situations()
            near = self._away(self._stage.place.x, self._stage.place.y) < FROM_EGO
            self._spawn(np.flatnonzero(self._open & near))
        self._ticks += 1

    def close(self) -> None:
        """Destroy all, and put the town's scenery back."""
        with suppress(RuntimeError):  # the server may be what ended the route
            self._destroy(list(self._cars.values()))
            if self._scenery:
                self._stage.world.enable_environment_objects({thing.id for thing in self._scenery}, True)
        self._cars.clear()

    def _away(self, x: float, y: float) -> NDArray[np.float64]:
        """Metres (N,) from each place to a point, seen from above: hidden actors wait below theirs."""
        return np.hypot(self._places[:, 0] - x, self._places[:, 1] - y)

    def _yield_to_situations(self) -> None:
        if not self._open.any():
            return
        world = self._stage.world
        present = {state.id: state for state in world.get_snapshot()}
        new = sorted(present.keys() - self._known - set(self._cars.values()))
        self._known |= set(new)
        for actor in world.get_actors(new) if new else ():
            if actor.attributes.get("role_name", "").startswith(("scenario", "prop")):
                place = present[actor.id].get_transform().location
                self._open[self._away(place.x, place.y) < CLEAR] = False

    def _spawn(self, rows: NDArray[np.int64]) -> None:
        if not len(rows):
            return
        library = self._stage.world.get_blueprint_library()
        orders = []
        for row in rows.tolist():
            blueprint = library.find("static.prop.mesh")
            blueprint.set_attribute("mesh_path", MESHES[self._mesh[row]])
            blueprint.set_attribute("scale", str(SCALE))
            blueprint.set_attribute("role_name", "parked")
            orders.append(carla.command.SpawnActor(blueprint, self._poses[row]))
        self._open[rows] = False
        answers = self._stage.client.apply_batch_sync(orders, False)
        self._cars.update(
            (row, answer.actor_id) for row, answer in zip(rows.tolist(), answers, strict=True) if not answer.has_error()
        )

    def _destroy(self, actors: Sequence[int]) -> None:
        if actors:
            self._stage.client.apply_batch_sync([carla.command.DestroyActor(actor) for actor in actors], False)


def _parked_scenery(stage: Stage) -> list[carla.EnvironmentObject]:
    """The embedded simulator's parked cars, by rising id; none on another server."""
    things = stage.world.get_environment_objects(carla.CityObjectLabel.Car)
    return sorted((thing for thing in things if thing.name.startswith(SCENERY)), key=lambda thing: thing.id)


def _along_route_of(stage: Stage, things: Sequence[carla.EnvironmentObject]) -> list[carla.EnvironmentObject]:
    """Those that stand near the route."""
    places = np.array([[thing.transform.location.x, thing.transform.location.y] for thing in things]).reshape(-1, 2)
    return [things[row] for row in _along_route(stage, places)]


def _on_the_ground(thing: carla.EnvironmentObject) -> carla.Transform:
    """Where the car of a thing's bounding box touches the ground."""
    place, turn = thing.transform.location, thing.transform.rotation
    low = thing.bounding_box.location.z - thing.bounding_box.extent.z
    return carla.Transform(carla.Location(place.x, place.y, low), turn)


def _slots_along(stage: Stage) -> list[carla.Transform]:
    """Places near the route in the parking lanes of a large map, half of them taken."""
    if map_name(stage.map.name) not in LARGE_MAPS:
        return []
    slots = _slots_of(stage.map.to_opendrive())
    slots = slots[_along_route(stage, slots[:, :2])]
    slots = slots[stage.random.random(len(slots)) < SHARE]
    return [
        carla.Transform(carla.Location(x, y, z), carla.Rotation(degrees(pitch), degrees(yaw), degrees(roll)))
        for x, y, z, pitch, yaw, roll in slots.tolist()
    ]


@lru_cache(maxsize=1)
def _slots_of(opendrive_text: str) -> NDArray[np.float64]:
    """Places (P, 6) along the parking lanes of a map, m and rad; takes seconds for a large one."""
    opendrive = parse_opendrive(opendrive_text)
    return parking_slots(opendrive, build_network(opendrive))


def _along_route(stage: Stage, places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows of the places (N, 2) m near the route, which is looked at every 10 points."""
    if not len(places):
        return np.zeros(0, np.int64)
    return np.flatnonzero(cKDTree(stage.plan.pose[::10, :2]).query(places)[0] < FROM_ROUTE)
