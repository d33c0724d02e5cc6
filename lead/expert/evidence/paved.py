"""Where the ground is paved: the surroundings of a route's lanes, on a grid."""

import carla
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead.scenarios.lane_graph import Command, LaneGraph

CELL = 2.0  # m
REACH = 120.0  # m from a route within which its surroundings are of interest
BESIDE = 6.0  # m beside a lane that are still paved: shoulders, parking slots, sidewalks
STRIDE = 1 << 20  # cells along x per cell along y


class Paved:
    """Cells near lanes."""

    def __init__(self, lanes: NDArray[np.float64]) -> None:
        """`lanes` (N, 3): x, y (m) of points along the lanes' middles, `CELL` or less apart, and the lanes' widths (m)."""
        lanes = lanes[np.unique(_code(lanes[:, :2]), return_index=True)[1]]  # one point for each cell will do
        radius = 0.5 * lanes[:, 2].max(initial=0.0) + BESIDE
        steps = np.arange(-int(radius // CELL) - 1, int(radius // CELL) + 2)
        cells = np.floor(lanes[:, :2] / CELL)
        codes = []
        for x in steps:
            for y in steps:
                middles = (cells + (x + 0.5, y + 0.5)) * CELL
                off = np.hypot(middles[:, 0] - lanes[:, 0], middles[:, 1] - lanes[:, 1])
                codes.append(_code(middles[off <= 0.5 * lanes[:, 2] + BESIDE]))
        self._codes = np.unique(np.concatenate(codes))

    @classmethod
    def around(cls, graph: LaneGraph, route: NDArray[np.float64]) -> "Paved":
        """Of the lanes of a town near a route (N, 2 or more) m."""
        lanes = [
            (edge.entry, *edge.path[::2], edge.exit)
            for edges in graph.edges.values()
            for edge in edges.values()
            if edge.command is Command.LANE_FOLLOW
        ]
        if not lanes:
            return cls(np.empty((0, 3)))
        near = cKDTree(route[:, :2])
        ends = np.array([(_point(lane[0])[:2], _point(lane[-1])[:2]) for lane in lanes])
        off = near.query(ends)[0].min(axis=1)  # a lane is at most about CELL m longer per point
        points = [_point(w) for k, lane in enumerate(lanes) if off[k] <= REACH + 0.5 * CELL * len(lane) for w in lane]
        found = np.array(points).reshape(-1, 3)
        return cls(found[near.query(found[:, :2], distance_upper_bound=REACH)[0] <= REACH])

    def at(self, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether the ground is paved at places (..., 2) m."""
        codes = _code(places)
        rows = np.searchsorted(self._codes, codes)
        return self._codes[np.minimum(rows, len(self._codes) - 1)] == codes if len(self._codes) else rows > 0


def _point(waypoint: carla.Waypoint) -> tuple[float, float, float]:
    place = waypoint.transform.location
    return place.x, place.y, waypoint.lane_width


def _code(places: NDArray[np.float64]) -> NDArray[np.int64]:
    cells = np.floor(places / CELL).astype(np.int64)
    return cells[..., 1] * STRIDE + cells[..., 0]
