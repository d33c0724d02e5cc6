"""Everything with a box around the ego, and the situations that are set up, of a saved tick."""

from collections.abc import Sequence

import carla
import numpy as np
from numpy.typing import NDArray

from lead.client.scene import ControlIndex, SceneReader
from lead.client.scene import Kind as WorldKind
from lead.client.scene import Scene as WorldScene
from lead.dataset.frame import Boxes, Surroundings
from lead.dataset.kinds import PARKED_IDS, BoxFlag, BoxKind, LightState
from lead.drive.recording.signals import HALF, Signal
from lead.expert.reading.reader import PARKED
from lead.expert.scene import Actors, EvidenceIndex, Kind, Scene
from lead.scenarios.parked import SCENERY
from lead.scenarios.stage import Stage

REACH = 96.0  # m from the ego
DRIVEN = [ControlIndex.THROTTLE, ControlIndex.STEER, ControlIndex.BRAKE]
CONES, WARNINGS = ("cone",), ("warning",)  # in the names of blueprints
LEVEL_IDS = PARKED_IDS // 2  # added to PARKED_IDS for the parked cars of a CARLA town, which are no actors
KINDS = {WorldKind.VEHICLE: BoxKind.VEHICLE, WorldKind.WALKER: BoxKind.WALKER, WorldKind.PROP: BoxKind.OBSTACLE}
EXPERT_KIND = {
    BoxKind.VEHICLE: Kind.CAR, BoxKind.PARKED: Kind.CAR, BoxKind.BICYCLE: Kind.BICYCLE, BoxKind.WALKER: Kind.WALKER,
    BoxKind.OBSTACLE: Kind.OBSTACLE,
}  # fmt: skip


class BoxReader:
    """Reads the boxes of a drive, whose level is read when it is made."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._world = SceneReader(stage.world, signals=False, standing=frozenset((PARKED,)))
        self._level = _level_cars(stage)

    def read(self, scene: Scene) -> tuple[Boxes, WorldScene]:
        """Boxes (the nearest first, without evidence) of the client's last tick, whose whole scene comes too."""
        world = self._world.read()
        ego = world.row(self._stage.ego.id)
        away = np.linalg.norm(world.pose[:, :3] - world.pose[ego, :3], axis=1)
        away[ego] = np.inf
        rows = np.flatnonzero(away <= REACH)
        kind = np.array([KINDS[WorldKind(k)] for k in world.kind[rows]], np.int8)
        kind[[world.base_type[r] == "bicycle" for r in rows]] = BoxKind.BICYCLE
        parked = np.array([world.role[r] == PARKED for r in rows], bool)
        kind[parked] = BoxKind.PARKED
        found = Boxes(
            id=world.ids[rows] + np.where(parked, PARKED_IDS, 0),
            kind=kind,
            flags=self._flags(world, rows, scene),
            state=np.full(len(rows), LightState.NONE, np.int8),
            type_id=tuple(world.type_id[r] for r in rows),
            role=tuple(world.role[r] for r in rows),
            pose=world.pose[rows],
            centre=world.centre[rows],
            extent=world.extent[rows],
            velocity=world.velocity[rows],
            control=world.control[np.ix_(rows, DRIVEN)],
            evidence=np.zeros((len(rows), len(EvidenceIndex)), np.int32),
            speed_limit=world.speed_limit[rows],
            lane=self._lanes(world, rows, kind),
        )
        near = np.linalg.norm(self._level.pose[:, :3] - world.pose[ego, :3], axis=1) <= REACH
        return nearest_first(joined(found, self._level.rows(near)), world.pose[ego]), world

    def _flags(self, world: WorldScene, rows: NDArray[np.int64], scene: Scene) -> NDArray[np.uint16]:
        flags = np.zeros(len(rows), np.uint16)
        cutting = {actor for b in scene.briefings if b.playing and "CutIn" in b.type for actor in b.ids}
        doors = {a: b.direction for b in scene.briefings if b.playing and "OpensDoor" in b.type for a in b.ids}
        for n, row in enumerate(rows.tolist()):
            name, actor = world.type_id[row].lower(), int(world.ids[row])
            told = (
                (BoxFlag.EMERGENCY, world.special_type[row] == "emergency"),
                (BoxFlag.CONE, world.kind[row] == WorldKind.PROP and any(word in name for word in CONES)),
                (BoxFlag.WARNING_SIGN, world.kind[row] == WorldKind.PROP and any(word in name for word in WARNINGS)),
                (BoxFlag.CUTS_IN, actor in cutting),
                (BoxFlag.DOOR_LEFT, actor in doors and doors[actor] != "right"),
                (BoxFlag.DOOR_RIGHT, doors.get(actor) == "right"),
            )
            flags[n] = sum(int(flag) for flag, holds in told if holds)
        return flags

    def _lanes(self, world: WorldScene, rows: NDArray[np.int64], kind: NDArray[np.int8]) -> NDArray[np.int32]:
        lanes = np.zeros((len(rows), 2), np.int32)
        for n in np.flatnonzero(np.isin(kind, (BoxKind.VEHICLE, BoxKind.BICYCLE))):
            x, y, z = world.pose[rows[n], :3].tolist()
            waypoint = self._stage.map.get_waypoint(carla.Location(x, y, z))
            if waypoint is not None:
                lanes[n] = waypoint.road_id, waypoint.lane_id
        return lanes


