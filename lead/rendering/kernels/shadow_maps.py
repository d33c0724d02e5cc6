"""Drawing shadow maps: how high the highest thing stands on each ray of parallel light.

Rays are named by where they meet the plane z = 0, so that a map has the town's axes, and its texels stay where they are
whatever the camera does. `shadow` looks them up.
"""

from math import ceil

import numpy as np

from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.scene import Items, Triangles
from lead.rendering.kernels.setting import ShadowMap
from lead.rendering.kernels.shadow import COARSE, NOTHING
from lead.rendering.kernels.strip import Floats, f32, lean

MARGIN = f32(3.0)  # texels beside a thing that it may be looked up from


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
def _project(
    triangles: Triangles, first: int, count: int, shadow: ShadowMap, places: Floats
) -> tuple[float, float, float, float]:
    """Where the rays through the vertices from `first` on meet the map: texels, in the rows x and y of `places`;
    returns their least and most x and y."""
    scale, kx, ky, low_x, low_y = shadow.scale, shadow.slope[0], shadow.slope[1], shadow.low[0], shadow.low[1]
    half = f32(0.5)
    px, py, pz = triangles.x[first:], triangles.y[first:], triangles.z[first:]
    u, v = places[0], places[1]
    for k in range(count):
        z = pz[k]
        u[k] = (px[k] - z * kx - low_x) * scale - half
        v[k] = (py[k] - z * ky - low_y) * scale - half
    left = top = f32(1e9)
    right = bottom = f32(-1e9)
    for k in range(count):
        left, right, top, bottom = min(left, u[k]), max(right, u[k]), min(top, v[k]), max(bottom, v[k])
    return left, right, top, bottom


@lean
def _mark(shadow: ShadowMap, left: float, right: float, top: float, bottom: float) -> None:
    """Note that something stands between these texels, and beside them."""
    last = shadow.busy.shape[0] - 1
    for row in range(max(int(top - MARGIN) >> COARSE, 0), min(int(bottom + MARGIN) >> COARSE, last) + 1):
        for column in range(max(int(left - MARGIN) >> COARSE, 0), min(int(right + MARGIN) >> COARSE, last) + 1):
            shadow.busy[row, column] = 1


@kernel
def bake(
    triangles: Triangles, items: Items, first: int, last: int, sun: Floats, steepest: float, shadow: ShadowMap,
    bits: int,
) -> int:  # fmt: skip
    """Fill the map (2^bits squared) with the near versions of the items `first` to `last`; returns how many triangles
    it drew.

    sun (3,): direction to the light, above the horizon. Only sides are drawn on which it falls with a cosine above
    `steepest`.
    """
    side = f32(1 << bits)
    height = shadow.height.reshape((1 << bits, 1 << bits))
    height[:] = NOTHING
    shadow.busy[:] = 0
    s0, s1, s2, limit, zero = sun[0], sun[1], sun[2], f32(steepest), f32(0.0)
    most = 1
    for item in range(first, last):
        most = max(most, items.vertices[item])
    places, drawn = np.empty((2, most), np.float32), 0
    for item in range(first, last):
        if items.least[item] > 0.0 or not _reaches(items, item, shadow, side):
            continue
        base, faces = items.first_vertex[item], items.first_face[item]
        left, right, top, bottom = _project(triangles, base, items.vertices[item], shadow, places)
        _mark(shadow, left, right, top, bottom)
        for f in range(faces, faces + items.faces[item]):
            if triangles.normal[f, 0] * s0 + triangles.normal[f, 1] * s1 + triangles.normal[f, 2] * s2 <= limit:
                continue
            a, b, c = triangles.faces[f, 0], triangles.faces[f, 1], triangles.faces[f, 2]
            ax, bx, cx = places[0, a - base], places[0, b - base], places[0, c - base]
            left, right = min(ax, bx, cx), max(ax, bx, cx)
            if right <= zero or left >= side or ceil(left) >= ceil(right):
                continue
            ay, by, cy = places[1, a - base], places[1, b - base], places[1, c - base]
            top, bottom = min(ay, by, cy), max(ay, by, cy)
            if bottom <= zero or top >= side or ceil(top) >= ceil(bottom):
                continue
            drawn += 1
            _raise(ax, ay, triangles.z[a], bx, by, triangles.z[b], cx, cy, triangles.z[c], height)
    return drawn


@lean
def _reaches(items: Items, item: int, shadow: ShadowMap, side: float) -> bool:
    """Whether the shadow of an item's sphere, stretched along the light, may fall on the map."""
    z, radius = items.centre[item, 2], items.radius[item]
    kx, ky = shadow.slope[0], shadow.slope[1]
    x = (items.centre[item, 0] - z * kx - shadow.low[0]) * shadow.scale
    y = (items.centre[item, 1] - z * ky - shadow.low[1]) * shadow.scale
    wide_x = radius * (f32(1.0) + abs(kx)) * shadow.scale
    wide_y = radius * (f32(1.0) + abs(ky)) * shadow.scale
    return x + wide_x > 0.0 and x - wide_x < side and y + wide_y > 0.0 and y - wide_y < side


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
