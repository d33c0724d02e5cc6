"""The lanes of a map as a graph that ways are searched in: one edge along each lane of the topology, and lane changes.

Nodes are the ends of lanes, told apart by their place to the metre. Facts as in `agents.navigation` of CARLA, whose
plans the benchmarks are defined by.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count

import carla
import numpy as np
from numpy.typing import NDArray

LaneKey = tuple[int, int, int]  # road, section, lane


class Command(IntEnum):
    """What the plan asks for at a point, with CARLA's numbers (RoadOption)."""

    VOID = -1
    LEFT = 1
    RIGHT = 2
    STRAIGHT = 3
    LANE_FOLLOW = 4
    CHANGE_LANE_LEFT = 5
    CHANGE_LANE_RIGHT = 6


@dataclass(frozen=True)
class Edge:
    """A lane from its beginning to its end, or the change to the lane beside."""

    entry: carla.Waypoint
    exit: carla.Waypoint
    path: tuple[carla.Waypoint, ...] = ()  # between them, one per step
    command: Command = Command.LANE_FOLLOW
    in_junction: bool = False
    heading: NDArray[np.float64] | None = None  # (3,) forward at its end
    way: NDArray[np.float64] | None = None  # (3,) unit vector from its beginning to its end

    @property
    def cost(self) -> int:
        """Steps along it; a lane change is free."""
        return len(self.path) + 1 if self.command is Command.LANE_FOLLOW else 0


@dataclass
class LaneGraph:
    """Nodes by number, edges by their two nodes, and the edge of each lane."""

    map: carla.Map
    step: float  # m between waypoints
    places: dict[int, NDArray[np.float64]] = field(default_factory=dict)  # (3,) m, whole ones: equal ways are told so
    edges: dict[int, dict[int, Edge]] = field(default_factory=dict)
    of_lane: dict[LaneKey, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, town_map: carla.Map, step: float = 1.0) -> "LaneGraph":
        """The graph of a map; takes seconds, for the largest towns a minute, so keep it."""
        graph = cls(town_map, step)
        numbers: dict[tuple[float, ...], int] = {}
        lanes = []
        for entry, end in town_map.get_topology():
            path = graph._along(entry, end)
            if path is not None:
                lanes.append(Edge(
                    entry, end, path, Command.LANE_FOLLOW, entry.is_junction, forward(end), _unit(entry, end)
                ))  # fmt: skip
        for edge in lanes:
            ends = tuple(graph._node(waypoint, numbers) for waypoint in (edge.entry, edge.exit))
            graph.edges[ends[0]][ends[1]] = edge
            graph.of_lane[lane_key(edge.entry)] = (ends[0], ends[1])
        graph._add_loose_ends(lanes, numbers)
        graph._add_lane_changes(lanes)
        return graph

    def localise(self, location: carla.Location) -> tuple[int, int] | None:
        """The nodes of the edge along the lane nearest to a place."""
        waypoint = self.map.get_waypoint(location)
        return None if waypoint is None else self.of_lane.get(lane_key(waypoint))

    def search(self, origin: carla.Location, destination: carla.Location) -> list[int] | None:
        """The cheapest nodes from the lane of one place to the end of the lane of another; None without a way."""
        start, goal = self.localise(origin), self.localise(destination)
        if start is None or goal is None:
            return None
        target = self.places[goal[0]]
        order = count()
        waiting: list[tuple[float, int, int, int, int | None]] = [(0.0, next(order), start[0], 0, None)]
        came_from: dict[int, int | None] = {}
        least: dict[int, int] = {}
        while waiting:
            _, _, node, gone, before = heappop(waiting)
            # Lane changes cost nothing but gain metres, so a node may be met again at a lower cost, and is taken up again.
            if node in came_from and (came_from[node] is None or least[node] < gone):
                continue
            came_from[node] = before
            if node == goal[0]:
                return [*_backwards(came_from, node)][::-1] + [goal[1]]
            for following, edge in self.edges[node].items():
                total = gone + edge.cost
                if least.get(following, total + 1) > total:
                    least[following] = total
                    left = float(np.linalg.norm(self.places[following] - target))
                    heappush(waiting, (total + left, next(order), following, total, node))
        return None

    def _along(self, entry: carla.Waypoint, end: carla.Waypoint) -> tuple[carla.Waypoint, ...] | None:
        """Waypoints between the ends of a lane; for a very short one the next beyond its beginning, None without one."""
        goal = end.transform.location
        following = entry.next(self.step)
        if not following:
            return None
        if entry.transform.location.distance(goal) <= self.step:
            return (following[0],)
        path, here = [], following[0]
        while here.transform.location.distance(goal) > self.step:
            path.append(here)
            following = here.next(self.step)
            if not following:
                break
            here = following[0]
        return tuple(path)

    def _node(self, waypoint: carla.Waypoint, numbers: dict[tuple[float, ...], int]) -> int:
        place = np.round(position(waypoint))
        number = numbers.setdefault(tuple(place), len(numbers))
        if number not in self.edges:
            self.places[number], self.edges[number] = place, {}
        return number

    def _add_loose_ends(self, lanes: list[Edge], numbers: dict[tuple[float, ...], int]) -> None:
        """Lanes on which others end but that begin no edge themselves: the map stops there."""
        found = 0
        for edge in lanes:
            key = lane_key(edge.exit)
            if key in self.of_lane:
                continue
            found += 1
            first = self._node(edge.exit, numbers)
            self.of_lane[key] = (first, -found)
            path, following = [], edge.exit.next(self.step)
            while following and lane_key(following[0]) == key:
                path.append(following[0])
                following = following[0].next(self.step)
            if path:
                self.places[-found], self.edges[-found] = position(path[-1]), {}
                self.edges[first][-found] = Edge(
                    edge.exit, path[-1], tuple(path), Command.LANE_FOLLOW, edge.exit.is_junction
                )

    def _add_lane_changes(self, lanes: list[Edge]) -> None:
        """From each lane outside junctions to those beside it, at the first waypoint where its marking lets it."""
        for edge in lanes:
            if edge.in_junction:
                continue
            first = self.of_lane[lane_key(edge.entry)][0]
            open_sides = [Command.CHANGE_LANE_RIGHT, Command.CHANGE_LANE_LEFT]
            for waypoint in edge.path:
                for command in tuple(open_sides):
                    other = _beside(waypoint, command)
                    nodes = None if other is None else self.localise(other.transform.location)
                    if other is not None and nodes is not None:
                        self.edges[first][nodes[0]] = Edge(waypoint, other, (), command)
                        open_sides.remove(command)
                if not open_sides:
                    break