def as_actors(boxes: Boxes) -> Actors:
    """Boxes of things as the expert's evidence takes actors."""
    count = len(boxes)
    return Actors(
        ids=boxes.id, kind=np.array([EXPERT_KIND[BoxKind(k)] for k in boxes.kind], np.int8), pose=boxes.pose,
        extent=np.asarray(boxes.extent, np.float64), centre=np.asarray(boxes.centre, np.float64),
        velocity=np.asarray(boxes.velocity, np.float64), yaw_rate=np.zeros(count), speed_limit=np.zeros(count),
        emergency=boxes.flags & BoxFlag.EMERGENCY > 0, control=np.zeros((count, 3)), walking=np.zeros((count, 3)),
        evidence=boxes.evidence,
    )  # fmt: skip


def signal_boxes(signals: Sequence[Signal]) -> Boxes:
    """Boxes of lights and stop signs; no sensor's points are counted in them."""
    count = len(signals)
    return Boxes(
        id=np.array([s.id for s in signals], np.int64),
        kind=np.array([s.kind for s in signals], np.int8),
        flags=np.array([s.flags for s in signals], np.uint16),
        state=np.array([s.state for s in signals], np.int8),
        type_id=tuple("traffic.traffic_light" if s.kind == BoxKind.LIGHT else "traffic.stop" for s in signals),
        role=("",) * count,
        pose=np.array([s.pose for s in signals]).reshape(-1, 6),
        centre=np.zeros((count, 3)),
        extent=np.tile(HALF, (count, 1)),
        velocity=np.zeros((count, 3)),
        control=np.zeros((count, 3)),
        evidence=np.zeros((count, len(EvidenceIndex)), np.int32),
        speed_limit=np.zeros(count),
        lane=np.zeros((count, 2), np.int32),
    )


def joined(first: Boxes, second: Boxes) -> Boxes:
    """All boxes of both."""
    pairs = {name: (value, getattr(second, name)) for name, value in vars(first).items()}
    return Boxes(**{k: a + b if isinstance(a, tuple) else np.concatenate([a, b]) for k, (a, b) in pairs.items()})


def nearest_first(boxes: Boxes, ego_pose: NDArray[np.float64]) -> Boxes:
    """Those within reach of the ego's world pose (6,), in the order of their distance."""
    away = np.linalg.norm(boxes.pose[:, :3] - ego_pose[:3], axis=1)
    order = np.argsort(away, kind="stable")
    return boxes.rows(order[away[order] <= REACH])


def situations_of(scene: Scene) -> Surroundings:
    """The situations that are set up, and what there is to see."""
    cast = [(row, actor) for row, briefing in enumerate(scene.briefings) for actor in briefing.ids]
    return Surroundings(
        visibility=int(scene.visibility),
        junction_sight=scene.junction_sight,
        parked_near=scene.parked_near,
        name=tuple(briefing.name for briefing in scene.briefings),
        type=tuple(briefing.type for briefing in scene.briefings),
        playing=np.array([briefing.playing for briefing in scene.briefings], bool),
        cast=np.array(cast, np.int64).reshape(-1, 2),
    )


def _level_cars(stage: Stage) -> Boxes:
    """The parked cars that belong to a CARLA town; the embedded towns' have actors in their place."""
    things = [
        thing for thing in stage.world.get_environment_objects(carla.CityObjectLabel.Car)
        if not thing.name.startswith(SCENERY)
    ]  # fmt: skip
    count = len(things)
    places = [(t.bounding_box.location, t.bounding_box.rotation, t.bounding_box.extent) for t in things]
    pose = [(p.x, p.y, p.z, *np.radians([r.pitch, r.yaw, r.roll])) for p, r, _ in places]
    return Boxes(
        id=PARKED_IDS + LEVEL_IDS + np.arange(count, dtype=np.int64),
        kind=np.full(count, BoxKind.PARKED, np.int8),
        flags=np.zeros(count, np.uint16),
        state=np.full(count, LightState.NONE, np.int8),
        type_id=tuple(thing.name for thing in things),
        role=("",) * count,
        pose=np.array(pose).reshape(-1, 6),
        centre=np.zeros((count, 3)),
        extent=np.array([(e.x, e.y, e.z) for *_, e in places]).reshape(-1, 3),
        velocity=np.zeros((count, 3)),
        control=np.zeros((count, 3)),
        evidence=np.zeros((count, len(EvidenceIndex)), np.int32),
        speed_limit=np.zeros(count),
        lane=np.zeros((count, 2), np.int32),
    )
