"""What the page shows of evaluated runs, as plain tables: scores, routes, situations, causes, differences, versions."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
from markupsafe import Markup

from lead.drive.ending import Ending
from lead.drive.ledger import Entry
from lead.report.comparison import FEW, Comparison, bootstrap, compare
from lead.report.groups import COMMON, Figure, Group
from lead.report.losses import NAMES, causes
from lead.report.plots import difference_plot, strip_plot
from lead.report.route_lines import RouteBlock, route_blocks, situation_types
from lead.report.runs import Run
from lead.score.bench2drive_abilities import ABILITIES
from lead.score.protocols import protocol_named


@dataclass(frozen=True)
class Cell:
    """Drives of one group that have something in common."""

    drives: int
    success: float
    score: float


@dataclass(frozen=True)
class Evaluated:
    """Everything the page shows of evaluated runs."""

    groups: tuple[Group, ...]
    columns: tuple[str, ...]
    figures: tuple[Mapping[str, Figure], ...]
    abilities: tuple[str, ...]
    spread: Markup
    routes: tuple[RouteBlock, ...]
    situations: tuple[tuple[str, str, tuple[Cell | None, ...]], ...]  # type, ability, a cell per group
    causes: tuple[tuple[str, tuple[tuple[float, int] | None, ...]], ...]  # name, (points, drives) per group
    rates: tuple[tuple[str, tuple[Figure, ...]], ...]  # infractions per km: name, a figure per group
    comparisons: tuple[tuple[Comparison, Markup], ...]
    notes: tuple[str, ...]
    gaps: tuple[str, ...]
    commands: tuple[tuple[Run, str], ...]

    def clip_of(self, folder: Path | None, route: str) -> str:
        """Id of the clip of a route in a run's folder, "" if there is none."""
        drives = (drive for block in self.routes if block.id == route for drive in block.drives)
        return next((drive.clip for drive in drives if drive.run.folder == folder), "")

    @property
    def simulators(self) -> tuple[str, ...]:
        """The worlds that were driven in, each once."""
        return tuple(dict.fromkeys(run.simulator for group in self.groups for run in group.runs))


def evaluated(groups: Sequence[Group]) -> Evaluated:
    """The tables of these groups; the first is what the others are compared with."""
    figures = [{figure.name: figure for figure in group.figures} for group in groups]
    names = list(dict.fromkeys(name for table in figures for name in table))
    blocks = route_blocks(groups)
    pairs = [(compare(groups[0], other), number) for number, other in enumerate(groups) if number]
    return Evaluated(
        groups=tuple(groups),
        columns=tuple(name for name in names if ": " not in name),
        figures=tuple(figures),
        abilities=tuple(name for name in names if ": " in name),
        spread=_spread(groups),
        routes=tuple(blocks),
        situations=tuple(_situations(groups)),
        causes=tuple(_causes(groups)),
        rates=tuple(_rates(groups)),
        comparisons=tuple(
            (pair, difference_plot(f"driving score of {pair.other} minus {pair.base}, route by route",
                                   pair.per_route, 0, number))
            for pair, number in pairs if pair is not None
        ),
        notes=tuple(_notes(groups)),
        gaps=(*(gap for group in groups for run in group.runs for gap in _gaps(run, group.name)), *_unread(blocks)),
        commands=tuple((run, command(run)) for group in groups for run in group.runs),
    )  # fmt: skip


def figure_text(name: str, figure: Figure | None) -> str:
    """A figure as the page prints it: percent with two digits, the penalty with four; its spread over seeds with it."""
    if figure is None or figure.mean is None:
        return "–"
    digits = 4 if name == "infraction_penalty" else 2
    spread = f" ± {figure.spread:.{digits}f}" if figure.spread is not None else ""
    return f"{figure.mean:.{digits}f}{spread}"


def figure_name(name: str) -> str:
    """A figure's name in words: `abilities: Give_Way` is Give Way."""
    return COMMON.get(name, name.partition(": ")[2] or name).replace("_", " ")


def command(run: Run) -> str:
    """The command that makes a run again, "" if it is only known by its results."""
    if not run.has_ledger:
        return ""
    words = ["lead", "evaluate", "--agent", run.agent, "--routes", run.routes, "--protocol", run.protocol]
    if run.seed is not None:
        words += ["--seed", str(run.seed)]
    for option, value in run.options:
        words += [option] if value is None else [option, value]
    return shlex.join([*words, "--out", str(run.folder)])


