"""LiDAR points as the picture that the student is shown: how many there are above each quarter of a metre.

Source: spec/tfv6.md, 2 (Raster); equal to the counts of `numpy.histogramdd` with 0.25 m bins, to the last pixel.
"""

from math import cos, floor, sin

import numba
import numpy as np
from numpy.typing import NDArray

from lead.dataset.bev_grid import PIXELS_PER_METRE, BevWindow
from lead.dataset.frame import LIDAR_UNIT, Cloud
from lead.dataset.header import Perturbation
from lead.dataset.viewpoint import AS_MOUNTED
from lead.geometry.leaf import leaf

MOST = 5
"""Points of a pixel at which counting stops; the model gets counts divided by it."""

LOWEST, HIGHEST = -4.0, 10.0  # m from LIDAR_PLANE; points below and above are left out
MAX_AGE = 10  # ticks; older points are left out


def count_raster(
    cloud: Cloud, window: BevWindow, moved: Perturbation = AS_MOUNTED, max_age: int = MAX_AGE
) -> NDArray[np.uint8]:
    """Points per pixel (rows, columns), at most MOST, of a cloud; `moved` is how the rig's copy stands that sees it."""
    counts = np.zeros((window.rows, window.columns), np.uint8)
    units = round(LOWEST / LIDAR_UNIT), round(HIGHEST / LIDAR_UNIT)
    edges = float(window.min_x), float(window.max_x), float(window.min_y), float(window.max_y)
    view = cos(moved.turn), sin(moved.turn), float(moved.shift)
    _count(cloud.x, cloud.y, cloud.z, cloud.age, *units, max_age, *view, *edges, counts)
    return counts


@leaf
def _bin(value: float, low: float, high: float) -> int:
    """The bin of a value, -1 outside: edges belong to the bin above them, but the last to the last.

    All edges are exact in binary, so that the first guess can be put right against them.
    """
    if not low <= value <= high:
        return -1
    found = floor((value - low) * PIXELS_PER_METRE)
    if value < low + found / PIXELS_PER_METRE:
        found -= 1
    if value >= low + (found + 1) / PIXELS_PER_METRE:
        found += 1
    return found - 1 if value == high else found


@numba.njit(cache=True)
def _count(x, y, z, age, lowest, highest, max_age, c, s, shift, min_x, max_x, min_y, max_y, counts):
    for i in range(x.shape[0]):
        if z[i] < lowest or z[i] > highest or age[i] >= max_age:
            continue
        forward, right = x[i] * LIDAR_UNIT, y[i] * LIDAR_UNIT - shift
        column = _bin(c * forward + s * right, min_x, max_x)
        row = _bin(c * right - s * forward, min_y, max_y)
        if column >= 0 and row >= 0 and counts[row, column] < MOST:
            counts[row, column] += 1
