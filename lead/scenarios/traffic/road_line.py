"""The road of a route as a line that vehicles are ahead of, behind or beside of; it goes on at both ends of the route."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, radians, sin

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.plan import Plan

LEAD_IN, LEAD_OUT = 80, 150  # m of road before the route's first and after its last point
WINDOW_BACK, WINDOW_AHEAD = 110, 200  # points around the ego in which vehicles are placed
COUNTS = np.array((1.0, 1.0, 5.0))  # of x, y, z in distances from the line: other levels are far away
LANE_WIDTH = 2.0  # m, least that is reckoned with


@dataclass(frozen=True)
class Places:
    """Where N vehicles are beside the line."""

    metre: NDArray[np.float64]  # (N,) m along the line
    lane: NDArray[np.int64]  # (N,) lanes to the right of the route's
    away: NDArray[np.float64]  # (N,) m from the line, where height counts five times
    cosine: NDArray[np.float64]  # (N,) of the angle between a vehicle's heading and the line's


class RoadLine:
    """A plan's points, one per metre, and its road before and after."""

    def __init__(self, plan: Plan) -> None:
        lead_in = _walk(plan.waypoints[0], lambda waypoint: waypoint.previous(1.0), LEAD_IN)
        lead_out = _walk(plan.waypoints[-1], lambda waypoint: waypoint.next(1.0), LEAD_OUT)
        self.waypoints = (*lead_in[::-1], *plan.waypoints, *lead_out)
        self.start = len(lead_in)  # row of the route's first point
        poses = [waypoint.transform for waypoint in self.waypoints]
        self._place = np.array([[pose.location.x, pose.location.y, pose.location.z] for pose in poses])
        self._counted = self._place * COUNTS
        self._square = (self._counted**2).sum(axis=1)
        yaw = np.radians([pose.rotation.yaw for pose in poses])
        self._ahead = np.stack((np.cos(yaw), np.sin(yaw)), axis=1)
        self._width = np.array([max(waypoint.lane_width, LANE_WIDTH) for waypoint in self.waypoints])
        steps = np.linalg.norm(np.diff(self._place[:, :2], axis=0), axis=1)
        self.metre = np.concatenate(((0.0,), np.cumsum(steps)))  # (N,) m from the line's beginning

    def at(self, metre: float) -> carla.Waypoint | None:
        """The waypoint of the route's lane so far along the line; None beyond its ends."""
        if not 0.0 <= metre <= self.metre[-1]:
            return None
        return self.waypoints[int(np.searchsorted(self.metre, metre))]

    def places(self, ego_row: int, where: NDArray[np.float64]) -> Places:
        """Place vehicles (N, 4): x, y, z (m), yaw (rad), beside the stretch of the line around the ego's row."""
        first = max(0, ego_row - WINDOW_BACK)
        line = self._counted[first : ego_row + WINDOW_AHEAD]
        points = where[:, :3] * COUNTS
        rows = np.argmin(self._square[first : ego_row + WINDOW_AHEAD] - 2.0 * (points @ line.T), axis=1)
        nearest = np.linalg.norm(points - line[rows], axis=1)
        rows += first
        ahead, gap = self._ahead[rows], where[:, :2] - self._place[rows, :2]
        right = ahead[:, 0] * gap[:, 1] - ahead[:, 1] * gap[:, 0]
        lane = np.rint(right / self._width[rows]).astype(np.int64)
        heading = np.stack((np.cos(where[:, 3]), np.sin(where[:, 3])), axis=1)
        return Places(self.metre[rows], lane, nearest, (ahead * heading).sum(axis=1))

    def lane_of(self, waypoint: carla.Waypoint, row: int) -> int:
        """How many lanes to the right of the route's a waypoint lies, seen from a row nearby."""
        return int(self.places(row, pose_row(waypoint.transform)[None]).lane[0])


def pose_row(pose: carla.Transform) -> NDArray[np.float64]:
    """x, y, z (m) and yaw (rad) of a pose."""
    place = pose.location
    return np.array((place.x, place.y, place.z, radians(pose.rotation.yaw)))


def aside(pose: carla.Transform, place: carla.Location) -> float:
    """Metres by which a place lies to the right of a pose."""
    yaw, gap = radians(pose.rotation.yaw), place - pose.location
    return cos(yaw) * gap.y - sin(yaw) * gap.x


def _walk(
    start: carla.Waypoint, step: Callable[[carla.Waypoint], list[carla.Waypoint]], steps: int
) -> list[carla.Waypoint]:
    """The waypoints after a start, the straightest where it forks, as far as the road goes."""
    found, here = [], start
    for _ in range(steps):
        choices = step(here)
        if not choices:
            break
        yaw = here.transform.rotation.yaw
        here = min(choices, key=lambda choice: abs((choice.transform.rotation.yaw - yaw + 180.0) % 360.0 - 180.0))
        found.append(here)
    return found
