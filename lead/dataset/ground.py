"""Which points of a LiDAR's sweep lie on the ground: planes fitted piece by piece.

The plane around the ego is cut into squares of 28 m and each into eight sectors. Source: spec/lead-expert-and-data.md,
4.1; unlike there, what is above the plane is kept even if it is among the lowest third of its sector.
"""

from math import floor

import numba
import numpy as np
from numpy.typing import NDArray

SQUARE = 28.0  # m
SECTORS = 8  # of 45 degrees
ROWS = 64  # numbers of squares from one column of them to the next
SEEDS = 64  # lowest points of a sector, from whose mean height on the ground is looked for
SEED_TOLERANCE, TOLERANCE = 0.2, 0.15  # m above that height, and above the fitted plane
ROUNDS = 2
STEEPEST = 0.3  # slope from which a fitted plane is no ground
HIGHEST = 2.0  # m from the ego's ground, above which a sector's lowest points are none
FEWEST = 8  # points with which a plane is fitted


@numba.njit(cache=True)
def is_ground(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each point (N, 3) m in the ego frame, z from the ground, lies on the ground."""
    ground = np.zeros(points.shape[0], np.bool_)
    if not points.shape[0]:
        return ground
    sector = _sectors(points)
    sector -= sector.min()
    begin = np.zeros(sector.max() + 2, np.int64)  # of each sector among the points in their order
    for k in sector:
        begin[k + 1] += 1
    begin = np.cumsum(begin)
    order, free = np.empty(len(sector), np.int64), begin.copy()
    for i in range(len(sector)):
        order[free[sector[i]]] = i
        free[sector[i]] += 1
    together = points[order]
    for k in range(len(begin) - 1):
        first, end = begin[k], begin[k + 1]
        if first < end:
            flat = _level(together[first:end])
            for i in range(first, end):
                ground[order[i]] = flat[i - first]
    return ground


@numba.njit(cache=True)
def _sectors(points):
    sector = np.empty(points.shape[0], np.int64)
    for i in range(points.shape[0]):
        column, row = floor(points[i, 0] / SQUARE + 0.5), floor(points[i, 1] / SQUARE + 0.5)
        x, y = points[i, 0] - column * SQUARE, points[i, 1] - row * SQUARE
        if y < 0.0:
            part = (1 if -y >= -x else 0) if x < 0.0 else (2 if -y > x else 3)
        else:
            part = (5 if y >= x else 4) if x > 0.0 else (6 if y > -x else 7)
        sector[i] = (int(column) * ROWS + int(row)) * SECTORS + part
    return sector


@numba.njit(cache=True)
def _level(points):
    """Whether each point (M, 3) of a sector lies on its ground."""
    few = min(SEEDS, len(points))
    lowest = np.partition(points[:, 2], few - 1)[:few].mean()
    if lowest > HIGHEST:
        return np.zeros(len(points), np.bool_)
    chosen = points[:, 2] < lowest + SEED_TOLERANCE
    for _ in range(ROUNDS):
        a, b, c = _plane(points, chosen)
        chosen = points[:, 2] - (a * points[:, 0] + b * points[:, 1] + c) < TOLERANCE
    return chosen


@numba.njit(cache=True)
def _plane(points, chosen):
    """Slopes and height (z = a x + b y + c) of the plane through the chosen points; level where they tell no better."""
    count, x, y, z = 0, 0.0, 0.0, 0.0
    for i in range(len(points)):
        if chosen[i]:
            count += 1
            x, y, z = x + points[i, 0], y + points[i, 1], z + points[i, 2]
    if not count:
        return 0.0, 0.0, -1e9
    x, y, z = x / count, y / count, z / count
    xx, xy, yy, xz, yz = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(points)):
        if chosen[i]:
            u, v, w = points[i, 0] - x, points[i, 1] - y, points[i, 2] - z
            xx, xy, yy, xz, yz = xx + u * u, xy + u * v, yy + v * v, xz + u * w, yz + v * w
    known = xx * yy - xy * xy
    if count < FEWEST or known < 1e-3 * (xx + yy) ** 2 or known <= 0.0:
        return 0.0, 0.0, z
    a, b = (xz * yy - yz * xy) / known, (yz * xx - xz * xy) / known
    if abs(a) > STEEPEST or abs(b) > STEEPEST:
        return 0.0, 0.0, z
    return a, b, z - a * x - b * y
