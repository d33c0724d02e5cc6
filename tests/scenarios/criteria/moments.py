"""Hand-made moments, routes and lanes for the criteria's tests; no server."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import carla
import numpy as np

from lead.roads.library import find_map
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.route_line import RouteLine
from lead.scenarios.lane_graph import Command
from lead.scenarios.plan import Plan

TICK = 0.05


@cache
def town() -> carla.Map:
    return carla.Map("GridCity", find_map("GridCity")[1])


def straight_line(metres: int) -> RouteLine:
    """A route along the x axis from the origin, a point per metre."""
    pose = np.zeros((metres + 1, 6))
    pose[:, 0] = np.arange(metres + 1)
    return RouteLine.of(Plan(pose, np.full(metres + 1, Command.LANE_FOLLOW, np.int8), ()))


def line_along(points: Sequence[carla.Waypoint]) -> RouteLine:
    rows = []
    for point in points:
        place, turn = point.transform.location, point.transform.rotation
        rows.append([place.x, place.y, place.z, *np.radians([turn.pitch, turn.yaw, turn.roll])])
    return RouteLine.of(Plan(np.array(rows), np.full(len(rows), Command.LANE_FOLLOW, np.int8), tuple(points)))


def at(time: float, place, yaw: float = 0.0, speed: float = 0.0, **more: Any) -> Moment:
    """The ego at a place (2 or 3 numbers, m), heading along yaw (rad) and going `speed` (m/s) that way."""
    x, y, *z = place
    velocity = speed * np.array([np.cos(yaw), np.sin(yaw), 0.0])
    return Moment(time, np.array([x, y, *(z or [0.0])], float), yaw, velocity, **more)


def on_lane(time: float, point: carla.Waypoint, right: float = 0.0, ahead: float = 0.0, speed: float = 5.0, **more):
    """The ego on a waypoint, so far to its right and ahead (m), heading along the lane."""
    place, yaw = point.transform.location, np.radians(point.transform.rotation.yaw)
    x = place.x + ahead * np.cos(yaw) - right * np.sin(yaw)
    y = place.y + ahead * np.sin(yaw) + right * np.cos(yaw)
    return at(time, (x, y, place.z), more.pop("yaw", yaw), speed, **more)


@cache
def lane(right: str, *, opposite_left: bool) -> tuple[carla.Waypoint, ...]:
    """The waypoints, a metre apart, of a straight lane of GridCity up to the last before its junction.

    To its right lies a lane of that type ("Sidewalk"), to its left one of the other or of the same direction.
    """
    for start, _ in sorted(town().get_topology(), key=lambda ends: (ends[0].road_id, ends[0].lane_id)):
        beside, left = start.get_right_lane(), start.get_left_lane()
        if start.is_junction or beside is None or left is None or beside.lane_type != getattr(carla.LaneType, right):
            continue
        points = [start]
        while (following := points[-1].next(1.0)) and not following[0].is_junction:
            points.append(following[0])
        straight = np.ptp([np.cos(np.radians(point.transform.rotation.yaw)) for point in points]) < 1e-6
        if straight and len(points) > 80 and (left.lane_id * start.lane_id < 0) == opposite_left:
            return tuple(points)
    raise AssertionError("GridCity has no such lane")
