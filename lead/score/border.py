"""Where JSON comes in and goes out: each value is asked for by key and kind; what is wrong is said with its place."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lead import InputError

Json = Any  # what `json.loads` returns
NUMBER = (int, float)
ADVICE = "expected a result file of the CARLA leaderboard (2.x), such as an evaluation writes with --checkpoint"

REPAIR = "drive the routes of this file again, or leave the file out"


def load_json(path: Path) -> Json:
    """The JSON in a file. Raises InputError on text that is not JSON and on NaN or Infinity, which JSON has not."""

    def refuse(constant: str) -> None:
        raise InputError(f"{path}: found {constant}, expected finite numbers; {REPAIR}")

    text = path.read_bytes()
    if not text.strip():
        raise InputError(f"{path}: found an empty file, {ADVICE}; an evaluation that has not begun leaves it empty")
    try:
        return json.loads(text, parse_constant=refuse)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: found text that is not JSON ({error}), {ADVICE}; {REPAIR}") from error


def take(value: Json, key: str, kinds: type | tuple[type, ...], where: str) -> Json:
    """`value[key]`, which must be of one of the `kinds`; a bool is no number, and numbers are finite.

    `where` is the place of `value` in the file, for the message of the InputError.
    """
    if not isinstance(value, Mapping):
        raise InputError(f"{where}: found {describe(value)}, expected an object with key {key!r}; {ADVICE}")
    if key not in value:
        raise InputError(f"{where}: found no {key!r} among {', '.join(value) or 'no keys'}; {ADVICE}")
    found = value[key]
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    fits = isinstance(found, wanted) and not (isinstance(found, bool) and bool not in wanted)
    if not fits or (isinstance(found, float) and not math.isfinite(found)):
        names = " or ".join(kind.__name__ for kind in wanted)
        raise InputError(f"{where}.{key}: found {describe(found)}, expected {names}; {ADVICE}")
    return found


def take_texts(value: Json, key: str, where: str) -> tuple[str, ...]:
    """`value[key]`, which must be a list of strings."""
    found = take(value, key, list, where)
    for place, item in enumerate(found):
        if not isinstance(item, str):
            raise InputError(f"{where}.{key}[{place}]: found {describe(item)}, expected str; {ADVICE}")
    return tuple(found)


def describe(value: Json) -> str:
    """A value as a message names it, cut short."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
