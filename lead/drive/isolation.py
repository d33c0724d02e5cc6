"""Run a task in a forked child that may crash or hang without harm, and watch its pulse.

CARLA's client can abort its process or wait for ever; an agent can too. The child says in shared memory what it is at,
so that the watcher knows whom a silence is to be blamed on.
"""

import ctypes
import mmap
import os
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

_LAYOUT = struct.Struct("<qqd")  # phase, ticks, percent
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
LOOK_EVERY = 0.02  # s between looks at the child


class Phase(IntEnum):
    """Whose turn it is."""

    SIMULATOR = 0
    AGENT = 1


class Pulse:
    """What a child shows of itself: whose turn it is, ticks, and percent of the route."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _LAYOUT.size)

    def beat(self, phase: Phase, ticks: int, percent: float) -> None:
        """Show a sign of life."""
        _LAYOUT.pack_into(self._memory, 0, phase, ticks, percent)

    def read(self) -> tuple[int, int, float]:
        """Phase, ticks and percent."""
        return _LAYOUT.unpack_from(self._memory, 0)


@dataclass(frozen=True)
class Exit:
    """How a child ended: by itself (`code` 0 or what it left with), by a signal, or hung and was killed."""

    code: int
    signal: int
    hung: bool
    phase: Phase
    ticks: int

    @property
    def words(self) -> str:
        """For a message."""
        if self.hung:
            return "gave no sign of life"
        if self.signal:
            return f"was ended by {signal.Signals(self.signal).name}"
        return f"ended with exit code {self.code}"


def run_isolated(
    task: Callable[[Pulse], None],
    output: Path,
    timeout: float,
    watch: Callable[[int, float], None] = lambda ticks, percent: None,
) -> Exit:
    """Fork, run the task in the child, wait for its end; the child's output goes to a file.

    Args:
        task: what the child does; an exception ends it with exit code 1, its traceback in the output.
        output: text file, begun anew.
        timeout: s of wall-clock time without a change of the pulse after which the child is killed.
        watch: told ticks and percent while they change.

    Call it only in a process without threads.
    """
    pulse = Pulse()
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _run_child(task, pulse, output, parent)
    seen, changed = pulse.read(), time.monotonic()
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        now, state = time.monotonic(), pulse.read()
        if state != seen:
            seen, changed = state, now
            watch(state[1], state[2])
        hung = not ended and now - changed > timeout
        if hung:
            os.kill(child, signal.SIGKILL)
            ended, status = os.waitpid(child, 0)
        if ended:
            number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
            return Exit(code, number, hung, Phase(pulse.read()[0]), pulse.read()[1])
        time.sleep(LOOK_EVERY)


def die_with(parent: int) -> None:
    """Make this process end at once when its parent, of that number, does."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(1)


def _run_child(task: Callable[[Pulse], None], pulse: Pulse, output: Path, parent: int) -> None:
    """The child's life; it never returns."""
    code = 1
    try:
        die_with(parent)
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        sys.stdout = sys.stderr = open(handle, "w", buffering=1)  # whoever captures the parent's, not ours
        task(pulse)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # not through the client's destructors, which wait for threads
