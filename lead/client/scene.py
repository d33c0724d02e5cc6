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
    angular_velocity: NDArray[np.float64]  # (A, 3) rad/s
    control: NDArray[np.float64]  # (A, 6) ControlIndex
    light: NDArray[np.int8]  # (A,) carla.TrafficLightState: a light's own, a vehicle's governing one, else NO_LIGHT
    speed_limit: NDArray[np.float64]  # (A,) m/s for vehicles, 0 for others

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
    kind: Kind
    type_id: str
    role: str
    extent: tuple[float, float, float]
    centre: tuple[float, float, float]
    actor: carla.Actor


class SceneReader:
    """Reads `Scene`s of one world; make a new one after `load_world`."""

    def __init__(self, world: carla.World) -> None:
        self._world = world
        self._static: dict[int, _Static | None] = {}

    def read(self) -> Scene:
        """The scene of the last tick the client has seen."""
        snapshot = self._world.get_snapshot()
        states = {state.id: state for state in snapshot}
        self._learn([i for i in states if i not in self._static])
        for gone in self._static.keys() - states.keys():
            del self._static[gone]
        rows = sorted(i for i in states if self._static[i] is not None)
        return _scene(snapshot, [states[i] for i in rows], [self._static[i] for i in rows])

    def _learn(self, ids: list[int]) -> None:
        if not ids:
            return
        self._static.update(dict.fromkeys(ids))
        for actor in self._world.get_actors(ids):
            self._static[actor.id] = _describe(actor)


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
    extent = (box.extent.x, box.extent.y, box.extent.z)
    centre = (box.location.x, box.location.y, box.location.z)
    return _Static(kind, actor.type_id, actor.attributes.get("role_name", ""), extent, centre, actor)


def _vector(v: carla.Vector3D) -> tuple[float, float, float]:
    return v.x, v.y, v.z


def _scene(snapshot: carla.WorldSnapshot, states: list[carla.ActorSnapshot], static: list[_Static]) -> Scene:
    n = len(states)
    pose = np.empty((n, 6))
    motion = np.empty((n, 9))
    control = np.zeros((n, len(ControlIndex)))
    light = np.full(n, NO_LIGHT, np.int8)
    limit = np.zeros(n)
    for k, (state, fixed) in enumerate(zip(states, static)):
        transform = state.get_transform()
        rotation = transform.rotation
        pose[k] = *_vector(transform.location), rotation.pitch, rotation.yaw, rotation.roll
        motion[k] = (
            *_vector(state.get_velocity()),
            *_vector(state.get_acceleration()),
            *_vector(state.get_angular_velocity()),
        )
        if fixed.kind == Kind.VEHICLE:
            c = fixed.actor.get_control()
            control[k] = c.throttle, c.steer, c.brake, c.hand_brake, c.reverse, c.gear
            limit[k] = fixed.actor.get_speed_limit() / 3.6
            if fixed.actor.is_at_traffic_light():
                light[k] = int(fixed.actor.get_traffic_light_state())
        elif fixed.kind == Kind.LIGHT:
            light[k] = int(fixed.actor.get_state())
    pose[:, 3:] = np.radians(pose[:, 3:])
    arrays = [
        pose,
        np.array([s.extent for s in static]).reshape(n, 3),
        np.array([s.centre for s in static]).reshape(n, 3),
        motion[:, 0:3],
        motion[:, 3:6],
        np.radians(motion[:, 6:9]),
        control,
        light,
        limit,
    ]
    ids = np.array([s.id for s in states], np.int64)
    kind = np.array([s.kind for s in static], np.int8)
    for array in (ids, kind, *arrays):
        array.setflags(write=False)
    timestamp = snapshot.timestamp
    return Scene(
        snapshot.frame,
        timestamp.elapsed_seconds,
        ids,
        kind,
        tuple(s.type_id for s in static),
        tuple(s.role for s in static),
        *arrays,
    )
