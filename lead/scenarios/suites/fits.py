"""Which places suit which situation: a rule for each type, which gives its parameters or says what is missing.

A rule looks at the row of a way where the situation would be triggered. The ranges that parameters are drawn from are
those of the published route files. Source: spec/benchmarks.md, 2.2 to 2.5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import carla
import numpy as np

from lead import InputError
from lead.scenarios import crossings
from lead.scenarios.stage import SetupFault
from lead.scenarios.suites.way import (
    LIGHT,
    STOP,
    Passage,
    Unfit,
    Way,
    along,
    has_landmark,
    lane_beside,
    need_lanes,
    need_opposite,
    need_sidewalk,
    turn_between,
)

Span = tuple[float, float]
Attributes = dict[str, str]

PARKING, DRIVING, SHOULDER, BIKING = (getattr(carla.LaneType, kind) for kind in ("Parking", "Driving", "Shoulder", "Biking"))
TO_JUNCTION = (20, 60)  # m from the trigger to the junction of a situation
LONGEST_JUNCTION = 300  # m from behind a junction within which it begins
LEAVING = 25  # m of way that a situation needs behind its junction


@dataclass(frozen=True)
class Fit:
    """A situation fits: its parameters as the elements of a route file, and the metres of way that it takes."""

    reach: float
    parameters: dict[str, Attributes] = field(default_factory=dict)


Rule = Callable[[Way, int, np.random.Generator], Fit]
_RULES: dict[str, Rule] = {}

LANE_CHANGES: Mapping[str, tuple[tuple[tuple[float, float], str], ...]] = {
    "SequentialLaneChange": (((35.0, 45.0), "either"), ((85.0, 105.0), "same")),
    "HighwayExit": (((50.0, 70.0), "right"), ((100.0, 130.0), "right")),
    "EnterActorFlow": (((90.0, 150.0), "left"),),
    "MergerIntoSlowTraffic": (((90.0, 150.0), "left"),),
}
"""Lane changes that the way of a type needs: m from its start, drawn from a range, and the side."""

AT_START = ("ParkingExit",)
"""Types that are triggered where the route begins."""


def rule_of(type_name: str) -> Rule:
    """Raises InputError for a type without a rule."""
    if type_name not in _RULES:
        raise InputError(f"no places are known for the situation type {type_name!r}; known are {', '.join(placeable())}")
    return _RULES[type_name]


def placeable() -> tuple[str, ...]:
    """All types that have a rule, by name."""
    return tuple(sorted(_RULES))


def _fits(*types: str) -> Callable[[Rule], Rule]:
    def join(rule: Rule) -> Rule:
        _RULES.update(dict.fromkeys(types, rule))
        return rule

    return join


# Obstacles in the lane. -------------------------------------------------------------------------------------------


def _obstacle(
    lanes: int, distances: Span, tail: float, passing: float = 30.0,
    **others: Callable[[np.random.Generator], Attributes],
) -> Rule:  # fmt: skip
    """Something stands in the ego's lane after `distance`, and takes `tail` m, behind which the ego goes on for `passing`
    m; with one lane the way around it is left."""

    def rule(way: Way, row: int, random: np.random.Generator) -> Fit:
        point = way.points[row]
        if lanes > 1:
            if need_lanes(point, lanes)[-1].lane_id != point.lane_id:
                raise Unfit("right-most lane of several")
        else:
            need_opposite(point)
            if len(need_lanes(point, 1)) > 1:
                raise Unfit("single lane")
        distance = _distance(way, row, distances, tail, random)
        given = {"distance": _value(distance)} | {name: draw(random) for name, draw in others.items()}
        return Fit(distance + tail + passing, given)

    return rule


def _frequency(low: Span, high: Span) -> Callable[[np.random.Generator], Attributes]:
    return lambda random: _interval(random, low, high)


_SPEED = {"speed": lambda random: _value(random.uniform(40.0, 70.0))}
_BICYCLES = {
    "bicycle_speed": lambda random: _value(random.uniform(6.0, 15.0)),
    "bicycle_drive_distance": lambda random: _value(random.uniform(60.0, 120.0)),
}
_RULES |= {
    "Accident": _obstacle(2, (50.0, 120.0), 45.0, **_SPEED),
    "AccidentTwoWays": _obstacle(1, (40.0, 120.0), 45.0, frequency=_frequency((15.0, 45.0), (85.0, 140.0))),
    "ParkedObstacle": _obstacle(2, (40.0, 120.0), 30.0, **_SPEED),
    "ParkedObstacleTwoWays": _obstacle(1, (40.0, 120.0), 30.0, frequency=_frequency((15.0, 45.0), (85.0, 140.0))),
    "ConstructionObstacle": _obstacle(2, (50.0, 120.0), 35.0, **_SPEED),
    "ConstructionObstacleTwoWays": _obstacle(1, (40.0, 120.0), 35.0, frequency=_frequency((15.0, 45.0), (85.0, 140.0))),
    "HazardAtSideLane": _obstacle(2, (41.0, 90.0), 60.0, 50.0, **_BICYCLES, **_SPEED),
    "HazardAtSideLaneTwoWays": _obstacle(
        1, (41.0, 90.0), 60.0, 50.0, **_BICYCLES, frequency=lambda random: _value(random.uniform(60.0, 120.0))
    ),
}


@_fits("VehicleOpensDoorTwoWays")
def _opening_door(way: Way, row: int, random: np.random.Generator) -> Fit:
    need_opposite(way.points[row])
    distance = _distance(way, row, (35.0, 80.0), 30.0, random)
    lane_beside(way.points[row + int(distance)], "right", PARKING)
    return Fit(distance + 30.0, {"distance": _value(distance), "frequency": _interval(random, (15.0, 45.0), (65.0, 115.0))})


@_fits("InvadingTurn")
def _invading_turn(way: Way, row: int, random: np.random.Generator) -> Fit:
    need_opposite(way.points[row])
    distance = _distance(way, row, (70.0, 140.0), 40.0, random)
    need_opposite(way.points[row + int(distance)])
    return Fit(distance + 40.0, {"distance": _value(distance), "offset": _value(random.uniform(0.2, 0.5), 2)})


@_fits("BlockedIntersection")
def _blocked_intersection(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "left", "right", "straight")
    return _to_exit(way, row, passage)


# Cut-ins, parked and merging vehicles. ------------------------------------------------------------------------------


@_fits("ParkingExit")
def _parking_exit(way: Way, row: int, random: np.random.Generator) -> Fit:
    _need_clear(way, row, 60.0)
    for metres in (0.0, 12.0):
        lane_beside(way.points[row + int(metres)], "right", PARKING)
    lane_beside(along(way.points[row], 12.0, backward=True), "right", PARKING)
    return Fit(60.0, {
        "front_vehicle_distance": _value(9.0), "behind_vehicle_distance": _value(9.0), "direction": {"value": "right"},
        "flow_distance": _value(random.uniform(20.0, 35.0)),
    })  # fmt: skip


@_fits("ParkingCutIn")
def _parking_cut_in(way: Way, row: int, random: np.random.Generator) -> Fit:
    _need_clear(way, row, 75.0)
    for metres in (22, 28, 35, 41):
        lane_beside(way.points[row + metres], "right", PARKING)
    return Fit(75.0, {"direction": {"value": "right"}})


@_fits("StaticCutIn")
def _static_cut_in(way: Way, row: int, random: np.random.Generator) -> Fit:
    distance = _distance(way, row, (80.0, 120.0), 80.0, random)
    for metres in (0, int(distance), int(distance) + 66):
        lane_beside(way.points[row + metres], "right", DRIVING)
    return Fit(distance + 80.0, {"distance": _value(distance), "direction": {"value": "right"}})


@_fits("HighwayCutIn")
def _highway_cut_in(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "straight", within=(50, 90))
    ramp = _joining(way, passage)
    other = along(ramp, random.uniform(0.8, 1.0) * (passage.entry - row), backward=True)
    if other.is_junction or other.road_id != ramp.road_id:
        raise Unfit("on-ramp long enough")
    return _to_exit(way, row, passage, 130.0, {"other_actor_location": _place(other)})


@_fits("EnterActorFlow", "MergerIntoSlowTraffic")
def _enter_actor_flow(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "straight", within=(25, 90))
    if not any(passage.exit < change < passage.exit + 80 for change in way.changes):
        raise Unfit("ramp that joins a carriageway")
    return _flow_into(way, row, passage, 110, random)


@_fits("EnterActorFlowV2", "MergerIntoSlowTrafficV2")
def _enter_from_side(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "right", signalised=False)
    _entry_from(way, passage, "left")
    return _flow_into(way, row, passage, 60, random)


@_fits("HighwayExit")
def _highway_exit(way: Way, row: int, random: np.random.Generator) -> Fit:
    if len(way.changes) != 2 or not 5 < way.changes[0] - row < 40:
        raise Unfit("two lane changes to the right ahead")
    off = next((each for each in way.passages if each.entry > way.changes[1]), None)
    if off is None or off.entry - way.changes[1] > 120:
        raise Unfit("exit after the lane changes")
    flow = way.points[way.changes[1]]
    beyond = along(flow, off.exit - way.changes[1] + 40.0)
    if beyond.road_id == way.points[off.exit].road_id:
        raise Unfit("exit that leaves the carriageway")
    beside = lane_beside(way.points[row], "right", DRIVING)
    start = along(beside, 25.0, backward=True)
    places = {"start_actor_flow": _place(start), "end_actor_flow": _place(beyond)}
    return _to_exit(way, row, off, LEAVING, places | _flow(random, (10.0, 15.0), (15.0, 25.0), (35.0, 70.0)))


@_fits("InterurbanActorFlow")
def _interurban_flow(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "left", signalised=False)
    source = _entry_from(way, passage, "opposite")
    return _crossing_flow(way, row, passage, source, random, (15.0, 20.0), (25.0, 55.0), (75.0, 110.0))


@_fits("InterurbanAdvancedActorFlow")
def _interurban_flows(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "left", signalised=False)
    source = _entry_from(way, passage, "left")
    _entry_from(way, passage, "right")
    need_opposite(source)
    return _crossing_flow(way, row, passage, source, random, (15.0, 18.0), (20.0, 45.0), (65.0, 100.0), 70.0)


@_fits("SequentialLaneChange")
def _lane_changes(way: Way, row: int, random: np.random.Generator) -> Fit:
    if len(way.changes) < 2 or not 5 < way.changes[0] - row < 30:
        raise Unfit("two lane changes ahead")
    return Fit(200.0)


@_fits("YieldToEmergencyVehicle")
def _emergency_vehicle(way: Way, row: int, random: np.random.Generator) -> Fit:
    need_lanes(way.points[row], 2)
    _need_clear(way, row, 120.0)
    room = _room_behind(way.points[row])
    span = next((span for span in ((115.0, 150.0), (26.0, 30.0)) if span[0] < room), None)
    if span is None:
        raise Unfit("stretch without a junction behind the ego")
    distance = random.uniform(span[0], min(span[1], room))
    return Fit(120.0, {"distance": _value(distance)})


# Vulnerable road users, sudden stops, loss of control. ----------------------------------------------------------------


@_fits("DynamicObjectCrossing")
def _object_crossing(way: Way, row: int, random: np.random.Generator) -> Fit:
    distance = _distance(way, row, (30.0, 70.0), 15.0, random)
    need_sidewalk(way.points[row + int(distance)], "right")
    blocker = ("static.prop.vendingmachine", "static.prop.foodcart", "static.prop.advertisement", "static.prop.busstoplb")
    return Fit(distance + 55.0, {
        "distance": _value(distance), "direction": {"value": "right"},
        "blocker_model": {"value": str(random.choice(blocker))}, "crossing_angle": _value(random.uniform(-2.0, 15.0)),
    })  # fmt: skip


@_fits("ParkingCrossingPedestrian")
def _pedestrian_from_parking(way: Way, row: int, random: np.random.Generator) -> Fit:
    distance = _distance(way, row, (30.0, 70.0), 15.0, random)
    lane_beside(way.points[row + int(distance)], "right", PARKING)
    angle = _value(random.uniform(0.0, 15.0))
    return Fit(distance + 55.0, {"distance": _value(distance), "direction": {"value": "right"}, "crossing_angle": angle})


@_fits("VehicleTurningRoute", "VehicleTurningRoutePedestrian")
def _crossing_after_turn(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "left", "right")
    need_sidewalk(way.points[passage.exit + 5], "right")
    return _to_exit(way, row, passage, 50.0)


@_fits("PedestrianCrossing")
def _pedestrian_crossing(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "left", "right", "straight")
    need_sidewalk(way.points[passage.entry], "right")
    return _to_exit(way, row, passage, 40.0)


@_fits("ControlLoss")
def _control_loss(way: Way, row: int, random: np.random.Generator) -> Fit:
    _need_clear(way, row, 85.0)
    return Fit(115.0)


@_fits("HardBreakRoute")
def _hard_break(way: Way, row: int, random: np.random.Generator) -> Fit:
    _need_clear(way, row, 80.0)
    return Fit(110.0)


# Junctions. -----------------------------------------------------------------------------------------------------------


def _junction(
    turns: tuple[str, ...], signalised: bool | None, source: str | None = None, *, enters: bool = False,
    speeds: Span | None = None, low: Span = (15.0, 30.0), high: Span = (40.0, 80.0), leaving: float = LEAVING,
) -> Rule:  # fmt: skip
    """A turn at a junction, with or without lights, others coming from `source`; with `enters` into the ego's exit."""

    def rule(way: Way, row: int, random: np.random.Generator) -> Fit:
        passage = _passage(way, row, *turns, signalised=signalised)
        if source is not None:
            entry = _entry_from(way, passage, source)
            other = _exit(entry, 1 if enters else 0)
            if enters and other.road_id != way.points[passage.exit].road_id:
                raise Unfit(f"right turn from the {source} into the road that the ego takes")
            if not enters and crossings.direction_from(entry, other) != "same":
                raise Unfit(f"way straight on from the {source}")
        flow = {} if speeds is None else _flow(random, speeds, low, high)
        return _to_exit(way, row, passage, leaving, flow)

    return rule


