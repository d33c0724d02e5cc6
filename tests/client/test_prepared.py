"""A prepared town forks servers that are like those started afresh, and that never outlive who asked for them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import carla
import pytest

from lead.client.launch import ServerFault, ServerProcess, connect, start_server
from lead.client.prepared import PreparedTown

TOWN = "GridCity"
ASKS_AND_WAITS = f"""
import time
from lead.client.prepared import PreparedTown
prepared = PreparedTown({TOWN!r})
server = prepared.start()
print(prepared._process.pid, server.pid, flush=True)
time.sleep(60)
"""
PREPARES = f"""
import lead.client.prepared as prepared
prepared.PreparedTown({TOWN!r})
"""


@pytest.fixture(scope="module")
def prepared() -> Iterator[PreparedTown]:
    with PreparedTown(TOWN) as town:
        yield town


def gone(pid: int, seconds: float) -> bool:
    """Whether the process has ended within so many seconds; a zombie counts."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def fingerprint(server: ServerProcess) -> tuple[object, ...]:
    """What a client sees of a server's world in its first ticks."""
    world = connect(server.endpoint).get_world()
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
    world.apply_settings(settings)
    blueprint = world.get_blueprint_library().find("vehicle.audi.tt")
    car = world.spawn_actor(blueprint, world.get_map().get_spawn_points()[0])
    car.apply_control(carla.VehicleControl(throttle=0.7, steer=0.1))
    for _ in range(20):
        world.tick()
    snapshot = world.get_snapshot()
    poses = [str(state.get_transform()) for state in sorted(snapshot, key=lambda state: state.id)]
    things = [(thing.id, thing.name) for thing in world.get_environment_objects(carla.CityObjectLabel.Any)]
    return car.id, poses, things


def test_a_forked_server_is_like_one_started_afresh(prepared: PreparedTown):
    with prepared.start() as first, prepared.start() as second:
        assert first.endpoint.port != second.endpoint.port and first.town == TOWN
        forked = fingerprint(first)
        assert fingerprint(second) == forked, "what was done in one server is not seen in another"
    with prepared.start() as third:
        assert fingerprint(third) == forked, "nor in a later one"
    with start_server(TOWN) as fresh:
        assert fingerprint(fresh) == forked


def test_a_forked_server_ends_with_its_block_and_costs_little(prepared: PreparedTown):
    with prepared.start() as server:
        assert server.alive and server.processor_seconds() < 0.5
    assert gone(server.pid, 0.5) and not server.alive


def test_who_asks_may_be_forked(prepared: PreparedTown):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, str(prepared.start().pid).encode())
        time.sleep(30.0)
        os._exit(0)
    os.close(writing)
    pid = int(os.read(reading, 20))
    os.close(reading)
    assert not gone(pid, 0.1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert gone(pid, 5.0), "the server ends with the process that asked for it"
    with prepared.start() as server:
        assert server.alive, "and the town can still be asked"


def test_nothing_is_left_when_the_holder_is_killed():
    holder = subprocess.Popen([sys.executable, "-c", ASKS_AND_WAITS], stdout=subprocess.PIPE, text=True)
    pids = [int(pid) for pid in holder.stdout.readline().split()]
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert len(pids) == 2 and all(gone(pid, 5.0) for pid in pids)


def test_a_preparation_ends_when_nobody_waits_for_it_any_more(tmp_path: Path):
    holder = subprocess.Popen([sys.executable, "-c", PREPARES])
    end = time.monotonic() + 60.0
    while not (found := _children(holder.pid)) and time.monotonic() < end:
        time.sleep(0.05)
    holder.kill()
    holder.wait()
    assert len(found) == 1 and gone(found[0], 30.0)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_forked_servers_log_is_its_own(prepared: PreparedTown):
    with prepared.start() as first, prepared.start() as second:
        with socket.create_connection((first.endpoint.host, first.endpoint.port)) as rude:
            rude.sendall(b"\xc1 is no message")
            rude.recv(1)
        assert first.log_tail() != "(empty)" and second.log_tail() == "(empty)"


def test_neither_side_runs_a_thread(prepared: PreparedTown):
    threads = os.listdir(f"/proc/{prepared._process.pid}/task")
    assert len(threads) == 1, "a thread that runs while a process is forked may leave a lock behind"


def test_a_town_that_is_not_there_is_named():
    with pytest.raises(ServerFault, match="Atlantis"):
        PreparedTown("Atlantis")


def test_a_town_that_has_ended_is_a_fault():
    with PreparedTown(TOWN) as town:
        os.kill(town._process.pid, signal.SIGKILL)
        town._process.wait()
        assert not town.alive
        with pytest.raises(ServerFault, match=TOWN):
            town.start()
