"""Anything may arrive on either port: it closes that connection, never the server, and nobody else notices."""

import contextlib
import random
import socket
import struct
import time

import msgpack
import pytest

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
    """Random bytes, cut requests, requests with bytes changed, huge lengths, deep nesting."""
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
            data = source.choice([b"\x91", b"\x81\xa1a", b"\xdc\x00\xff"]) * source.randrange(1, 3000)
        result.append(data)
    return result


@pytest.mark.parametrize("which", ["rpc", "streams"])
def test_random_input_disturbs_nobody(server, raw, which):
    port = server.port if which == "rpc" else server.stream_port
    world = server.client(5.0).get_world()
    slowest = 0.0
    for number, data in enumerate(cases(CASES, seed=len(which))):
        throw(port, data)
        if number % 250 == 0:
            begin = time.monotonic()
            assert raw.value("version") == "0.9.16"
            slowest = max(slowest, time.monotonic() - begin)
    assert world.wait_for_tick().frame > 0
    assert slowest < 1.0
    assert "Traceback" not in server.log(), server.log()[-3000:]


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
