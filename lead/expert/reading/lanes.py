"""What lies beside a lane: which kind of lane on either side, and how far away its middle is."""

from dataclasses import dataclass

import carla
import numpy as np
from numpy.typing import NDArray

from lead.expert.scene import Side

THIN = 0.6  # m: a strip narrower than this (a line, a kerb) is looked across
STRIPS = 3  # most strips that are looked across
DRIVEN = (carla.LaneType.Driving, carla.LaneType.Bidirectional)
FLAT = (carla.LaneType.Shoulder, carla.LaneType.Parking, carla.LaneType.Stop, carla.LaneType.Biking)


@dataclass(frozen=True)
class Beside:
    """What lies on one side of M waypoints."""

    side: NDArray[np.int8]  # (M,) Side
    metres: NDArray[np.float64]  # (M,) to its middle, 0 for NONE


def beside(waypoints: tuple[carla.Waypoint, ...], *, left: bool) -> Beside:
    """The lanes on the left or right of waypoints, as one who drives there sees it."""
    found = [_neighbour(waypoint, left) for waypoint in waypoints]
    return Beside(np.array([side for side, _ in found], np.int8), np.array([metres for _, metres in found]))


def _neighbour(waypoint: carla.Waypoint, left: bool) -> tuple[Side, float]:
    lane = waypoint.get_left_lane() if left else waypoint.get_right_lane()
    for _ in range(STRIPS):
        if lane is None or lane.lane_type in DRIVEN or lane.lane_width >= THIN:
            break
        # What the road counts as left turns round in lanes of the other direction.
        same = lane.lane_id * waypoint.lane_id > 0
        lane = lane.get_left_lane() if left == same else lane.get_right_lane()
    if lane is None:
        return Side.NONE, 0.0
    side = _side(waypoint, lane)
    if side is Side.NONE:
        return side, 0.0
    return side, waypoint.transform.location.distance(lane.transform.location)


def _side(waypoint: carla.Waypoint, lane: carla.Waypoint) -> Side:
    if lane.lane_type in DRIVEN:
        return Side.SAME if lane.lane_id * waypoint.lane_id > 0 else Side.OPPOSITE
    return Side.SHOULDER if lane.lane_type in FLAT else Side.NONE
