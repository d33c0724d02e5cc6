"""Places for cut-ins, and for parked and merging vehicles. Source: spec/benchmarks.md, 2.3."""

import numpy as np

from lead.scenarios.suites.places.fit import Fit, fits
from lead.scenarios.suites.places.needs import (
    DRIVING,
    LEAVING,
    PARKING,
    crossing_flow,
    distance_before_junction,
    entry_from,
    flow_into,
    flow_parameters,
    joining_ramp,
    junction_ahead,
    location,
    need_clear,
    room_behind,
    to_exit,
    value,
)
from lead.scenarios.suites.way import Unfit, Way, along, lane_beside, need_lanes, need_opposite


@fits("ParkingExit")
def _parking_exit(way: Way, row: int, random: np.random.Generator) -> Fit:
    need_clear(way, row, 60.0)
    for metres in (0.0, 12.0):
        lane_beside(way.points[row + int(metres)], "right", PARKING)
    lane_beside(along(way.points[row], 12.0, backward=True), "right", PARKING)
    return Fit(60.0, {
        "front_vehicle_distance": value(9.0), "behind_vehicle_distance": value(9.0), "direction": {"value": "right"},
        "flow_distance": value(random.uniform(20.0, 35.0)),
    })  # fmt: skip


@fits("ParkingCutIn")
def _parking_cut_in(way: Way, row: int, random: np.random.Generator) -> Fit:
    need_clear(way, row, 75.0)
    for metres in (22, 28, 35, 41):
        lane_beside(way.points[row + metres], "right", PARKING)
    return Fit(75.0, {"direction": {"value": "right"}})


@fits("StaticCutIn")
def _static_cut_in(way: Way, row: int, random: np.random.Generator) -> Fit:
    distance = distance_before_junction(way, row, (80.0, 120.0), 80.0, random)
    for metres in (0, int(distance), int(distance) + 66):
        lane_beside(way.points[row + metres], "right", DRIVING)
    return Fit(distance + 80.0, {"distance": value(distance), "direction": {"value": "right"}})


@fits("HighwayCutIn")
def _highway_cut_in(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "straight", within=(50, 90))
    ramp = joining_ramp(way, passage)
    other = along(ramp, random.uniform(0.8, 1.0) * (passage.entry - row), backward=True)
    if other.is_junction or other.road_id != ramp.road_id:
        raise Unfit("on-ramp long enough")
    return to_exit(way, row, passage, 130.0, {"other_actor_location": location(other)})


@fits("EnterActorFlow", "MergerIntoSlowTraffic")
def _enter_actor_flow(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "straight", within=(25, 90))
    if not any(passage.exit < change < passage.exit + 80 for change in way.changes):
        raise Unfit("ramp that joins a carriageway")
    return flow_into(way, row, passage, 110, random)


@fits("EnterActorFlowV2", "MergerIntoSlowTrafficV2")
def _enter_from_side(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "right", signalised=False)
    entry_from(way, passage, "left")
    return flow_into(way, row, passage, 60, random)


@fits("HighwayExit")
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
    places = {"start_actor_flow": location(start), "end_actor_flow": location(beyond)}
    return to_exit(way, row, off, LEAVING, places | flow_parameters(random, (10.0, 15.0), (15.0, 25.0), (35.0, 70.0)))


@fits("InterurbanActorFlow")
def _interurban_flow(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "left", signalised=False)
    source = entry_from(way, passage, "opposite")
    return crossing_flow(way, row, passage, source, random, (15.0, 20.0), (25.0, 55.0), (75.0, 110.0))


@fits("InterurbanAdvancedActorFlow")
def _interurban_flows(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "left", signalised=False)
    source = entry_from(way, passage, "left")
    entry_from(way, passage, "right")
    need_opposite(source)
    return crossing_flow(way, row, passage, source, random, (15.0, 18.0), (20.0, 45.0), (65.0, 100.0), 70.0)


@fits("SequentialLaneChange")
def _lane_changes(way: Way, row: int, random: np.random.Generator) -> Fit:
    if len(way.changes) < 2 or not 5 < way.changes[0] - row < 30:
        raise Unfit("two lane changes ahead")
    return Fit(200.0)


@fits("YieldToEmergencyVehicle")
def _emergency_vehicle(way: Way, row: int, random: np.random.Generator) -> Fit:
    need_lanes(way.points[row], 2)
    need_clear(way, row, 120.0)
    room = room_behind(way.points[row])
    span = next((span for span in ((115.0, 150.0), (26.0, 30.0)) if span[0] < room), None)
    if span is None:
        raise Unfit("stretch without a junction behind the ego")
    distance = random.uniform(span[0], min(span[1], room))
    return Fit(120.0, {"distance": value(distance)})
