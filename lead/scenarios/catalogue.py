"""Every situation type by its name in route files."""

from collections.abc import Callable, Mapping

from lead import InputError
from lead.scenarios.order import Play

_PLAYS: dict[str, Play] = {}


def plays(*types: str) -> Callable[[Play], Play]:
    """Decorator: the function plays situations of these types.

    It takes the stage and the order and is a script: what it does before its first `yield` is its set-up, which may
    raise `SetupFault`; `yield from order.triggered()` waits for the ego; when it ends, the situation is over.
    """

    def join(play: Play) -> Play:
        for name in types:
            if name in _PLAYS:
                raise ValueError(f"two situations are called {name}")
            _PLAYS[name] = play
        return play

    return join


def catalogue() -> Mapping[str, Play]:
    """All types."""
    from lead.scenarios import families  # noqa: F401, PLC0415  fills the catalogue

    return _PLAYS


def play_of(type_name: str) -> Play:
    """How a type is played. Raises InputError for an unknown one."""
    known = catalogue()
    if type_name not in known:
        raise InputError(f"the situation type {type_name!r} is unknown; known are {', '.join(sorted(known))}")
    return known[type_name]
