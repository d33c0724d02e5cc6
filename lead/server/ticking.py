"""When the world ticks: on a client's cue in synchronous mode, by the clock otherwise; and when the cue is answered.

Order of one tick: step, episode state, sensor frames, reply. The client spins until it has seen the frame that the
reply names, so the reply comes last. A cue waits for announced subscriptions (R4) and for the quiet after a world
change (R1); when its reply goes out is up to `lockstep` (R3).
Source: spec/carla-wire-protocol.md, sections 5 and 7.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable

from lead.server.episode import Episode

SHORTEST_STEP = 0.001  # s, of a variable step
LONGEST_STEP = 0.25  # s, of a variable step after a stall
_log = logging.getLogger(__name__)
_Waiting = tuple[Callable[[int], None], Callable[[str], None]]  # how to answer a cue, and how to say that it failed


class Ticker:
    """Ticks the episode and answers cues in order."""

    def __init__(self, episode: Episode, async_hz: float) -> None:
        self._episode = episode
        self._period = 1.0 / async_hz
        self._waiting: deque[_Waiting] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._busy = False
        episode.streams.on_ready = self._advance
        episode.cue = self.cue

    def cue(self, answer: Callable[[int], None], fail: Callable[[str], None]) -> None:
        """Ask for a tick; `answer` is called with its frame, or `fail` with what went wrong.

        In asynchronous mode it is the next tick of the clock.
        """
        self._waiting.append((answer, fail))
        self._advance()

    async def run(self) -> None:
        """Tick by the clock while the mode is asynchronous; runs for ever."""
        clock = time.perf_counter
        last = due = clock()
        while True:
            due = max(due + self._period, clock())
            await asyncio.sleep(max(0.0, due - clock()))
            now = clock()
            if self._episode.settings.synchronous:
                last = now
                self._advance()
            elif not self._episode.streams.wait_time():
                fixed = self._episode.settings.fixed_step
                self._tick(fixed if fixed else min(max(now - last, SHORTEST_STEP), LONGEST_STEP), list(self._waiting))
                self._waiting.clear()
                last = now

    def _advance(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting and self._episode.settings.synchronous and not self._busy:
            wait = self._episode.streams.wait_time()
            if wait > 0.0:
                self._timer = asyncio.get_running_loop().call_later(wait + 0.001, self._advance)
                return
            self._busy = True
            try:
                self._tick(self._episode.settings.fixed_step or self._period, [self._waiting.popleft()])
            finally:
                self._busy = False

    def _tick(self, seconds: float, waiting: list[_Waiting]) -> None:
        try:
            frame = self._episode.tick(seconds)
        except Exception as error:
            _log.exception("the tick after frame %d failed; the world may be inconsistent", self._episode.frame)
            for _, fail in waiting:
                fail(f"the simulator failed, see the server's log: {type(error).__name__}: {error}")
            return
        for answer, _ in waiting:
            answer(frame)
