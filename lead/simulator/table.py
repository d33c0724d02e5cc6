"""All actors as arrays, one row each in order of id: the state that kernels step and the server reads."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.simulator.actors import (
    Ackermann,
    ActorKind,
    Body,
    Control,
    Flag,
    Gain,
    LightTime,
    Motion,
    UnknownActor,
    Vehicle,
    WrongActor,
)

TORQUE_POINTS = 12  # longest torque curve held
GEARS = 12  # most forward gears held
STEER_POINTS = 8  # longest steering curve held


class Columns(NamedTuple):
    """Every column at full capacity (C rows); numba kernels take it as one argument. Units: m, s, rad unless said."""

    id: NDArray[np.uint32]
    kind: NDArray[np.uint8]  # ActorKind
    pose: NDArray[np.float64]  # (C, 6)
    velocity: NDArray[np.float64]  # (C, 3) world
    angular_velocity: NDArray[
        np.float64
    ]  # (C, 3) world axes, signs as in `lead.geometry.poses.turning`; z is the yaw rate
    acceleration: NDArray[np.float64]  # (C, 3) world
    extent: NDArray[np.float64]  # (C, 3) half sizes
    centre: NDArray[np.float64]  # (C, 3) box centre in the actor's frame
    parent: NDArray[np.uint32]  # 0 none
    control: NDArray[np.float64]  # (C, 7) Control or WalkerControl
    speed_limit: NDArray[np.float64]  # km/h
    light_state: NDArray[np.uint8]  # LightState: a light's own, or that of the light governing a vehicle
    governing_light: NDArray[np.uint32]  # actor id, 0 none
    lamps: NDArray[np.uint32]  # CARLA's VehicleLightState bits
    doors: NDArray[np.uint8]  # bit per open door
    failure: NDArray[np.uint8]
    light_times: NDArray[np.float64]  # (C, 4) LightTime
    frozen: NDArray[np.bool_]
    flag: NDArray[np.bool_]  # (C, len(Flag))
    body: NDArray[np.float64]  # (C, len(Body))
    vehicle: NDArray[np.float64]  # (C, len(Vehicle))
    motion: NDArray[np.float64]  # (C, len(Motion))
    torque_curve: NDArray[np.float64]  # (C, TORQUE_POINTS, 2) rpm, N m
    gears: NDArray[np.float64]  # (C, GEARS, 3) ratio, down, up
    steering_curve: NDArray[np.float64]  # (C, STEER_POINTS, 2) km/h, factor
    wheels: NDArray[np.float64]  # (C, 4) wheel angles
    ackermann: NDArray[np.float64]  # (C, 5) Ackermann
    gains: NDArray[np.float64]  # (C, 6) Gain: of m/s2 per m/s (speed) and of pedal (0 to 1) per m/s2 (acceleration)
    relative: NDArray[np.float64]  # (C, 6) pose in the parent's frame
    parent_row: NDArray[np.int64]  # -1 none
    sample: NDArray[np.int64]  # lane sample under the front bumper, -1 unknown


def _allocate(capacity: int) -> Columns:
    def floats(*shape: int) -> NDArray[np.float64]:
        return np.zeros((capacity, *shape))

    def integers(dtype: type) -> NDArray:
        return np.zeros(capacity, dtype)

    return Columns(
        integers(np.uint32), integers(np.uint8), floats(6), floats(3), floats(3), floats(3), floats(3), floats(3),
        integers(np.uint32), floats(len(Control)), floats(), integers(np.uint8), integers(np.uint32), integers(np.uint32),
        integers(np.uint8), integers(np.uint8), floats(len(LightTime)), np.zeros(capacity, np.bool_),
        np.zeros((capacity, len(Flag)), np.bool_), floats(len(Body)), floats(len(Vehicle)), floats(len(Motion)),
        floats(TORQUE_POINTS, 2), floats(GEARS, 3), floats(STEER_POINTS, 2), floats(4), floats(len(Ackermann)),
        floats(len(Gain)), floats(6),
        integers(np.int64), integers(np.int64),
    )  # fmt: skip


class ActorTable:
    """Arrays with one row per living actor (A rows), in order of id; the views change when actors come or go.

    id (A,) uint32; kind (A,) uint8 ActorKind; pose (A, 6); velocity (A, 3) m/s world; angular_velocity (A, 3) rad/s
    (world axes, CARLA's get_angular_velocity() in radians; z is the yaw rate alone); acceleration (A, 3) m/s2 world;
    extent (A, 3) half sizes m; centre (A, 3) box centre in the actor's frame; parent (A,) uint32 (0 none); control (A, 7):
    vehicles throttle, steer, brake, hand_brake, reverse, manual_gear_shift, gear; walkers direction x, y, z, speed, jump;
    speed_limit (A,) km/h (vehicles); light_state (A,) uint8: lights their state, vehicles that of their governing light
    (Red 0, Yellow 1, Green 2, Off 3, Unknown 4); governing_light (A,) uint32: actor id, 0 none; lamps (A,) uint32 CARLA
    VehicleLightState bits; doors (A,) uint8 open-door bits; failure (A,) uint8; light_times (A, 4): lights green, yellow,
    red time and elapsed (s); frozen (A,) bool; wheels (A, 4) wheel angles rad.
    """

    id: NDArray[np.uint32]
    kind: NDArray[np.uint8]
    pose: NDArray[np.float64]
    velocity: NDArray[np.float64]
    angular_velocity: NDArray[np.float64]
    acceleration: NDArray[np.float64]
    extent: NDArray[np.float64]
    centre: NDArray[np.float64]
    parent: NDArray[np.uint32]
    control: NDArray[np.float64]
    speed_limit: NDArray[np.float64]
    light_state: NDArray[np.uint8]
    governing_light: NDArray[np.uint32]
    lamps: NDArray[np.uint32]
    doors: NDArray[np.uint8]
    failure: NDArray[np.uint8]
    light_times: NDArray[np.float64]
    frozen: NDArray[np.bool_]
    wheels: NDArray[np.float64]

    def __init__(self, capacity: int = 256) -> None:
        self.columns = _allocate(capacity)
        self.count = 0
        self._row: dict[int, int] = {}
        self._refresh()

    def _refresh(self) -> None:
        """Point the views at the living rows and note which rows the kernels visit."""
        for name, column in zip(Columns._fields, self.columns, strict=True):
            setattr(self, name, column[: self.count])
        columns, count = self.columns, self.count
        self._row = {int(actor): row for row, actor in enumerate(columns.id[:count])}
        rows = [self._row.get(int(parent), -1) if parent else -1 for parent in columns.parent[:count]]
        columns.parent_row[:count] = rows
        kind = columns.kind[:count]
        self.vehicles = np.flatnonzero(kind == ActorKind.VEHICLE)
        self.bodies = np.flatnonzero(kind <= ActorKind.PROP)
        self.attached = np.flatnonzero(columns.parent[:count] > 0)
        self.triggers = np.flatnonzero(kind == ActorKind.TRIGGER)

    def __len__(self) -> int:
        return self.count

    def __contains__(self, actor: int) -> bool:
        return actor in self._row

    def row(self, actor: int, *kinds: ActorKind) -> int:
        """Row of an actor; raises UnknownActor if it is not alive, WrongActor if it is none of `kinds` (if any are given)."""
        row = self._row.get(actor)
        if row is None:
            raise UnknownActor(f"actor {actor} is not alive; expected the id of a living actor")
        if kinds and int(self.columns.kind[row]) not in kinds:  # numpy's comparison with an enum takes 4 us
            found, expected = ActorKind(self.columns.kind[row]).name, " or ".join(kind.name for kind in kinds)
            raise WrongActor(f"actor {actor} is a {found}; expected a {expected}")
        return row

    def append(self, actor: int, kind: ActorKind, pose: NDArray[np.float64], parent: int = 0) -> int:
        """Add a zeroed row for a new actor, whose id is larger than all before; returns the row. Call `settle` when filled."""
        if self.count == len(self.columns.id):
            grown = _allocate(2 * self.count)
            for old, new in zip(self.columns, grown, strict=True):
                new[: self.count] = old
            self.columns = grown
        row = self.count
        for column in self.columns:
            column[row] = 0
        self.columns.id[row], self.columns.kind[row], self.columns.pose[row] = actor, kind, pose
        self.columns.parent[row], self.columns.sample[row] = parent, -1
        self.columns.motion[row, Motion.SEEN_X], self.columns.motion[row, Motion.FRICTION] = np.inf, 1.0
        self.count += 1
        return row

    def settle(self) -> None:
        """Make appended or removed rows visible."""
        self._refresh()

    def remove(self, actor: int) -> None:
        """Take an actor out; rows behind it move up, and what was attached to it stays where it is."""
        row = self.row(actor)
        orphans = self.columns.parent[: self.count] == actor
        self.columns.parent[: self.count][orphans] = 0
        for column in self.columns:
            column[row : self.count - 1] = column[row + 1 : self.count]
        self.count -= 1
        self._refresh()
