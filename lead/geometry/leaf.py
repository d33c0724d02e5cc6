"""Kernels that only borrow their arrays, compiled without reference counting."""

from collections.abc import Callable
from typing import Any

import numba


def leaf(function: Callable[..., Any]) -> Any:
    """Compile a kernel that neither allocates nor returns an array; its caller keeps the arguments alive.

    Numba counts references to every array of a NamedTuple argument at each call, atomically: with the dozens of arrays
    of the actor table that is most of a small kernel's time. Without its runtime (option `_nrt`) it leaves that out,
    and refuses to compile what would allocate. Views into arguments are fine.
    """
    return numba.njit(cache=True, _nrt=False)(function)
