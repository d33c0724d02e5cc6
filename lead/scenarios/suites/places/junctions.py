"""Places for what happens at junctions. Source: spec/benchmarks.md, 2.5."""

import numpy as np

from lead.scenarios import crossings
from lead.scenarios.suites.places.fit import Fit, Rule, Span, fits, register
from lead.scenarios.suites.places.needs import (
    BIKING,
    LEAVING,
    entry_from,
    exit_of,
    flow_parameters,
    junction_ahead,
    location,
    other_sides,
    some_side,
    to_exit,
)
from lead.scenarios.suites.way import STOP, Unfit, Way, along, has_landmark, lane_beside


def _junction(
    turns: tuple[str, ...], signalised: bool | None, source: str | None = None, *, enters: bool = False,
    speeds: Span | None = None, low: Span = (15.0, 30.0), high: Span = (40.0, 80.0),
) -> Rule:  # fmt: skip
    """A turn at a junction, with or without lights, others coming from `source`; with `enters` into the ego's exit."""

    def rule(way: Way, row: int, random: np.random.Generator) -> Fit:
        passage = junction_ahead(way, row, *turns, signalised=signalised)
        if source is not None:
            entry = entry_from(way, passage, source)
            other = exit_of(entry, 1 if enters else 0)
            if enters and other.road_id != way.points[passage.exit].road_id:
                raise Unfit(f"right turn from the {source} into the road that the ego takes")
            if not enters and crossings.direction_from(entry, other) != "same":
                raise Unfit(f"way straight on from the {source}")
        flow = {} if speeds is None else flow_parameters(random, speeds, low, high)
        return to_exit(way, row, passage, LEAVING, flow)

    return rule


_ANY = ("left", "right", "straight")
_LEFT_FLOW = {"speeds": (8.0, 15.0), "low": (12.0, 26.0), "high": (30.0, 70.0)}
register(
    {
        "SignalizedJunctionLeftTurn": _junction(("left",), True, "opposite", **_LEFT_FLOW),
        "NonSignalizedJunctionLeftTurn": _junction(("left",), False, "opposite", **_LEFT_FLOW),
        "SignalizedJunctionLeftTurnEnterFlow": _junction(("left",), True, "opposite", enters=True, **_LEFT_FLOW),
        "NonSignalizedJunctionLeftTurnEnterFlow": _junction(("left",), False, "opposite", enters=True, **_LEFT_FLOW),
        "SignalizedJunctionRightTurn": _junction(("right",), True, "left", **_LEFT_FLOW),
        "NonSignalizedJunctionRightTurn": _junction(("right",), False, "left", **_LEFT_FLOW),
        "PriorityAtJunction": _junction(_ANY, True),
        "VanillaNonSignalizedTurn": _junction(("left", "right"), False),
        "VanillaSignalizedTurnEncounterGreenLight": _junction(("left", "right"), True),
        "VanillaSignalizedTurnEncounterRedLight": _junction(("left", "right"), True),
        "RedLightWithoutLeadVehicle": _junction(_ANY, True),
    }
)


@fits("T_Junction")
def _t_junction(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "left", "right")
    if len(other_sides(way, passage)) != 2:
        raise Unfit("junction of three roads")
    return to_exit(way, row, passage, 150.0)


@fits("VanillaNonSignalizedTurnEncounterStopsign")
def _turn_at_stop_sign(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "left", "right", signalised=False)
    if not has_landmark(way.points[passage.entry], STOP):
        raise Unfit("stop sign at the junction")
    return to_exit(way, row, passage)


def _adversary(signalised: bool) -> Rule:
    """Somebody who takes the ego's right of way comes from a side that the junction has."""

    def rule(way: Way, row: int, random: np.random.Generator) -> Fit:
        passage = junction_ahead(way, row, "straight", signalised=signalised)
        side = some_side(way, passage, random, "left", "right")
        return to_exit(way, row, passage, LEAVING, {"direction": {"value": side}})

    return rule


register({"OppositeVehicleRunningRedLight": _adversary(True), "OppositeVehicleTakingPriority": _adversary(False)})


@fits("CrossJunctionDefectTrafficLight")
def _defect_light(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "straight", signalised=True)
    side = some_side(way, passage, random, "left", "right")
    flow = flow_parameters(random, (5.0, 15.0), (24.0, 24.0), (26.0, 26.0))
    return to_exit(way, row, passage, 55.0, {"traffic_direction": {"value": side}} | flow)


@fits("CrossingBicycleFlow")
def _bicycle_flow(way: Way, row: int, random: np.random.Generator) -> Fit:
    passage = junction_ahead(way, row, "right")
    lane = lane_beside(way.points[passage.entry], "right", BIKING)
    if along(lane, 40.0).lane_type != BIKING or not along(lane, 10.0).is_junction:
        raise Unfit("biking lane through the junction")
    start = along(lane, 40.0, backward=True)
    flow = flow_parameters(random, (5.0, 9.0), (8.0, 20.0), (25.0, 50.0))
    return to_exit(way, row, passage, LEAVING, {"start_actor_flow": location(start)} | flow)
