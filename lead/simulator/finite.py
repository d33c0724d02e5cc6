"""The numbers of a command, checked: nothing that is not finite reaches the state."""

from math import isfinite

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
