"""Changing worlds, where the client's own races are.

Source: spec/carla-wire-protocol.md, section 7, R1 and R2; R8 was found later. R8: the client drops its old episode when
the change is answered. If one of its stream threads is inside the episode's callback at that moment (a state with the
map or lights bit makes it call `query_lights_state` there; a Python `on_tick` callback may call anything), the old
episode lives on, the subscription of the new one is not kept, and the client ends with a segmentation fault or
`bad_weak_ptr`. So a change takes three steps: streams fall silent while every request is answered, and stream threads
come to rest; the world changes and requests are held, and a traffic manager's thread comes to rest; the change is
answered.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from lead.roads.town import Town
from lead.server.dispatch import Call

if TYPE_CHECKING:
    from lead.server.episode import Episode

# On a machine with more work than cores all waits grow in proportion: the client's threads must get their turn in them.
SILENCE = 0.05  # s without stream bytes before the world changes: stream threads finish their callbacks (R1, R8)
HOLD = 0.05  # s between the change and its answer: the traffic manager's thread comes to wait for us (R2)
MOST_PATIENCE = 8.0  # factor on both
_log = logging.getLogger(__name__)


def patience() -> float:
    """How much longer than on a free machine a thread may have to wait for its turn: work per core, at least 1."""
    return min(MOST_PATIENCE, max(1.0, os.getloadavg()[0] / len(os.sched_getaffinity(0))))


def change_world(episode: "Episode", call: Call, town: Town, reset_settings: bool, then: Callable[[], None]) -> None:
    """Start a new world in `town` and call `then`, which answers `call`, when its client can take the answer.

    The caller's requests are held until it asks for its new stream token; where it will not, `then` releases them.
    """
    loop = asyncio.get_running_loop()

    def guarded(step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:
            _log.exception("%s: changing to %s failed", call.procedure.name, town.name)
            call.connection.release()
            call.fail(f"{call.procedure.name}: {town.name} could not be started: {error}")

    def change() -> None:
        episode.switch(town, reset_settings)
        episode.streams.be_quiet()
        call.connection.hold()
        loop.call_later(HOLD * patience(), guarded, then)

    episode.streams.be_quiet()
    loop.call_later(SILENCE * patience(), guarded, change)
