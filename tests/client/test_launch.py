"""The embedded server starts, says why it cannot, and never outlives its parent."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pytest

from lead.client import launch
from lead.client.launch import Endpoint, ServerFault, connect, start_server
from lead.roads.generate import fixed_town

PARENT = """
import time
from lead.client.launch import start_server
server = start_server("GridCity")
print(server.pid, flush=True)
time.sleep(60)
"""


def gone(pid: int) -> bool:
    """Whether no process `pid` runs (a zombie counts as gone)."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_gone(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if gone(pid):
            return True
        time.sleep(0.05)
    return False


def test_a_server_starts_on_free_ports_and_ends_with_its_block():
    with start_server("GridCity") as first, start_server("GridCity") as second:
        assert first.endpoint.port != second.endpoint.port
        assert connect(first.endpoint).get_world().get_map().name.endswith("GridCity")
        pids = first.pid, second.pid
    assert all(gone(pid) for pid in pids)


def test_the_server_ends_when_its_parent_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    assert not gone(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert wait_gone(pid, 5.0)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_within_two_seconds_of_a_signal(stop):
    with start_server("GridCity") as server:
        connect(server.endpoint).get_world()
        os.kill(server.pid, stop)
        assert wait_gone(server.pid, 2.0)


def test_a_town_file_with_a_blank_in_its_name_starts(tmp_path):
    path = tmp_path / "my town.xodr"
    path.write_text(fixed_town("VillageCrossing"))
    with start_server(str(path)) as server:
        assert server.town == "my town"


def test_an_interrupt_while_it_starts_leaves_no_server(monkeypatch):
    started = []

    def interrupted(process, timeout):
        started.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(launch, "first_line", interrupted)
    with pytest.raises(KeyboardInterrupt):
        start_server("GridCity")
    assert started[0].poll() is not None


def test_reading_the_log_does_not_move_where_the_server_writes():
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(["sh", "-c", "echo one; read _; echo two"], stdin=subprocess.PIPE, stdout=log)
        while not os.fstat(log.fileno()).st_size:
            time.sleep(0.01)
        assert launch.log_tail(log, 5) == "one"
        child.communicate(b"\n")
        assert launch.log_tail(log, 5) == "one\ntwo"
        assert launch.log_tail(log, 1) == "two"


def test_an_unknown_town_is_named_in_the_fault():
    with pytest.raises(ServerFault, match="Atlantis"):
        start_server("Atlantis")


def test_a_port_in_use_is_named_in_the_fault():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerFault, match=f"{port}.*in use"):
            start_server("GridCity", port=port)


def test_nothing_at_an_endpoint_is_a_fault():
    with pytest.raises(ServerFault, match="no CARLA server answers"):
        connect(Endpoint("127.0.0.1", 9), timeout=2.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2000", ("127.0.0.1", 2000)), ("10.0.0.7", ("10.0.0.7", 2000)), ("localhost:3000", ("localhost", 3000))],
)
def test_endpoints_are_read(text, expected):
    endpoint = Endpoint.parse(text)
    assert (endpoint.host, endpoint.port) == expected


@pytest.mark.parametrize("text", ["host:", "host:0", "host:70000", "host:abc"])
def test_a_bad_endpoint_is_refused(text):
    with pytest.raises(ValueError, match="expected HOST:PORT"):
        Endpoint.parse(text)
