"""The world as one tick's immutable arrays, read through the client once per tick.

Everything downstream (expert, recorder, criteria) works on a `Scene`, never on live actors, so that all reads of a tick
see the same state. Frame: CARLA's; metres, seconds, radians. What never changes about an actor (type, box, role) is
asked for once and kept.
"""

from dataclasses import dataclass
from enum import IntEnum

import carla
import numpy as np
from numpy.typing import NDArray


class Kind(IntEnum):
    """What an actor is."""

    VEHICLE = 0
    WALKER = 1
    PROP = 2
    LIGHT = 3
    SIGN = 4


class ControlIndex(IntEnum):
    """Columns of `Scene.control`: a vehicle's last control; rows of other actors are zero."""

    THROTTLE = 0
    STEER = 1
    BRAKE = 2
    HAND_BRAKE = 3
    REVERSE = 4
    GEAR = 5


NO_LIGHT = -1  # Scene.light of an actor that no traffic light governs


@dataclass(frozen=True)
class Scene:
    """The state of all vehicles, walkers, props, lights and signs after one tick (A rows, ascending id)."""

    frame: int
    time: float  # s since the episode began
    ids: NDArray[np.int64]  # (A,)
    kind: NDArray[np.int8]  # (A,) Kind
    type_id: tuple[str, ...]  # (A,) blueprint ids
    role: tuple[str, ...]  # (A,) role_name attribute, "" where there is none
    pose: NDArray[np.float64]  # (A, 6) x, y, z, pitch, yaw, roll
    extent: NDArray[np.float64]  # (A, 3) half sizes of the box; of the trigger volume for lights and signs
    centre: NDArray[np.float64]  # (A, 3) box centre in the actor's frame
    velocity: NDArray[np.float64]  # (A, 3) m/s, world frame
    acceleration: NDArray[np.float64]  # (A, 3) m/s2, world frame
    angular_velocity: NDArray[np.float64]  # (A, 3) rad/s, world frame; positive z turns x to y, as yaw does
    control: NDArray[np.float64]  # (A, 6) ControlIndex
    light: NDArray[np.int8]  # (A,) carla.TrafficLightState: a light's own, a vehicle's governing one, else NO_LIGHT
    speed_limit: NDArray[np.float64]  # (A,) m/s for vehicles, 0 for others
    walking: NDArray[np.float64]  # (A, 3) m/s that walkers are told to go, world frame; rows of other actors are zero
    base_type: tuple[str, ...]  # (A,) of vehicles ("car", "bicycle", "truck", ..), "" of others
    special_type: tuple[str, ...]  # (A,) of vehicles ("emergency", "taxi", ..), "" where there is none

    def row(self, actor_id: int) -> int:
        """Row of an actor; KeyError when it is not in the scene."""
        row = int(np.searchsorted(self.ids, actor_id))
        if row == len(self.ids) or self.ids[row] != actor_id:
            raise KeyError(f"actor {actor_id} is not in the scene of frame {self.frame}")
        return row

    def of(self, kind: Kind) -> NDArray[np.int64]:
        """Rows of all actors of one kind."""
        return np.flatnonzero(self.kind == kind)


@dataclass(frozen=True)
class _Static:
    """What never changes about an actor."""

    kind: Kind
    type_id: str
    role: str
    extent: tuple[float, float, float]
    centre: tuple[float, float, float]
    base_type: str
    special_type: str
    actor: carla.Actor


@dataclass(frozen=True)
class _Roster:
    """The actors of a scene while none comes or goes; signals stand still, so their poses are read once."""

    ids: NDArray[np.int64]  # (A,)
    static: tuple[_Static, ...]  # (A,)
    type_id: tuple[str, ...]  # (A,)
    role: tuple[str, ...]  # (A,)
    kind: NDArray[np.int8]  # (A,)
    extent: NDArray[np.float64]  # (A, 3)
    centre: NDArray[np.float64]  # (A, 3)
    base_type: tuple[str, ...]  # (A,)
    special_type: tuple[str, ...]  # (A,)
    pose: NDArray[np.float64]  # (A, 6) m, degrees; of the moving ones, when the roster was made
    moving: tuple[int, ...]  # rows of vehicles, walkers and props that do not stand for good
    lights: tuple[int, ...]  # rows
    passing: tuple[int, ...]  # ids of all actors that may go: everything but lights and signs
    count: int  # actors in the snapshot


