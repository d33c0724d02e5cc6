"""The outer edges of roads, and whether there is room for something beside them."""

from math import cos, sin
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.boxes import separation
from lead.roads.network import LaneKind, RoadNetwork

FAST = 79.0  # km/h from which a road without sidewalks is fenced with guard rails
CELL = 48.0  # m, buckets of things placed; wider than the largest of them


class RoadEdge(NamedTuple):
    """The outer edge of one side of a lane section, in its direction of travel; the land lies to the right."""

    lane: int  # row in Lanes of the outermost lane
    points: NDArray[np.float64]  # (n, 3) m
    yaw: NDArray[np.float64]  # (n,) rad, continuous
    along: NDArray[np.float64]  # (n,) m from the first point
    sidewalk: bool
    fast: bool

    def at(self, place: float, outward: float) -> tuple[float, float, float, float]:
        """x, y, z (m) and yaw (rad) `place` metres along the edge and `outward` metres to its right."""
        x, y, z = (float(np.interp(place, self.along, self.points[:, k])) for k in range(3))
        yaw = float(np.interp(place, self.along, self.yaw))
        return x - outward * sin(yaw), y + outward * cos(yaw), z, yaw


def road_edges(network: RoadNetwork, sample_limit: NDArray[np.float32]) -> list[RoadEdge]:
    """Edges of all roads outside junctions that carry traffic, ordered by lane row."""
    lanes, samples = network.lanes, network.samples
    members: dict[tuple[int, int, bool], list[int]] = {}
    for row in np.flatnonzero((lanes.junction < 0) & (lanes.lane != 0) & (lanes.kind != LaneKind.NONE)):
        key = (int(lanes.road[row]), int(lanes.section[row]), bool(lanes.lane[row] > 0))
        members.setdefault(key, []).append(int(row))
    walked = set(lanes.road[lanes.kind == LaneKind.SIDEWALK].tolist())
    edges = []
    for (road, _, _), rows in members.items():
        traffic = [row for row in rows if lanes.kind[row] == LaneKind.DRIVING]
        wide = [row for row in rows if samples.width[lanes.first[row] : lanes.last[row]].min() > 0.2]
        if not traffic or not wide:
            continue
        outer = max(wide, key=lambda row: abs(int(lanes.lane[row])))
        part = slice(lanes.first[outer], lanes.last[outer])
        points = samples.right[part]
        along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        limit = float(sample_limit[lanes.first[traffic[0]]])
        fast = limit >= FAST and road not in walked
        sidewalk = lanes.kind[outer] == LaneKind.SIDEWALK
        edges.append(RoadEdge(outer, points, np.unwrap(samples.yaw[part]), along, bool(sidewalk), fast))
    return sorted(edges, key=lambda edge: edge.lane)


@numba.njit(cache=True)
def clear_of_lanes(network: RoadNetwork, x: float, y: float, yaw: float, half_length: float, half_width: float) -> bool:
    """Whether a rectangle on the ground holds no edge or middle of a lane; lanes of kind NONE do not count.

    Cross-sections are at most 2 m apart, so the rectangle should include a margin of that order. Bridges count too.
    """
    c, s = cos(yaw), sin(yaw)
    reach_x = half_length * abs(c) + half_width * abs(s)
    reach_y = half_length * abs(s) + half_width * abs(c)
    grid, samples = network.grid, network.samples
    i0 = max(0, int((x - reach_x - grid.origin_x) // grid.cell))
    i1 = min(grid.rows - 1, int((x + reach_x - grid.origin_x) // grid.cell))
    j0 = max(0, int((y - reach_y - grid.origin_y) // grid.cell))
    j1 = min(grid.columns - 1, int((y + reach_y - grid.origin_y) // grid.cell))
    for i in range(i0, i1 + 1):
        for j in range(j0, j1 + 1):
            for n in range(grid.start[i * grid.columns + j], grid.start[i * grid.columns + j + 1]):
                row = grid.items[n]
                if network.lanes.kind[samples.lane[row]] == LaneKind.NONE:
                    continue
                for k in range(5):  # five points of the cross-section
                    dx = samples.left[row, 0] + 0.25 * k * (samples.right[row, 0] - samples.left[row, 0]) - x
                    dy = samples.left[row, 1] + 0.25 * k * (samples.right[row, 1] - samples.left[row, 1]) - y
                    if abs(c * dx + s * dy) <= half_length and abs(c * dy - s * dx) <= half_width:
                        return False
    return True


class Plots:
    """Rectangles already built on."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[tuple[float, float, float, float, float]]] = {}

    def take(self, x: float, y: float, yaw: float, half_length: float, half_width: float, apart: float) -> bool:
        """Take a rectangle unless one nearer than `apart` metres is taken."""
        i, j = int(x // CELL), int(y // CELL)
        plot = (x, y, yaw, half_length, half_width)
        for a in (i - 1, i, i + 1):
            for b in (j - 1, j, j + 1):
                for other in self._cells.get((a, b), ()):
                    if separation(*plot, *other)[0] < apart:
                        return False
        self._cells.setdefault((i, j), []).append(plot)
        return True
