"""The way to drive as places about a metre apart: the plan, what lies before and after it, and where it changes lanes.

Source: spec/lead-expert-and-data.md, 1.2 (privileged route planner).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import carla
import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.expert.reading.lane_changes import Point, gradual_changes, heading, late_changes
from lead.geometry.poses import to_local
from lead.scenarios.lane_graph import Command, position
from lead.scenarios.plan import Plan

BEYOND = 50  # m of the road before the plan's first point and after its last one
STEP = 1.0  # m
PARKED_OFF = 2.0  # m from the plan's first point at which the ego must stand in a parking slot
PULL_OUT = 1.0  # m ahead of the parked ego at which its way is in the lane at the earliest
PARKED_REACH = 30  # points of the plan among which the parked ego's place is looked for
LEAST_STEP = 0.05  # m between two places that count as two


@dataclass(frozen=True)
class Way:
    """M places in order, none twice."""

    places: NDArray[np.float64]  # (M, 3) m of the lanes' middles
    command: NDArray[np.int8]  # (M,) Command
    waypoints: tuple[carla.Waypoint, ...]  # (M,) on the map
    start: int  # row of the plan's first point that is driven
    end: int  # row of the plan's last point


def way_of(plan: Plan, ego_pose: NDArray[np.float64]) -> Way:
    """The way of an ego that stands at `ego_pose` (6,): from the lane before the plan or, if it is parked, from there.

    Raises:
        InputError: the plan leads nowhere.
    """
    points = _distinct(list(zip(plan.waypoints, map(Command, plan.command.tolist()), strict=True)))
    if len(points) < 2:
        raise InputError(f"the route has {len(points)} places; expected a way to drive")
    points = _distinct(late_changes(points))
    first = points[0][0]
    parked = np.hypot(*(position(first) - ego_pose[:3])[:2]) > PARKED_OFF
    if parked:
        points = points[_beside(points, ego_pose) :]
        side = to_local(position(points[0][0])[None], ego_pose)[0, 1]
        pulling_out = Command.CHANGE_LANE_LEFT if side < 0.0 else Command.CHANGE_LANE_RIGHT
        before = [(points[0][0], pulling_out)]
    else:
        before = [(waypoint, Command.LANE_FOLLOW) for waypoint in along_road(first, BEYOND, back=True)[::-1]]
    after = [(waypoint, Command.LANE_FOLLOW) for waypoint in along_road(points[-1][0], BEYOND)]
    joined = [*before, *points, *after]
    places, command = gradual_changes(joined, len(before))
    if parked:
        places[0] = ego_pose[:3]
    places = np.concatenate([places, _straight_on(places, BEYOND - len(after))])
    joined += joined[-1:] * (len(places) - len(joined))
    start = len(before)
    return Way(
        places=places,
        command=np.concatenate([command, np.full(len(places) - len(command), Command.LANE_FOLLOW, np.int8)]),
        waypoints=tuple(waypoint for waypoint, _ in joined),
        start=start,
        end=start + len(points) - 1,
    )


def along_road(start: carla.Waypoint, metres: float, *, back: bool = False) -> list[carla.Waypoint]:
    """Waypoints a metre apart along the road after a start, or back from it, so far or as far as it goes.

    Where it forks they lead straight on.
    """
    found, here = [], start
    while len(found) * STEP < metres:
        following = here.previous(STEP) if back else here.next(STEP)
        if not following:
            break
        here = max(following, key=lambda waypoint, here=here: float(heading(waypoint) @ heading(here)))
        found.append(here)
    return found


def _distinct(points: Sequence[Point]) -> list[Point]:
    """The points without those that lie where the one before does."""
    kept: list[Point] = []
    for waypoint, command in points:
        if kept and kept[-1][0].transform.location.distance(waypoint.transform.location) < LEAST_STEP:
            kept[-1] = waypoint, command
        else:
            kept.append((waypoint, command))
    return kept


def _beside(points: Sequence[Point], ego_pose: NDArray[np.float64]) -> int:
    """The first point that lies ahead of a parked ego."""
    places = np.array([position(waypoint) for waypoint, _ in points[:PARKED_REACH]])
    ahead = to_local(places, ego_pose)[:, 0] > PULL_OUT
    return min(int(np.argmax(ahead)), len(points) - 2) if ahead.any() else 0


def _straight_on(places: NDArray[np.float64], metres: int) -> NDArray[np.float64]:
    """Places (metres, 3) that lead straight on from the end of a way, where its road ends too early."""
    onward = places[-1] - places[-2]
    return places[-1] + np.arange(1, metres + 1)[:, None] * onward / np.linalg.norm(onward)
