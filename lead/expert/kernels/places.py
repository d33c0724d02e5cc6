"""Where many boxes are: their middles, in the world, in the ego's frame, and along a path."""

from math import cos, sin

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf
from lead.geometry.poses import rotation_matrix, wrap_angle

COARSE = 10  # points between those that are looked at first


@numba.njit(cache=True)
def middles(pose: NDArray[np.float64], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """World middles (A, 3) of boxes with `centre` (A, 3) m in the frames of `pose` (A, 6)."""
    result = np.empty((pose.shape[0], 3))
    for i in range(pose.shape[0]):
        turn = rotation_matrix(pose[i, 3], pose[i, 4], pose[i, 5])
        for k in range(3):
            inner = turn[k, 0] * centre[i, 0] + turn[k, 1] * centre[i, 1] + turn[k, 2] * centre[i, 2]
            result[i, k] = pose[i, k] + inner
    return result


@leaf
def along_path(
    middle: NDArray[np.float64], heading: NDArray[np.float64], points: NDArray[np.float64], yaw: NDArray[np.float64],
    index: int, reach: int, spacing: float, ahead: NDArray[np.float64], aside: NDArray[np.float64],
    turned: NDArray[np.float64], rise: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write where middles (A, 3) m are beside the points (N, 3) of a path within `reach` points of `index`.

    `ahead` (A,) m along the path from `index`, `aside` m to its right, `turned` rad their `heading` against the path's,
    `rise` m above it, all at the nearest point; beyond the ends the path goes straight on.
    """
    low, high = max(0, index - reach), min(points.shape[0] - 1, index + reach)
    for i in range(middle.shape[0]):
        x, y, z = middle[i, 0], middle[i, 1], middle[i, 2]
        nearest, least = low, 1e300
        for step in range(2):
            first, last, stride = low, high, COARSE
            if step == 1:
                first, last, stride = max(low, nearest - COARSE), min(high, nearest + COARSE), 1
            for k in range(first, last + 1, stride):
                dx, dy, dz = x - points[k, 0], y - points[k, 1], z - points[k, 2]
                gap = dx * dx + dy * dy + dz * dz
                if gap < least:
                    nearest, least = k, gap
        c, s = cos(yaw[nearest]), sin(yaw[nearest])
        dx, dy = x - points[nearest, 0], y - points[nearest, 1]
        ahead[i] = (nearest - index) * spacing + c * dx + s * dy
        aside[i] = c * dy - s * dx
        turned[i] = wrap_angle(heading[i] - yaw[nearest])
        rise[i] = z - points[nearest, 2]
