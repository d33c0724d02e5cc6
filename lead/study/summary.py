"""Audits of many drives as figures: by situation and by cause, each a mean over seeds with its spread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.study.asking import Cause
from lead.study.change import PATH_COUNTS, SPEED_COUNTS
from lead.study.live import AUDITS, IN_ROUTE
from lead.study.record import Audit, read_audit

ALL, NONE = "all", "no situation"
Rows = list[tuple[Audit, NDArray[np.bool_]]]
"""Drives, and which of their rows (T,) are meant."""


@dataclass(frozen=True)
class Figure:
    """One value per seed."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over seeds; NaN of none."""
        return fmean(self.values) if self.values else float("nan")

    @property
    def spread(self) -> float | None:
        """Standard deviation of the sample over seeds, None of fewer than two."""
        return stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True)
class Part:
    """Figures of one situation, or of everything; those of causes are shares of frames in percent."""

    name: str
    frames: int
    figures: Mapping[str, Figure]
    causes: Mapping[Cause, Figure]


@dataclass(frozen=True)
class Summary:
    """All drives of one expert with one student's rig."""

    agent: str
    rig: str
    seeds: tuple[int, ...]
    drives: int
    parts: tuple[Part, ...]  # everything first, then by situation


def find_audits(paths: Sequence[Path]) -> list[Audit]:
    """Every audit below folders, in the order of their names.

    Raises InputError if a folder is not there or holds none, or if a file is damaged.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} does not exist; expected the folder of an evaluation or of a data set")
        here = [path] if path.is_file() else sorted({*path.rglob(f"{AUDITS}/*.npz"), *path.rglob(IN_ROUTE)})
        if not here:
            raise InputError(
                f"{path} holds no audits; drive it with an expert and the meter on board: "
                "lead evaluate --agent expert --audit ..., or lead collect --audit ..."
            )
        found += here
    return [read_audit(path) for path in dict.fromkeys(found)]


def summarise(audits: Sequence[Audit]) -> list[Summary]:
    """One summary per expert and rig, in order of their names."""
    groups: dict[tuple[str, str], list[Audit]] = {}
    for audit in audits:
        groups.setdefault((audit.header.agent, audit.header.rig), []).append(audit)
    return [_summary(agent, rig, groups[agent, rig]) for agent, rig in sorted(groups)]


def counts(change: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which of changes (T, 2 or more), of speed (m/s) and way (m), make decisions differ."""
    return (np.abs(change[:, 0]) >= SPEED_COUNTS) | (change[:, 1] >= PATH_COUNTS)


def situations_of(audit: Audit) -> NDArray[np.str_]:
    """The situation (T,) of every row, by its type."""
    names = np.array([*audit.header.situations, NONE])
    return names[audit["situation"]]


def _summary(agent: str, rig: str, audits: Sequence[Audit]) -> Summary:
    seeds = tuple(sorted({audit.header.seed for audit in audits}))
    names = sorted({name for audit in audits for name in situations_of(audit).tolist()})
    everything = [(audit, np.ones(len(audit), bool)) for audit in audits]
    parts = [_part(ALL, everything, seeds)]
    for name in names:
        parts.append(_part(name, [(audit, situations_of(audit) == name) for audit in audits], seeds))
    return Summary(agent, rig, seeds, len(audits), tuple(parts))


def _part(name: str, rows: Rows, seeds: Sequence[int]) -> Part:
    by_seed = [[(audit, mask) for audit, mask in rows if audit.header.seed == seed and mask.any()] for seed in seeds]
    by_seed = [chosen for chosen in by_seed if chosen]
    figures = {
        figure: Figure(tuple(_mean(chosen, of) for chosen in by_seed)) for figure, of in FIGURES.items()
    }  # fmt: skip
    causes = {
        cause: Figure(
            tuple(_mean(chosen, lambda a, c=cause: 100.0 * counts(a["by_cause"][:, c])) for chosen in by_seed)
        )
        for cause in Cause
    }
    return Part(name, int(sum(mask.sum() for _, mask in rows)), figures, causes)


def _mean(rows: Rows, of: Callable[[Audit], NDArray]) -> float:
    return float(np.concatenate([of(audit)[mask] for audit, mask in rows]).mean())


FIGURES: Mapping[str, Callable[[Audit], NDArray]] = {
    "visibility": lambda a: 100.0 * counts(a["visibility"]),
    "visibility_speed": lambda a: np.abs(a["visibility"][:, 0]),
    "visibility_path": lambda a: a["visibility"][:, 1],
    "visibility_acceleration": lambda a: np.abs(a["visibility"][:, 2]),
    "uncertainty": lambda a: 100.0 * counts(a["uncertainty"]),
    "uncertainty_speed": lambda a: np.abs(a["uncertainty"][:, 0]),
    "uncertainty_path": lambda a: a["uncertainty"][:, 1],
    "uncertainty_acceleration": lambda a: np.abs(a["uncertainty"][:, 2]),
    "forks": lambda a: 100.0 * (a["intent"][:, 0] > 1),
    "one_target_point": lambda a: 100.0 * (a["intent"][:, 1] > 1),
    "three_target_points": lambda a: 100.0 * (a["intent"][:, 2] > 1),
    "unseen_labels": lambda a: a["unseen_labels"].astype(float),
}
"""Means over frames: shares in percent, changes in m/s, m and m/s^2, labels per frame."""
