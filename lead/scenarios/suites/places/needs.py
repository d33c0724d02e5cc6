"""What situations need of a place, found or told as missing, and their parameters as a route file has them."""

import carla
import numpy as np

from lead.scenarios import crossings
from lead.scenarios.stage import SetupFault
from lead.scenarios.suites.places.fit import Attributes, Fit, Span
from lead.scenarios.suites.way import LIGHT, Passage, Unfit, Way, along, has_landmark, lane_beside, turn_between

PARKING, DRIVING, BIKING = carla.LaneType.Parking, carla.LaneType.Driving, carla.LaneType.Biking
TO_JUNCTION = (20, 60)  # m from the trigger to the junction of a situation
LONGEST_JUNCTION = 300  # m from behind a junction within which it begins
LEAVING = 25  # m of way that a situation needs behind its junction


def need_clear(way: Way, row: int, metres: float) -> None:
    """No junction comes for so many metres."""
    if way.clear(row) < metres:
        raise Unfit("stretch without a junction that is long enough")


def distance_before_junction(way: Way, row: int, span: Span, tail: float, random: np.random.Generator) -> float:
    """A distance drawn from a span, so that `tail` metres behind it are still before the next junction."""
    room = way.clear(row) - tail
    if room < span[0]:
        raise Unfit(f"stretch of {span[0] + tail:.0f} m without a junction")
    return round(float(random.uniform(span[0], min(span[1], room))), 0)


def room_behind(point: carla.Waypoint, most: int = 160) -> float:
    """Metres back along the lane to a junction."""
    for metres in range(10, most, 10):
        if along(point, float(metres), backward=True).is_junction:
            return metres - 10.0
    return float(most)


def junction_ahead(
    way: Way, row: int, *turns: str, signalised: bool | None = None, within: tuple[int, int] = TO_JUNCTION
) -> Passage:
    """The next junction, if it is as near as it should be and passed so."""
    passage = way.next_passage(row)
    if passage.turn not in turns:
        raise Unfit(f"junction ahead to be passed to the {' or '.join(turns)}")
    if not within[0] <= passage.entry - row <= within[1]:
        raise Unfit(f"stretch of {within[0]} m before the junction")
    if signalised is not None and has_landmark(way.points[passage.entry], LIGHT) != signalised:
        raise Unfit(f"junction {'with' if signalised else 'without'} traffic lights")
    return passage


def _approach(way: Way, passage: Passage) -> crossings.Approach:
    inside = way.points[passage.entry + 1]
    return crossings.Approach(inside.get_junction(), way.points[passage.entry], inside, 1.0)


def entry_from(way: Way, passage: Passage, side: str) -> carla.Waypoint:
    """The right-most lane that comes to the junction from a side."""
    try:
        return max(
            crossings.entries_from(_approach(way, passage), side),
            key=lambda entry: (abs(entry.lane_id), entry.road_id),
        )
    except SetupFault as fault:
        raise Unfit(f"junction with a road from the {side}") from fault


def other_sides(way: Way, passage: Passage) -> set[str]:
    """From where others come to the junction: "left", "right", "opposite"."""
    entries, _ = crossings.entries_and_exits(_approach(way, passage).junction)
    inside = way.points[passage.entry + 1]
    return {crossings.direction_from(inside, entry) for entry in entries} - {"same"}


def some_side(way: Way, passage: Passage, random: np.random.Generator, *sides: str) -> str:
    """One of the sides, if others come from there."""
    there = other_sides(way, passage)
    found = [side for side in sides if side in there]
    if not found:
        raise Unfit(f"junction with a road from the {' or the '.join(sides)}")
    return found[int(random.integers(len(found)))]


def exit_of(source: carla.Waypoint, turn: int) -> carla.Waypoint:
    """The first point behind the junction ahead, as `crossings.exit_of`."""
    try:
        return crossings.exit_of(source, turn)
    except SetupFault as fault:
        raise Unfit("road behind the junction") from fault


def joining_ramp(way: Way, passage: Passage) -> carla.Waypoint:
    """The end of the ramp whose lane joins to the right of the way, without a turn."""
    lane = _before_junction(lane_beside(way.points[min(passage.exit + 5, len(way) - 1)], "right", DRIVING))
    if lane.road_id == way.points[passage.entry].road_id or turn_between(lane, way.points[passage.exit]) != "straight":
        raise Unfit("on-ramp that joins from the right")
    return lane


def _before_junction(lane: carla.Waypoint) -> carla.Waypoint:
    """The last point before the junction that lies behind on a lane, straight back."""
    here, inside = lane, False
    for _ in range(LONGEST_JUNCTION):
        here = along(here, 1.0, backward=True)
        if inside and not here.is_junction:
            return here
        inside |= here.is_junction
    raise Unfit("junction behind")


def flow_into(way: Way, row: int, passage: Passage, metres: int, random: np.random.Generator) -> Fit:
    """A stream of cars on the road that the ego joins, straight through its junction to `metres` behind it."""
    if passage.exit + metres >= len(way):
        raise Unfit("way long enough behind the junction")
    sink = way.points[passage.exit + metres]
    before = _before_junction(sink)
    start = along(before, 40.0, backward=True)
    if before.road_id == way.points[passage.entry].road_id or start.road_id != before.road_id:
        raise Unfit("other road on which cars come to the junction")
    places = {"start_actor_flow": location(start), "end_actor_flow": location(sink)}
    return Fit(
        passage.exit + metres - row + 10.0, places | flow_parameters(random, (10.0, 16.0), (15.0, 28.0), (35.0, 60.0))
    )


def crossing_flow(
    way: Way, row: int, passage: Passage, source: carla.Waypoint, random: np.random.Generator,
    speeds: Span, low: Span, high: Span, leaving: float = LEAVING,
) -> Fit:  # fmt: skip
    """A stream straight through the junction from `source`."""
    start, end = along(source, 60.0, backward=True), along(exit_of(source, 0), 40.0)
    if start.road_id != source.road_id or end.is_junction or crossings.direction_from(source, end) != "same":
        raise Unfit("road straight through the junction, long enough on both sides")
    places = {"start_actor_flow": location(start), "end_actor_flow": location(end)}
    return to_exit(way, row, passage, leaving, places | flow_parameters(random, speeds, low, high))


def to_exit(
    way: Way, row: int, passage: Passage, leaving: float = LEAVING, parameters: dict[str, Attributes] | None = None
) -> Fit:
    """The situation lasts until so many metres behind its junction."""
    return Fit(passage.exit - row + leaving, parameters or {})


def flow_parameters(random: np.random.Generator, speeds: Span, low: Span, high: Span) -> dict[str, Attributes]:
    """Speed (m/s) of a stream, and the least and most metres from car to car."""
    return {"flow_speed": value(random.uniform(*speeds)), "source_dist_interval": interval(random, low, high)}


def value(number: float, digits: int = 0) -> Attributes:
    """As `<name value=""/>`."""
    return {"value": f"{number:.{digits}f}"}


def interval(random: np.random.Generator, low: Span, high: Span) -> Attributes:
    """As `<name from="" to=""/>`, each drawn from its span."""
    return {"from": f"{random.uniform(*low):.0f}", "to": f"{random.uniform(*high):.0f}"}


def location(waypoint: carla.Waypoint) -> Attributes:
    """As `<name x="" y="" z=""/>`."""
    place = waypoint.transform.location
    return {axis: f"{getattr(place, axis):.2f}" for axis in "xyz"}
