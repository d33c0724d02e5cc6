"""How many ways through the visible road agree with what a student is told of its goal.

Definitions and reasons: docs/asymmetry.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead.geometry.poses import to_local
from lead.scenarios.lane_graph import Command, Edge, LaneGraph, lane_key, position

REACH = 120.0  # m from the route within which lanes are kept
WINDOW = ((-32.0, 64.0), (-40.0, 40.0))  # m, ego frame: the student's bird's-eye view
PLANNED = 30.0  # m ahead in which ways must part to be different ones: a student plans no farther
PASSED = 2.0  # m from a way's lane middle to a target point that it passes
ON_LANE, BESIDE = 2.5, 8.0  # m from the ego to a lane that it is on, and to those that it may change to
SAME_WAY = np.cos(np.radians(60.0))  # least cosine between the ego or a target point's direction and a lane's
MOST = 256  # ways that are looked at


@dataclass(frozen=True)
class Lane:
    """A lane of the graph.

    Attributes:
        points: (N, 2) m along its middle, about 1 m apart, from its beginning to its end.
        heading: (N, 2) unit vectors.
        road: id of its road and the sign of its lane's number; (0, 0) inside junctions.
        ends: numbers of the graph's nodes at its ends.
    """

    points: NDArray[np.float64]
    heading: NDArray[np.float64]
    road: tuple[int, int]
    ends: tuple[int, int]


@dataclass(frozen=True)
class Way:
    """A way from beside the ego to where the visible road ends.

    Attributes:
        points: (N, 2) m, world.
        roads: those that it takes within the planned stretch.
    """

    points: NDArray[np.float64]
    roads: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Ambiguity:
    """How many different ways there are.

    Attributes:
        forks: through the visible road.
        one: that agree with the current target point.
        three: that agree with the previous, current and next target points.
    """

    forks: int
    one: int
    three: int


class VisibleRoads:
    """The lanes near a route (N, 2 or more) m, world."""

    def __init__(self, graph: LaneGraph, route: NDArray[np.float64]) -> None:
        near = cKDTree(route[::20, :2])
        self._lanes: list[Lane] = []
        self._from: dict[int, list[int]] = {}  # numbers of the lanes that begin at a node
        for start, edges in graph.edges.items():
            for end, edge in edges.items():
                if edge.command is not Command.LANE_FOLLOW or not _is_near(edge, near):
                    continue
                self._from.setdefault(start, []).append(len(self._lanes))
                self._lanes.append(_lane(edge, (start, end)))
        points = [lane.points for lane in self._lanes]
        self._tree = cKDTree(np.concatenate(points)) if points else None
        self._lane_of = np.repeat(np.arange(len(points)), [len(part) for part in points])
        self._row_of = np.concatenate([np.arange(len(part)) for part in points]) if points else np.empty(0, int)

    def ways(self, pose: NDArray[np.float64]) -> list[Way]:
        """The ways of an ego at a pose (6,): from its lane and those beside it, through every branch to the window's edge."""
        found: list[Way] = []
        for number, row in self._beside(pose):
            for way in self._onward(number, row, pose):
                found.append(way)
                if len(found) == MOST:
                    return found
        return found

    def ambiguity(self, pose: NDArray[np.float64], told: NDArray[np.float64]) -> Ambiguity:
        """For an ego at a pose (6,) that is told its previous, current and next target points (3, 2) m, world."""
        ways = self.ways(pose)
        one = [way for way in ways if agrees(way, told[1:2], pose)]
        three = [way for way in ways if agrees(way, told, pose)]
        return Ambiguity(*(len({way.roads for way in kept}) for kept in (ways, one, three)))

    def _beside(self, pose: NDArray[np.float64]) -> list[tuple[int, int]]:
        """Lanes, and rows of their points, that an ego at a pose is on or may change to."""
        if self._tree is None:
            return []
        near = np.array(sorted(self._tree.query_ball_point(pose[:2], BESIDE)), int)
        facing = np.array([np.cos(pose[4]), np.sin(pose[4])])
        nearest: dict[int, tuple[float, int]] = {}
        for point in near.tolist():
            number, row = int(self._lane_of[point]), int(self._row_of[point])
            lane = self._lanes[number]
            away = float(np.hypot(*(lane.points[row] - pose[:2])))
            if lane.heading[row] @ facing >= SAME_WAY and away < nearest.get(number, (np.inf, 0))[0]:
                nearest[number] = away, row
        own = {number for number, (away, _) in nearest.items() if away <= ON_LANE}
        roads = {self._lanes[number].road for number in own} - {(0, 0)}
        return [
            (number, row) for number, (_, row) in sorted(nearest.items())
            if not own or number in own or self._lanes[number].road in roads
        ]  # fmt: skip

    def _onward(self, number: int, row: int, pose: NDArray[np.float64]) -> Iterator[Way]:
        """All ways from a point of a lane to the edge of the window."""
        waiting: list[tuple[tuple[int, ...], tuple[NDArray[np.float64], ...]]] = [((number,), ())]
        while waiting:
            lanes, parts = waiting.pop()
            lane = self._lanes[lanes[-1]]
            part = lane.points[row:] if len(lanes) == 1 else lane.points
            inside = in_window(part, pose)
            inside[0] |= len(lanes) == 1
            stop = int(np.argmin(inside)) if not inside.all() else len(part)
            parts = (*parts, part[:stop])
            onward = self._from.get(lane.ends[1], []) if stop == len(part) else []
            onward = [other for other in onward if other not in lanes]
            waiting += [((*lanes, other), parts) for other in onward]
            if not onward:
                points = np.concatenate(parts)
                if len(points):
                    yield Way(points, self._roads(lanes, parts))

    def _roads(self, lanes: Sequence[int], parts: Sequence[NDArray[np.float64]]) -> tuple[tuple[int, int], ...]:
        """The roads that a way takes within the planned stretch; of a junction that it enters there, where it comes out."""
        roads: list[tuple[int, int]] = []
        gone = 0.0
        for place, (number, part) in enumerate(zip(lanes, parts, strict=True)):
            road = self._lanes[number].road
            before = self._lanes[lanes[place - 1]].road if place else road
            if gone > PLANNED and before != (0, 0):
                break
            if road == (0, 0):
                road = self._out_of(number) if place == len(lanes) - 1 else road
            if road != (0, 0) and road not in roads[-1:]:
                roads.append(road)
            gone += float(len(part))
        return tuple(roads)

    def _out_of(self, number: int) -> tuple[int, int]:
        """The road onto which a lane inside a junction leads; the junction itself where that is not known."""
        following = self._from.get(self._lanes[number].ends[1], [])
        return self._lanes[following[0]].road if following else (0, -1 - self._lanes[number].ends[1])


