"""Town13 validation: 20 routes of 11 to 14 km; Leaderboard 2.0, and a driving score normalised by length.

On such routes the product of penalties is near 0 for most drivers, so the normalised score takes each event's factor,
made five times harder, to the power of events per kilometre (result parser of CARLA garage and LEAD).
"""

import math
from collections.abc import Sequence

from lead.score.penalty import FACTORS_2_0, MIN_SPEED_LOSS_2_0, penalty_2_0, tally
from lead.score.protocol import Extras, Inputs, Protocol
from lead.score.record import RouteRecord

HARDENING = 0.2  # multiplies each event's factor before it is taken to the power of events per kilometre


def normalised_penalty(record: RouteRecord) -> float:
    """Penalty with the events counted per kilometre driven; speed and lane percentages count as in 2.0.

    Events of a route without a driven kilometre do not count, as its score is 0 anyway.
    """
    infractions = tally(record)
    penalty = 1.0
    if record.driven_km > 0:
        for name, factor in FACTORS_2_0.items():
            penalty *= (HARDENING * factor) ** (infractions.counts[name] / record.driven_km)
    for percent in infractions.speeds:
        penalty *= 1 - MIN_SPEED_LOSS_2_0 * (1 - percent / 100)
    for percent in infractions.outside:
        penalty *= 1 - percent / 100
    return penalty


def normalised_driving_score(records: Sequence[RouteRecord], count: int, inputs: Inputs) -> Extras:
    """Mean of route completion times normalised penalty."""
    scores = [record.scores.score_route * normalised_penalty(record) for record in records]
    return Extras({"normalised_driving_score": math.fsum(scores) / count})


PROTOCOL = Protocol("town13", penalty_2_0, routes=20, extras=normalised_driving_score)
