"""Which lane is a point on? Nearest lane through the network's grid, exact to the segments between samples.

A lane that contains the point wins by distance to its centre line; outside all lanes the nearest centre line wins.
A lane at another height (bridges) or, with a heading given, one that runs elsewhere, counts as farther away.
"""

from collections.abc import Iterable
from math import cos, inf, isnan, nan, pi, sin, sqrt

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.leaf import leaf
from lead.roads.network import LaneKind, LanePoint, RoadNetwork

FREE_HEIGHT = 1.5  # m of height difference that cost nothing: slopes, suspension, a waypoint's z
HEIGHT_COST = 3.0  # m of distance per further m of height
MAX_TURN = pi / 3.0  # rad between a heading and a lane that still count as the same direction
TURN_COST = 3.0  # m: just under a lane's width, so that a wrong-way driver keeps the lane he is in
MAX_DISTANCE = 50.0  # m, how far the Python wrapper looks
FARTHEST = 1e6  # m from the grid, beyond which no lane is near whatever the caller allows


def kind_mask(kinds: Iterable[LaneKind]) -> int:
    """Lane kinds as the bit set that `nearest_sample` takes."""
    return sum({1 << int(kind) for kind in kinds})


@leaf
def _cost(network, row, other, x, y, z, yaw, best):
    """Cost, fraction towards `other` and distance of (x, y, z) against the half segment from sample `row`.

    Where the distance alone exceeds the cost `best`, what height and heading add is left out.
    """
    a, b = network.samples.centre[row], network.samples.centre[other]
    ux, uy, dx, dy = b[0] - a[0], b[1] - a[1], x - a[0], y - a[1]
    square = ux * ux + uy * uy
    f = min(0.5, max(0.0, (dx * ux + dy * uy) / square)) if square > 1e-12 else 0.0
    ex, ey = dx - f * ux, dy - f * uy
    distance = sqrt(ex * ex + ey * ey)
    cost = distance
    if distance >= best:
        return cost, f, distance
    if not isnan(z):
        cost += HEIGHT_COST * max(0.0, abs(a[2] + f * (b[2] - a[2]) - z) - FREE_HEIGHT)
    if not isnan(yaw) and abs((network.samples.yaw[row] - yaw + pi) % (2.0 * pi) - pi) > MAX_TURN:
        cost += TURN_COST
    return cost, f, distance


@leaf
def nearest_sample(
    network: RoadNetwork, x: float, y: float, z: float, yaw: float, mask: int, max_distance: float
) -> tuple[int, int, float, float, float, float, float]:
    """Lane nearest to (x, y, z) m, CARLA's frame; NaN for z or yaw (rad) means not to look at it.

    `mask` is `kind_mask` of the lanes wanted. Returns (lane row, nearest sample, metres travelled past that sample,
    offset m positive to the right, lane yaw rad, lane height m, distance m); lane row -1 if none within max_distance.
    """
    grid, samples, lanes = network.grid, network.samples, network.lanes
    far = min(max(max_distance, 0.0), FARTHEST)
    end_x, end_y = grid.origin_x + grid.rows * grid.cell + far, grid.origin_y + grid.columns * grid.cell + far
    if not (grid.origin_x - far <= x <= end_x and grid.origin_y - far <= y <= end_y):  # NaN and huge numbers too
        return -1, -1, 0.0, 0.0, 0.0, 0.0, inf
    ci, cj = int((x - grid.origin_x) // grid.cell), int((y - grid.origin_y) // grid.cell)
    fx, fy = x - grid.origin_x - ci * grid.cell, y - grid.origin_y - cj * grid.cell
    margin = min(fx, fy, grid.cell - fx, grid.cell - fy)
    best, best_row, best_other, best_f, best_distance = inf, -1, -1, 0.0, inf
    # A far-off point starts at the first ring that meets the grid.
    ring = max(0, -ci, -cj, ci - grid.rows + 1, cj - grid.columns + 1)
    while ring * grid.cell + margin - grid.cell <= max_distance:
        for i in range(max(0, ci - ring), min(grid.rows - 1, ci + ring) + 1):
            edge = i == ci - ring or i == ci + ring
            stride = 1 if edge or ring == 0 else 2 * ring
            j = cj - ring
            while j <= cj + ring:
                if 0 <= j < grid.columns:
                    cell = i * grid.columns + j
                    for n in range(grid.start[cell], grid.start[cell + 1]):
                        row = grid.items[n]
                        lane = samples.lane[row]
                        if (mask >> lanes.kind[lane]) & 1 == 0 or lanes.lane[lane] == 0:
                            continue
                        for step in (-1, 1):
                            other = row + step
                            if other < lanes.first[lane] or other >= lanes.last[lane]:
                                continue
                            cost, f, distance = _cost(network, row, other, x, y, z, yaw, best)
                            if cost < best:
                                best, best_row, best_other, best_f, best_distance = cost, row, other, f, distance
                j += stride
        if best_row >= 0 and (best <= ring * grid.cell + margin or best <= 0.5 * samples.width[best_row]):
            break
        ring += 1
    if best_row < 0 or best_distance > max_distance:
        return -1, -1, 0.0, 0.0, 0.0, 0.0, inf
    a, b = samples.centre[best_row], samples.centre[best_other]
    ex, ey = x - a[0] - best_f * (b[0] - a[0]), y - a[1] - best_f * (b[1] - a[1])
    offset = ey * cos(samples.yaw[best_row]) - ex * sin(samples.yaw[best_row])
    along = best_f * sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) * (best_other - best_row)
    turn = (samples.yaw[best_other] - samples.yaw[best_row] + pi) % (2.0 * pi) - pi
    heading = (samples.yaw[best_row] + best_f * turn + pi) % (2.0 * pi) - pi
    height = a[2] + best_f * (b[2] - a[2])
    return samples.lane[best_row], best_row, along, offset, heading, height, best_distance


@numba.njit(cache=True)
def nearest_samples(
    network: RoadNetwork, poses: NDArray[np.float64], mask: int, max_distance: float
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]:
    """`nearest_sample` for poses (N, 6): lane rows (N,), samples (N,), and (N, 5) of the five numbers it returns."""
    lane, row, values = np.empty(len(poses), np.int32), np.empty(len(poses), np.int64), np.empty((len(poses), 5))
    for n in range(len(poses)):
        found = nearest_sample(network, poses[n, 0], poses[n, 1], poses[n, 2], poses[n, 4], mask, max_distance)
        lane[n], row[n] = found[0], found[1]
        values[n, 0], values[n, 1], values[n, 2], values[n, 3], values[n, 4] = found[2:]
    return lane, row, values


def locate(
    network: RoadNetwork, position: ArrayLike, yaw: float | None = None, kinds: Iterable[LaneKind] = (LaneKind.DRIVING,)
) -> LanePoint | None:
    """The lane at a position (2,) or (3,) m in CARLA's frame, None where there is none within 50 m."""
    place = np.asarray(position, np.float64)
    z = float(place[2]) if len(place) > 2 else nan
    heading = nan if yaw is None else float(yaw)
    found = nearest_sample(network, float(place[0]), float(place[1]), z, heading, kind_mask(kinds), MAX_DISTANCE)
    return None if found[0] < 0 else LanePoint(int(found[0]), int(found[1]), float(found[3]))
