"""Writes what happens in the world into a recorder file, one frame per tick.

Actors that came or went are found by comparing with the frame before, so nothing else need tell the recording. Every
frame is one write to an unbuffered file: what is on disk is whole even if the server dies.
"""

import os
import struct
import time
from io import RawIOBase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lead.server import recorder_format as form
from lead.server.recorder_format import ActorType, Added, Packet
from lead.simulator.actors import ActorKind, Control, LightTime, WalkerControl
from lead.simulator.blueprints import AttributeType, library
from lead.simulator.world import World

_TYPES = {
    ActorKind.VEHICLE: ActorType.VEHICLE,
    ActorKind.WALKER: ActorType.WALKER,
    ActorKind.LIGHT: ActorType.TRAFFIC_LIGHT,
}
_STAYING = (int(ActorKind.LIGHT), int(ActorKind.SIGN), int(ActorKind.CONTROLLER))  # kinds without positions


class Recording:
    """A file being written; `additional` adds velocities, boxes, trigger volumes, light times and clocks."""

    def __init__(self, path: Path, world: World, additional: bool) -> None:
        """Open the file and write its header; raises OSError."""
        self.path = path
        self._world, self._additional = world, additional
        self._known: dict[int, int] = {}  # living actors of the last frame and their parents
        self._lamps: dict[int, list] = {}  # street lamps as last written
        self._uid = {blueprint: uid for uid, blueprint in enumerate(library(), 1)}
        self._frames = self._collisions = 0
        self._elapsed = 0.0
        self._start_time = time.perf_counter()
        self._duration_at = 0  # where in the file the last frame's duration stands
        self._file: RawIOBase = open(path, "wb", buffering=0)  # noqa: SIM115 (closed by `close`)
        self._file.write(form.header_bytes(int(time.time()), f"Carla/Maps/{world.town.name}"))

    def close(self) -> None:
        """End the file; the last frame's duration stays unknown (-1)."""
        self._file.close()

    def write(self, seconds: float, frame_number: int, street_lamps: dict[int, list]) -> None:
        """Write the world as it stands after a tick of `seconds`; raises OSError."""
        if self._frames:
            self._elapsed += seconds
            self._file.seek(self._duration_at)
            self._file.write(struct.pack("<d", seconds))
        self._frames += 1
        self._duration_at = self._file.seek(0, os.SEEK_END) + form.DURATION_AT
        born = self._born()
        parts = [form.frame_start(self._frames, self._elapsed), *self._events(born), *self._states(street_lamps)]
        if self._additional:
            parts += self._additions(born, frame_number)
        parts.append(form.frame_end())
        self._file.write(b"".join(parts))

    def _born(self) -> list[int]:
        return [actor for actor in self._world.table.id.tolist() if actor not in self._known]

    def _events(self, born: list[int]) -> list[bytes]:
        """Actors that came and went, who hangs on whom, and who touched whom."""
        table = self._world.table
        now = dict(zip(table.id.tolist(), table.parent.tolist(), strict=True))
        gone = [(actor,) for actor in self._known if actor not in now]
        parents = [(actor, now[actor]) for actor in born if now[actor]]
        self._known = now
        return [
            form.added_bytes([self._added(actor) for actor in born]),
            form.records_bytes(Packet.REMOVED, np.array(gone, form.RECORDS[Packet.REMOVED])),
            form.records_bytes(Packet.PARENT, np.array(parents, form.RECORDS[Packet.PARENT])),
            form.records_bytes(Packet.COLLISION, self._touching()),
        ]

    def _added(self, actor: int) -> Added:
        world = self._world
        row = world.row(actor)
        columns, blueprint = world.table.columns, world.blueprint_of(actor)
        pose = (columns.relative if columns.parent[row] else columns.pose)[row].copy()
        definition = library().get(blueprint)
        types = {attribute.name: attribute.type for attribute in definition.attributes} if definition else {}
        attributes = tuple(
            (int(types.get(name, AttributeType.STRING)), name, value)  # files count as CARLA 0.9.16 does
            for name, value in world.attributes_of(actor).items()
        )
        kind = _TYPES.get(ActorKind(columns.kind[row]), ActorType.OTHER)
        return Added(actor, int(kind), pose, self._uid.get(blueprint, 0), blueprint, attributes)

    def _touching(self) -> NDArray:
        """COLLISION records of the tick: every pair once in each direction, as each of the two felt it."""
        pairs = dict.fromkeys((contact.actor, contact.other) for contact in self._world.contacts)
        rows = []
        for actor, other in pairs:
            rows.append((self._collisions, actor, other or form.NO_ACTOR, self._is_hero(actor), self._is_hero(other)))
            self._collisions += 1
        return np.array(rows, form.RECORDS[Packet.COLLISION])

    def _is_hero(self, actor: int) -> bool:
        return self._world.exists(actor) and self._world.attributes_of(actor).get("role_name") == "hero"

    def _states(self, street_lamps: dict[int, list]) -> list[bytes]:
        """Where everything is and what it shows."""
        table = self._world.table
        vehicle, walker = table.kind == ActorKind.VEHICLE, table.kind == ActorKind.WALKER
        placed = (table.parent == 0) & ~np.isin(table.kind, _STAYING)
        pose, control = table.pose[placed], table.control[vehicle]
        light = table.kind == ActorKind.LIGHT
        gear = np.where(control[:, Control.REVERSE] > 0.0, -1, control[:, Control.GEAR])
        parts = [
            _records(Packet.POSITION, table.id[placed], pose[:, :3] * form.CM, np.degrees(pose[:, [5, 3, 4]])),
            _records(
                Packet.TRAFFIC_LIGHT, table.id[light], table.frozen[light], table.light_times[light, LightTime.ELAPSED],
                table.light_state[light],
            ),
            _records(
                Packet.VEHICLE, table.id[vehicle], control[:, Control.STEER], control[:, Control.THROTTLE],
                control[:, Control.BRAKE], control[:, Control.HAND_BRAKE] > 0.0, gear,
            ),
            _records(Packet.WALKER, table.id[walker], table.control[walker, WalkerControl.SPEED]),
            _records(Packet.LAMPS, table.id[vehicle], table.lamps[vehicle]),
        ]  # fmt: skip
        changed = [state for lamp, state in street_lamps.items() if self._lamps.get(lamp) != state]
        if changed:
            self._lamps = dict(street_lamps)
            parts.append(form.records_bytes(Packet.STREET_LAMP, _street_lamps(changed)))
        return parts

    def _additions(self, born: list[int], frame_number: int) -> list[bytes]:
        """Velocities and clocks of every frame; sizes and times of the actors `born` in this one."""
        table = self._world.table
        moving = (table.kind == ActorKind.VEHICLE) | (table.kind == ActorKind.WALKER)
        new = np.isin(table.id, np.array(born, np.uint32))
        light = new & (table.kind == ActorKind.LIGHT)
        sign = new & np.isin(table.kind, (int(ActorKind.LIGHT), int(ActorKind.SIGN)))
        boxed = new & ~sign
        triggers = [self._world.trigger_box(actor)[:2] for actor in table.id[sign].tolist()]
        centres, extents = np.array([np.stack(trigger) for trigger in triggers]).reshape(-1, 2, 3).transpose(1, 0, 2)
        times = table.light_times[light]
        parts = [
            _records(
                Packet.KINEMATICS, table.id[moving], table.velocity[moving], np.degrees(table.angular_velocity[moving])
            ),
            _records(Packet.BOX, table.id[boxed], table.centre[boxed] * form.CM, table.extent[boxed] * form.CM),
            form.number_bytes(Packet.PLATFORM_TIME, time.perf_counter() - self._start_time),
            form.number_bytes(Packet.FRAME_COUNTER, frame_number),
        ]
        if len(triggers):
            parts.append(_records(Packet.TRIGGER, table.id[sign], centres * form.CM, extents * form.CM))
        if len(times):
            columns = (times[:, LightTime.GREEN], times[:, LightTime.YELLOW], times[:, LightTime.RED])
            parts.append(_records(Packet.LIGHT_TIMES, table.id[light], *columns))
        return parts


def _records(packet: Packet, *columns: NDArray) -> bytes:
    """A packet from one array (n, ...) per field of its records, in their order."""
    records = np.zeros(len(columns[0]), form.RECORDS[packet])
    for name, column in zip(records.dtype.names or (), columns, strict=True):
        if records.dtype[name].base.kind == "f":  # a float that a reader would refuse must not spoil the file
            column = np.clip(np.nan_to_num(column), -form.limit_of(name), form.limit_of(name))
        records[name] = column
    return form.records_bytes(packet, records)


def _street_lamps(states: list[list]) -> NDArray:
    """STREET_LAMP records of wire light states [id, location, intensity, group, [r, g, b], lit]."""
    rows = []
    for lamp, _, intensity, group, colour, lit in states:
        sound = isinstance(colour, list) and len(colour) >= 3 and all(isinstance(part, int) for part in colour[:3])
        red, green, blue = (min(255, max(0, part)) / 255.0 for part in (colour[:3] if sound else (255, 255, 255)))
        intensity = min(form.LARGEST, max(0.0, intensity))
        rows.append((lamp, intensity, (red, green, blue, 1.0), lit, min(255, max(0, group))))
    return np.array(rows, form.RECORDS[Packet.STREET_LAMP])
