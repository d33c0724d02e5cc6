"""The stretch of the ego's route on which it is in the way of a stream of traffic.

The stream's way comes from its situation; who drives in it shows in where vehicles are and where they head.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead.expert.rules.adversaries.crossing import on_way
from lead.expert.scene import SPACING, Kind, Route
from lead.expert.view import View

BEFORE, BEYOND = 20.0, 250.0  # m of the route before and after a situation's trigger that are searched
STRIDE = 3  # route points between those that are looked at
MEETING = 1.0  # m between two ways that meet
CAR_HALF, BICYCLE_HALF = 1.0, 0.4  # m from the stream's way to the sides of who drives in it
REACH = 1.0  # m from there to the ego's outline, from which on the ego is too near to wait
INSIDE = 0.35  # likewise, from which on it is in the way and has to go on
OUTLINE = 27  # places of the ego's box that are looked at: 9 along it, so that no bicycle slips between, by 3 across
IN_STREAM = 2.0  # m from its way within which a vehicle belongs to a stream
SAME_WAY = 0.5  # cosine, at least, of its heading against the stream's
JOINING = 0.8  # cosine of the route's direction against the stream's, from which on it leads its way


@dataclass(frozen=True)
class Zone:
    """Where a route is in a stream's way.

    Attributes:
        begin: index of the route at which the ego, its middle there, comes near the stream's way.
        inside: likewise, is in it.
        end: likewise, is near it for the last time.
        joins: whether it leads the stream's way there, rather than across it.
        meets: index of the route where its middle first is on the stream's way.
        along: m along that way to there.
    """

    begin: int
    inside: int
    end: int
    joins: bool = False
    meets: int = 0
    along: float = 0.0


def zone_of(
    route: Route, trigger: int, flow: NDArray[np.float64], half: NDArray[np.float64], side: float = CAR_HALF
) -> Zone | None:
    """Where an ego of `half` (2,) m length and width on a route, searched from about its index `trigger` on, first is in
    the way of those who drive along a way (M, 3) m and reach `side` (m) to either side of it; None if nowhere."""
    if len(flow) < 2:
        return None
    start = max(0, trigger - round(BEFORE / SPACING))
    index = np.arange(start, min(len(route), trigger + round(BEYOND / SPACING)), STRIDE)
    along, middle = on_way(route.points[index, :2], flow)
    meeting = np.flatnonzero(middle <= MEETING)
    if not len(meeting):
        return None
    at, close = int(meeting[0]), np.flatnonzero(middle <= side + REACH + float(np.hypot(*half)))
    off = np.full(len(index), np.inf)
    off[close] = on_way(_outline(route, index[close], half), flow)[1].reshape(len(close), -1).min(axis=1)
    far, outside = np.flatnonzero(off > side + REACH), np.flatnonzero(off > side + INSIDE)
    begin, inside = int(far[far < at].max(initial=-1)) + 1, int(outside[outside < at].max(initial=-1)) + 1
    end = int(far[far > at].min(initial=len(off))) - 1
    halfway = (at + end) // 2
    turned = route.yaw[index[halfway]] - _poses(flow, along[halfway : halfway + 1])[0][0, 2]
    joins = bool(np.cos(turned) >= JOINING)
    return Zone(int(index[begin]), int(index[inside]), int(index[end]), joins, int(index[at]), float(along[at]))


def _outline(route: Route, index: NDArray[np.int64], half: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places (OUTLINE P, 2) spread over a box at indices (P,) of a route, its corners among them."""
    c, s = np.cos(route.yaw[index])[:, None], np.sin(route.yaw[index])[:, None]
    ahead = np.repeat(np.linspace(-half[0], half[0], OUTLINE // 3), 3)
    aside = np.tile([-half[1], 0.0, half[1]], OUTLINE // 3)
    x, y = route.points[index, 0, None], route.points[index, 1, None]
    return np.stack([x + c * ahead - s * aside, y + s * ahead + c * aside], axis=-1).reshape(-1, 2)


def members(view: View, flow: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows of the vehicles that drive in a stream along a way (M, 3) m, and how far along it they are (m)."""
    actors = view.actors
    rows = np.flatnonzero((actors.kind == Kind.CAR) | (actors.kind == Kind.BICYCLE))
    if not len(rows):
        return rows, np.empty(0)
    along, off = on_way(actors.pose[rows, :2], flow)
    heading, _ = _poses(flow, along)
    there = (off <= IN_STREAM) & (np.cos(actors.pose[rows, 4] - heading[:, 2]) >= SAME_WAY)
    return rows[there], along[there]


def forecast_along(flow: NDArray[np.float64], along: NDArray[np.float64]) -> NDArray[np.float64]:
    """Poses (..., 3) x, y (m) and yaw (rad) so far (...) along a way (M, 3) m, straight on beyond its ends."""
    pose, excess = _poses(flow, along)
    pose[..., 0] += excess * np.cos(pose[..., 2])
    pose[..., 1] += excess * np.sin(pose[..., 2])
    return pose


def _poses(flow: NDArray[np.float64], along: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Poses (..., 3) on a way at metres (...) of it, and the metres by which those lie before or beyond its ends."""
    step = np.diff(flow[:, :2], axis=0)
    covered = np.concatenate([[0.0], np.cumsum(np.hypot(step[:, 0], step[:, 1]))])
    inside = np.clip(along, 0.0, covered[-1])
    segment = np.clip(np.searchsorted(covered, inside, side="right") - 1, 0, len(step) - 1)
    yaw = np.arctan2(step[:, 1], step[:, 0])[segment]
    pose = np.stack([np.interp(inside, covered, flow[:, 0]), np.interp(inside, covered, flow[:, 1]), yaw], axis=-1)
    return pose, along - inside
