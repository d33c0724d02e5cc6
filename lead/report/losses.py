"""Where the points of a driving score were lost: to the way not driven, and to each kind of infraction.

A drive's loss is 100 minus its score. What is missing of the route counts as lost to the way it ended; the rest, lost
to the penalty, is shared among the kinds of infractions by what the penalty would gain without each alone.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lead.drive.ending import Ending
from lead.drive.ledger import Entry
from lead.score.penalty import Penalty, rescore, tally
from lead.score.protocols import protocol_named

COMPLETION = "way not driven"
FAULT = "faults of simulator or agent"
NAMES = {
    "collisions_pedestrian": "collision with a pedestrian", "collisions_vehicle": "collision with a vehicle",
    "collisions_layout": "collision with the surroundings", "red_light": "red light run",
    "stop_infraction": "stop sign run", "outside_route_lanes": "outside the route's lanes",
    "min_speed_infractions": "slower than the traffic",
    "yield_emergency_vehicle_infractions": "no way given to an emergency vehicle",
    "scenario_timeouts": "situation not solved in time", "route_dev": "left the route", "vehicle_blocked": "stood too long",
    "route_timeout": "route not finished in time",
}  # fmt: skip
"""What each kind of infraction is, in words."""
ENDS = ("route_dev", "vehicle_blocked", "route_timeout")
"""Kinds that end a route; what they cost is the way not driven."""


@dataclass(frozen=True)
class Cause:
    """A cause of lost points: points of the mean driving score, and in how many drives it came up."""

    name: str
    points: float
    drives: int


def causes(entries: Sequence[Entry], protocol: str) -> list[Cause]:
    """Causes by lost points; their sum is 100 minus the mean driving score of these drives."""
    penalty = protocol_named(protocol).penalty
    points: Counter[str] = Counter()
    drives: Counter[str] = Counter()
    for entry in entries:
        for name, lost in _lost(entry, penalty).items():
            points[name] += lost / len(entries)
        drives.update(_causes_of(entry))
    names = [name for name in drives if points[name] > 0.0 or drives[name]]
    return sorted(
        (Cause(name, points[name], drives[name]) for name in names), key=lambda cause: (-cause.points, cause.name)
    )


def _causes_of(entry: Entry) -> set[str]:
    found = {NAMES[kind] for kind, messages in entry.record.infractions.items() if messages and kind not in ENDS}
    if all(percent >= 100.0 for percent in tally(entry.record).speeds):
        found.discard(NAMES["min_speed_infractions"])
    if entry.ending is not Ending.FINISHED:
        return found | {FAULT}
    return found | ({_end(entry)} if entry.record.scores.score_route < 100 else set())


def _end(entry: Entry) -> str:
    """Why a drive stopped before the end of its route."""
    ended = [NAMES[kind] for kind in ENDS if entry.record.infractions[kind]]
    return ended[0] if ended else COMPLETION


def _lost(entry: Entry, penalty: Penalty) -> dict[str, float]:
    """Points lost in a drive by cause; their sum is 100 minus its score."""
    record = rescore(entry.record, penalty)
    scores = record.scores
    lost = {FAULT if entry.ending is not Ending.FINISHED else _end(entry): 100.0 - scores.score_route}
    by_penalty = scores.score_route - scores.score_composed
    whole = tally(record)
    gains = {}
    for kind in NAMES:
        without = replace(
            whole,
            counts={name: 0 if name == kind else count for name, count in whole.counts.items()},
            outside=() if kind == "outside_route_lanes" else whole.outside,
            speeds=() if kind == "min_speed_infractions" else whole.speeds,
        )
        gains[kind] = penalty(without) - penalty(whole)
    total = sum(gains.values())
    for kind, gain in gains.items():
        if gain > 0.0 and total > 0.0:
            lost[NAMES[kind]] = lost.get(NAMES[kind], 0.0) + by_penalty * gain / total
    return lost
