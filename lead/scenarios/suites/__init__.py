"""Shipped route suites, and what users name routes by: `mini`, `mini:3`, `my_routes.xml:0-4`."""

from os.path import isfile  # unlike Path.is_file it takes a list of ids too long for a name
from pathlib import Path

from lead import InputError
from lead.scenarios.route_file import Route, read_routes

SUITES = ("mini", "mini-long", "train")


def suite(name: str) -> Path:
    """The route file of a shipped suite. Raises InputError for an unknown one."""
    if name not in SUITES:
        raise InputError(f"no suite is called {name!r}; there are {', '.join(SUITES)}")
    return Path(__file__).with_name(f"{name}.xml")


def split_ids(text: str) -> tuple[str, str]:
    """The suite or route file that a text names, and the ids wanted of it, "" for all.

    Raises InputError if a colon is followed by no ids.
    """
    name, subset = text, ""
    if text not in SUITES and not isfile(text) and ":" in text:
        name, _, subset = text.rpartition(":")
        if not subset.strip():
            raise InputError(f"{text!r} names no route after the colon; expected ids, such as {name}:0-4,7")
    return name, subset


def resolve_routes(text: str, *, keep_faulty: bool = False) -> list[Route]:
    """The routes that a text names: a suite or a route file, and after a colon the ids wanted, such as 0-4,7.

    With `keep_faulty` a route that cannot be read is given with its `fault`.

    Raises:
        InputError: there is neither such a suite nor such a file, the file is no route file, or it lacks an id.
    """
    name, subset = split_ids(text)
    if name in SUITES:
        return read_routes(suite(name), subset)
    if not isfile(name):
        raise InputError(f"there is no route file {name!r}, and no suite of that name: there are {', '.join(SUITES)}")
    return read_routes(Path(name), subset, keep_faulty=keep_faulty)
