"""Keep one town ready and serve it from forked processes, each a server of its own that stands within milliseconds.

What takes a server seconds is done once and then shared: imports, compiled kernels, the town, its first episode and the
list of what stands in it. Nothing is drawn before a fork, so that no thread runs then.

The clock of a server stands until a client lets it run: it begins in synchronous mode, so that what hangs on the world's
age (rain and clouds in pictures, frame numbers, when sensors with a `sensor_tick` are due) is the same in every drive.

Requests come as packets on a socket: the number of the process that asks, and two descriptors, one for the server's
stdout (its ready line) and one for its stderr. A server ends when the process that asked for it is gone, this process
when the socket is closed at the other end. Prints one line, `prepared`, when it can be asked.
"""

import argparse
import gc
import logging
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from lead.server.episode import Episode
from lead.server.main import listen, open_episode, run_episode
from lead.server.versions import client_version as find_version

ASYNC_HZ = 20.0  # ticks per second in asynchronous mode
REQUEST = 64  # bytes, at most
LOOK_EVERY = 200  # ms


def prepare(town: str, seed: int, requests: socket.socket) -> int:
    """Keep a town ready until the socket is closed at its other end; the exit code."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    with _while_wanted(requests):
        episode = open_episode(town, find_version("0.9.16"), seed)
        if episode is None:
            return 1
        episode.pictures.level(episode).names()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the servers
    print("prepared", flush=True)
    while True:
        request, descriptors, _, _ = socket.recv_fds(requests, REQUEST, 2)
        if not request:
            return 0
        if os.fork() == 0:
            requests.close()
            _serve(episode, int(request), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


@contextmanager
def _while_wanted(requests: socket.socket) -> Iterator[None]:
    """Interrupt what is done in the block, as Ctrl-C would, when nobody holds the socket's other end any more.

    A first start compiles for a minute: who asked may have been killed in the meantime.
    """
    done = threading.Event()

    def watch() -> None:
        poll = select.poll()
        poll.register(requests, 0)  # hanging up is told in any case
        while not done.is_set():
            if poll.poll(LOOK_EVERY):
                os.kill(os.getpid(), signal.SIGINT)
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()  # before anything is forked


def _serve(episode: Episode, parent_pid: int, out: int, log: int) -> NoReturn:
    """What a forked process does; it never returns."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor, standard in ((out, 1), (log, 2)):
            os.dup2(descriptor, standard)
            os.close(descriptor)
        listener = listen(0)
        if listener is not None:
            episode.settings.synchronous = True
            run_episode(episode, listener, ASYNC_HZ, parent_pid)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def main() -> int:
    """Command line; started by `lead.client.prepared` alone."""
    parser = argparse.ArgumentParser(prog="python -m lead.server.forking", description="Keep a town ready.")
    parser.add_argument("--town", required=True, help="town name or path of an OpenDRIVE file")
    parser.add_argument("--seed", type=int, default=0, help="seed of the town's scenery")
    parser.add_argument("--requests", type=int, required=True, help="descriptor of the socket that requests come on")
    given = parser.parse_args()
    with socket.socket(fileno=given.requests) as requests:
        return prepare(given.town, given.seed, requests)


if __name__ == "__main__":
    sys.exit(main())
