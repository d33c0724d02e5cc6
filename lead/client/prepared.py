"""A town kept ready: servers of it stand within milliseconds, forked from a process that has everything at hand."""

import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import IO

from lead.client.launch import READY, Endpoint, ServerFault, ServerProcess, end_process, first_line, log_tail

PREPARED = "prepared"  # the line that says so


class PreparedTown:
    """A process that forks servers of one town; a context manager, or call `stop`.

    Neither it nor whoever holds it runs a thread for it, so that both can be forked, and the holder's children can ask
    it too. Its servers end with the process that asked for them, and live on when it is stopped.
    """

    def __init__(self, town: str, *, seed: int = 0, timeout: float = 300.0) -> None:
        """Prepare a town, which takes seconds.

        Args:
            town: a name that `lead maps list` shows, or the path of an OpenDRIVE file.
            seed: seed of the town's scenery, 0 or more.
            timeout: seconds to wait; a first start compiles for about a minute.

        Raises:
            ServerFault: it ended or was not ready in time; the message ends with its log.
        """
        self.town, self.seed = town, seed
        self._log = tempfile.TemporaryFile(prefix="lead-town-")
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "lead.server.forking", "--town", town, "--seed", str(seed)]
        command += ["--requests", str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log, text=True,
                pass_fds=(theirs.fileno(),),
            )  # fmt: skip
        try:
            line = first_line(self._process, timeout)
            if line != PREPARED:
                end_process(self._process)
                what = f"no answer within {timeout:.0f} s" if line is None else f"exit code {self._process.returncode}"
                raise ServerFault(f"{town!r} could not be prepared: {what}. Its log ends:\n{log_tail(self._log, 20)}")
        except BaseException:  # an interrupt too must leave no process behind
            self.stop()
            raise

    @property
    def alive(self) -> bool:
        """Whether it can be asked; to be called by the process that made it."""
        return self._process.poll() is None

    def start(self, timeout: float = 60.0) -> ServerProcess:
        """A server of the town as one that was just started. Raises ServerFault if there is none in so many seconds."""
        log = tempfile.TemporaryFile(prefix="lead-sim-")
        reading, writing = os.pipe()
        process = _Forked(os.fdopen(reading))
        try:
            try:
                socket.send_fds(self._requests, [str(os.getpid()).encode()], [writing, log.fileno()])
            finally:
                os.close(writing)
            match = READY.match(first_line(process, timeout) or "")
            if match is None:
                raise ServerFault(f"no server of {self.town!r} was forked. Its log ends:\n{log_tail(log, 20)}")
            process.is_ready(int(match["pid"]))
            return ServerProcess(process, Endpoint(match["host"], int(match["rpc"])), match["town"], log)
        except OSError as error:
            process.stdout.close()
            log.close()
            raise ServerFault(f"no server of {self.town!r} can be had: {error}") from error
        except BaseException:
            end_process(process)
            log.close()
            raise

    def stop(self) -> None:
        """End it; harmless when it has ended already."""
        self._requests.close()
        end_process(self._process)
        self._log.close()

    def __enter__(self) -> "PreparedTown":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Forked:
    """A server's process that is not our child; nothing is known of its exit code."""

    def __init__(self, stdout: IO[str]) -> None:
        self.pid, self.stdout = 0, stdout
        self._descriptor: int | None = None  # a process descriptor: its number cannot be another's in the meantime

    def is_ready(self, pid: int) -> None:
        """Note its number, once it is known. Raises OSError if it has ended already."""
        self.pid, self._descriptor = pid, os.pidfd_open(pid)

    def poll(self) -> int | None:
        """0 when it has ended, or never came."""
        return self._ended(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """0, once it has ended. Raises TimeoutExpired."""
        ended = self._ended(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired("a forked server", timeout or 0.0)
        return ended

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self._descriptor is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)

    def _ended(self, timeout: float | None) -> int | None:
        if self._descriptor is None:
            return 0
        with selectors.DefaultSelector() as selector:
            selector.register(self._descriptor, selectors.EVENT_READ)
            if not selector.select(timeout):
                return None
        os.close(self._descriptor)
        self._descriptor = None
        return 0
