"""How a town's street lamps are set, where somebody sets them: which burn, in which colour and how brightly."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.rendering.materials import linear

USUAL = 10_000.0  # lumen of a lamp that shines as its material says
BRIGHTEST = 20.0  # times that


class StreetLight(NamedTuple):
    """The street lamps of a town (L rows), in the order of its scenery."""

    lit: NDArray[np.bool_]  # (L,)
    shade: NDArray[np.float32]  # (L, 3) linear RGB by which a lamp's own light is multiplied


def street_light(lit: ArrayLike, colour: ArrayLike, lumen: ArrayLike) -> StreetLight:
    """From which lamps burn (L,), their colours (L, 3), sRGB from 0 to 255, and their light (L,) in lumen."""
    codes = np.clip(np.asarray(colour, np.float64).reshape(-1, 3), 0.0, 255.0).astype(np.uint8)
    different, which = np.unique(codes, axis=0, return_inverse=True)
    shades = np.array([linear(f"#{shade.tobytes().hex()}") for shade in different], np.float32).reshape(-1, 3)
    power = np.clip(np.asarray(lumen, np.float64) / USUAL, 0.0, BRIGHTEST).astype(np.float32)
    return StreetLight(np.asarray(lit, np.bool_), shades[which.reshape(-1)] * power[:, None])