def _spread(groups: Sequence[Group]) -> Markup:
    rows = []
    for number, group in enumerate(groups):
        by_route: dict[str, list[float]] = {}
        for run in group.runs:
            for entry in run.judged:
                by_route.setdefault(entry.route, []).append(float(entry.record.scores.score_composed))
        values = np.array([fmean(scores) for scores in by_route.values()])
        if not len(values):
            continue
        low, high = bootstrap(values[:, None]) if len(values) >= FEW else (None, None)
        interval = None if low is None or high is None else (float(low[0]), float(high[0]))
        rows.append((group.name, number, values, float(values.mean()), interval))
    return strip_plot("driving score of each route, mean and 95 % bootstrap interval over routes", rows)


def _situations(groups: Sequence[Group]) -> list[tuple[str, str, tuple[Cell | None, ...]]]:
    """A row per situation type, grouped by ability, the worst of the first group first."""
    abilities = {name: ability.replace("_", " ") for ability, names in ABILITIES.items() for name in reversed(names)}
    cells: list[dict[str, Cell]] = []
    for group in groups:
        success = protocol_named(group.protocol).success
        having: dict[str, list[Entry]] = {}
        for run in group.runs:
            for entry in run.judged:
                for name in situation_types(entry) or ("none",):
                    having.setdefault(name, []).append(entry)
        cells.append({
            name: Cell(
                len(entries), 100.0 * fmean(bool(success(entry.record)) for entry in entries),
                fmean(float(entry.record.scores.score_composed) for entry in entries),
            )
            for name, entries in having.items()
        })  # fmt: skip
    names = {name for table in cells for name in table}

    def rank(name: str) -> tuple[str, float, str]:
        worst = min(table[name].score for table in cells if name in table)
        return abilities.get(name, "~"), cells[0][name].score if name in cells[0] else worst, name

    return [
        (name, abilities.get(name, ""), tuple(table.get(name) for table in cells)) for name in sorted(names, key=rank)
    ]


def _causes(groups: Sequence[Group]) -> list[tuple[str, tuple[tuple[float, int] | None, ...]]]:
    tables = []
    for group in groups:
        entries = [entry for run in group.runs for entry in run.judged]
        found = causes(entries, group.protocol) if entries else []
        tables.append({cause.name: (cause.points, cause.drives) for cause in found})
    names = {name for table in tables for name in table}
    order = sorted(names, key=lambda name: (-max(table.get(name, (0.0, 0))[0] for table in tables), name))
    return [(name, tuple(table.get(name) for table in tables)) for name in order]


def _rates(groups: Sequence[Group]) -> list[tuple[str, tuple[Figure, ...]]]:
    """Infractions per kilometre as the leaderboard counts them, those that came up."""
    rows = []
    for kind, name in NAMES.items():
        per_seed = [[score.infractions_per_km[kind] for score in group.scores if score is not None] for group in groups]
        if any(any(values) for values in per_seed):
            unit = ", km in all" if kind == "outside_route_lanes" else ""
            rows.append((name + unit, tuple(Figure(kind, tuple(values)) for values in per_seed)))
    return rows


def _notes(groups: Sequence[Group]) -> list[str]:
    """What the figures rest on, each thing once."""
    notes = []
    for group in groups:
        for score in group.scores:
            if score is None:
                continue
            if score.records < score.expected_records:
                counted = f"{score.records} of {score.expected_records} drives of {score.protocol}"
                notes.append(f"{group.name}: {counted}; convention: {score.convention}")
            notes += [f"{group.name}: {note}" for note in score.notes]
    return list(dict.fromkeys(notes))


def _gaps(run: Run, name: str) -> list[str]:
    """What is missing of a run, in sentences."""
    who = name if run.seed is None else f"{name}, seed {run.seed}"
    gaps = [f"{who}: {run.problem}."] if run.problem else []
    if run.missing:
        shown = ", ".join(run.missing[:12]) + (", …" if len(run.missing) > 12 else "")
        gaps.append(
            f"{who}: {len(run.missing)} of {len(run.asked or ())} routes have no result yet ({shown}). "
            "The figures are of the driven routes alone; run the command again to go on."
        )
    for entry in run.entries:
        if entry.ending is not Ending.FINISHED:
            gaps.append(f"{who}: route {entry.route} ended by {entry.ending.value}: {entry.fault}")
    return gaps


def _unread(blocks: Sequence[RouteBlock]) -> list[str]:
    """Logs that are there and cannot be read, in sentences."""
    drives = (drive for block in blocks for drive in block.drives if drive.line.fault)
    return [f"{drive.who}: route {drive.entry.route}: {drive.line.fault}" for drive in drives]


def signed(value: float) -> str:
    """A difference with two digits and its sign."""
    return f"{value:+.2f}".replace("-", "−")


def short(path: Path) -> str:
    """The last two parts of a path."""
    return "/".join(path.parts[-2:])
