"""Where the actors of a situation are beside the unshifted route."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead.expert.kernels.places import along_path
from lead.expert.path import shifted
from lead.expert.scene import SPACING, Actors, EvidenceIndex, Kind
from lead.expert.view import View

REACH = 1500  # route points on either side of the ego
STOREY = 4.0  # m above or below the route from which on an actor is not on it: hidden ones wait far below
LANE_SHARE, SIGN_GAP = 0.5, 0.6  # of the lane's width, and m: what stands farther aside is not on the lane
SEEN_RETURNS, SEEN_POINTS = 1, 5  # lidar and radar, or camera points from which on something is seen


@dataclass(frozen=True)
class Obstacles:
    """K actors beside the route, the nearest along it first."""

    ids: NDArray[np.int64]  # (K,)
    ahead: NDArray[np.float64]  # (K,) m along the route from the ego's index to their middles
    aside: NDArray[np.float64]  # (K,) m to the right of the lane's middle
    half: NDArray[np.float64]  # (K,) m, half their length along the route
    along: NDArray[np.float64]  # (K,) m/s along the route
    distance: NDArray[np.float64]  # (K,) m from the ego, level
    seen: bool  # whether the student's sensors have one of them

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def begin(self) -> float:
        """m along the route from the ego's index to where the first of them begins."""
        return float((self.ahead - self.half).min())

    @property
    def end(self) -> float:
        """m along the route from the ego's index to where the last of them ends."""
        return float((self.ahead + self.half).max())


_NONE = np.empty(0)
NOBODY = Obstacles(np.empty(0, np.int64), _NONE, _NONE, _NONE, _NONE, _NONE, seen=False)


def obstacles_of(view: View, ids: tuple[int, ...], *, on_lane: bool) -> Obstacles:
    """The actors of these ids that are about; of all the scene, since a situation's obstacles are known of.

    With `on_lane` only those on the ego's lane.
    """
    everybody, route = view.scene.actors, view.route
    wanted = np.flatnonzero(everybody.among(ids))
    if not len(wanted):
        return NOBODY
    actors = everybody.rows(wanted)
    ahead, aside, turned, rise = beside_route(view, actors.middle, actors.pose[:, 4])
    kept = np.abs(rise) < STOREY
    if on_lane:
        there = np.clip(view.index + np.round(ahead / SPACING).astype(np.int64), 0, len(route) - 1)
        kept &= np.abs(aside) < LANE_SHARE * route.lane_width[there] + SIGN_GAP
    rows = np.flatnonzero(kept)
    rows = rows[np.argsort(ahead[rows], kind="stable")]
    actors, ahead, aside, turned = actors.rows(rows), ahead[rows], aside[rows], turned[rows]
    half = np.abs(np.cos(turned)) * actors.extent[:, 0] + np.abs(np.sin(turned)) * actors.extent[:, 1]
    away = actors.pose[:, :2] - view.scene.ego.pose[:2]
    points = actors.evidence[:, EvidenceIndex.CAMERA]
    returns = actors.evidence[:, EvidenceIndex.LIDAR] + actors.evidence[:, EvidenceIndex.RADAR]
    return Obstacles(
        actors.ids, ahead, aside, half, speed_along(actors, turned), np.hypot(away[:, 0], away[:, 1]),
        bool(((returns >= SEEN_RETURNS) | (points >= SEEN_POINTS)).any()),
    )  # fmt: skip


def beside_route(
    view: View, middle: NDArray[np.float64], heading: NDArray[np.float64]
) -> tuple[NDArray[np.float64], ...]:
    """Where middles (A, 3) m with headings (A,) rad are along the unshifted route, four (A,): ahead of the ego's index
    and to the right (m), turned against it (rad), above it (m)."""
    way, result = shifted(view.route, ()), tuple(np.empty(len(middle)) for _ in range(4))
    along_path(middle, heading, way.points, way.yaw, view.index, REACH, SPACING, *result)
    return result


def speed_along(actors: Actors, turned: NDArray[np.float64]) -> NDArray[np.float64]:
    """(K,) m/s along a way against which actors are turned by (K,) rad."""
    course = actors.pose[:, 4] - turned
    return actors.velocity[:, 0] * np.cos(course) + actors.velocity[:, 1] * np.sin(course)


def on_wheels(actors: Actors) -> NDArray[np.bool_]:
    """(A,) who is a vehicle or a bicycle."""
    return (actors.kind == Kind.CAR) | (actors.kind == Kind.BICYCLE)
