"""Keep a client's traffic manager in step with its ticks, although its step flag can be missed (R3).

In synchronous mode the client wakes its traffic manager after every tick through a condition variable that is notified
without its mutex: a notification that falls between the thread's check of the flag and its sleep is lost, and `tick()`
never returns. Seen from here one cycle of the thread is

    get_vehicle_light_states, get_weather_parameters, apply_batch, get_episode_settings, sleep

so the last call before it sleeps is known. A tick is therefore answered only when that call was made at least a
millisecond ago. A fixed delay instead makes things worse: it puts the two in phase (one hang in about 10,000 ticks
in gdb-checked soaks with 50 vehicles on a busy machine).
Should a wake-up be lost nevertheless, the connection falls silent right after a tick; then the traffic manager's own
port is asked to leave and re-enter synchronous mode, which notifies the thread again and changes nothing else.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgpack

from lead.server.connection import RpcConnection

CYCLE_BEGINS = "get_vehicle_light_states"
ABOUT_TO_SLEEP = "get_episode_settings"
PAUSE = 0.001  # s from the last call before the sleep to the answer of the tick
LONGEST_WAIT = 0.25  # s for that call; a client may have stopped its traffic manager
SILENCE = 1.0  # s without any call after a tick, in a client whose traffic manager was in step: it sleeps for ever
_log = logging.getLogger(__name__)


@dataclass
class _Client:
    """A connection that hosts traffic managers, and what they did since its last tick was answered."""

    ports: set[int] = field(default_factory=set)
    begun: int = 0  # cycles
    asleep: int = 0  # of them, how many have made their last call
    quiet_since: float = 0.0  # s, time of that call
    answer: Callable[[], None] | None = None  # of the tick that waits
    timer: asyncio.TimerHandle | None = None
    silence: asyncio.TimerHandle | None = None


class Lockstep:
    """Answers ticks of clients that host traffic managers when these can hear them."""

    def __init__(self) -> None:
        self._clients: dict[RpcConnection, _Client] = {}

    def __bool__(self) -> bool:
        return bool(self._clients)

    def host(self, connection: RpcConnection, port: int) -> None:
        """Note that the client behind `connection` hosts a traffic manager that listens on `port`."""
        self._clients.setdefault(connection, _Client()).ports.add(port)

    def leave(self, connection: RpcConnection, port: int) -> None:
        """Note that the traffic manager on `port` is gone; a waiting tick is answered."""
        client = self._clients.get(connection)
        if client is None:
            return
        client.ports.discard(port)
        if not client.ports:
            del self._clients[connection]
            self._release(client)
            _cancel(client.silence)

    def saw(self, connection: RpcConnection, name: str) -> None:
        """Tell of every call that arrives, before it is answered."""
        client = self._clients.get(connection)
        if client is None:
            return
        _cancel(client.silence)
        client.silence = None
        if name == CYCLE_BEGINS:
            client.begun += 1
        elif name == ABOUT_TO_SLEEP and client.asleep < client.begun:
            client.asleep += 1
            client.quiet_since = time.monotonic()
            if client.answer is not None and client.asleep == client.begun:
                self._release_in(client, PAUSE)

    def answer(self, connection: RpcConnection, reply: Callable[[], None]) -> None:
        """Call `reply`, which answers a tick of `connection`, as soon as its traffic managers sleep."""
        client = self._clients.get(connection)
        if client is None:
            reply()
            return
        self._release(client)
        client.answer = reply
        if client.asleep < client.begun:
            self._release_in(client, LONGEST_WAIT)
        elif time.monotonic() - client.quiet_since < PAUSE:
            self._release_in(client, PAUSE)
        else:
            self._release(client)

    def _release_in(self, client: _Client, seconds: float) -> None:
        _cancel(client.timer)
        client.timer = asyncio.get_running_loop().call_later(seconds, self._release, client)

    def _release(self, client: _Client) -> None:
        _cancel(client.timer)
        client.timer = None
        reply, client.answer = client.answer, None
        if reply is None:
            return
        in_step = client.begun > 0
        client.begun = client.asleep = 0
        reply()
        if in_step and client.ports:
            client.silence = asyncio.get_running_loop().call_later(SILENCE, self._wake, client)

    def _wake(self, client: _Client) -> None:
        client.silence = None
        for port in sorted(client.ports):
            asyncio.get_running_loop().create_task(wake_traffic_manager(port))


async def wake_traffic_manager(port: int) -> None:
    """Make the traffic manager that listens on `port` of this machine look at its step flag again."""
    _log.warning("the traffic manager on port %d missed a tick; waking it", port)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        # In one packet, so that the thread, which needs longer for its cycle, never sees asynchronous mode.
        writer.write(b"".join(msgpack.packb([0, k, "set_synchronous_mode", [k == 1]]) for k in (0, 1)))
        await asyncio.wait_for(reader.read(1), SILENCE)
        writer.close()
    except (OSError, asyncio.TimeoutError) as error:
        _log.warning("the traffic manager on port %d cannot be woken: %s", port, error)


def _cancel(timer: Any) -> None:
    if timer is not None:
        timer.cancel()
