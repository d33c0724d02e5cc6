"""Stream readers: what a frame holds, and that a frozen, slow or strange reader harms nobody else."""

import socket
import struct
import time
from contextlib import suppress

import pytest


def subscribe(port: int, stream: int = 1, buffer: int | None = None) -> socket.socket:
    connection = socket.socket()
    if buffer is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.connect(("127.0.0.1", port))
    connection.sendall(struct.pack("<I", stream))
    return connection


def read(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError("closed")
        data += piece
    return data


def frame(connection: socket.socket) -> bytes:
    (size,) = struct.unpack("<I", read(connection, 4))
    return read(connection, size)


def test_the_state_comes_at_once_and_byte_for_byte(server, world):
    with subscribe(server.stream_port) as reader:
        reader.settimeout(2.0)
        state = frame(reader)  # R7: nobody ticked
        sensor_type, number, seconds = struct.unpack_from("<QQd", state)
        identity, _, step, x, y, z, bits = struct.unpack_from("<Qdf3iI", state, 48)
        snapshot = world.get_snapshot()
        assert (sensor_type, number, identity) == (17, snapshot.frame, world.id)
        assert seconds == pytest.approx(snapshot.timestamp.elapsed_seconds)
        assert step == pytest.approx(0.05) and (x, y, z, bits) == (0, 0, 0, 0)
        assert (len(state) - 84) % 119 == 0
        ids = [struct.unpack_from("<I", state, offset)[0] for offset in range(84, len(state), 119)]
        assert ids == sorted(actor.id for actor in world.get_actors())
        world.tick()
        assert struct.unpack_from("<QQ", frame(reader))[1] == number + 1


def test_a_map_change_is_marked_once(server, client, world):
    client.reload_world(False)
    with subscribe(server.stream_port) as reader:
        reader.settimeout(2.0)
        first = frame(reader)
        assert struct.unpack_from("<I", first, 80) == (1,)
        world = client.get_world()
        world.tick()
        world.tick()
        later = [frame(reader), frame(reader)]
        assert struct.unpack_from("<I", later[-1], 80) == (0,)


def test_a_stream_that_does_not_exist_stays_silent(server, world):
    with subscribe(server.stream_port, 4_000_000) as reader:
        world.tick()
        reader.settimeout(0.2)
        with pytest.raises(TimeoutError):
            reader.recv(1)


def test_a_reader_that_talks_is_cut(server, world):
    with subscribe(server.stream_port) as reader:
        reader.settimeout(2.0)
        reader.sendall(b"hello")
        with suppress(ConnectionError):
            while reader.recv(1 << 16):
                pass
    world.tick()


def test_a_frozen_reader_is_cut_and_stalls_nobody(start, eventually):
    with start("--stream-buffer", str(2 << 20)) as own:
        world = own.client().get_world()
        settings = world.get_settings()
        settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
        world.apply_settings(settings)
        world.tick()
        frozen = subscribe(own.stream_port, buffer=4096)
        slowest, begin = 0.0, time.monotonic()
        while "was cut off" not in own.log() and time.monotonic() - begin < 20.0:
            for _ in range(100):
                before = time.monotonic()
                world.tick()
                slowest = max(slowest, time.monotonic() - before)
        assert "was cut off" in own.log()
        assert slowest < 0.5
        frozen.close()
        assert world.tick() > 0


def test_asynchronous_mode_drops_for_a_slow_reader(start):
    with start("--async-hz", "200", "--stream-buffer", str(1 << 20)) as own:
        world = own.client().get_world()
        slow = subscribe(own.stream_port, buffer=4096)
        first = world.wait_for_tick().frame
        time.sleep(2.0)
        assert world.wait_for_tick().frame - first > 100
        assert "was cut off" not in own.log()
        slow.close()


def test_clients_that_vanish_in_mid_call(server, raw, world):
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", server.port)) as victim:
            victim.sendall(bytes.fromhex("9400 01a9") + b"tick_cue\x91")  # half a request
            victim.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port)) as victim:
            victim.sendall(b"\x94\x00\x01\xacget_map_data\x91\x91\xc2" * 20)  # never reads the answers
            victim.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    frame_before = world.tick()
    assert world.tick() == frame_before + 1
    assert raw.value("version") == "0.9.16"
