"""Finding places from a waypoint: along its lane, beside it, at the road's edge.

Source: spec/benchmarks.md, 2.1 "Way-point walkers". What has to do with junctions stands in `lead.scenarios.crossings`.
"""

import carla

from lead.scenarios.stage import SetupFault

STEP = 1.0  # m
MOST_LANES = 50


def ahead(start: carla.Waypoint, metres: float) -> carla.Waypoint:
    """The waypoint so far along the lane, in steps of 1 m; the last one before a junction or the lane's end."""
    here, gone = start, 0.0
    while gone < metres:
        following = here.next(min(STEP, metres - gone))
        if not following or following[0].is_junction:
            break
        here, gone = following[0], gone + STEP
    return here


def ahead_through(start: carla.Waypoint, metres: float) -> carla.Waypoint:
    """The waypoint so far along the lane, straight on through junctions.

    Raises:
        SetupFault: the road ends before.
    """
    here, gone = start, 0.0
    while gone < metres:
        step = min(STEP, metres - gone)
        following = here.next(max(step, 1e-3))
        if not following:
            raise SetupFault(f"the road ends {gone:.0f} m after {told(start)}; expected {metres:.0f} m")
        here, gone = following[0], gone + step
    return here


def behind(start: carla.Waypoint, metres: float) -> carla.Waypoint:
    """The waypoint so far back along the lane; the last one after a junction or the lane's beginning."""
    here, gone = start, 0.0
    while gone < metres:
        before = here.previous(STEP)
        if not before or before[0].is_junction:
            break
        here, gone = before[0], gone + STEP
    return here


def beside(start: carla.Waypoint, direction: str) -> carla.Waypoint | None:
    """The waypoint of the next lane to the "left" or "right" as seen when driving, of any type; None without one."""
    return start.get_left_lane() if direction == "left" else start.get_right_lane()


def sidewalk_side(start: carla.Waypoint, direction: str) -> carla.Waypoint:
    """From lane to lane to the "left" or "right" until a sidewalk, or the last lane there is; across the road, too."""
    here, mirrored = start, {"left": "right", "right": "left"}
    for _ in range(MOST_LANES):
        other = beside(here, direction if here.lane_id * start.lane_id > 0 else mirrored[direction])
        if other is None or here.lane_type == carla.LaneType.Sidewalk:
            return here
        here = other
    return here


def outermost_driving(start: carla.Waypoint, direction: str) -> carla.Waypoint:
    """The last driving or parking lane of the same direction on that side."""
    here = start
    kinds = (carla.LaneType.Driving, carla.LaneType.Parking)
    for _ in range(MOST_LANES):
        other = beside(here, direction)
        if other is None or other.lane_type not in kinds or other.lane_id * start.lane_id < 0:
            return here
        here = other
    return here


def lane_to_pass_on(start: carla.Waypoint) -> carla.Waypoint:
    """The nearest driving lane to the left: where roads are two-way that of oncoming traffic.

    Raises:
        SetupFault: there is none.
    """
    here: carla.Waypoint | None = start
    for _ in range(MOST_LANES):
        here = beside(here, "left" if here.lane_id * start.lane_id > 0 else "right")
        if here is None:
            break
        if here.lane_type == carla.LaneType.Driving:
            return here
    raise SetupFault(f"no driving lane is left of {told(start)}")


def same_direction_lanes(start: carla.Waypoint) -> list[carla.Waypoint]:
    """Waypoints of all driving lanes of the same direction beside this one, itself among them, from left to right."""
    lanes = [start]
    for direction in ("left", "right"):
        here = start
        while True:
            other = beside(here, direction)
            if other is None or other.lane_type != carla.LaneType.Driving or other.lane_id * start.lane_id < 0:
                break
            lanes = [other, *lanes] if direction == "left" else [*lanes, other]
            here = other
    return lanes


def shifted(waypoint: carla.Waypoint, metres: float, *, up: float = 0.0, turned: float = 0.0) -> carla.Transform:
    """The waypoint's pose moved so far to the right (left if negative) and up, and turned (degrees, clockwise)."""
    pose = waypoint.transform
    right = pose.get_right_vector()
    place = pose.location + carla.Location(right.x * metres, right.y * metres, right.z * metres + up)
    turn = pose.rotation
    return carla.Transform(place, carla.Rotation(turn.pitch, turn.yaw + turned, turn.roll))


def side_sign(direction: str) -> float:
    """1 for "right", -1 for "left": the sign of metres to the right."""
    if direction not in ("left", "right"):
        raise SetupFault(f"direction is {direction!r}; expected 'left' or 'right'")
    return 1.0 if direction == "right" else -1.0


def told(waypoint: carla.Waypoint) -> str:
    """A waypoint in words for messages."""
    place = waypoint.transform.location
    return f"({place.x:.1f}, {place.y:.1f}) on road {waypoint.road_id}, lane {waypoint.lane_id}"
