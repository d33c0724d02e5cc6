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
from pathlib import Path
from typing import NoReturn

from lead import InputError
from lead.geometry.compilation import COMPILING, is_compiled
from lead.server.connection import RpcConnection
from lead.server.dispatch import Dispatcher
from lead.server.episode import Episode
from lead.server.procedures import GROUPS
from lead.server.streams import BUFFER_LIMIT, StreamConnection
from lead.server.ticking import Ticker
from lead.server.towns import Towns
from lead.server.versions import ClientVersion
from lead.server.versions import client_version as find_version
from lead.server.warming import compiling_pictures, finish_compiling, warm_up

HOST = "127.0.0.1"  # never anything else: the protocol has no authentication
EXIT_PORT_IN_USE = 2
MOST_PORT = 65535
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
    installation: Path | None = None,
) -> int:
    """Serve `town_name` until a signal comes; returns the exit code.

    Args:
        town_name: a name of `lead.roads.library.list_maps` or the path of an OpenDRIVE file.
        port: RPC port; streams take the next one if it is free, else any; 0 takes any free ports.
        seed: seed of the town's scenery, 0 or more.
        client_version: "0.9.16" or "0.9.15"; clients do not tell.
        async_hz: ticks per second in asynchronous mode.
        parent_pid: end when this process is gone.
        stream_buffer: bytes a stream reader may be behind in synchronous mode before it is cut off.
        installation: folder of a CARLA release whose maps can be served too.
    """
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # while the town loads there is nothing to clean up
    version = find_version(client_version)
    listener = listen(port)
    if listener is None:
        return EXIT_PORT_IN_USE
    with listener:
        episode = open_episode(town_name, version, seed, stream_buffer, installation)
        if episode is None:
            return 1
        run_episode(episode, listener, async_hz, parent_pid)


def open_episode(
    town_name: str, version: ClientVersion, seed: int, stream_buffer: int = BUFFER_LIMIT, installation: Path | None = None
) -> Episode | None:  # fmt: skip
    """The first episode of a server, everything compiled; None, told on stderr, if its town cannot be had."""
    begun, compiled = time.perf_counter(), is_compiled()
    if not compiled:
        print(COMPILING, file=sys.stderr, flush=True)
    towns = Towns(seed, installation)
    with compiling_pictures(not compiled) as wait_for_pictures:
        try:
            town = towns.start(town_name)
        except (LookupError, ValueError, OSError) as error:
            print(f"cannot serve {town_name!r}: {error}", file=sys.stderr)
            return None
        warm_up(town)
        if not compiled:
            finish_compiling(town, wait_for_pictures, begun)
    episode = Episode(town, version, seed, stream_buffer, towns)
    gc.collect()
    gc.freeze()  # the town lives as long as the server; do not walk it again and again
    return episode


def run_episode(episode: Episode, listener: socket.socket, async_hz: float, parent_pid: int | None) -> NoReturn:
    """Serve on a bound socket until told to stop, and end the process."""
    try:
        import uvloop as loops
    except ImportError:
        loops = asyncio
    loop = loops.new_event_loop()
    code = loop.run_until_complete(_run(episode, listener, async_hz, parent_pid))
    sys.stdout.flush()
    os._exit(code)  # not waiting for a town that is still being read in a thread


async def _run(episode: Episode, listener: socket.socket, async_hz: float, parent_pid: int | None) -> int:
    """Serve until told to stop; the exit code: 1 if the clock died."""
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
    died = ticking.done()
    ticking.cancel()
    if watch is not None:
        os.close(watch)
    return int(died)


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


def listen(port: int) -> socket.socket | None:
    """A bound socket for the RPC port, None (and a message) if it cannot be had."""
    listener = _bind(port)
    if listener is None:
        what = "is in use; choose another" if 0 <= port <= MOST_PORT else f"does not exist; choose 1 to {MOST_PORT}"
        print(f"port {port} on {HOST} {what} with --port, or --port 0 for any free one", file=sys.stderr)
    return listener


def _bind(port: int) -> socket.socket | None:
    if not 0 <= port <= MOST_PORT:
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
    parser.add_argument("--seed", type=int, default=0, help="seed of the town's scenery")
    parser.add_argument("--client-version", default="0.9.16", help="0.9.16 or 0.9.15")
    parser.add_argument("--async-hz", type=float, default=20.0, help="ticks per second in asynchronous mode")
    parser.add_argument("--parent-pid", type=int, default=None, help="end when this process is gone")
    parser.add_argument("--stream-buffer", type=int, default=BUFFER_LIMIT, help="bytes a stream reader may be behind")
    parser.add_argument("--carla", type=Path, default=None, help="folder of a CARLA release whose maps count too")
    given = parser.parse_args()
    try:
        return serve(
            given.town, given.port, given.seed, given.client_version, given.async_hz, given.parent_pid,
            given.stream_buffer, given.carla,
        )  # fmt: skip
    except InputError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())
