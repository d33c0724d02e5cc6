"""Runs that differ by their seed alone taken together: figures as means with their spread over seeds."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from lead.report.runs import Run
from lead.score.protocol import Score

COMMON = {
    "driving_score": "driving score", "success_rate": "success rate", "route_completion": "route completion",
    "infraction_penalty": "infraction penalty",
}  # fmt: skip
"""Figures that every benchmark has, and their names; all but the penalty are in percent."""


@dataclass(frozen=True)
class Figure:
    """A figure of a group: one value per seed, None where it could not be computed."""

    name: str
    values: tuple[float | None, ...]

    @property
    def mean(self) -> float | None:
        """Mean over the seeds that have it."""
        known = [value for value in self.values if value is not None]
        return fmean(known) if known else None

    @property
    def spread(self) -> float | None:
        """Standard deviation of the sample (n - 1) over seeds, None of fewer than two."""
        known = [value for value in self.values if value is not None]
        return stdev(known) if len(known) > 1 else None


@dataclass(frozen=True)
class Group:
    """One agent on one set of routes under one protocol, driven with one or more seeds."""

    name: str
    runs: tuple[Run, ...]
    scores: tuple[Score | None, ...]

    @property
    def protocol(self) -> str:
        """The benchmark version."""
        return self.runs[0].protocol

    @property
    def seeds(self) -> str:
        """The seeds, as text."""
        return ", ".join("?" if run.seed is None else str(run.seed) for run in self.runs)

    @property
    def drives(self) -> str:
        """How many drives have a result, of how many asked for."""
        there = sum(len(run.judged) for run in self.runs)
        asked = sum(len(run.asked) if run.asked is not None else len(run.judged) for run in self.runs)
        return str(there) if there == asked else f"{there} of {asked}"

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Common figures first, then those of this benchmark alone; an ability is a figure of its own."""
        tables = [_table(score) if score is not None else {} for score in self.scores]
        names = list(dict.fromkeys(name for table in tables for name in table))
        return tuple(Figure(name, tuple(table.get(name) for table in tables)) for name in names)


def grouped(runs: Sequence[Run]) -> list[Group]:
    """The groups in the order of their first runs; a seed that is there twice begins a group of its own."""
    buckets: list[list[Run]] = []
    for run in runs:
        for bucket in buckets:
            if bucket[0].identity == run.identity and all(other.seed != run.seed for other in bucket):
                bucket.append(run)
                break
        else:
            buckets.append([run])
    groups = [Group(bucket[0].agent, tuple(bucket), tuple(run.score() for run in bucket)) for bucket in buckets]
    return _told_apart(groups)


def _told_apart(groups: Sequence[Group]) -> list[Group]:
    """The groups with names that differ: the agent, and where that is not enough its folder, and a number."""
    names = [group.name for group in groups]
    named = [
        group if names.count(group.name) == 1 else replace(group, name=f"{group.name} ({group.runs[0].folder.name})")
        for group in groups
    ]
    seen: dict[str, int] = {}
    unique = []
    for group in named:
        seen[group.name] = seen.get(group.name, 0) + 1
        number = seen[group.name]
        unique.append(group if number == 1 else replace(group, name=f"{group.name} {number}"))
    return unique


def _table(score: Score) -> dict[str, float | None]:
    """All figures of a score by name; of a benchmark's own, nested ones as `abilities: Merging`."""
    table: dict[str, float | None] = {name: getattr(score, name) for name in COMMON}
    for name, value in score.extras.items():
        if isinstance(value, Mapping):
            table |= {f"{name}: {key}": _number(item) for key, item in value.items()}
        else:
            table[name] = _number(value)
    return table


def _number(value: object) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number else None
