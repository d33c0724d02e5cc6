"""Records of the episode state, byte for byte against the layout of spec/carla-wire-protocol.md."""

import struct
from math import degrees

import numpy as np
import pytest

from lead.server.snapshot import EPISODE_HEADER, RECORD, SENSOR_HEADER, fill_records
from lead.server.streams import Streams
from lead.server.versions import VERSIONS, client_version
from lead.simulator.actors import ActorKind

HEAD = struct.Struct("<IB6f3f3f3f")
VEHICLE = struct.Struct("<3f3?ifB?IB24x")
WALKER = struct.Struct("<3ff?37x")
LIGHT = struct.Struct("<32s4fI?B")


def columns(kind: int, seed: int = 1) -> dict:
    """One actor of a kind with a different number everywhere."""
    random = np.random.default_rng(seed)
    return dict(
        kind=np.array([kind], np.uint8), pose=random.normal(size=(1, 6)), velocity=random.normal(size=(1, 3)),
        angular_velocity=random.normal(size=(1, 3)), acceleration=random.normal(size=(1, 3)),
        control=random.uniform(0.1, 0.9, size=(1, 7)), speed_limit=np.array([50.0]), light_state=np.array([1], np.uint8),
        governing_light=np.array([77], np.uint32), failure=np.array([2], np.uint8), light_times=random.uniform(1, 9, (1, 4)),
        frozen=np.array([True]),
    )  # fmt: skip


def filled(table: dict) -> bytes:
    records = np.zeros((1, RECORD), np.uint8)
    fill_records(records, **table)
    return records.tobytes()


def head(table: dict) -> bytes:
    x, y, z, *angles = table["pose"][0]
    rates = map(degrees, table["angular_velocity"][0])
    return HEAD.pack(0, 0, x, y, z, *map(degrees, angles), *table["velocity"][0], *rates, *table["acceleration"][0])


def test_sizes():
    assert (HEAD.size, VEHICLE.size, WALKER.size, LIGHT.size, RECORD) == (65, 54, 54, 54, 119)
    assert (SENSOR_HEADER.size, EPISODE_HEADER.size) == (48, 36)


@pytest.mark.parametrize("switches", [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)])
def test_a_vehicle(switches):
    table = columns(ActorKind.VEHICLE)
    table["control"][0, 3:] = (*switches, 3.0)
    expected = VEHICLE.pack(*table["control"][0, :3], *map(bool, switches), 3, 50.0, 1, True, 77, 2)
    assert filled(table) == head(table) + expected


def test_a_vehicle_in_reverse_gear_and_under_no_light_sees_green():
    table = columns(ActorKind.VEHICLE)
    table["control"][0, 3:] = (0.0, 0.0, 0.0, -1.0)
    table["governing_light"][0] = 0
    assert filled(table)[65:] == VEHICLE.pack(*table["control"][0, :3], False, False, False, -1, 50.0, 2, False, 0, 2)


def test_a_walker():
    table = columns(ActorKind.WALKER)
    assert filled(table) == head(table) + WALKER.pack(*table["control"][0, :4], True)


def test_a_light():
    table = columns(ActorKind.LIGHT)
    assert filled(table) == head(table) + LIGHT.pack(b"", *table["light_times"][0], 0, True, 1)


def test_anything_else_has_an_empty_union():
    table = columns(ActorKind.SENSOR)
    assert filled(table) == head(table) + bytes(54)


def test_a_token():
    streams = Streams()
    streams.port = 2001
    assert streams.token(7).hex() == "07000000" + "d107" + "0100" + "00" * 16


def test_versions_differ_where_the_protocol_does():
    old, new = client_version("0.9.15"), client_version("0.9.16")
    assert (old.episode_state, new.episode_state) == (16, 17)
    assert (old.attribute_base, new.attribute_base) == (0, 1)
    assert (old.spawn_command_fields, new.spawn_command_fields) == (4, 6)
    assert old.sensor_types["sensor.camera.rgb"] == new.sensor_types["sensor.camera.rgb"] == 13
    for version in VERSIONS.values():
        numbers = [*version.sensor_types.values(), version.episode_state]
        assert len(set(numbers)) == len(numbers)
    with pytest.raises(ValueError, match="0.9.15"):
        client_version("0.9.14")