def _beside(waypoint: carla.Waypoint, command: Command) -> carla.Waypoint | None:
    """The waypoint of the lane that a change leads to, None where the marking forbids it or there is none to drive on."""
    if command is Command.CHANGE_LANE_RIGHT:
        marking, allowed, beside = waypoint.right_lane_marking, carla.LaneChange.Right, waypoint.get_right_lane
    else:
        marking, allowed, beside = waypoint.left_lane_marking, carla.LaneChange.Left, waypoint.get_left_lane
    if not marking or not marking.lane_change & allowed:
        return None
    other = beside()
    drivable = other is not None and other.lane_type == carla.LaneType.Driving and other.road_id == waypoint.road_id
    return other if drivable else None


def lane_key(waypoint: carla.Waypoint) -> LaneKey:
    """The lane that a waypoint lies on."""
    return waypoint.road_id, waypoint.section_id, waypoint.lane_id


def position(waypoint: carla.Waypoint) -> NDArray[np.float64]:
    """Its place (3,) m."""
    place = waypoint.transform.location
    return np.array([place.x, place.y, place.z])


def forward(waypoint: carla.Waypoint) -> NDArray[np.float64]:
    """Its forward direction (3,)."""
    ahead = waypoint.transform.get_forward_vector()
    return np.array([ahead.x, ahead.y, ahead.z])


def _unit(entry: carla.Waypoint, end: carla.Waypoint) -> NDArray[np.float64]:
    way = position(end) - position(entry)
    return way / (np.linalg.norm(way) + np.finfo(float).eps)


def _backwards(came_from: dict[int, int | None], last: int) -> Iterator[int]:
    node: int | None = last
    while node is not None:
        yield node
        node = came_from[node]
