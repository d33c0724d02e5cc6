"""Infraction penalties of the leaderboard: a product of factors in 2.0, the inverse of a sum in 2.1.

Sources: `leaderboard/utils/statistics_manager.py` of the 2.0 and 2.1 branches.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lead.score.messages import PERCENT_DIGITS, read_message
from lead.score.record import SCORE_DIGITS, RouteRecord

FACTORS_2_0 = {
    "collisions_pedestrian": 0.50,
    "collisions_vehicle": 0.60,
    "collisions_layout": 0.65,
    "red_light": 0.70,
    "scenario_timeouts": 0.70,
    "yield_emergency_vehicle_infractions": 0.70,
    "stop_infraction": 0.80,
}
"""What each event multiplies the score with, 2.0."""
MIN_SPEED_LOSS_2_0 = 0.3  # share of the score lost on a segment that was stood still on, 2.0

COSTS_2_1 = {
    "collisions_pedestrian": 1.0,
    "collisions_vehicle": 0.7,
    "collisions_layout": 0.6,
    "red_light": 0.4,
    "scenario_timeouts": 0.4,
    "yield_emergency_vehicle_infractions": 0.4,
    "stop_infraction": 0.25,
}
"""What each event adds to the divisor of the score, 2.1."""
MIN_SPEED_COST_2_1 = 0.4  # added to the divisor for a segment that was stood still on, 2.1

ROUNDING = 0.5 * 10.0**-PERCENT_DIGITS  # a percentage in a message is this near to the one the penalty was taken from
SCORE_ROUNDING = 0.51 * 10.0**-SCORE_DIGITS  # likewise a score in a file


@dataclass(frozen=True)
class Tally:
    """The infractions of one route as numbers.

    `counts` has the events that cost the same each time. `outside` holds percent of the route driven outside its
    lanes, `speeds` percent of the traffic's speed per segment; both are clipped to [0, 100], beyond which there is
    nothing to lose or to win.
    """

    counts: Mapping[str, int]
    outside: tuple[float, ...] = ()
    speeds: tuple[float, ...] = ()


Penalty = Callable[[Tally], float]
"""From infractions to the factor in [0, 1] that route completion is multiplied with."""


def penalty_2_0(tally: Tally) -> float:
    """Leaderboard 2.0: the product of a factor per event."""
    penalty = penalty_without_min_speed(tally)
    for percent in tally.speeds:
        penalty *= 1 - MIN_SPEED_LOSS_2_0 * (1 - percent / 100)
    return penalty


def penalty_without_min_speed(tally: Tally) -> float:
    """Leaderboard 2.0 as Bench2Drive has it: slow driving is written down but costs nothing."""
    penalty = 1.0
    for name, factor in FACTORS_2_0.items():
        penalty *= factor ** tally.counts.get(name, 0)
    for percent in tally.outside:
        penalty *= 1 - percent / 100
    return penalty


def penalty_2_1(tally: Tally) -> float:
    """Leaderboard 2.1: 1 / (1 + the sum of costs), times the share of the route within its lanes."""
    cost = sum(cost * tally.counts.get(name, 0) for name, cost in COSTS_2_1.items())
    cost += sum(MIN_SPEED_COST_2_1 * (1 - percent / 100) for percent in tally.speeds)
    penalty = 1 / (1 + cost)
    for percent in tally.outside:
        penalty *= 1 - percent / 100
    return penalty


def tally(record: RouteRecord) -> Tally:
    """Count a record's infractions and read the percentages. Raises InputError on a message without its percentage."""

    def percentages(name: str) -> tuple[float, ...]:
        return tuple(_clip(read_message(name, message)["percent"]) for message in record.infractions[name])

    return Tally(
        counts={name: len(record.infractions[name]) for name in FACTORS_2_0},
        outside=percentages("outside_route_lanes"),
        speeds=percentages("min_speed_infractions"),
    )


def penalty_bounds(infractions: Tally, penalty: Penalty) -> tuple[float, float]:
    """Least and greatest penalty, as a file may hold it, of a drive whose messages give these rounded percentages."""

    def shifted(outside: float) -> float:
        return penalty(
            replace(
                infractions,
                outside=tuple(_clip(percent + outside) for percent in infractions.outside),
                speeds=tuple(_clip(percent - outside) for percent in infractions.speeds),
            )
        )

    return shifted(ROUNDING) - SCORE_ROUNDING, shifted(-ROUNDING) + SCORE_ROUNDING


def rescore(record: RouteRecord, penalty: Penalty) -> RouteRecord:
    """The record with the penalty of these rules; the same object if its own penalty follows from them already.

    A penalty in a file comes from unrounded percentages and is the better figure as long as it agrees with what the
    messages say. A record of nothing but zeros is kept: that route was broken off before it was judged.
    """
    infractions = tally(record)
    least, greatest = penalty_bounds(infractions, penalty)
    scores = record.scores
    if least <= scores.score_penalty <= greatest or (scores.score_route == 0 and scores.score_penalty == 0):
        return record
    factor = penalty(infractions)
    return replace(
        record,
        scores=replace(
            scores,
            score_penalty=round(factor, SCORE_DIGITS),
            score_composed=round(max(scores.score_route * factor, 0.0), SCORE_DIGITS),
        ),
    )


def _clip(percent: float) -> float:
    return min(max(percent, 0.0), 100.0)