def in_window(points: NDArray[np.float64], pose: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mask (N,) of points (N, 2) m, world, that a student at a pose (6,) sees from above."""
    x, y = to_local(np.column_stack([points, np.full(len(points), pose[2])]), _level(pose))[:, :2].T
    return (x > WINDOW[0][0]) & (x < WINDOW[0][1]) & (y > WINDOW[1][0]) & (y < WINDOW[1][1])


def agrees(way: Way, told: NDArray[np.float64], pose: NDArray[np.float64]) -> bool:
    """Whether a way agrees with target points (K, 2) m, world, told in the order in which they are met.

    It passes those that are ahead in the window, in that order. If one is outside, the way ends at the window's edge and
    not with its back to that point; what comes after is out of sight and tells nothing.
    """
    ahead = to_local(np.column_stack([told, np.full(len(told), pose[2])]), _level(pose))[:, 0] > 0.0
    visible, first = in_window(told, pose), 0
    for point, inside, before in zip(told, visible, ahead, strict=True):
        if not before:
            continue
        if not inside:
            end = way.points[-1] - way.points[max(0, len(way.points) - 3)]
            return float(end @ (point - way.points[-1])) > 0.0
        away = np.hypot(*(way.points[first:] - point).T)
        nearest = int(np.argmin(away)) if len(away) else 0
        if not len(away) or away[nearest] > PASSED:
            return False
        first += nearest
    return True


def _level(pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """The pose without slope."""
    return np.array([pose[0], pose[1], pose[2], 0.0, pose[4], 0.0])


def _is_near(edge: Edge, near: cKDTree) -> bool:
    ends = np.stack([position(edge.entry)[:2], position(edge.exit)[:2]])
    return bool(near.query(ends)[0].min() <= REACH + 0.5 * len(edge.path))


def _lane(edge: Edge, ends: tuple[int, int]) -> Lane:
    points = np.array([position(waypoint)[:2] for waypoint in (edge.entry, *edge.path, edge.exit)])
    step = np.diff(points, axis=0, append=2.0 * points[-1:] - points[-2:-1])
    heading = step / np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    road, _, lane = lane_key(edge.entry)
    return Lane(points, heading, (0, 0) if edge.in_junction else (road, 1 if lane > 0 else -1), ends)
