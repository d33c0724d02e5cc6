"""A server as a child process, the real client on it, and a bare socket that speaks msgpack-rpc.

One server serves all tests of this room, each in a new world. The world is changed through a bare connection before
the test's client connects, for a client that changes worlds runs into its own races (`lead.server.world_change`, R8);
the tests of just that run it in a process of its own.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import carla
import msgpack
import numpy as np
import pytest
from recordings import CARS, STEP, TICKS, by_role, pose

TOWN = "GridCity"
READY = re.compile(r"^ready rpc=127\.0\.0\.1:(\d+) streams=127\.0\.0\.1:(\d+) town=(.+) pid=(\d+)$")


@dataclass
class Server:
    """A running child."""

    process: subprocess.Popen
    port: int
    stream_port: int
    log_file: Any
    log_start: int = 0

    def log(self) -> str:
        """What the server has said since the test began."""
        self.log_file.seek(self.log_start)
        return self.log_file.read()

    def forget_log(self) -> None:
        self.log_start = self.log_file.seek(0, os.SEEK_END)

    def client(self, timeout: float = 20.0) -> carla.Client:
        client = carla.Client("127.0.0.1", self.port)
        client.set_timeout(timeout)
        return client


@contextmanager
def started(*options: str, town: str = TOWN) -> Iterator[Server]:
    """A server that has said it is ready; ended afterwards, and required to have lived until then."""
    log = tempfile.TemporaryFile("w+")
    command = [
        sys.executable,
        "-m",
        "lead.server.main",
        "--town",
        town,
        "--port",
        "0",
        "--parent-pid",
        str(os.getpid()),
    ]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        line = process.stdout.readline().strip()
        match = READY.match(line)
        log.seek(0)
        assert match, f"no ready line but {line!r}; the log: {log.read()[-3000:]}"
        yield Server(process, int(match[1]), int(match[2]), log)
        log.seek(0)
        assert process.poll() is None, f"the server ended with {process.returncode}: {log.read()[-3000:]}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(3.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        log.close()


@pytest.fixture(scope="session")
def session_server() -> Iterator[Server]:
    """The server of all tests."""
    with started() as running:
        yield running


@pytest.fixture
def server(session_server: Server) -> Server:
    """The server of all tests, its log from now on."""
    session_server.forget_log()
    return session_server


@pytest.fixture
def start() -> Callable[..., Any]:
    """`started`, for tests that need a server of their own."""
    return started


@pytest.fixture
def client(server: Server) -> carla.Client:
    """A client of the server, not yet connected to its world."""
    return server.client()


@pytest.fixture
def world(server: Server, client: carla.Client) -> Iterator[carla.World]:
    """A new world in synchronous mode at 20 Hz."""
    changing = RawRpc(server.port)
    assert changing.call("load_new_episode", TOWN, True, 65535) == [[False]]
    changing.close()
    world = client.get_world()
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
    world.apply_settings(settings)
    world.tick()
    yield world


@pytest.fixture(scope="module")
def module_world(session_server: Server) -> carla.World:
    """One world for all tests of a file: what the renderer builds around its sensors is kept."""
    changing = RawRpc(session_server.port)
    assert changing.call("load_new_episode", TOWN, True, 65535) == [[False]]
    changing.close()
    return session_server.client().get_world()


@pytest.fixture
def emptied_world(module_world: carla.World, server: Server) -> Iterator[carla.World]:
    """That world in synchronous mode at noon, emptied after every test."""
    settings = module_world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds, settings.no_rendering_mode = True, 0.05, False
    module_world.apply_settings(settings)
    module_world.set_weather(carla.WeatherParameters.ClearNoon)
    module_world.tick()
    yield module_world
    for kind in ("sensor.*", "vehicle.*", "walker.*", "static.prop.*"):
        for actor in module_world.get_actors().filter(kind):
            actor.destroy()
    module_world.tick()


@pytest.fixture
def place(world: carla.World) -> Callable[..., carla.Vehicle]:
    """Spawns a vehicle on the n-th spawn point and lets it come to rest."""

    def place(point: int = 0, blueprint: str = "vehicle.lincoln.mkz_2020", **attributes: str) -> carla.Vehicle:
        chosen = world.get_blueprint_library().find(blueprint)
        for name, value in attributes.items():
            chosen.set_attribute(name, value)
        actor = world.spawn_actor(chosen, world.get_map().get_spawn_points()[point])
        for _ in range(10):
            world.tick()
        return actor

    return place


class RawRpc:
    """msgpack-rpc by hand."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10.0)
        self._unpacker = msgpack.Unpacker(raw=False)
        self._count = 0

    def send(self, name: str, *arguments: Any, asynchronous: bool = False) -> int:
        """Send a request; its id."""
        self._count += 1
        self.socket.sendall(msgpack.packb([0, self._count, name, [[asynchronous], *arguments]]))
        return self._count

    def receive(self) -> list[Any]:
        """The next reply."""
        while True:
            for message in self._unpacker:
                return message
            data = self.socket.recv(1 << 20)
            if not data:
                raise ConnectionError("the server closed the connection")
            self._unpacker.feed(data)

    def call(self, name: str, *arguments: Any) -> Any:
        """The result of one request: its envelope."""
        identity = self.send(name, *arguments)
        reply = self.receive()
        assert reply[:3] == [1, identity, None]
        return reply[3]

    def value(self, name: str, *arguments: Any) -> Any:
        """The value of a Response<T>."""
        ((tag, value),) = self.call(name, *arguments)
        assert tag == 1, value
        return value

    def error(self, name: str, *arguments: Any) -> str:
        """The message of an error envelope."""
        ((tag, (message,)),) = self.call(name, *arguments)
        assert tag in (0, True)
        return message

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def raw(server: Server) -> Iterator[RawRpc]:
    """A bare connection to the server."""
    connection = RawRpc(server.port)
    yield connection
    connection.close()


