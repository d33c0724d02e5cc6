"""The way of a route: traced along the lanes from key point to key point, with the command at every metre.

Which turn is left, straight or right, where a lane change begins, and which points an agent is told, follow CARLA's
`agents.navigation` and the leaderboard's route interpolation, so that plans equal those of the official evaluators.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import acos, radians

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.lane_graph import Command, Edge, LaneGraph, lane_key

STRAIGHT_ON = radians(35.0)  # a turn through less is none
CHANGE = 5  # steps ahead at which a lane change ends
CHANGES = (Command.CHANGE_LANE_LEFT, Command.CHANGE_LANE_RIGHT)

Point = tuple[carla.Waypoint, Command]


@dataclass(frozen=True)
class Plan:
    """N points of a way in order."""

    pose: NDArray[np.float64]  # (N, 6) x, y, z (m), pitch, yaw, roll (rad) of the lane's middle
    command: NDArray[np.int8]  # (N,) Command
    waypoints: tuple[carla.Waypoint, ...]  # (N,) the same points on the map

    def __len__(self) -> int:
        return len(self.command)

    @property
    def metres(self) -> NDArray[np.float64]:
        """(N,) m from the first point, from point to point."""
        steps = np.linalg.norm(np.diff(self.pose[:, :3], axis=0), axis=1)
        return np.concatenate([np.zeros(min(1, len(self))), np.cumsum(steps)])

    @property
    def length(self) -> float:
        """Metres from the first point to the last."""
        return float(self.metres[-1]) if len(self) else 0.0

    def sampled(self, spacing: float) -> "Plan":
        """The points that an agent is told: the ends, lane changes, where the command changes, and else one each
        `spacing` (m; the leaderboard 200, Bench2Drive 50)."""
        kept = sampled_rows(self.pose[:, :3], self.command.tolist(), spacing)
        return Plan(self.pose[kept], self.command[kept], tuple(self.waypoints[k] for k in kept))


def sampled_rows(places: NDArray[np.float64], commands: Sequence[int], spacing: float) -> list[int]:
    """Rows of the points (N, 3) m of a way that an agent is told, as `Plan.sampled` says."""
    kept, before, gone = [], None, 0.0
    for k, command in enumerate(commands):
        turned = before != command and before not in CHANGES
        if command in CHANGES or turned or gone > spacing or k == len(commands) - 1:
            kept.append(k)
            gone = 0.0
        else:
            gone += float(np.linalg.norm(places[k] - places[k - 1]))
        before = command
    return kept


def trace(graph: LaneGraph, key_points: NDArray[np.float64]) -> Plan:
    """The way through key points (N, 3) m. A stretch between two of them without a way is left out, as officially."""
    return joined(trace_stretches(graph, key_points))


def trace_stretches(graph: LaneGraph, key_points: NDArray[np.float64]) -> list[Plan]:
    """The way from each key point (N, 3) m to the next (N - 1 plans), empty where there is none."""
    tracer = _Tracer(graph)
    places = [carla.Location(*point) for point in key_points.tolist()]
    stretches = []
    for here, there in zip(places[:-1], places[1:], strict=True):
        points = tracer.trace(here, there)
        pose = np.array([_pose(waypoint) for waypoint, _ in points]).reshape(-1, 6)
        commands = np.array([command for _, command in points], np.int8)
        stretches.append(Plan(pose, commands, tuple(waypoint for waypoint, _ in points)))
    return stretches


def joined(stretches: Sequence[Plan]) -> Plan:
    """One plan after another."""
    pose = np.concatenate([np.empty((0, 6)), *(stretch.pose for stretch in stretches)])
    commands = np.concatenate([np.empty(0, np.int8), *(stretch.command for stretch in stretches)])
    return Plan(pose, commands, tuple(waypoint for stretch in stretches for waypoint in stretch.waypoints))


class _Tracer:
    """Traces stretch after stretch; a turn that began on one goes on in the next."""

    def __init__(self, graph: LaneGraph) -> None:
        self._graph = graph
        self._before = Command.VOID
        self._junction_end: int | None = None  # node at which the junction being crossed ends

    def trace(self, origin: carla.Location, destination: carla.Location) -> list[Point]:
        nodes = self._graph.search(origin, destination)
        if nodes is None:
            return []
        here, goal = self._graph.map.get_waypoint(origin), self._graph.map.get_waypoint(destination)
        points: list[Point] = []
        for k in range(len(nodes) - 1):
            command, edge = self._decide(nodes, k), self._graph.edges[nodes[k]][nodes[k + 1]]
            if edge.command in CHANGES:
                points.append((here, command))
                here = self._changed(here, edge)
                points.append((here, command))
                continue
            path = (edge.entry, *edge.path, edge.exit)
            first = _nearest(here, path)
            near_end = len(nodes) - k <= 2
            for here in path[first:]:
                points.append((here, command))
                if near_end and here.transform.location.distance(destination) < 2.0 * self._graph.step:
                    break
                if near_end and lane_key(here) == lane_key(goal) and first > _nearest(goal, path):
                    break
        return points

    def _changed(self, here: carla.Waypoint, change: Edge) -> carla.Waypoint:
        """Where a lane change ends that begins at `here`."""
        start, end = self._graph.of_lane[lane_key(change.exit)]
        beside = self._graph.edges[start][end]
        if not beside.path:
            return beside.exit
        return beside.path[min(len(beside.path) - 1, _nearest(here, beside.path) + CHANGE)]

    def _decide(self, nodes: Sequence[int], k: int) -> Command:
        """The command from node k on."""
        edge = self._graph.edges[nodes[k]][nodes[k + 1]]
        follows = edge.command is Command.LANE_FOLLOW
        command = edge.command
        if k > 0:
            crossing = self._before is not Command.VOID and self._junction_end not in (None, nodes[k - 1])
            if crossing and follows and edge.in_junction:
                command = self._before
            else:
                self._junction_end = None
                arriving = self._graph.edges[nodes[k - 1]][nodes[k]]
                outside = arriving.command is Command.LANE_FOLLOW and not arriving.in_junction
                if outside and follows and edge.in_junction:
                    command = self._turn(nodes, k, arriving)
        self._before = command
        return command

    def _turn(self, nodes: Sequence[int], k: int, arriving: Edge) -> Command:
        """Left, straight or right: by the direction in which the junction is left, beside the other ways into it."""
        leaving = self._graph.edges[nodes[k]][nodes[k + 1]]
        for here, there in zip(nodes[k:-1], nodes[k + 1 :], strict=True):
            edge = self._graph.edges[here][there]
            if edge.command is not Command.LANE_FOLLOW or not edge.in_junction:
                break
            leaving, self._junction_end = edge, there
        if arriving.heading is None or leaving.heading is None:
            return leaving.command
        turn = _cross(arriving.heading, leaving.heading)
        cosine = float(arriving.heading @ leaving.heading)
        size = float(np.linalg.norm(arriving.heading) * np.linalg.norm(leaving.heading))
        if acos(min(1.0, max(-1.0, cosine / size))) < STRAIGHT_ON:
            return Command.STRAIGHT
        others = [
            _cross(arriving.heading, edge.way)
            for node, edge in self._graph.edges[nodes[k]].items()
            if edge.command is Command.LANE_FOLLOW and node != nodes[k + 1] and edge.way is not None
        ] or [0.0]
        if turn < min(others):
            return Command.LEFT
        if turn > max(others):
            return Command.RIGHT
        return Command.LEFT if turn < 0.0 else Command.RIGHT


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """How far b turns to the right of a, seen from above."""
    return float(a[0] * b[1] - a[1] * b[0])


def _nearest(here: carla.Waypoint, path: Sequence[carla.Waypoint]) -> int:
    place = here.transform.location
    return int(np.argmin([waypoint.transform.location.distance(place) for waypoint in path]))


def _pose(waypoint: carla.Waypoint) -> list[float]:
    place, turn = waypoint.transform.location, waypoint.transform.rotation
    return [place.x, place.y, place.z, radians(turn.pitch), radians(turn.yaw), radians(turn.roll)]
