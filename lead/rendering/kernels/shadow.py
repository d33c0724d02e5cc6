"""Shadow maps: how high the highest thing stands on each ray of parallel light, and who is below it.

Rays are named by where they meet the plane z = 0, so that a map has the town's axes, and its texels stay where they
are whatever the camera does.
"""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels import strip as at
from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.scene import Items, Triangles
from lead.rendering.kernels.setting import CONTACT_BITS, ShadowMap
from lead.rendering.kernels.strip import Codes, Floats, f32, fetch, fetch_four, lean

NOTHING = f32(-1e9)  # m, height on rays that meet nothing
COARSE = 3  # a cell of `busy` is 2^3 texels wide
MARGIN = f32(3.0)  # texels beside a thing that it may be looked up from
MOST_CELLS = 400  # cells looked at before a box counts as touching something
BEYOND = f32(1e9)  # m, height given to what lies outside the map: nothing is above it


@lean
def _raise(
    x0: float, y0: float, z0: float, x1: float, y1: float, z1: float, x2: float, y2: float, z2: float,
    height: Floats,
) -> None:  # fmt: skip
    """Lift the texels (n, n) under a triangle to its height z; x, y in texels, whole numbers at texel centres."""
    if y1 < y0:
        x0, y0, z0, x1, y1, z1 = x1, y1, z1, x0, y0, z0
    if y2 < y0:
        x0, y0, z0, x2, y2, z2 = x2, y2, z2, x0, y0, z0
    if y2 < y1:
        x1, y1, z1, x2, y2, z2 = x2, y2, z2, x1, y1, z1
    zero, size = f32(0.0), f32(height.shape[0])
    top, bottom = np.int64(ceil(max(y0, zero))), np.int64(ceil(min(y2, size)))
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if top >= bottom or abs(area) < f32(1e-7):
        return
    inverse = f32(1.0) / area
    dzdx = ((z1 - z0) * (y2 - y0) - (z2 - z0) * (y1 - y0)) * inverse
    dzdy = ((z2 - z0) * (x1 - x0) - (z1 - z0) * (x2 - x0)) * inverse
    slope_long = (x2 - x0) / (y2 - y0)
    slope_high = (x1 - x0) / (y1 - y0) if y1 > y0 else zero
    slope_low = (x2 - x1) / (y2 - y1) if y2 > y1 else zero
    for y in range(top, bottom):
        row = f32(y)
        left = x0 + (row - y0) * slope_long
        right = x0 + (row - y0) * slope_high if row < y1 else x1 + (row - y1) * slope_low
        if left > right:
            left, right = right, left
        first, last = np.int64(ceil(max(left, zero))), np.int64(ceil(min(right, size)))
        start = z0 + (row - y0) * dzdy - x0 * dzdx
        cells = height[y]
        for x in range(first, last):
            cells[x] = max(cells[x], start + f32(x) * dzdx)


@lean
def _mark(busy: NDArray[np.uint8], left: float, right: float, top: float, bottom: float) -> None:
    """Note that something stands between the texels left and right, top and bottom, and beside them."""
    last = busy.shape[0] - 1
    for row in range(max(int(top - MARGIN) >> COARSE, 0), min(int(bottom + MARGIN) >> COARSE, last) + 1):
        for column in range(max(int(left - MARGIN) >> COARSE, 0), min(int(right + MARGIN) >> COARSE, last) + 1):
            busy[row, column] = 1


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
def bake(
    triangles: Triangles, items: Items, first: int, last: int, sun: Floats, shadow: ShadowMap, bits: int
) -> int:  # fmt: skip
    """Fill the map (2^bits squared) with the near versions of the items `first` to `last`; returns how many it drew.

    sun (3,): direction to the light, above the horizon. Only sides that the light falls on are drawn.
    """
    size = 1 << bits
    height = shadow.height.reshape((size, size))
    height[:] = NOTHING
    shadow.busy[:] = 0
    scale, kx, ky = shadow.scale, shadow.slope[0], shadow.slope[1]
    low_x, low_y, half, side = shadow.low[0], shadow.low[1], f32(0.5), f32(size)
    drawn = 0
    for item in range(first, last):
        if items.least[item] > 0.0:
            continue
        z, radius = items.centre[item, 2], items.radius[item]
        x, y = items.centre[item, 0] - z * kx - low_x, items.centre[item, 1] - z * ky - low_y
        # sphere's shadow on z = 0: stretched along the light
        wide_x, wide_y = radius * (f32(1.0) + abs(kx)) * scale, radius * (f32(1.0) + abs(ky)) * scale
        x, y = x * scale, y * scale
        if x + wide_x < 0.0 or x - wide_x > side or y + wide_y < 0.0 or y - wide_y > side:
            continue
        for f in range(items.first_face[item], items.first_face[item] + items.faces[item]):
            n = triangles.normal[f]
            if n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2] <= 0.0:
                continue
            a, b, c = triangles.faces[f, 0], triangles.faces[f, 1], triangles.faces[f, 2]
            az, bz, cz = triangles.z[a], triangles.z[b], triangles.z[c]
            ax, ay = (
                (triangles.x[a] - az * kx - low_x) * scale - half,
                (triangles.y[a] - az * ky - low_y) * scale - half,
            )
            bx, by = (
                (triangles.x[b] - bz * kx - low_x) * scale - half,
                (triangles.y[b] - bz * ky - low_y) * scale - half,
            )
            cx, cy = (
                (triangles.x[c] - cz * kx - low_x) * scale - half,
                (triangles.y[c] - cz * ky - low_y) * scale - half,
            )
            left, right, top, bottom = min(ax, bx, cx), max(ax, bx, cx), min(ay, by, cy), max(ay, by, cy)
            if right <= 0.0 or left >= side or bottom <= 0.0 or top >= side:
                continue
            drawn += 1
            _mark(shadow.busy, left, right, top, bottom)
            _raise(ax, ay, az, bx, by, bz, cx, cy, cz, height)
    return drawn


@kernel
def soften(contact: Floats, cover: Floats, side: int) -> None:
    """From the heights seen from above (n * n,), n = `side`: how much the ground around is shut off from the sky
    (`cover`, 0-1, blurred), and up to which height (`contact`, spread as far as the blur)."""
    occupied = np.zeros((side, side), np.float32)
    spread = np.full((side, side), NOTHING, np.float32)
    heights = contact.reshape((side, side))
    shut = cover.reshape((side, side))
    for y in range(side):
        for x in range(1, side - 1):
            a, b, c = heights[y, x - 1], heights[y, x], heights[y, x + 1]
            spread[y, x] = max(a, b, c)
            occupied[y, x] = (
                (f32(0.25) if a > NOTHING else f32(0.0))
                + (f32(0.5) if b > NOTHING else f32(0.0))
                + (f32(0.25) if c > NOTHING else f32(0.0))
            )
    shut[:] = 0.0
    for y in range(1, side - 1):
        for x in range(side):
            heights[y, x] = max(spread[y - 1, x], spread[y, x], spread[y + 1, x])
            shut[y, x] = f32(0.25) * (occupied[y - 1, x] + occupied[y + 1, x]) + f32(0.5) * occupied[y, x]


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
