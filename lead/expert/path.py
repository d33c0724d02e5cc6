"""The way that is driven: the route with its lateral shifts, and where the ego is on it.

Source: spec/lead-expert-and-data.md, 1.2 (lateral shift primitive, progress).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lead.expert.scene import SPACING, Route
from lead.scenarios.lane_graph import Command

PROGRESS = 40  # points ahead in which the ego's nearest one is searched
SMOOTHING = 25  # points to either side over which the distance to the neighbour lane is averaged
ROUTES = 4  # shifted routes that are kept


@dataclass(frozen=True)
class Shift:
    """A stretch on which the way leaves the middle of its lane.

    Attributes:
        start, end: indices of the route between which the way is moved.
        transition: m at either end over which it moves over, along a cosine.
        left: whether it goes to the left.
        factor: of the distance to the middle of the neighbour lane, at each point; ignored if `offset` is not 0.
        offset: m to move by whatever the neighbour lane is.
        owner: name of the situation it is for.
    """

    start: int
    end: int
    transition: float
    left: bool
    factor: float = 1.0
    offset: float = 0.0
    owner: str = ""


@dataclass(frozen=True)
class Path:
    """A route with its shifts applied (N points, the route's indices); its arrays cannot be written to."""

    points: NDArray[np.float64]  # (N, 3)
    yaw: NDArray[np.float64]  # (N,)
    command: NDArray[np.int8]  # (N,) with lane changes where the way moves over
    shifts: tuple[Shift, ...]


def shifted(route: Route, shifts: tuple[Shift, ...]) -> Path:
    """The path of a route with shifts. Cached: the same arguments cost nothing.

    Where shifts overlap the later one is laid over the earlier ones: the way goes over to it along its ramp, so that
    two shifts to the same side are one. Moving over to a lane is a change of lane; moving by an `offset` is none.
    """
    return _shifted(_Identity(route), shifts)


def progressed(path: Path, place: NDArray[np.float64], index: int) -> int:
    """Index of the point nearest to a place (3,) within the next 4 m of `index`; never backwards."""
    ahead = path.points[index : index + PROGRESS + 1, :2] - place[:2]
    return index + int(np.argmin(np.einsum("nk,nk->n", ahead, ahead)))


def lateral(route: Route, shift: Shift, indices: NDArray[np.int64]) -> NDArray[np.float64]:
    """m to the right (negative: left) of the lane's middle by which a shift moves the route at some of its points."""
    return _weight(shift, indices) * _full(route, shift, indices)


@dataclass(frozen=True, eq=False)
class _Identity:
    """A route as a key: equal to itself alone."""

    route: Route

    def __hash__(self) -> int:
        return id(self.route)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.route is self.route


@lru_cache(maxsize=ROUTES)
def _shifted(key: _Identity, shifts: tuple[Shift, ...]) -> Path:
    route = key.route
    offset, command, moved = np.zeros(len(route)), route.command.copy(), np.zeros(len(route), np.bool_)
    for shift in shifts:
        indices = np.arange(max(shift.start, 0), min(shift.end, len(route) - 1) + 1)
        if not len(indices):
            continue
        weight = _weight(shift, indices)
        offset[indices] += weight * (_full(route, shift, indices) - offset[indices])
        moved[max(indices[0] - 1, 0) : indices[-1] + 2] = True
        if shift.offset == 0.0:
            _order_changes(command, shift, indices)
    points, yaw = route.points.copy(), route.yaw.copy()
    points[:, 0] -= offset * np.sin(route.yaw)
    points[:, 1] += offset * np.cos(route.yaw)
    rows = np.flatnonzero(moved)
    way = points[np.minimum(rows + 1, len(route) - 1)] - points[np.maximum(rows - 1, 0)]
    yaw[rows] = np.arctan2(way[:, 1], way[:, 0])
    for array in (points, yaw, command):
        array.setflags(write=False)
    return Path(points, yaw, command, shifts)


def _weight(shift: Shift, indices: NDArray[np.int64]) -> NDArray[np.float64]:
    """0 to 1: how far the way has moved over at each index."""
    inside = np.minimum(indices - shift.start, shift.end - indices) * SPACING
    share = np.clip(inside / max(shift.transition, SPACING), 0.0, 1.0)
    return 0.5 - 0.5 * np.cos(np.pi * share)


def _full(route: Route, shift: Shift, indices: NDArray[np.int64]) -> NDArray[np.float64]:
    """m to the right by which the way is moved where it has moved over completely.

    Where there is no neighbour lane for a while (as in junctions) the nearest one's distance holds; without any, the
    lane's own width. Steps in the distance are smoothed.
    """
    sign = -1.0 if shift.left else 1.0
    if shift.offset != 0.0:
        return np.full(len(indices), sign * shift.offset)
    distance = (route.left if shift.left else route.right)[indices]
    known = np.flatnonzero(distance > 0.0)
    if not len(known):
        return sign * shift.factor * route.lane_width[indices]
    distance = np.interp(np.arange(len(indices)), known, distance[known])
    if np.ptp(distance) > 0.0:
        padded = np.pad(distance, SMOOTHING, mode="edge")
        distance = np.convolve(padded, np.full(2 * SMOOTHING + 1, 1.0 / (2 * SMOOTHING + 1)), mode="valid")
    return sign * shift.factor * distance


def _order_changes(command: NDArray[np.int8], shift: Shift, indices: NDArray[np.int64]) -> None:
    """Write changes of lane into the ramps of a shift."""
    out, back = Command.CHANGE_LANE_LEFT, Command.CHANGE_LANE_RIGHT
    if not shift.left:
        out, back = back, out
    ramp = shift.transition / SPACING
    command[indices[indices <= shift.start + ramp]] = out
    command[indices[indices >= shift.end - ramp]] = back
