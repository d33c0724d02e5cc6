"""Start the embedded server as a child process and end it with its parent; or reach a server that runs already.

The server cannot live in the client's process: CARLA's Python bindings hold the interpreter lock while they wait for
a reply. So "embedded" means a child on free loopback ports that prints one ready line and dies with its parent.
"""

import atexit
import os
import re
import selectors
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import carla

from lead import InputError, LeadError
from lead.geometry.compilation import COMPILING, is_compiled

READY = re.compile(
    r"^ready rpc=(?P<host>[\d.]+):(?P<rpc>\d+) streams=[\d.]+:(?P<streams>\d+) town=(?P<town>.+) pid=(?P<pid>\d+)$"
)


TAIL = 1 << 16  # bytes of the log's end that are looked at


class ServerFault(LeadError):
    """The server did not start, died or cannot be reached; the message carries the end of its log."""


@dataclass(frozen=True)
class Endpoint:
    """Where a server answers."""

    host: str
    port: int  # RPC; the streams' port is announced by the server itself

    @classmethod
    def parse(cls, text: str) -> "Endpoint":
        """Read "HOST:PORT", "HOST" or "PORT"; host defaults to 127.0.0.1, port to CARLA's 2000."""
        host, _, port = text.rpartition(":")
        if not host:
            host, port = ("127.0.0.1", text) if text.isdigit() else (text, "2000")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise InputError(f"found {text!r}, expected HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:2000")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Process(Protocol):
    """What is asked of a server's process: a child's, or one that `lead.client.prepared` had forked."""

    pid: int
    stdout: IO[str] | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class ServerProcess:
    """A running embedded server; use it as a context manager, or call `stop`.

    Ending: `stop` sends SIGTERM and kills after 2 s; the interpreter's exit does the same; and when this process is
    killed, the child notices that its parent is gone and ends by itself.
    """

    def __init__(self, process: Process, endpoint: Endpoint, town: str, log: IO[bytes]) -> None:
        self.endpoint = endpoint
        self.town = town
        self.pid = process.pid
        self._process = process
        self._log = log
        atexit.register(self.stop)

    @property
    def alive(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def processor_seconds(self) -> float:
        """Processor time the child has taken so far, 0 when it has ended."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def log_tail(self, lines: int = 20) -> str:
        """The last lines the server wrote to its log."""
        return log_tail(self._log, lines)

    def stop(self) -> None:
        """End the child; harmless when it has ended already."""
        atexit.unregister(self.stop)
        end_process(self._process)
        if not self._log.closed:
            self._log.close()

    def __enter__(self) -> "ServerProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_server(
    town: str,
    *,
    port: int = 0,
    seed: int = 0,
    client_version: str = "0.9.16",
    async_hz: float | None = None,
    timeout: float = 300.0,
    report: Callable[[str], None] | None = None,
) -> ServerProcess:
    """Start an embedded server on `town` and wait for its ready line.

    Args:
        town: a name that `lead maps list` shows, or the path of an OpenDRIVE file.
        port: RPC port on 127.0.0.1; 0 takes free ports.
        seed: seed of the town's scenery, 0 or more.
        client_version: protocol version to speak, "0.9.16" or "0.9.15".
        async_hz: ticks per second while no client has switched to synchronous mode; None for the server's default.
        timeout: seconds to wait for the ready line; a first start compiles for about a minute.
        report: told when this start has to compile.

    Raises:
        ServerFault: the server ended or did not answer in time; the message ends with its log.
    """
    if report is not None and not is_compiled():
        report(COMPILING)
    command = [sys.executable, "-m", "lead", "sim", "--town", town, "--port", str(port), "--seed", str(seed)]
    command += ["--client-version", client_version, "--parent-pid", str(os.getpid())]
    if async_hz is not None:
        command += ["--async-hz", str(async_hz)]
    log = tempfile.TemporaryFile(prefix="lead-sim-")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True)
    try:
        line = first_line(process, timeout)
        match = READY.match(line or "")
        if match is None:
            end_process(process)
            what = repr(line)
            if line is None:
                what = f"no ready line within {timeout:.0f} s"
            elif line == "":
                what = f"exit code {process.returncode}"
            tail = log_tail(log, 20)
            raise ServerFault(f"the embedded server did not start on {town!r}: {what}. Its log ends:\n{tail}")
        return ServerProcess(process, Endpoint(match["host"], int(match["rpc"])), match["town"], log)
    except BaseException:  # an interrupt too must leave no server behind
        end_process(process)
        log.close()
        raise


def connect(endpoint: Endpoint, timeout: float = 60.0) -> carla.Client:
    """A client of the server at `endpoint`, checked to answer.

    Raises:
        ServerFault: nothing answers there, or not CARLA's protocol.
    """
    client = carla.Client(endpoint.host, endpoint.port)
    client.set_timeout(min(timeout, 10.0))
    try:
        client.get_server_version()
    except RuntimeError as error:
        raise ServerFault(
            f"no CARLA server answers at {endpoint} ({str(error).strip()}). "
            "Start one with `lead sim --town GridCity`, or give the address of a running CARLA."
        ) from error
    client.set_timeout(timeout)
    return client


def simulator_of(client: carla.Client) -> str:
    """What answers a client: "embedded" for a server of this package, whoever started it, else "CARLA" and its version."""
    from lead.roads.library import TOWNS, map_name  # with what it generates towns by, which is slow to import

    ours = any(map_name(town) in TOWNS for town in client.get_available_maps())
    return "embedded" if ours else f"CARLA {client.get_server_version()}"


def free_port() -> int:
    """A TCP port that nothing uses now, for a TrafficManager that must not meet another one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def first_line(process: Process, timeout: float) -> str | None:
    """First line of a process's stdout, "" if it closes without one, None on time-out. Lines are written whole."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        return process.stdout.readline().strip() if selector.select(timeout) else None


def end_process(process: Process) -> None:
    """Terminate a process, kill it if it has not gone 2 s later, and close its output."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(2.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None and not process.stdout.closed:
        process.stdout.close()


def log_tail(log: IO[bytes], lines: int) -> str:
    """The last lines of a log; read by place, for the child writes where this process's file position is."""
    if log.closed:
        return "(log closed)"
    size = os.fstat(log.fileno()).st_size
    text = os.pread(log.fileno(), TAIL, max(0, size - TAIL)).decode(errors="replace")
    return "\n".join(text.strip().splitlines()[-lines:]) or "(empty)"
