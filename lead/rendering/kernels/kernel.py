"""How rendering kernels are compiled: without the interpreter lock, with relaxed float rules, cached apart.

Their cache is keyed by this folder and the rooms it imports from, so that work on the renderer does not recompile
the simulator, nor work on the simulator or the server the renderer.
"""

from collections.abc import Callable
from typing import Any

import numba

from lead.geometry.compilation import RENDERER, kernel_folder

RELAXED = {"contract", "arcp", "nsz", "reassoc", "afn"}  # everything but the assumption that no infinity or NaN occurs


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function for the renderer; division by zero gives infinity, indices are not checked."""
    folder, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(kernel_folder(*RENDERER))
    try:
        return numba.njit(cache=True, nogil=True, fastmath=RELAXED, boundscheck=False, error_model="numpy")(function)
    finally:
        numba.config.CACHE_DIR = folder
