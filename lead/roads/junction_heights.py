"""One height per place in a junction: connecting roads that cross are brought to a common level where they overlap.

Real maps give every connecting road its own elevation profile; where they overlap these differ by up to half a metre,
which would be steps in the ground. Each lane edge takes the mean height of all roads of its junction that cover it,
weighted by how far inside each of them it lies, so that the mean changes smoothly; towards the ends of a road it fades
back to the road's own height, which is that of the road outside.
"""

from math import cos, sin, sqrt

import numba
import numpy as np
from numpy.typing import NDArray

from lead.roads.network import LaneKind, RoadNetwork

FADE = 6.0  # m from a road's end over which the common height takes over
NUDGE = (
    0.02  # m from an edge towards the lane's middle where its height is looked up: there one lane per road covers it
)
MOST = 1.0  # m of difference beyond which two roads of a junction are at different levels


def settle_junctions(network: RoadNetwork, roads_end: NDArray[np.float64], station: NDArray[np.int64]) -> None:
    """Change z of `samples.left`, `right` and `centre` inside junctions, in place.

    `roads_end` (L,) m is the length of each lane's road; `station` (N,) numbers the samples so that those of one
    cross-section of a road share a number.
    """
    lanes, samples = network.lanes, network.samples
    paved = (lanes.kind != LaneKind.NONE) & (lanes.lane != 0)
    reach = _reach(samples.left, samples.right, samples.centre, samples.yaw, paved[samples.lane], station)
    z = samples.centre[:, 2].copy()
    left = _settled(network, paved, roads_end, reach, z, samples.left)
    right = _settled(network, paved, roads_end, reach, z, samples.right)
    samples.left[:, 2], samples.right[:, 2] = left, right
    samples.centre[:, 2] = 0.5 * (left + right)


@numba.njit(cache=True)
def _reach(left, right, centre, yaw, paved, station):
    """Distance (N, 2) m from each sample's centre to the outermost paved edges of its cross-section, left and right."""
    count = station.max() + 1
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    anchor, heading = np.zeros((count, 2)), np.zeros(count)
    seen = np.zeros(count, np.bool_)
    result = np.zeros((yaw.shape[0], 2))
    for n in range(yaw.shape[0]):  # the first lane of a cross-section gives it an axis
        k = station[n]
        if not seen[k]:
            seen[k], heading[k] = True, yaw[n]
            anchor[k, 0], anchor[k, 1] = centre[n, 0], centre[n, 1]
        if paved[n]:
            for point in (left[n], right[n]):
                t = (point[1] - anchor[k, 1]) * cos(heading[k]) - (point[0] - anchor[k, 0]) * sin(heading[k])
                low[k], high[k] = min(low[k], t), max(high[k], t)
    for n in range(yaw.shape[0]):
        k = station[n]
        t = (centre[n, 1] - anchor[k, 1]) * cos(heading[k]) - (centre[n, 0] - anchor[k, 0]) * sin(heading[k])
        same = cos(yaw[n] - heading[k]) > 0.0
        result[n, 0] = t - low[k] if same else high[k] - t
        result[n, 1] = high[k] - t if same else t - low[k]
    return result


@numba.njit(cache=True)
def _covering(network, paved, reach, z, row, x, y):
    """Weight and height with which sample `row`'s road covers (x, y): 0 where its lane does not."""
    samples, lanes = network.samples, network.lanes
    lane = samples.lane[row]
    if not paved[lane]:
        return 0.0, 0.0
    for step in (-1, 1):
        other = row + step
        if other < lanes.first[lane] or other >= lanes.last[lane]:
            continue
        a, b = samples.centre[row], samples.centre[other]
        ux, uy, dx, dy = b[0] - a[0], b[1] - a[1], x - a[0], y - a[1]
        square = ux * ux + uy * uy
        if square < 1e-12:
            continue
        f = (dx * ux + dy * uy) / square
        if f < 0.0 or f > 0.5:
            continue
        offset = step * (dy * ux - dx * uy) / sqrt(square)
        width = samples.width[row] + f * (samples.width[other] - samples.width[row])
        if abs(offset) > 0.5 * width:
            continue
        weight = min(reach[row, 0] + offset, reach[row, 1] - offset)
        return max(weight, 1e-3), z[row] + f * (z[other] - z[row])
    return 0.0, 0.0


@numba.njit(cache=True)
def _settled(network, paved, roads_end, reach, z, edge):
    """Common height (N,) of all roads of the junction at each sample's edge; the sample's own outside junctions."""
    samples, lanes, grid = network.samples, network.lanes, network.grid
    result = edge[:, 2].copy()
    for n in range(edge.shape[0]):
        lane = samples.lane[n]
        junction = lanes.junction[lane]
        fade = min(1.0, min(samples.s[n], roads_end[lane] - samples.s[n]) / FADE)
        if junction < 0 or not paved[lane] or fade <= 0.0:
            continue
        half = max(0.5 * samples.width[n], 1e-6)
        pull = min(1.0, NUDGE / half)
        x = edge[n, 0] + pull * (samples.centre[n, 0] - edge[n, 0])
        y = edge[n, 1] + pull * (samples.centre[n, 1] - edge[n, 1])
        i, j = int((x - grid.origin_x) // grid.cell), int((y - grid.origin_y) // grid.cell)
        total, height = 0.0, 0.0
        for k in range(grid.start[i * grid.columns + j], grid.start[i * grid.columns + j + 1]):
            row = grid.items[k]
            if lanes.junction[samples.lane[row]] == junction:
                weight, other = _covering(network, paved, reach, z, row, x, y)
                if weight > 0.0 and abs(other - edge[n, 2]) < MOST:
                    total += weight
                    height += weight * other
        if total > 0.0:
            result[n] += fade * (height / total - result[n])
    return result