_ANY = ("left", "right", "straight")
_LEFT_FLOW = {"speeds": (8.0, 15.0), "low": (12.0, 26.0), "high": (30.0, 70.0)}
_RULES |= {
    "SignalizedJunctionLeftTurn": _junction(("left",), True, "opposite", **_LEFT_FLOW),
    "NonSignalizedJunctionLeftTurn": _junction(("left",), False, "opposite", **_LEFT_FLOW),
    "SignalizedJunctionLeftTurnEnterFlow": _junction(("left",), True, "opposite", enters=True, **_LEFT_FLOW),
    "NonSignalizedJunctionLeftTurnEnterFlow": _junction(("left",), False, "opposite", enters=True, **_LEFT_FLOW),
    "SignalizedJunctionRightTurn": _junction(("right",), True, "left", **_LEFT_FLOW),
    "NonSignalizedJunctionRightTurn": _junction(("right",), False, "left", **_LEFT_FLOW),
    "PriorityAtJunction": _junction(_ANY, True),
    "T_Junction": _junction(("left", "right"), None, leaving=150.0),
    "VanillaNonSignalizedTurn": _junction(("left", "right"), False),
    "VanillaSignalizedTurnEncounterGreenLight": _junction(("left", "right"), True),
    "VanillaSignalizedTurnEncounterRedLight": _junction(("left", "right"), True),
    "RedLightWithoutLeadVehicle": _junction(_ANY, True),
}


