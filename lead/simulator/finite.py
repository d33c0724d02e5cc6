"""The numbers of commands and attributes, checked: nothing that is not finite reaches the state."""

from collections.abc import Mapping
from math import inf, isfinite

import numpy as np
from numpy.typing import ArrayLike

from lead.simulator.actors import WorldError


def finite(actor: int, what: str, values: ArrayLike, count: int) -> list[float]:
    """The `count` numbers of a command; a list, as numpy takes ten times as long on so few. Raises WorldError."""
    array = np.asarray(values, np.float64)
    numbers = array.tolist()
    if array.shape != (count,) or not all(map(isfinite, numbers)):
        raise WorldError(f"{what} of actor {actor}: found {numbers}; expected {count} finite numbers")
    return numbers


def number(attributes: Mapping[str, str], name: str, default: float, least: float = -inf, most: float = inf) -> float:
    """A numeric attribute such as "1.5f"; `default` where it is missing or empty.

    Text that is no number counts as 0, as in CARLA. Raises WorldError for a number that is not finite, or not from
    `least` to `most`.
    """
    text = attributes.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text if text.lower().endswith("inf") else text.rstrip("fF"))
    except ValueError:
        value = 0.0
    if not isfinite(value) or not least <= value <= most:
        wanted = "a finite number" if least == -inf and most == inf else f"a number from {least:g} to {most:g}"
        raise WorldError(f"attribute {name}: found {attributes[name]!r}, expected {wanted}")
    return value
