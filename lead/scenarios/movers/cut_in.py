"""Vehicles that come into the ego's lane: changing into it, and arriving at a merge when the ego does.

Source: spec/benchmarks.md, 2.1 "CutIn" and "SyncArrivalWithAgent".
"""

from collections.abc import Generator

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.conditions import beyond
from lead.scenarios.movers.constant_speed import constant_speed
from lead.scenarios.movers.driver import PathDriver, path_of
from lead.scenarios.script import Script
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.ways import beside, told

STEP = 1.0  # m
LEAST_CHANGE, LEAST_AFTER = 8.0, 3.0  # m across and m in the new lane, even from a standstill
AT_MERGE = 5.0  # m from the merge at which one has arrived
TOP_SPEED = 50.0  # m/s, the most that is driven so as to arrive in time


def cut_in(
    stage: Stage, vehicle: carla.Vehicle, direction: str, *, percent: float = 100.0, same: float = 0.0,
    change: float = 2.0, other: float = 0.0,
) -> Script:  # fmt: skip
    """Change a lane at a share of the ego's speed at the start; ends with the way in the other lane.

    Args:
        stage: on which the ego drives.
        vehicle: what changes its lane; it brakes for an ego in its way.
        direction: "left" or "right".
        percent: of the ego's speed.
        same: s that it goes on in its lane, at the speed it has.
        change: s in which it crosses over.
        other: s that it drives in the other lane.
    """
    own = vehicle.get_velocity().length()
    path = lane_change_path(
        stage.map.get_waypoint(vehicle.get_location()), direction, same * own,
        max(change * own, LEAST_CHANGE), max(other * own, LEAST_AFTER),
    )  # fmt: skip
    yield from PathDriver(vehicle, path, stage.speed * percent / 100.0, lambda: [stage.ego]).drive()


def arrive_with_ego(
    stage: Stage, vehicle: carla.Vehicle, path: NDArray[np.float64], reference: carla.Transform
) -> Generator[None, None, bool]:
    """Drive so as to be at a path's end when the ego is at its reference; returns whether it got there before the ego
    had passed, and ends at once when not.

    Args:
        stage: on which the ego drives.
        vehicle: driven at the very speed that this takes.
        path: (N, 3) m from the vehicle to the merge.
        reference: pose that the ego comes to.
    """
    merge = carla.Location(*path[-1].tolist())
    with constant_speed(vehicle, path) as driver:
        while vehicle.get_location().distance(merge) >= AT_MERGE:
            if beyond(stage, reference, np.inf):
                return False
            own, egos = vehicle.get_location().distance(merge), stage.place.distance(reference.location)
            driver.go(min(TOP_SPEED, own * stage.speed / max(egos, 1e-3)))
            yield
    return True


def lane_change_path(
    start: carla.Waypoint, direction: str, same: float, change: float, other: float
) -> NDArray[np.float64]:
    """The way (N, 3) m: so many metres in a lane, so many across to the lane at its "left" or "right", so many in that.

    Raises:
        SetupFault: there is no lane, or it ends before.
    """
    here, points, gone = start, [], 0.0
    while gone < same + change:
        aside = beside(here, direction)
        following = here.next(STEP)
        if aside is None or not following:
            raise SetupFault(f"no lane can be changed to the {direction} {gone:.0f} m after {told(start)}")
        share = _smooth((gone - same) / change)
        points.append((1.0 - share) * path_of([here])[0] + share * path_of([aside])[0])
        here, gone = following[0], gone + STEP
    after = beside(here, direction)
    while after is not None and gone < same + change + other + STEP:
        points.append(path_of([after])[0])
        following = after.next(STEP)
        after, gone = following[0] if following else None, gone + STEP
    return np.array(points)


def _smooth(share: float) -> float:
    """From 0 to 1 without a bend at either end."""
    x = min(1.0, max(0.0, share))
    return x * x * (3.0 - 2.0 * x)
