"""Reads a stage into a `Scene` every tick, and its route once."""

from collections.abc import Callable
from dataclasses import replace

import carla
import numpy as np
from numpy.typing import NDArray

from lead.client.scene import ControlIndex, SceneReader
from lead.client.scene import Kind as WorldKind
from lead.client.scene import Scene as WorldScene
from lead.expert.evidence.bodies import boxes
from lead.expert.evidence.source import EvidenceSource
from lead.expert.reading.all_seen import AllSeen
from lead.expert.reading.briefings import BriefingReader
from lead.expert.reading.heads import read_heads
from lead.expert.reading.route import read_route
from lead.expert.reading.visibility import visibility_of
from lead.expert.scene import Actors, Ego, EvidenceIndex, Kind, Route, Scene, Visibility
from lead.geometry.poses import to_local
from lead.scenarios.parked import SCENERY
from lead.scenarios.stage import Stage

REACH = 250.0  # m around the ego in which actors are told of; hidden ones wait farther down
PARKED = "parked"  # role of cars that stand along the route
WEATHER_EVERY = 20  # ticks between looks at the weather, each of which asks the server
NEAR_AHEAD, NEAR_ASIDE = (-8.0, 32.0), 10.0  # m in the ego's frame in which parked cars are counted
USUAL_LIMIT = 30.0 / 3.6  # m/s where no sign has been passed
DRIVEN = [ControlIndex.THROTTLE, ControlIndex.STEER, ControlIndex.BRAKE]

EvidenceOf = Callable[[Stage, Route], EvidenceSource]


class Reader:
    """Reads one drive. Made when the ego stands where it starts; reads the route then.

    Args:
        stage: the drive.
        evidence: gives the source of what the student's sensors have in each tick of a drive; everything if None.
    """

    def __init__(self, stage: Stage, evidence: EvidenceOf | None = None) -> None:
        self._stage = stage
        self.route = read_route(stage)
        self._evidence: EvidenceSource = AllSeen() if evidence is None else evidence(stage, self.route)
        self._world = SceneReader(stage.world, signals=False, standing=frozenset((PARKED,)))
        self._briefings = BriefingReader(stage, self.route)
        lights = {light.id: light for light in stage.world.get_actors(self.route.light_id.tolist())}
        self._lights: list[carla.TrafficLight] = [lights[light] for light in self.route.light_id.tolist()]
        self._heads = read_heads(self._lights)
        self._scenery = _parked_scenery(stage)
        self._cast: _Cast | None = None
        self._ticks, self._visibility = 0, Visibility.CLEAR

    def read(self, frame: int) -> Scene:
        """The scene of the world's last tick, which was that `frame`; the stage has been updated."""
        stage, world = self._stage, self._world.read()
        if self._cast is None or self._cast.ids is not world.ids:
            self._cast = _Cast(world)
        if self._ticks % WEATHER_EVERY == 0:
            self._visibility = visibility_of(stage.world.get_weather())
        self._ticks += 1
        row = world.row(stage.ego.id)
        pose, ego, actors = world.pose[row], _ego(world, row), _actors(world, self._cast, row)
        seen = self._evidence.look(ego, actors, self._heads, self._cast.parked_boxes)
        return Scene(
            frame=frame,
            time=stage.time,
            ego=ego,
            actors=replace(actors, evidence=seen.actors),
            route=self.route,
            light_state=np.array([int(light.get_state()) for light in self._lights], np.int8),
            light_seen=seen.lights,
            briefings=self._briefings.read(world, pose[:3]),
            visibility=self._visibility,
            parked_near=_count_near(np.concatenate([world.pose[self._cast.parked, :3], self._scenery]), pose),
            junction_sight=seen.junction_sight,
        )


class _Cast:
    """What the rows of the client's scene are to the expert, while nobody comes or goes."""

    def __init__(self, world: WorldScene) -> None:
        self.ids = world.ids
        kinds = {WorldKind.VEHICLE: Kind.CAR, WorldKind.WALKER: Kind.WALKER, WorldKind.PROP: Kind.OBSTACLE}
        self.kind = np.array([kinds[kind] for kind in world.kind.tolist()], np.int8)
        self.kind[np.array(world.base_type) == "bicycle"] = Kind.BICYCLE
        self.emergency = np.array(world.special_type) == "emergency"
        is_parked = np.array(world.role) == PARKED
        self.parked = np.flatnonzero(is_parked)
        self.parked_boxes = boxes(world.pose[self.parked], world.centre[self.parked], world.extent[self.parked])
        self.told = ~is_parked


def _ego(world: WorldScene, row: int) -> Ego:
    limit = float(world.speed_limit[row]) or USUAL_LIMIT
    return Ego(world.pose[row], world.velocity[row], world.extent[row], world.centre[row], limit)


def _actors(world: WorldScene, cast: _Cast, ego: int) -> Actors:
    """Everybody but the ego and the parked cars."""
    away = np.linalg.norm(world.pose[:, :3] - world.pose[ego, :3], axis=1)
    told = cast.told & (away < REACH)
    told[ego] = False
    rows = np.flatnonzero(told)
    return Actors(
        ids=world.ids[rows],
        kind=cast.kind[rows],
        pose=world.pose[rows],
        extent=world.extent[rows],
        centre=world.centre[rows],
        velocity=world.velocity[rows],
        yaw_rate=world.angular_velocity[rows, 2],
        speed_limit=world.speed_limit[rows],
        emergency=cast.emergency[rows],
        control=world.control[np.ix_(rows, DRIVEN)],
        walking=world.walking[rows],
        evidence=np.zeros((len(rows), len(EvidenceIndex)), np.int32),
    )


def _parked_scenery(stage: Stage) -> NDArray[np.float64]:
    """Places (S, 3) of the parked cars that belong to a CARLA town; the embedded towns' have actors in their place."""
    things = stage.world.get_environment_objects(carla.CityObjectLabel.Car)
    places = [thing.transform.location for thing in things if not thing.name.startswith(SCENERY)]
    return np.array([[place.x, place.y, place.z] for place in places]).reshape(-1, 3)


def _count_near(places: NDArray[np.float64], ego_pose: NDArray[np.float64]) -> int:
    """How many of the places (S, 3) lie beside the way just ahead of the ego."""
    if not len(places):
        return 0
    ahead, aside = to_local(places, ego_pose)[:, :2].T
    return int(((ahead >= NEAR_AHEAD[0]) & (ahead <= NEAR_AHEAD[1]) & (np.abs(aside) <= NEAR_ASIDE)).sum())
