"""The episode state: one packed record of 119 bytes per actor, filled by one compiled loop.

Layout: spec/carla-wire-protocol.md, section 2. Records are kept between ticks; ids and sign ids are written when actors
come or go, everything else every tick. Angular velocity is in deg/s on the wire.
"""

import struct
from math import pi

import numba
import numpy as np
from numpy.typing import NDArray

from lead.simulator.actors import ActorKind, Control, LightState, WalkerControl
from lead.simulator.world import World

RECORD = 119
SENSOR_HEADER = struct.Struct("<QQd6f")  # sensor_type, frame, timestamp s, x y z m, pitch yaw roll deg
EPISODE_HEADER = struct.Struct("<Qdf3iI")  # episode id, platform timestamp s, delta s, map origin, state bits
MAP_CHANGED = 1  # state bit 0
LIGHTS_CHANGED = 2  # state bit 1
_UNION = 65  # offset of the part that depends on the actor's kind
_SIGN_ID = 32  # bytes of the OpenDRIVE signal id

_VEHICLE = int(ActorKind.VEHICLE)
_WALKER = int(ActorKind.WALKER)
_LIGHT = int(ActorKind.LIGHT)
_GREEN = int(LightState.GREEN)


@numba.njit(cache=True)
def _put(record: NDArray[np.uint8], at: int, source: NDArray[np.uint8], count: int) -> None:
    for i in range(count):
        record[at + i] = source[i]


@numba.njit(cache=True)
def fill_records(
    records: NDArray[np.uint8],
    kind: NDArray[np.uint8],
    pose: NDArray[np.float64],
    velocity: NDArray[np.float64],
    angular_velocity: NDArray[np.float64],
    acceleration: NDArray[np.float64],
    control: NDArray[np.float64],
    speed_limit: NDArray[np.float64],
    light_state: NDArray[np.uint8],
    governing_light: NDArray[np.uint32],
    failure: NDArray[np.uint8],
    light_times: NDArray[np.float64],
    frozen: NDArray[np.bool_],
) -> None:
    """Write what changes every tick into `records` (A, 119); the other arrays are columns of `ActorTable`, (A, ...)."""
    floats = np.zeros(15, np.float32)
    whole = floats.view(np.uint32)
    signed = floats.view(np.int32)
    raw = floats.view(np.uint8)
    to_degrees = 180.0 / pi
    for row in range(records.shape[0]):
        record = records[row]
        for k in range(3):
            floats[k] = pose[row, k]
            floats[3 + k] = pose[row, 3 + k] * to_degrees
            floats[6 + k] = velocity[row, k]
            floats[9 + k] = angular_velocity[row, k] * to_degrees
            floats[12 + k] = acceleration[row, k]
        _put(record, 5, raw, 60)
        if kind[row] == _VEHICLE:
            for k in range(3):
                floats[k] = control[row, k]
                record[_UNION + 12 + k] = 1 if control[row, Control.HAND_BRAKE + k] != 0.0 else 0
            _put(record, _UNION, raw, 12)
            signed[0] = np.int32(control[row, Control.GEAR])
            floats[1] = speed_limit[row]
            _put(record, _UNION + 15, raw, 8)
            governed = governing_light[row] != 0
            record[_UNION + 23] = light_state[row] if governed else _GREEN
            record[_UNION + 24] = 1 if governed else 0
            whole[0] = governing_light[row]
            _put(record, _UNION + 25, raw, 4)
            record[_UNION + 29] = failure[row]
        elif kind[row] == _WALKER:
            for k in range(4):
                floats[k] = control[row, k]
            _put(record, _UNION, raw, 16)
            record[_UNION + 16] = 1 if control[row, WalkerControl.JUMP] != 0.0 else 0
        elif kind[row] == _LIGHT:
            for k in range(4):
                floats[k] = light_times[row, k]
            _put(record, _UNION + _SIGN_ID, raw, 16)
            record[_UNION + _SIGN_ID + 20] = 1 if frozen[row] else 0
            record[_UNION + _SIGN_ID + 21] = light_state[row]


class Snapshot:
    """Records of all living actors, kept between ticks."""

    def __init__(self) -> None:
        self.records = np.zeros((0, RECORD), np.uint8)
        self._stale = True

    def actors_changed(self) -> None:
        """To be called when an actor came or went."""
        self._stale = True

    def fill(self, world: World) -> NDArray[np.uint8]:
        """Records (A, 119) u8 of the world as it is now."""
        table = world.table
        if self._stale or len(self.records) != len(table.id):
            self._rebuild(world)
        fill_records(
            self.records, table.kind, table.pose, table.velocity, table.angular_velocity, table.acceleration,
            table.control, table.speed_limit, table.light_state, table.governing_light, table.failure,
            table.light_times, table.frozen,
        )  # fmt: skip
        return self.records

    def _rebuild(self, world: World) -> None:
        ids = np.asarray(world.table.id, np.dtype("<u4"))
        self.records = np.zeros((len(ids), RECORD), np.uint8)
        self.records[:, 0:4] = ids.view(np.uint8).reshape(-1, 4)
        self.records[:, 4] = 1  # actor state: active
        for signal, actor in enumerate(np.asarray(world.signal_actor).tolist()):
            sign_id = str(world.town.signals.sign_id[signal]).encode()[:_SIGN_ID]
            if actor and world.exists(actor):
                row = world.row(actor)
                self.records[row, _UNION : _UNION + len(sign_id)] = np.frombuffer(sign_id, np.uint8)
        self._stale = False
