"""Serve one town to CARLA clients on this machine until told to stop.

Prints exactly one line to stdout when it serves, `ready rpc=127.0.0.1:PORT streams=127.0.0.1:PORT town=NAME pid=PID`;
everything else goes to stderr. Ends within two seconds of SIGTERM or SIGINT, or when its parent is gone.
"""

import argparse
import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import time

import numpy as np

from lead.geometry.compilation import COMPILING, is_compiled, mark_compiled
from lead.roads.town import Town, load_town
from lead.server.connection import RpcConnection
from lead.server.dispatch import Dispatcher
from lead.server.episode import Episode
from lead.server.message_shape import MessageShape
from lead.server.procedures import GROUPS
from lead.server.snapshot import Snapshot
from lead.server.streams import BUFFER_LIMIT, StreamConnection
from lead.server.ticking import Ticker
from lead.server.versions import client_version as find_version
from lead.simulator.world import World

HOST = "127.0.0.1"  # never anything else: the protocol has no authentication
EXIT_PORT_IN_USE = 2
BACKLOG = 1024  # connections waiting to be accepted
_log = logging.getLogger(__name__)


def serve(
    town_name: str,
    port: int = 2000,
    seed: int = 0,
    client_version: str = "0.9.16",
    async_hz: float = 20.0,
    parent_pid: int | None = None,
    stream_buffer: int = BUFFER_LIMIT,
) -> int:
    """Serve `town_name` until a signal comes; returns the exit code.

    Args:
        town_name: a name of `lead.roads.library.list_maps` or the path of an OpenDRIVE file.
        port: RPC port; streams take the next one if it is free, else any; 0 takes any free ports.
        seed: seed of everything random in the world.
        client_version: "0.9.16" or "0.9.15"; clients do not tell.
        async_hz: ticks per second in asynchronous mode.
        parent_pid: end when this process is gone.
        stream_buffer: bytes a stream reader may be behind in synchronous mode before it is cut off.
    """
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # while the town loads there is nothing to clean up
    version = find_version(client_version)
    listener = _listen(port)
    if listener is None:
        return EXIT_PORT_IN_USE
    with listener:
        begun, compiled = time.perf_counter(), is_compiled()
        if not compiled:
            print(COMPILING, file=sys.stderr, flush=True)
        try:
            town = load_town(town_name)
        except (LookupError, ValueError, OSError) as error:
            print(f"cannot serve {town_name!r}: {error}", file=sys.stderr)
            return 1
        warm_up(town)
        if not compiled:
            mark_compiled()
            print(f"compiled in {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
        episode = Episode(town, version, seed, stream_buffer)
        gc.collect()
        gc.freeze()  # the town lives as long as the server; do not walk it again and again
        try:
            import uvloop as loops
        except ImportError:
            loops = asyncio
        loop = loops.new_event_loop()
        loop.run_until_complete(_run(episode, listener, async_hz, parent_pid))
    sys.stdout.flush()
    os._exit(0)  # not waiting for a town that is still being read in a thread


def warm_up(town: Town) -> None:
    """Compile what a tick needs, in a world of its own, so that no client waits for it (the result is cached on disk)."""
    world = World(town, seed=0)
    for blueprint, point in zip(
        ("vehicle.lincoln.mkz_2020", "walker.pedestrian.0001"), town.spawn_points, strict=False
    ):
        world.spawn(blueprint, {}, point)
    for _ in range(2):
        world.step(0.05)
    Snapshot().fill(world)
    world.project(np.array([0.0, 0.0, 10.0]), np.array([0.0, 0.0, -1.0]), 20.0)
    MessageShape().check(b"\x90")


async def _run(episode: Episode, listener: socket.socket, async_hz: float, parent_pid: int | None) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    dispatcher = Dispatcher(episode, GROUPS.values())
    rpc_port = listener.getsockname()[1]
    await loop.create_server(
        lambda: RpcConnection(dispatcher.handle, episode.traffic_managers.closed), sock=listener, backlog=BACKLOG
    )
    stream_listener = _bind(rpc_port + 1) or _bind(0)
    assert stream_listener is not None
    episode.streams.port = stream_listener.getsockname()[1]
    await loop.create_server(lambda: StreamConnection(episode.streams), sock=stream_listener, backlog=BACKLOG)
    ticking = loop.create_task(Ticker(episode, async_hz).run())
    ticking.add_done_callback(lambda task: _report(task, stopped))
    watch = _watch_parent(parent_pid, stopped)
    print(
        f"ready rpc={HOST}:{rpc_port} streams={HOST}:{episode.streams.port} town={episode.town.name} pid={os.getpid()}",
        flush=True,
    )
    await stopped.wait()
    ticking.cancel()
    if watch is not None:
        os.close(watch)


def _report(task: "asyncio.Task[None]", stopped: asyncio.Event) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.critical("the clock stopped", exc_info=task.exception())
        stopped.set()


def _watch_parent(parent_pid: int | None, stopped: asyncio.Event) -> int | None:
    """Set `stopped` when the process is gone; the watch is a process descriptor to be closed."""
    if parent_pid is None:
        return None
    try:
        descriptor = os.pidfd_open(parent_pid)
    except ProcessLookupError:
        stopped.set()
        return None
    asyncio.get_running_loop().add_reader(descriptor, stopped.set)
    return descriptor


def _listen(port: int) -> socket.socket | None:
    """A bound socket for the RPC port, None (and a message) if the port is taken."""
    listener = _bind(port)
    if listener is None:
        print(
            f"port {port} on {HOST} is in use; choose another with --port, or --port 0 for any free one",
            file=sys.stderr,
        )
    return listener


def _bind(port: int) -> socket.socket | None:
    if port > 65535:
        return None
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(BACKLOG)  # now, or another server could bind the same port until we do
    except OSError:
        listener.close()
        return None
    return listener


def main() -> int:
    """Command line of the server."""
    parser = argparse.ArgumentParser(prog="python -m lead.server.main", description=serve.__doc__.splitlines()[0])
    parser.add_argument("--town", default="GridCity", help="town name or path of an OpenDRIVE file")
    parser.add_argument("--port", type=int, default=2000, help="RPC port; 0 takes any free one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--client-version", default="0.9.16", help="0.9.16 or 0.9.15")
    parser.add_argument("--async-hz", type=float, default=20.0, help="ticks per second in asynchronous mode")
    parser.add_argument("--parent-pid", type=int, default=None, help="end when this process is gone")
    parser.add_argument("--stream-buffer", type=int, default=BUFFER_LIMIT, help="bytes a stream reader may be behind")
    given = parser.parse_args()
    return serve(
        given.town, given.port, given.seed, given.client_version, given.async_hz, given.parent_pid, given.stream_buffer
    )


if __name__ == "__main__":
    sys.exit(main())
