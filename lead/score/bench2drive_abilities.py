"""The five abilities of Bench2Drive: success rates within groups of scenario types (`tools/ability_benchmark.py`).

Traffic_Signs also asks whether the ego got past the route's first junction without running a sign or light. For that
the tool traces each route on the map; here the traced point counts are an input.
"""

from collections.abc import Mapping, Sequence
from enum import Enum

from lead.score.protocol import is_success
from lead.score.record import RouteRecord

_TURNS = (
    "NonSignalizedJunctionLeftTurn",
    "NonSignalizedJunctionRightTurn",
    "NonSignalizedJunctionLeftTurnEnterFlow",
    "SignalizedJunctionLeftTurn",
    "SignalizedJunctionRightTurn",
    "SignalizedJunctionLeftTurnEnterFlow",
)
_CROSSINGS = (
    "BlockedIntersection",
    "OppositeVehicleTakingPriority",
    "OppositeVehicleRunningRedLight",
    "PedestrianCrossing",
    "VehicleTurningRoute",
    "VehicleTurningRoutePedestrian",
)
SIGNS = "Traffic_Signs"
ABILITIES: Mapping[str, tuple[str, ...]] = {
    "Overtaking": (
        "Accident",
        "AccidentTwoWays",
        "ConstructionObstacle",
        "ConstructionObstacleTwoWays",
        "HazardAtSideLane",
        "HazardAtSideLaneTwoWays",
        "ParkedObstacle",
        "ParkedObstacleTwoWays",
        "VehicleOpensDoorTwoWays",
    ),
    "Merging": (
        *_TURNS,
        "CrossingBicycleFlow",
        "EnterActorFlow",
        "HighwayCutIn",
        "HighwayExit",
        "InterurbanActorFlow",
        "InterurbanAdvancedActorFlow",
        "MergerIntoSlowTraffic",
        "MergerIntoSlowTrafficV2",
        "ParkingExit",
        "SequentialLaneChange",
    ),
    "Emergency_Brake": (
        *_CROSSINGS,
        "ControlLoss",
        "DynamicObjectCrossing",
        "HardBreakRoute",
        "ParkingCrossingPedestrian",
        "ParkingCutIn",
        "StaticCutIn",
    ),
    "Give_Way": ("InvadingTurn", "YieldToEmergencyVehicle"),
    SIGNS: (
        *_CROSSINGS,
        *_TURNS,
        "CrossingBicycleFlow",
        "EnterActorFlow",
        "T_Junction",
        "VanillaNonSignalizedTurn",
        "VanillaNonSignalizedTurnEncounterStopsign",
        "VanillaSignalizedTurnEncounterGreenLight",
        "VanillaSignalizedTurnEncounterRedLight",
    ),
}
"""Scenario types per ability; some types train two."""

PAST_JUNCTION = 8  # route points beyond the first in the junction, so that the stop line is surely behind the ego


class SignCounting(Enum):
    """How a Traffic_Signs route counts: twice, by success and by junction (v0.0.3), or once by either (v0.0.4)."""

    TWICE = "twice"
    ONCE = "once"


def abilities(
    records: Sequence[RouteRecord], junctions: Mapping[str, tuple[int, int]], counting: SignCounting
) -> tuple[dict[str, float | None], tuple[str, ...]]:
    """Percent of success per ability and their `mean`, and notes on what could not be computed (None).

    `junctions`: per route id the first junction point, counted from 1, and the number of points. Routes that were not
    driven are left out, as in the original, also where they count 0 in the driving score.
    """
    unnamed = sum(record.scenario_type is None for record in records)
    if unnamed:
        note = f"no abilities: {unnamed} records name no scenario (key scenario_name)"
        return {**dict.fromkeys(ABILITIES), "mean": None}, (note,)
    rates: dict[str, float | None] = {}
    notes: tuple[str, ...] = ()
    for ability, types in ABILITIES.items():
        chosen = [record for record in records if record.scenario_type in types]
        if ability != SIGNS:
            rates[ability] = _percent([is_success(record) for record in chosen])
            continue
        rates[ability], undecided = traffic_signs(chosen, junctions, counting)
        if undecided:
            notes += (
                f"no Traffic_Signs: whether the junction was passed is open on the routes {', '.join(undecided)}, "
                "which were broken off; give their junction points",
            )
    absent = [ability for ability in ABILITIES if not any(r.scenario_type in ABILITIES[ability] for r in records)]
    if absent:
        notes += (f"no {', '.join(absent)}: no route of these scenario types was driven",)
    known = [rate for rate in rates.values() if rate is not None]
    return {**rates, "mean": sum(known) / len(known) if len(known) == len(ABILITIES) else None}, notes


def traffic_signs(
    records: Sequence[RouteRecord], junctions: Mapping[str, tuple[int, int]], counting: SignCounting
) -> tuple[float | None, list[str]]:
    """Percent of success at signs and lights, None if it is open; and the ids of the routes that leave it open."""
    votes: list[bool] = []
    undecided = []
    for record in records:
        success, passed = is_success(record), passed_junction(record, junctions)
        if counting is SignCounting.TWICE:
            votes.append(success)
        elif success:
            passed = True
        if passed is None:
            undecided.append(record.route)
        else:
            votes.append(passed)
    return (None if undecided else _percent(votes)), undecided


def passed_junction(record: RouteRecord, junctions: Mapping[str, tuple[int, int]]) -> bool | None:
    """Whether the ego got past the first junction and ran no sign or light; None if the junction is not known.

    A route driven to its end passed it in any case: no route of the benchmark ends so soon after its junction.
    """
    if record.infractions["stop_infraction"] or record.infractions["red_light"]:
        return False
    completion = record.scores.score_route / 100
    if record.route in junctions:
        first, points = junctions[record.route]
        return completion > (first + PAST_JUNCTION) / points
    if completion >= 1:
        return True
    return None if completion > 0 else False


def _percent(votes: Sequence[bool]) -> float | None:
    return 100 * sum(votes) / len(votes) if votes else None
