"""What a 0.9.15 client gets, byte for byte; its wheel shares the package name with 0.9.16, so none can be asked here."""

import struct

import msgpack
import numpy as np
import pytest

from lead.roads.town import load_town
from lead.server.batch import execute
from lead.server.episode import Episode
from lead.server.procedures import GROUPS
from lead.server.versions import client_version

OLD, NEW = "0.9.15", "0.9.16"
# Slots of the client's deserialiser (spec/carla-wire-protocol.md, section 2); both clients agree below 16.
SLOTS = {
    "collision": 0, "gnss": 4, "imu": 5, "lane_invasion": 6, "obstacle": 7,
}  # fmt: skip
CAR = [1, "vehicle.tesla.model3", [["role_name", 3, "hero"]]]
BOOL, INT, FLOAT, STRING, COLOUR = range(5)  # attribute types of 0.9.15; 0.9.16 counts from 1


@pytest.fixture(scope="module")
def town():
    return load_town("GridCity")


@pytest.fixture
def episode(town):
    return Episode(town, client_version(OLD), seed=0)


@pytest.fixture
def newer(town):
    return Episode(town, client_version(NEW), seed=0)


def call(episode, name, *arguments):
    """The result of a call as the client would unpack it."""
    procedure = next(group[name] for group in GROUPS.values() if name in group)
    values = [reader(argument) for reader, argument in zip(procedure.readers, arguments)]
    return msgpack.unpackb(msgpack.packb(procedure.handler(episode, *values)))


def wire_pose(town, point):
    x, y, z, *_ = town.spawn_points[point].tolist()
    return [[x, y, z + 0.5], [0.0, float(np.degrees(town.spawn_points[point][4])), 0.0]]


def test_the_version_is_told(episode):
    assert msgpack.packb(call(episode, "version")) == b"\xa60.9.15"


def test_the_header_of_the_episode_state(episode, newer):
    for each, slot in ((episode, 16), (newer, 17)):
        state = each._last_state
        assert state[:8] == bytes([slot, 0, 0, 0, 0, 0, 0, 0])
        assert state[8:16] == struct.pack("<Q", each.frame)
        assert state[16:48] == bytes(32)  # time 0, and no place
        assert state[48:56] == struct.pack("<Q", each.identity)
        assert state[64:84] == struct.pack("<f3iI", 0.0, 0, 0, 0, 1)  # no step yet, no origin, map changed
        assert (len(state) - 84) % 119 == 0
    identities = [
        struct.unpack_from("<I", episode._last_state, at)[0] for at in range(84, len(episode._last_state), 119)
    ]
    assert identities == episode.world.table.id.tolist()


@pytest.mark.parametrize("kind", SLOTS)
def test_the_header_of_sensor_data(episode, town, kind):
    frames = []
    episode.streams.has_readers = lambda stream: True
    episode.streams.publish = lambda stream, parts: frames.append((stream, b"".join(map(bytes, parts))))
    car = call(episode, "spawn_actor", CAR, wire_pose(town, 0))[0]
    blueprint = f"sensor.other.{kind}"
    sensor = call(episode, "spawn_actor_with_parent", [2, blueprint, []], [[0, 0, 2], [0, 0, 0]], car, 0)  # no socket
    stream = struct.unpack_from("<I", sensor[5])[0] if sensor[5] else 0
    assert episode.version.sensor_types[blueprint] == SLOTS[kind]
    frame = episode.tick(0.05)
    sent = [data for number, data in frames if number == stream]
    for data in sent:
        assert data[:24] == struct.pack("<QQd", SLOTS[kind], frame, 0.05)
    assert len(sent) == (1 if kind in ("gnss", "imu") else 0)
    assert frames[0][0] == 1 and frames[0][1][:16] == struct.pack("<QQ", 16, frame)  # the state comes first


def test_the_batch_command_to_spawn_has_four_fields(episode, newer, town):
    follow = [[16, [0, True]]]
    four = [[0, [CAR, wire_pose(town, 1), [False], [follow]]]]
    packed = msgpack.packb(four)
    assert packed[:2] == b"\x91\x92" and packed[2:4] == b"\x00\x94"  # [[0, [4 fields]]]
    ((tag, actor),) = execute(episode, msgpack.unpackb(packed))
    assert tag == 1 and episode.world.exists(actor)
    ((tag, (message,)),) = execute(newer, msgpack.unpackb(packed))
    assert tag == 0 and "found 4 fields, expected 6" in message and NEW in message
    six = [[0, [CAR, wire_pose(town, 2), [False], 40, "", [follow]]]]  # the attachment is uninitialised memory
    assert execute(newer, six)[0][0] == 1


def test_what_follows_a_spawn_is_done_to_the_new_actor(episode, town):
    drive = [[2, [0, [0.25, 0.0, 0.0, False, False, False, 0]]]]
    ((_, actor),) = execute(episode, [[0, [CAR, wire_pose(town, 3), [False], [drive]]]])
    assert episode.world.table.control[episode.world.row(actor), 0] == 0.25


def test_a_parent_in_a_batch(episode, town):
    ((_, car),) = execute(episode, [[0, [CAR, wire_pose(town, 4), [False], []]]])
    mount = [[0, [[2, "sensor.other.imu", []], [[0, 0, 2], [0, 0, 0]], [True, car], []]]]
    ((tag, sensor),) = execute(episode, mount)
    assert tag == 1 and episode.world.table.parent[episode.world.row(sensor)] == car


def attribute_types(episode):
    return {
        (identity, attribute[0]): attribute[1]
        for _, identity, _, attributes in call(episode, "get_actor_definitions")
        for attribute in attributes
    }


def test_attribute_types_count_from_zero(episode, newer):
    old, new = attribute_types(episode), attribute_types(newer)
    car, walker = "vehicle.tesla.model3", "walker.pedestrian.0001"
    assert [
        old[car, "has_lights"], old[car, "number_of_wheels"], old[walker, "speed"], old[car, "role_name"], old[car, "color"]
    ] == [BOOL, INT, FLOAT, STRING, COLOUR]  # fmt: skip
    assert set(old.values()) == {0, 1, 2, 3, 4} and set(new.values()) == {1, 2, 3, 4, 5}
    assert all(new[key] == value + 1 for key, value in old.items())


def test_attribute_values_of_the_worlds_own_actors(episode, newer):
    for each, string in ((episode, STRING), (newer, STRING + 1)):
        lights = [int(actor) for actor in each.world.signal_actor if actor]
        values = [value for light in lights for value in each.actor_message(light)[2][2]]
        assert all(kind == string for _, kind, _ in values)


def test_a_light_keeps_its_sign_id_in_its_record(episode):
    row = episode.world.row(int(episode.world.signal_actor[0]))
    record = episode._last_state[84 + 119 * row : 84 + 119 * (row + 1)]
    sign = str(episode.town.signals.sign_id[0]).encode()
    assert record[65:97] == sign.ljust(32, b"\0")
