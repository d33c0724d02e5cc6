"""Oriented boxes: corners on the ground plane, overlap, the shortest push that separates two, and rays through one."""

from math import cos, inf, sin

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf


@numba.njit(cache=True)
def corners(x: float, y: float, yaw: float, half_length: float, half_width: float) -> NDArray[np.float64]:
    """Corners (4, 2) of a rectangle centred at (x, y) m, heading `yaw` rad: front right, front left, rear left, rear right."""
    c, s = cos(yaw), sin(yaw)
    result = np.empty((4, 2))
    for k in range(4):
        u = half_length if k < 2 else -half_length
        v = half_width if k == 0 or k == 3 else -half_width
        result[k, 0] = x + c * u - s * v
        result[k, 1] = y + s * u + c * v
    return result


@leaf
def separation(
    ax: float, ay: float, ayaw: float, al: float, aw: float, bx: float, by: float, byaw: float, bl: float, bw: float
) -> tuple[float, float, float]:
    """Gap along the best separating axis and that axis, for rectangles a and b (half-lengths l, half-widths w, metres).

    Returns `(gap, nx, ny)`: gap > 0 means apart; gap <= 0 means overlapping by -gap, and moving b by -gap along the unit
    vector (nx, ny), which points from a to b, separates them. Separating axis theorem over the four face normals.
    """
    dx, dy = bx - ax, by - ay
    ca, sa, cb, sb = cos(ayaw), sin(ayaw), cos(byaw), sin(byaw)
    best, nx, ny = -1e300, 1.0, 0.0
    for k in range(4):
        ux, uy = (ca, sa) if k < 2 else (cb, sb)
        if k % 2 == 1:
            ux, uy = -uy, ux
        reach_a = al * abs(ux * ca + uy * sa) + aw * abs(uy * ca - ux * sa)
        reach_b = bl * abs(ux * cb + uy * sb) + bw * abs(uy * cb - ux * sb)
        distance = dx * ux + dy * uy
        gap = abs(distance) - reach_a - reach_b
        if gap > best:
            best = gap
            sign = 1.0 if distance >= 0.0 else -1.0
            nx, ny = sign * ux, sign * uy
    return best, nx, ny


@leaf
def contains(px: float, py: float, x: float, y: float, yaw: float, half_length: float, half_width: float) -> bool:
    """Whether the point (px, py) m lies inside the rectangle, its edge included."""
    c, s = cos(yaw), sin(yaw)
    dx, dy = px - x, py - y
    return abs(c * dx + s * dy) <= half_length and abs(c * dy - s * dx) <= half_width


@leaf
def slab(
    start: tuple[float, float, float], ray: tuple[float, float, float], extent: NDArray[np.float64]
) -> tuple[float, float]:
    """Where the line `start + f * ray` is inside a box of half sizes `extent` (3,) about the origin: f from, f to.

    Both may be infinite, and the line misses where "from" exceeds "to". All in the box's frame.
    """
    enter, leave = -inf, inf
    for k in range(3):
        if abs(ray[k]) < 1e-12:
            if abs(start[k]) > extent[k]:
                return inf, -inf
            continue
        a, b = (-extent[k] - start[k]) / ray[k], (extent[k] - start[k]) / ray[k]
        enter, leave = max(enter, min(a, b)), min(leave, max(a, b))
    return enter, leave
