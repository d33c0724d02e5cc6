"""The strip: a few hundred fragments that are shaded together, as columns of one array each for numbers and codes.

A fragment is the part of a pixel that shows one surface. All steps of shading are plain loops over the fragments of a
strip: the columns stand at fixed places of one array, so that the compiler sees that they do not overlap and makes
vector instructions of the loops; places and counts are unsigned, as signed ones could count from an array's end.
Looking up a table (`fetch`) is a loop of its own, between one that computes the rows to look up and one that uses what
was found.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.kernel import kernel

SIZE = 512  # fragments of a full strip

(
    SLOPE_X,  # of the fragment's ray: right per forward
    SLOPE_Y,  # down per forward
    DEPTH,  # m along forward; 1 / m before `place` (0: sky)
    X,  # m, world
    Y,
    Z,
    VIEW_X,  # unit vector from the eye to the fragment, world
    VIEW_Y,
    VIEW_Z,
    RANGE,  # m from the eye
    NORMAL_X,  # unit, outwards, world
    NORMAL_Y,
    NORMAL_Z,
    RED,  # first the surface's colour, then the light it sends to the eye
    GREEN,
    BLUE,
    GLOW_RED,  # light the surface gives off itself
    GLOW_GREEN,
    GLOW_BLUE,
    GLOSS,  # share of mirrored light seen straight on, 0-1
    VARIETY,  # number 0-1 that tells static owners apart, -1: the owner is an actor
    CHART_U,  # m on the surface: along its horizontal direction, and up (or across, for what lies flat)
    CHART_V,
    CHART_W,  # m through it: the third direction
    WIDTH,  # m on the surface that a pixel is wide ...
    STRETCH,  # ... and long, where it is seen from the side
    FACING,  # cosine between the normal and the direction to the eye, 0-1
    LIGHT_RED,  # light that falls on the surface, 1: full sun
    LIGHT_GREEN,
    LIGHT_BLUE,
    SUN,  # share of the sun's light that arrives, times the cosine of its fall
    OPEN,  # share of the sky's light that arrives
    WET,  # share of the surface under a film of water
    SHARE,  # of the mirrored light that the eye sees, 0-1
    SEEN_RED,  # light that the surface mirrors
    SEEN_GREEN,
    SEEN_BLUE,
    MIRROR_X,  # unit vector that the view is mirrored into
    MIRROR_Y,
    MIRROR_Z,
    PART_U,  # scratch of lookups: place between texels
    PART_V,
    TAP_0,
    TAP_1,
    TAP_2,
    TAP_3,
    NOISE_0,  # scratch of patterns
    NOISE_1,
    NOISE_2,
    NOISE_3,
    RAW_X,  # before sorting: SLOPE_X, SLOPE_Y, DEPTH
    RAW_Y,
    RAW_DEPTH,
) = (np.uint64(column * SIZE) for column in range(53))
COLUMNS = 53
NEXT = np.uint64(SIZE)  # from column to column

(
    FACE,  # triangle's number
    CELL_0,  # rows of a table to look up
    CELL_1,
    CELL_2,
    CELL_3,
    RAW_FACE,
    RAW_PATTERN,
    SLOT,  # where a fragment went in sorting
    PIXEL,  # before sorting: which pixel it is of
    WEIGHT,  # before sorting: and how many quarters of it
) = (np.uint64(column * SIZE) for column in range(10))
CODES = 10

f32 = np.float32
Floats = NDArray[np.float32]
Codes = NDArray[np.uint32]


def lean(function: Callable[..., Any]) -> Any:
    """A kernel that counts no references to its arrays, which would cost a tenth of the time of shading: it may not
    make arrays."""
    compiled = kernel(function)
    compiled.targetoptions.update(_nrt=False, no_cfunc_wrapper=True)
    return compiled


@lean
def triple(numbers: Floats, first: int) -> tuple[float, float, float]:
    """Three numbers that stand together."""
    return numbers[first], numbers[first + np.uint64(1)], numbers[first + np.uint64(2)]


@lean
def fetch(
    strip: Floats,
    codes: Codes,
    table: Floats,
    first: int,
    last: int,
    column: int,
) -> None:
    """Look up the rows in CELL_0 of a table (n,) and put them into a column."""
    for i in range(first, last):
        strip[column + i] = table[codes[CELL_0 + i]]


@lean
def fetch_four(strip: Floats, codes: Codes, table: Floats, first: int, last: int) -> None:
    """Look up the rows in CELL_0 to CELL_3 of a table (n,) and put them into TAP_0 to TAP_3."""
    for i in range(first, last):
        strip[TAP_0 + i] = table[codes[CELL_0 + i]]
        strip[TAP_1 + i] = table[codes[CELL_1 + i]]
    for i in range(first, last):
        strip[TAP_2 + i] = table[codes[CELL_2 + i]]
        strip[TAP_3 + i] = table[codes[CELL_3 + i]]


@lean
def grain(
    strip: Floats, codes: Codes, table: Floats, bits: int,
    first: int, last: int, u: int, v: int, scale: float, column: int,
) -> None:  # fmt: skip
    """Nearest texel of a repeating table (2^bits squared) at the columns `u`, `v` (m) times `scale` (texels per m)."""
    side, mask = np.int32(1 << bits), np.int32((1 << bits) - 1)
    for i in range(first, last):
        across = np.int32(np.floor(strip[u + i] * scale)) & mask
        down = np.int32(np.floor(strip[v + i] * scale)) & mask
        codes[CELL_0 + i] = np.uint32(down * side + across)
    fetch(strip, codes, table, first, last, column)


@lean
def smooth(
    strip: Floats, codes: Codes, table: Floats, bits: int,
    first: int, last: int, u: int, v: int, scale: float, column: int,
) -> None:  # fmt: skip
    """As `grain`, but blended between the four texels around the place."""
    side, mask, one = np.int32(1 << bits), np.int32((1 << bits) - 1), np.int32(1)
    for i in range(first, last):
        x, y = strip[u + i] * scale, strip[v + i] * scale
        left, top = np.floor(x), np.floor(y)
        strip[PART_U + i], strip[PART_V + i] = x - left, y - top
        across, down = np.int32(left) & mask, np.int32(top) & mask
        right, low = (across + one) & mask, ((down + one) & mask) * side
        down *= side
        codes[CELL_0 + i], codes[CELL_1 + i] = np.uint32(down + across), np.uint32(down + right)
        codes[CELL_2 + i], codes[CELL_3 + i] = np.uint32(low + across), np.uint32(low + right)
    fetch_four(strip, codes, table, first, last)
    for i in range(first, last):
        high = strip[TAP_0 + i] + (strip[TAP_1 + i] - strip[TAP_0 + i]) * strip[PART_U + i]
        below = strip[TAP_2 + i] + (strip[TAP_3 + i] - strip[TAP_2 + i]) * strip[PART_U + i]
        strip[column + i] = high + (below - high) * strip[PART_V + i]


@lean
def anywhere(strip: Floats, column: int, count: int) -> bool:
    """Whether a column is positive for any fragment."""
    found = np.int32(0)
    for i in range(count):
        found |= np.int32(strip[column + i] > f32(0.0))
    return found != 0


@lean
def fading(width: float, detail: float) -> float:
    """How much of a detail of some size (m) is left where a pixel is `width` m wide: 1 near, 0 once it holds two."""
    return min(max(f32(1.5) - f32(0.75) * width / detail, f32(0.0)), f32(1.0))


@lean
def covered(distance: float, thickness: float, width: float) -> float:
    """Share of a pixel `width` m wide that a line covers whose middle is `distance` m away."""
    width = max(width, f32(1e-4))
    overlap = min(min(thickness, width), f32(0.5) * (thickness + width) - distance)
    return max(overlap, f32(0.0)) / width
