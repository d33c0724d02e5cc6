"""Where the ego's route meets the way of a situation's traffic, and where that traffic is on its way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead.expert.scene import SPACING, Route

EPSILON = 0.5  # m between two ways that meet
TOUCHING, STRIDE = 4.0, 5  # m between two ways on which a vehicle that turns touches another; points that are looked at
BEFORE, BEYOND = 20.0, 250.0  # m of the route before and after a situation's trigger that are searched


@dataclass(frozen=True)
class Crossing:
    """The first point of the route that is within `EPSILON` of the traffic's way.

    Attributes:
        index: of the route.
        along: m from the source of the traffic's way.
    """

    index: int
    along: float


def crossing_of(route: Route, trigger: int, flow: NDArray[np.float64]) -> Crossing | None:
    """Where a route, searched from about its index `trigger` on, meets a way (M, 3); None if nowhere.

    Source: spec/lead-expert-and-data.md, 1.10.
    """
    if len(flow) < 2:
        return None
    searched = _searched(route, trigger)
    points = route.points[searched.start : searched.stop, :2]
    coarse, _ = cKDTree(flow[:, :2]).query(points, distance_upper_bound=EPSILON + _longest_step(flow))
    near = np.flatnonzero(np.isfinite(coarse))  # the others are too far from every point, so from every stretch too
    if not len(near):
        return None
    along, off = on_way(points[near], flow)
    meeting = np.flatnonzero(off <= EPSILON)
    return Crossing(searched[int(near[meeting[0]])], float(along[meeting[0]])) if len(meeting) else None


def nearest_approach(route: Route, trigger: int, flow: NDArray[np.float64]) -> Crossing | None:
    """Where a route and a way (M, 3) that do not meet are nearest, if vehicles on them would touch; None elsewhere."""
    if len(flow) < 2:
        return None
    index = np.array(_searched(route, trigger)[::STRIDE])
    along, off = on_way(route.points[index, :2], flow)
    nearest = int(off.argmin())
    return Crossing(int(index[nearest]), float(along[nearest])) if off[nearest] <= TOUCHING else None


def _searched(route: Route, trigger: int) -> range:
    """The indices of a route that are searched for a situation."""
    return range(max(0, trigger - round(BEFORE / SPACING)), min(len(route), trigger + round(BEYOND / SPACING)))


def on_way(places: NDArray[np.float64], way: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of places (K, 2 or more) the metres along a way (M, 2 or more; M >= 2) to the nearest point of it, and to there.

    Both (K,), seen from above. A place before the way's first point is at 0, one past its last at its length.
    """
    start, step = way[:-1, :2], np.diff(way[:, :2], axis=0)
    length = np.linalg.norm(step, axis=1)
    gap = places[:, None, :2] - start
    share = np.clip((gap * step).sum(axis=2) / np.maximum(length, 1e-9) ** 2, 0.0, 1.0)
    off = np.linalg.norm(gap - share[..., None] * step, axis=2)
    best, rows = off.argmin(axis=1), np.arange(len(places))
    covered = np.concatenate([[0.0], np.cumsum(length)])
    return covered[best] + share[rows, best] * length[best], off[rows, best]


def _longest_step(way: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(np.diff(way[:, :2], axis=0), axis=1).max())
