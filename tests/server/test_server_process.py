"""The process: one ready line, free ports, a taken port, signals, a lost parent."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

MODULE = [sys.executable, "-m", "lead.server.main"]


def test_two_servers_share_a_machine(start):
    with start() as one, start() as two:
        assert len({one.port, one.stream_port, two.port, two.stream_port}) == 4
        assert one.client().get_world().get_map().name == two.client().get_world().get_map().name


def test_a_taken_port_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run([*MODULE, "--port", str(port)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and done.stdout == ""
    assert f"port {port}" in done.stderr and "in use" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "70000"], "port 70000 on 127.0.0.1 does not exist"),
        (["--port", "-1"], "port -1 on 127.0.0.1 does not exist"),
        (["--client-version", "0.8"], "found client version '0.8', expected one of 0.9.16, 0.9.15"),
        (["--port", "0", "--seed", "-3"], "found seed -3"),
    ],
)
def test_impossible_options_are_named(options, said):
    done = subprocess.run([*MODULE, *options], capture_output=True, text=True, timeout=60)
    assert done.returncode in (1, 2) and done.stdout == ""
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_town_that_is_not_there_is_named():
    done = subprocess.run([*MODULE, "--port", "0", "--town", "Atlantis"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stdout == ""
    assert "Atlantis" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once(start, stop):
    command = [*MODULE, "--port", "0", "--town", "GridCity"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout.readline().startswith("ready rpc=127.0.0.1:")
    process.send_signal(stop)
    begin = time.monotonic()
    assert process.wait(5.0) == 0
    assert time.monotonic() - begin < 2.0
    assert process.stdout.read() == ""
    process.stdout.close()


def test_it_ends_with_its_parent():
    code = (
        "import os, subprocess, sys, time\n"
        "command = [sys.executable, '-m', 'lead.server.main', '--port', '0', '--town', 'GridCity']\n"
        "command += ['--parent-pid', str(os.getpid())]\n"
        "child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)\n"
        "print(child.stdout.readline().strip().rpartition('=')[2], flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 3.0
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.05)
    pytest.fail(f"the server {pid} outlived its parent")
