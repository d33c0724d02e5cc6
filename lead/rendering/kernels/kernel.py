"""How rendering kernels are compiled: without the interpreter lock and with relaxed float rules.

They are kept apart (lead.geometry.compilation), so that work on the renderer does not recompile the simulator, nor work
on the simulator or the server the renderer.
"""

from collections.abc import Callable
from typing import Any

import numba

RELAXED = {"contract", "arcp", "nsz", "reassoc", "afn"}  # everything but the assumption that no infinity or NaN occurs


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function for the renderer; division by zero gives infinity, indices are not checked."""
    return numba.njit(cache=True, nogil=True, fastmath=RELAXED, boundscheck=False, error_model="numpy")(function)