@pytest.fixture
def run_client(server: Server) -> Callable[..., str]:
    """Runs a client script in a process of its own, so that a crash of the client is a failure of the test."""

    def run(script: str, *arguments: str, timeout: float = 60.0, on: Server | None = None) -> str:
        path = Path(__file__).parent / "scripts" / script
        command = [sys.executable, "-X", "faulthandler", str(path), str((on or server).port), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
        said = f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
        assert done.returncode == 0, f"{script} {' '.join(arguments)} ended with {done.returncode}:\n{said}"
        return done.stdout

    return run


def wait_until(condition: Callable[[], bool], seconds: float = 3.0) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture
def eventually() -> Callable[..., bool]:
    """`wait_until`."""
    return wait_until


@pytest.fixture
def drive(client, world, tmp_path):
    """Records five cars for 5 s; the file, and the cars' poses after every tick by role."""

    def drive(additional: bool = False) -> tuple[str, list[dict[str, np.ndarray]]]:
        points = world.get_map().get_spawn_points()
        for number in range(CARS):
            blueprint = world.get_blueprint_library().find("vehicle.lincoln.mkz_2020")
            blueprint.set_attribute("role_name", "hero" if number == 0 else f"car{number}")
            car = world.spawn_actor(blueprint, points[7 * number])
            car.apply_control(carla.VehicleControl(throttle=0.4 + 0.1 * number, steer=0.1 * (number - 2)))
            car.set_light_state(carla.VehicleLightState(carla.VehicleLightState.LowBeam))
        world.tick()
        path = str(tmp_path / "drive.log")
        assert client.start_recorder(path, additional) == path
        poses = []
        for _ in range(TICKS):
            world.tick()
            poses.append({role: pose(car) for role, car in by_role(world).items()})
        client.stop_recorder()
        client.get_server_version()  # stop_recorder is not answered: this is, after it
        return path, poses

    return drive


@pytest.fixture
def fresh(client):
    """A new world at 20 Hz, synchronous."""

    def fresh() -> carla.World:
        world = client.reload_world()
        settings = world.get_settings()
        settings.synchronous_mode, settings.fixed_delta_seconds = True, STEP
        world.apply_settings(settings)
        world.tick()
        return world

    return fresh
