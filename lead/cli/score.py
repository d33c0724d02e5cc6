"""`lead score`: what published or own result files are worth under a benchmark's rules."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lead import InputError
from lead.score.record_set import Incomplete

if TYPE_CHECKING:
    from lead.score.protocol import Score

console = Console(highlight=False)


def score(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Result files of the leaderboard, or folders of them.")
    ],
    protocol: Annotated[str, typer.Option(help="Benchmark version, such as bench2drive-0.0.3, longest6-v2, town13.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
    incomplete: Annotated[
        Incomplete, typer.Option(help="Missing routes: refuse the set, count them as zero, or take the driven ones.")
    ] = Incomplete.REFUSE,
    metrics: Annotated[
        Path | None, typer.Option(help="Folder of Bench2Drive's SAVE_NAME/metric_info.json, for the smoothness.")
    ] = None,
    junctions: Annotated[
        Path | None,
        typer.Option(help="JSON that gives each route id its first junction point (from 1) and points."),
    ] = None,
) -> None:
    """Score result files under a benchmark's rules. Figures are in percent, the infraction penalty is a factor.

    Example: `lead score results/ --protocol bench2drive-0.0.3`
    """
    from lead.score.protocol import Inputs, score_to_json
    from lead.score.protocols import score_paths

    folders = [path if path.is_dir() else path.parent for path in paths]
    inputs = Inputs(read_junctions(junctions) if junctions else {}, [metrics] if metrics else folders)
    result = score_paths(paths, protocol, incomplete, inputs)
    if as_json:
        print(json.dumps(score_to_json(result), indent=4, allow_nan=False))
    else:
        print_score(result)


def read_junctions(path: Path) -> dict[str, tuple[int, int]]:
    """Junction points per route id. Raises InputError on anything else."""
    from lead.score.border import load_json

    value = load_json(path)
    pairs = value.values() if isinstance(value, dict) else [None]
    for pair in pairs:
        if not (isinstance(pair, list) and [type(n) for n in pair] == [int, int] and 0 < pair[0] <= pair[1]):
            raise InputError(f"{path}: found {pair!r}, expected an object of ROUTE_ID: [first junction point, points]")
    return {route: tuple(pair) for route, pair in value.items()}


def print_score(result: "Score") -> None:
    """Print the figures as a table, then what they rest on."""
    table = Table("figure", "value", title=escape(result.protocol), box=None, title_justify="left")
    table.columns[1].justify = "right"
    for name in ("driving_score", "success_rate", "route_completion"):
        table.add_row(name.replace("_", " "), f"{getattr(result, name):.2f} %")
    table.add_row("infraction penalty", f"{result.infraction_penalty:.4f}")
    for name, value in result.extras.items():
        if isinstance(value, Mapping):
            table.add_row(name)
            for key, item in value.items():
                table.add_row(f"  {key.replace('_', ' ')}", _percent(item))
        else:
            table.add_row(name.replace("_", " "), _percent(value))
    for name, value in result.infractions_per_km.items():
        unit = "km" if name == "outside_route_lanes" else "/km"
        table.add_row(name.replace("_", " "), f"{value:.3f} {unit}")
    console.print(table)
    times = f" x {result.repetitions}" if result.repetitions > 1 else ""
    console.print(
        f"{result.routes} routes{times}, {result.records} of {result.expected_records} drives", soft_wrap=True
    )
    console.print(f"convention: {result.convention}; simulator: {escape(result.simulator or 'not recorded')}")
    for status, count in result.statuses.items():
        console.print(f"{count:6d} {escape(status)}", soft_wrap=True)
    for note in result.notes:
        console.print(f"note: {escape(note)}", soft_wrap=True)


def _percent(value: object) -> str:
    return f"{value:.2f} %" if isinstance(value, (int, float)) else "unknown"
