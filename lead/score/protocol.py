"""What a benchmark version is to us, and the score of a set of records under it."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lead.score.global_record import infractions_per_km
from lead.score.penalty import Penalty, rescore
from lead.score.record import RouteRecord
from lead.score.record_set import Incomplete, RecordSet, cover, denominator

FAULTS = (
    "Failed - Simulation crashed",
    "Failed - Agent crashed",
    "Failed - Agent couldn't be set up",
    "Failed - Agent's sensors were invalid",
)
"""Statuses of routes that were not ended by driving."""


@dataclass(frozen=True)
class Inputs:
    """What some figures need besides the records.

    `junctions`: per route id the first junction point (counted from 1) and the number of points of the route traced at
    1 m; `metric_folders`: folders with Bench2Drive's `SAVE_NAME/metric_info.json`.
    """

    junctions: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    metric_folders: Sequence[Path] = ()


@dataclass(frozen=True)
class Extras:
    """Figures that only some benchmarks have; None is what could not be computed, and a note says why."""

    values: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


Judge = Callable[[Sequence[RouteRecord], int, Inputs], Extras]
"""From the records and the number that means are taken over to a benchmark's own figures."""


def no_extras(records: Sequence[RouteRecord], count: int, inputs: Inputs) -> Extras:
    """For benchmarks without figures of their own."""
    return Extras()


def is_success(record: RouteRecord, tolerated: Sequence[str] = ("min_speed_infractions",)) -> bool:
    """Whether the route was completed without any infraction but the tolerated (Bench2Drive's rule)."""
    return record.completed and is_clean(record, tolerated)


def is_clean(record: RouteRecord, tolerated: Sequence[str]) -> bool:
    """Whether no infraction but the tolerated was written down."""
    return not any(messages for name, messages in record.infractions.items() if name not in tolerated)


@dataclass(frozen=True)
class Protocol:
    """A benchmark version.

    `routes` is how many it has (None: any set of routes); `success` decides what the success rate
    counts; `extras` computes the figures of this benchmark alone.
    """

    name: str
    penalty: Penalty
    routes: int | None = None
    success: Callable[[RouteRecord], bool] = is_success
    extras: Judge = no_extras


@dataclass(frozen=True)
class Score:
    """The result of a benchmark. All figures are in percent but `infraction_penalty`, a factor in [0, 1].

    `routes` are the distinct routes driven, `records` all drives, `repetitions` the greatest number of drives of a
    route, `statuses` how the drives ended; `convention` says how missing routes were counted.
    """

    protocol: str
    simulator: str | None
    convention: str
    routes: int
    records: int
    expected_records: int
    repetitions: int
    driving_score: float
    success_rate: float
    route_completion: float
    infraction_penalty: float
    statuses: Mapping[str, int]
    infractions_per_km: Mapping[str, float]
    extras: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def score_records(
    found: RecordSet, protocol: Protocol, incomplete: Incomplete = Incomplete.REFUSE, inputs: Inputs | None = None
) -> Score:
    """Score records under a benchmark's rules.

    Penalties that do not follow from these rules (records made for another benchmark) are computed anew, and a note
    says so. Raises InputError on an incomplete set unless `incomplete` says what to do with it.
    """
    coverage = cover(found, protocol.routes)
    count, convention = denominator(coverage, incomplete)
    records = [rescore(record, protocol.penalty) for record in found.records]
    changed = sum(new is not old for new, old in zip(records, found.records))
    extras = protocol.extras(records, count, inputs or Inputs())
    notes = [f"{len(found.skipped)} JSON files without records left out"] if found.skipped else []
    if changed:
        notes.append(
            f"{changed} of {len(records)} penalties did not follow from the rules of {protocol.name} "
            "and were computed anew from the infractions"
        )
    faults = sum(record.status in FAULTS for record in records)
    if faults:
        notes.append(f"{faults} drives ended by a fault of simulator or agent, not by driving; they count as written")

    def mean(values: list[float]) -> float:
        return math.fsum(values) / count

    return Score(
        protocol=protocol.name,
        simulator=found.simulators[0] if found.simulators else None,
        convention=convention,
        routes=coverage.routes,
        records=coverage.found,
        expected_records=coverage.expected,
        repetitions=coverage.repetitions,
        driving_score=mean([record.scores.score_composed for record in records]),
        success_rate=mean([100.0 * protocol.success(record) for record in records]),
        route_completion=mean([record.scores.score_route for record in records]),
        infraction_penalty=mean([record.scores.score_penalty for record in records]),
        statuses=dict(sorted(Counter(record.status for record in records).items())),
        infractions_per_km=infractions_per_km(records),
        extras=extras.values,
        notes=(*notes, *extras.notes),
    )


def score_to_json(score: Score) -> dict[str, object]:
    """One flat JSON object: the fields of the score, with the benchmark's own figures beside the common ones."""
    fields = {name: value for name, value in vars(score).items() if name not in ("extras", "notes")}
    return {**fields, **score.extras, "notes": list(score.notes)}
