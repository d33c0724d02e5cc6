"""Behaviour written as scripts: generators that yield once per tick until what they wait for has come true.

A script that is closed early runs its `finally` clauses and leaves its `with` blocks, so clean-up stands where the
thing to be cleaned up was made. `race` and `together` are the parallels of behaviour trees (success on one, on all).
"""

from collections.abc import Callable, Generator
from typing import Any

Script = Generator[None, None, Any]


def until(condition: Callable[[], bool]) -> Script:
    """Wait for the first tick in which the condition holds; ends at once if it holds now."""
    while not condition():
        yield


def forever() -> Script:
    """Wait for ever."""
    while True:
        yield


def race(*scripts: Script) -> Generator[None, None, int]:
    """Run scripts side by side, in their order within a tick, until one ends; the others are closed.

    Returns the number of the one that ended.
    """
    try:
        while True:
            for number, script in enumerate(scripts):
                if _ended(script):
                    return number
            yield
    finally:
        _close(scripts)


def together(*scripts: Script) -> Script:
    """Run scripts side by side, in their order within a tick, until all have ended."""
    running = list(scripts)
    try:
        while True:
            running = [script for script in running if not _ended(script)]
            if not running:
                return
            yield
    finally:
        _close(running)


def _ended(script: Script) -> bool:
    try:
        next(script)
    except StopIteration:
        return True
    return False


def _close(scripts: "list[Script] | tuple[Script, ...]") -> None:
    for script in scripts:
        script.close()
