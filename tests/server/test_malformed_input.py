"""Anything may arrive on either port: it closes that connection, never the server, and nobody else notices."""

import contextlib
import random
import socket
import struct

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead.server.message_shape import DEPTH_LIMIT, ITEM_LIMIT, MessageShape, _State

CASES = 5_000  # per port


def throw(port: int, data: bytes) -> None:
    """Send bytes and go, sometimes after a look at the answer."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2.0) as connection:
        connection.sendall(data)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # no TIME_WAIT pile


def requests(random: random.Random) -> list[bytes]:
    """Well-formed requests to mutate."""
    calls = [
        ["version", [[False]]],
        ["get_actors_by_id", [[False], [1, 2, 3]]],
        ["spawn_actor", [[False], [1, "vehicle.audi.tt", [["color", 5, "1,2,3"]]], [[0, 0, 1], [0, 0, 0]]]],
        [
            "apply_batch",
            [[False], [[[1, [5]]], [[0, [[1, "x", []], [[0, 0, 0], [0, 0, 0]], [False], 0, "", []]]]], True],
        ],
        ["set_actor_transform", [[True], 5, [[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]]]],
        ["cast_ray", [[False], [0.0, 0.0, 5.0], [0.0, 0.0, -5.0]]],
        ["get_sensor_token", [[False], 3]],
        ["set_weather_parameters", [[False], [0.0] * 14]],
    ]
    return [msgpack.packb([0, random.randrange(1 << 32), *call]) for call in calls]


def cases(count: int, seed: int) -> list[bytes]:
    """Random bytes, cut requests, requests with bytes changed, huge lengths, deep and wide nesting."""
    source = random.Random(seed)
    result = []
    good = requests(source)
    for number in range(count):
        kind = number % 5
        if kind == 0:
            data = source.randbytes(source.randrange(1, 200))
        elif kind == 1:
            whole = source.choice(good)
            data = whole[: source.randrange(len(whole))]
        elif kind == 2:
            changed = bytearray(source.choice(good))
            for _ in range(source.randrange(1, 5)):
                changed[source.randrange(len(changed))] = source.randrange(256)
            data = bytes(changed)
        elif kind == 3:
            head = source.choice([b"\xdd", b"\xdb", b"\xc6", b"\xdf", b"\xc9"])
            data = head + struct.pack(">I", source.randrange(1 << 31, 1 << 32)) + source.randbytes(20)
        else:
            data = source.choice([b"\x91", b"\x81\xa1a", b"\xdc\x00\xff", b"\xdc\xff\xff"]) * source.randrange(1, 3000)
        result.append(data)
    return result


@pytest.mark.parametrize("which", ["rpc", "streams"])
def test_random_input_disturbs_nobody(server, world, raw, which):
    """Others are answered and tick all the while; how fast depends on the machine, so 10 s count as an answer."""
    port = server.port if which == "rpc" else server.stream_port
    frame = world.get_snapshot().frame
    raw.socket.settimeout(10.0)
    for number, data in enumerate(cases(CASES, seed=len(which))):
        throw(port, data)
        if number % 100 == 0:
            assert raw.value("version") == "0.9.16"
            before, frame = frame, world.tick(10.0)
            assert before < frame <= world.get_snapshot().frame  # a changed batch may have ticked, too
    assert "Traceback" not in server.log(), server.log()[-3000:]


HEAD = msgpack.packb([0, 1, "apply_batch", None])[:-1]
HOSTILE = {
    "lists of 65,535 within each other": b"\xdc\xff\xff" * 1000,
    "the same within a request": HEAD + b"\xdc\xff\xff" * 1000,
    "the same behind a first item": HEAD + b"\xdc\xff\xff\x00" * 1000,
    "one list of 4 billion": b"\xdd\xff\xff\xff\xff",
    "maps of 65,535 within each other": HEAD + b"\xde\xff\xff\x01" * 1000,
    "deeper than any request": HEAD + b"\x91" * 100,
    "two million numbers": HEAD + b"\xdd\x00\x20\x00\x00" + bytes(2 << 20),
    "two million empty lists": HEAD + b"\xdd\x00\x20\x00\x00" + b"\x90" * (2 << 20),
    "an extension type": HEAD + b"\xc7\x05\x01hello",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_messages_made_to_stall_close_their_connection(server, raw, eventually, data):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10.0) as hostile, contextlib.suppress(OSError):
        hostile.sendall(data)
        assert hostile.recv(100) == b""
    assert raw.value("version") == "0.9.16"
    assert eventually(lambda: "rpc connection closed: malformed input" in server.log())


def test_a_stalling_message_costs_less_than_its_reading():
    """The decoder would make room for 65 million items; the scan refuses at the ninth list."""
    shape = MessageShape()
    with pytest.raises(ValueError, match="more than 524288 items"):
        shape.check(HOSTILE["the same within a request"])
    assert sum(shape._open) <= ITEM_LIMIT


def test_depth_is_counted_across_pieces():
    shape = MessageShape()
    for _ in range(DEPTH_LIMIT):
        shape.check(b"\x92")
    with pytest.raises(ValueError, match="lists more than 64 deep"):
        shape.check(b"\x92")


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 64) - 1) | st.floats() | st.text() | st.binary()
    | st.sampled_from(["x" * 40, "y" * 300, "z" * 70_000, b"x" * 300, b"y" * 70_000]),
    lambda items: st.lists(items, max_size=20) | st.dictionaries(st.text(max_size=3), items, max_size=20),
    max_leaves=60,
)  # fmt: skip


@given(values, st.data())
def test_every_message_in_any_pieces_is_followed_to_its_end(value, data):
    shape, message = MessageShape(), msgpack.packb(value) * 2
    cuts = sorted(data.draw(st.lists(st.integers(0, len(message)), max_size=6)))
    for begin, end in zip([0, *cuts], [*cuts, len(message)]):
        shape.check(message[begin:end])
    unfinished = [_State.DEPTH, _State.SKIP, _State.LENGTH_BYTES, _State.ITEMS]
    assert not shape._state[unfinished].any()


def test_large_batches_are_answered(raw, world):
    """As many commands and ids as any client sends."""
    control = [0.5, 0.1, 0.0, False, False, False, 0]
    answers = raw.call("apply_batch", [[[2, [4_000_000_000, control]]] for _ in range(20_000)], False)
    assert len(answers) == 20_000 and all(answer[0][0] == 0 for answer in answers)
    assert raw.value("get_actors_by_id", list(range(1_000_000, 1_020_000))) == []


def test_long_wrong_arguments_are_shown_short(raw):
    assert len(raw.error("get_physics_control", [[1, 2, [3]]] * 10_000)) < 300


@pytest.mark.parametrize(
    "message",
    [
        [],
        [0, 1, "version"],
        [2, "version", []],
        [1, 1, None, None],
        [0, -1, "version", [[False]]],
        [0, "1", "version", [[False]]],
        [0, 1, 5, [[False]]],
        [0, 1, "version", {}],
        [False, 1, "version", [[False]]],
        "version",
        {"a": 1},
    ],
)
def test_what_is_no_request_closes_the_connection(raw, server, eventually, message):
    raw.socket.sendall(msgpack.packb(message))
    assert raw.socket.recv(100) == b""
    assert eventually(lambda: "rpc connection closed: malformed input" in server.log())


def test_a_request_in_pieces_is_put_together(raw):
    for byte in msgpack.packb([0, 77, "version", [[False]]]):
        raw.socket.sendall(bytes([byte]))
    assert raw.receive() == [1, 77, None, [[1, "0.9.16"]]]


def test_unknown_calls_and_wrong_arguments_answer_errors(raw):
    assert "does not know" in raw.error("no_such_call", 1, 2)
    assert "argument 1" in raw.error("get_physics_control", "five")
    assert "expected at least 2" in raw.error("set_actor_transform", 5)
    assert "finite" in raw.error("cast_ray", [0, 0, float("nan")], [0, 0, 0])
    assert "argument 2" in raw.error("spawn_actor", [1, "vehicle.audi.tt", []], [[0, 0], [0, 0, 0]])
    assert raw.call("version") == [[1, "0.9.16"]]


def test_text_that_is_not_utf8_is_survived(raw):
    raw.socket.sendall(msgpack.packb([0, 5, "version", [[False]]]).replace(b"version", b"ver\xff\xfe\x80n"))
    assert b"does not know" in raw.socket.recv(1000)
    assert raw.call("version") == [[1, "0.9.16"]]


def test_the_host_is_the_loopback_only(server):
    with open("/proc/net/tcp") as table:
        listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
    for port in (server.port, server.stream_port):
        hosts = {address.split(":")[0] for address in listening if int(address.split(":")[1], 16) == port}
        assert hosts == {"0100007F"}
