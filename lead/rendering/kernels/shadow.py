"""Who is in the shadow: shadow maps looked up for the fragments of a strip. `shadow_maps` draws them."""

import numpy as np

from lead.rendering.kernels import strip as at
from lead.rendering.kernels.setting import CONTACT_BITS, ShadowMap
from lead.rendering.kernels.strip import Codes, Floats, f32, fetch, fetch_four, lean

NOTHING = f32(-1e9)  # m, height on rays that meet nothing
BEYOND = f32(1e9)  # m, height given to what lies outside the map: nothing is above it
COARSE = 3  # a cell of `busy` is 2^3 texels wide
MOST_CELLS = 400  # cells looked at before a box counts as touching something


@lean
def touches(shadow: ShadowMap, box: Floats) -> bool:
    """Whether a map may hold anything for places in a box (6,): least and most x, y, z in m."""
    if shadow.scale <= 0.0:
        return False
    kx, ky, scale, last = shadow.slope[0], shadow.slope[1], shadow.scale, shadow.busy.shape[0] - 1
    left = (box[0] - max(box[4] * kx, box[5] * kx) - shadow.low[0]) * scale
    right = (box[1] - min(box[4] * kx, box[5] * kx) - shadow.low[0]) * scale
    top = (box[2] - max(box[4] * ky, box[5] * ky) - shadow.low[1]) * scale
    bottom = (box[3] - min(box[4] * ky, box[5] * ky) - shadow.low[1]) * scale
    side = f32((last + 1) << COARSE)
    if right <= 0.0 or bottom <= 0.0 or left >= side or top >= side:
        return False
    first_column, last_column = int(max(left, f32(0.0))) >> COARSE, min(int(right) >> COARSE, last)
    first_row, last_row = int(max(top, f32(0.0))) >> COARSE, min(int(bottom) >> COARSE, last)
    if (last_column - first_column) * (last_row - first_row) > MOST_CELLS:
        return True
    for row in range(first_row, last_row + 1):
        for column in range(first_column, last_column + 1):
            if shadow.busy[row, column]:
                return True
    return False


@lean
def _locate(
    strip: Floats, codes: Codes, shadow: ShadowMap, bits: int, offset: float, bias: float,
    gate: int, count: int,
) -> None:  # fmt: skip
    """The four texels around each fragment's ray, and the height (NOISE_0) at which it counts: lifted by `offset` (m)
    along its normal and by `bias` (m), so that no surface shades itself. Only where the column `gate` is positive."""
    scale, kx, ky, low_x, low_y = shadow.scale, shadow.slope[0], shadow.slope[1], shadow.low[0], shadow.low[1]
    half, zero, last = f32(0.5), f32(0.0), f32((1 << bits) - 2)
    side, one = np.int32(1 << bits), np.int32(1)
    for i in range(count):
        z = strip[at.Z + i] + offset * strip[at.NORMAL_Z + i]
        u = (strip[at.X + i] + offset * strip[at.NORMAL_X + i] - z * kx - low_x) * scale - half
        v = (strip[at.Y + i] + offset * strip[at.NORMAL_Y + i] - z * ky - low_y) * scale - half
        inside = u >= zero and v >= zero and u <= last and v <= last and strip[gate + i] > zero
        strip[at.NOISE_0 + i] = z + bias if inside else BEYOND
        u, v = u if inside else zero, v if inside else zero
        column, row = np.int32(u), np.int32(v)
        strip[at.PART_U + i], strip[at.PART_V + i] = u - f32(column), v - f32(row)
        cell = row * side + column
        codes[at.CELL_0 + i], codes[at.CELL_1 + i] = np.uint32(cell), np.uint32(cell + one)
        codes[at.CELL_2 + i], codes[at.CELL_3 + i] = np.uint32(cell + side), np.uint32(cell + side + one)


@lean
def cast(
    strip: Floats, codes: Codes, shadow: ShadowMap, bits: int, offset: float, bias: float,
    count: int,
) -> None:  # fmt: skip
    """Take the sun (SUN) from the fragments that lie in a map's shadow, with soft edges one texel wide."""
    _locate(strip, codes, shadow, bits, offset, bias, at.SUN, count)
    fetch_four(strip, codes, shadow.height, np.uint64(0), count)
    zero, one = f32(0.0), f32(1.0)
    for i in range(count):
        height = strip[at.NOISE_0 + i]
        a = one if strip[at.TAP_0 + i] <= height else zero
        b = one if strip[at.TAP_1 + i] <= height else zero
        c = one if strip[at.TAP_2 + i] <= height else zero
        d = one if strip[at.TAP_3 + i] <= height else zero
        a += (b - a) * strip[at.PART_U + i]
        c += (d - c) * strip[at.PART_U + i]
        strip[at.SUN + i] *= a + (c - a) * strip[at.PART_V + i]


@lean
def shut_off(strip: Floats, codes: Codes, shadow: ShadowMap, cover: Floats, count: int) -> None:
    """Take the sky (OPEN) from the ground under and beside actors."""
    _locate(strip, codes, shadow, CONTACT_BITS, f32(0.0), f32(0.0), at.NORMAL_Z, count)
    fetch_four(strip, codes, cover, np.uint64(0), count)
    for i in range(count):
        a = strip[at.TAP_0 + i] + (strip[at.TAP_1 + i] - strip[at.TAP_0 + i]) * strip[at.PART_U + i]
        c = strip[at.TAP_2 + i] + (strip[at.TAP_3 + i] - strip[at.TAP_2 + i]) * strip[at.PART_U + i]
        strip[at.OPEN + i] = a + (c - a) * strip[at.PART_V + i]
    fetch(strip, codes, shadow.height, np.uint64(0), count, at.TAP_0)
    zero, one = f32(0.0), f32(1.0)
    for i in range(count):
        below = one if strip[at.TAP_0 + i] - f32(0.25) > strip[at.NOISE_0 + i] else zero
        ground = min(max(strip[at.NORMAL_Z + i], zero), one) if strip[at.VARIETY + i] >= zero else zero
        strip[at.OPEN + i] = one - f32(0.8) * below * ground * strip[at.OPEN + i]