@_fits("VanillaNonSignalizedTurnEncounterStopsign")
def _turn_at_stop_sign(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "left", "right", signalised=False)
    if not has_landmark(way.points[passage.entry], STOP):
        raise Unfit("stop sign at the junction")
    return _to_exit(way, row, passage)


def _adversary(signalised: bool) -> Rule:
    """Somebody who takes the ego's right of way comes from a side that the junction has."""

    def rule(way: Way, row: int, random: np.random.Generator) -> Fit:
        passage = _passage(way, row, "straight", signalised=signalised)
        side = _some_side(way, passage, random, "left", "right")
        return _to_exit(way, row, passage, LEAVING, {"direction": {"value": side}})

    return rule


_RULES |= {"OppositeVehicleRunningRedLight": _adversary(True), "OppositeVehicleTakingPriority": _adversary(False)}


@_fits("CrossJunctionDefectTrafficLight")
def _defect_light(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "straight", signalised=True)
    side = _some_side(way, passage, random, "left", "right")
    flow = _flow(random, (5.0, 15.0), (24.0, 24.0), (26.0, 26.0))
    return _to_exit(way, row, passage, 55.0, {"traffic_direction": {"value": side}} | flow)


@_fits("CrossingBicycleFlow")
def _bicycle_flow(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = _passage(way, row, "right")
    lane = lane_beside(way.points[passage.entry], "right", BIKING)
    metres = 10.0 + 30.0
    if along(lane, metres).lane_type != BIKING or not along(lane, 10.0).is_junction:
        raise Unfit("biking lane through the junction")
    start = along(lane, 40.0, backward=True)
    flow = _flow(random, (5.0, 9.0), (8.0, 20.0), (25.0, 50.0))
    return _to_exit(way, row, passage, LEAVING, {"start_actor_flow": _place(start)} | flow)


# Vocabulary. ----------------------------------------------------------------------------------------------------------


def _need_clear(way: Way, row: int, metres: float) -> None:
    if way.clear(row) < metres:
        raise Unfit("stretch without a junction that is long enough")


def _distance(way: Way, row: int, span: Span, tail: float, random: np.random.Generator) -> float:
    """A distance drawn from a span, so that `tail` metres behind it are still before the next junction."""
    room = way.clear(row) - tail
    if room < span[0]:
        raise Unfit(f"stretch of {span[0] + tail:.0f} m without a junction")
    return round(float(random.uniform(span[0], min(span[1], room))), 0)


def _room_behind(point: carla.Waypoint, most: int = 160) -> float:
    """Metres back along the lane to a junction."""
    for metres in range(10, most, 10):
        if along(point, float(metres), backward=True).is_junction:
            return metres - 10.0
    return float(most)


def _passage(
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


def _entry_from(way: Way, passage: Passage, side: str) -> carla.Waypoint:
    """The right-most lane that comes to the junction from a side."""
    try:
        return max(crossings.entries_from(_approach(way, passage), side), key=lambda entry: (abs(entry.lane_id), entry.road_id))
    except SetupFault as fault:
        raise Unfit(f"junction with a road from the {side}") from fault


def _some_side(way: Way, passage: Passage, random: np.random.Generator, *sides: str) -> str:
    """One of the sides from which a road comes."""
    entries, _ = crossings.entries_and_exits(_approach(way, passage).junction)
    inside = way.points[passage.entry + 1]
    there = {crossings.direction_from(inside, entry) for entry in entries}
    found = [side for side in sides if side in there]
    if not found:
        raise Unfit(f"junction with a road from the {' or the '.join(sides)}")
    return found[int(random.integers(len(found)))]


def _exit(source: carla.Waypoint, turn: int) -> carla.Waypoint:
    try:
        return crossings.exit_of(source, turn)
    except SetupFault as fault:
        raise Unfit("road behind the junction") from fault


def _joining(way: Way, passage: Passage) -> carla.Waypoint:
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


def _flow_into(way: Way, row: int, passage: Passage, metres: int, random: np.random.Generator) -> Fit:
    """A stream of cars on the road that the ego joins, straight through its junction to `metres` behind it."""
    if passage.exit + metres >= len(way):
        raise Unfit("way long enough behind the junction")
    sink = way.points[passage.exit + metres]
    before = _before_junction(sink)
    start = along(before, 40.0, backward=True)
    if before.road_id == way.points[passage.entry].road_id or start.road_id != before.road_id:
        raise Unfit("other road on which cars come to the junction")
    places = {"start_actor_flow": _place(start), "end_actor_flow": _place(sink)}
    return Fit(passage.exit + metres - row + 10.0, places | _flow(random, (10.0, 16.0), (15.0, 28.0), (35.0, 60.0)))


def _crossing_flow(
    way: Way, row: int, passage: Passage, source: carla.Waypoint, random: np.random.Generator,
    speeds: Span, low: Span, high: Span, leaving: float = LEAVING,
) -> Fit:  # fmt: skip
    """A stream straight through the junction from `source`."""
    start, end = along(source, 60.0, backward=True), along(_exit(source, 0), 40.0)
    if start.road_id != source.road_id or end.is_junction or crossings.direction_from(source, end) != "same":
        raise Unfit("road straight through the junction, long enough on both sides")
    places = {"start_actor_flow": _place(start), "end_actor_flow": _place(end)}
    return _to_exit(way, row, passage, leaving, places | _flow(random, speeds, low, high))


def _to_exit(
    way: Way, row: int, passage: Passage, leaving: float = LEAVING, parameters: dict[str, Attributes] | None = None
) -> Fit:
    return Fit(passage.exit - row + leaving, parameters or {})


def _flow(random: np.random.Generator, speeds: Span, low: Span, high: Span) -> dict[str, Attributes]:
    return {"flow_speed": _value(random.uniform(*speeds)), "source_dist_interval": _interval(random, low, high)}


def _value(number: float, digits: int = 0) -> Attributes:
    return {"value": f"{number:.{digits}f}"}


def _interval(random: np.random.Generator, low: Span, high: Span) -> Attributes:
    return {"from": f"{random.uniform(*low):.0f}", "to": f"{random.uniform(*high):.0f}"}


def _place(waypoint: carla.Waypoint) -> Attributes:
    place = waypoint.transform.location
    return {axis: f"{getattr(place, axis):.2f}" for axis in "xyz"}