class SceneReader:
    """Reads `Scene`s of one world; make a new one after `load_world`. A town's thousands of signs cost nothing.

    Args:
        world: whose actors are read.
        signals: whether lights and signs are in the scene; the lights of the largest towns take a millisecond.
        standing: role names of actors that are never moved; their poses are read once.
    """

    def __init__(self, world: carla.World, *, signals: bool = True, standing: frozenset[str] = frozenset()) -> None:
        self._world, self._signals, self._standing = world, signals, standing
        self._static: dict[int, _Static | None] = {}
        self._roster: _Roster | None = None

    def read(self) -> Scene:
        """The scene of the last tick the client has seen."""
        snapshot = self._world.get_snapshot()
        roster = self._roster
        # Ids are never reused: the same number of actors, and nobody gone, means nobody new.
        if roster is None or len(snapshot) != roster.count or not all(map(snapshot.has_actor, roster.passing)):
            roster = self._roster = self._call_roll(snapshot)
        return _scene(snapshot, roster)

    def _call_roll(self, snapshot: carla.WorldSnapshot) -> _Roster:
        states = {state.id: state for state in snapshot}
        new = [i for i in states if i not in self._static]
        if new:
            self._static.update(dict.fromkeys(new))
            for actor in self._world.get_actors(new):
                self._static[actor.id] = _describe(actor)
        for gone in self._static.keys() - states.keys():
            del self._static[gone]
        known = {i: fixed for i in sorted(states) if (fixed := self._static[i]) is not None}
        signals = {i for i, fixed in known.items() if fixed.kind in (Kind.LIGHT, Kind.SIGN)}
        standing = {i for i, fixed in known.items() if i in signals or fixed.role in self._standing}
        ids = [i for i in known if self._signals or i not in signals]
        static = tuple(known[i] for i in ids)
        return _Roster(
            ids=np.array(ids, np.int64),
            static=static,
            type_id=tuple(fixed.type_id for fixed in static),
            role=tuple(fixed.role for fixed in static),
            kind=np.array([fixed.kind for fixed in static], np.int8),
            extent=np.array([fixed.extent for fixed in static]).reshape(-1, 3),
            centre=np.array([fixed.centre for fixed in static]).reshape(-1, 3),
            base_type=tuple(fixed.base_type for fixed in static),
            special_type=tuple(fixed.special_type for fixed in static),
            pose=np.array([_pose(states[i].get_transform()) for i in ids]).reshape(-1, 6),
            moving=tuple(row for row, i in enumerate(ids) if i not in standing),
            lights=tuple(row for row, fixed in enumerate(static) if fixed.kind == Kind.LIGHT),
            passing=tuple(i for i in states if i not in signals),
            count=len(states),
        )


def _kind(type_id: str) -> Kind | None:
    for prefix, kind in (
        ("vehicle.", Kind.VEHICLE),
        ("walker.", Kind.WALKER),
        ("static.prop", Kind.PROP),
        ("traffic.traffic_light", Kind.LIGHT),
        ("traffic.", Kind.SIGN),
    ):
        if type_id.startswith(prefix):
            return kind
    return None


def _describe(actor: carla.Actor) -> _Static | None:
    kind = _kind(actor.type_id)
    if kind is None:
        return None
    box = actor.trigger_volume if kind in (Kind.LIGHT, Kind.SIGN) else actor.bounding_box
    told = actor.attributes
    role, base_type, special_type = (told.get(name, "") for name in ("role_name", "base_type", "special_type"))
    return _Static(
        kind, actor.type_id, role, _vector(box.extent), _vector(box.location), base_type, special_type, actor
    )


def _vector(v: carla.Vector3D) -> tuple[float, float, float]:
    return v.x, v.y, v.z


def _pose(transform: carla.Transform) -> tuple[float, ...]:
    """Row (6,) in metres and degrees."""
    rotation = transform.rotation
    return *_vector(transform.location), rotation.pitch, rotation.yaw, rotation.roll


def _scene(snapshot: carla.WorldSnapshot, roster: _Roster) -> Scene:
    """The scene of a snapshot that holds exactly the roster's actors."""
    n = len(roster.ids)
    pose, motion = roster.pose.copy(), np.zeros((n, 9))
    control = np.zeros((n, len(ControlIndex)))
    light = np.full(n, NO_LIGHT, np.int8)
    limit, walking = np.zeros(n), np.zeros((n, 3))
    for row in roster.moving:
        state, fixed = snapshot.find(int(roster.ids[row])), roster.static[row]
        pose[row] = _pose(state.get_transform())
        motion[row, 0:3] = _vector(state.get_velocity())
        motion[row, 3:6] = _vector(state.get_acceleration())
        motion[row, 6:9] = _vector(state.get_angular_velocity())
        if fixed.kind == Kind.VEHICLE:
            c = fixed.actor.get_control()
            control[row] = c.throttle, c.steer, c.brake, c.hand_brake, c.reverse, c.gear
            limit[row] = fixed.actor.get_speed_limit() / 3.6
            if fixed.actor.is_at_traffic_light():
                light[row] = int(fixed.actor.get_traffic_light_state())
        elif fixed.kind == Kind.WALKER:
            order = fixed.actor.get_control()
            walking[row] = np.multiply(order.speed, _vector(order.direction))
    for row in roster.lights:
        light[row] = int(roster.static[row].actor.get_state())
    pose[:, 3:] = np.radians(pose[:, 3:])
    scene = Scene(
        frame=snapshot.frame,
        time=snapshot.timestamp.elapsed_seconds,
        ids=roster.ids,
        kind=roster.kind,
        type_id=roster.type_id,
        role=roster.role,
        pose=pose,
        extent=roster.extent,
        centre=roster.centre,
        velocity=motion[:, 0:3],
        acceleration=motion[:, 3:6],
        angular_velocity=np.radians(motion[:, 6:9]),
        control=control,
        light=light,
        speed_limit=limit,
        walking=walking,
        base_type=roster.base_type,
        special_type=roster.special_type,
    )
    for value in vars(scene).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return scene
