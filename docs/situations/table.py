"""What became of the routes of a benchmark, by situation and agent."""

from collections import defaultdict
from pathlib import Path

from lead.score.checkpoint import read_results
from lead.score.protocol import is_success
from lead.score.record import RouteRecord

SHORT = {
    "collisions_layout": "layout", "collisions_pedestrian": "pedestrian", "collisions_vehicle": "vehicle",
    "red_light": "red light", "stop_infraction": "stop", "outside_route_lanes": "lane",
    "yield_emergency_vehicle_infractions": "yield", "scenario_timeouts": "time limit", "route_dev": "deviation",
    "vehicle_blocked": "blocked", "route_timeout": "route time",
}  # fmt: skip  # infractions in a word


def situation_table(folders: dict[str, Path]) -> str:
    """A Markdown table: per situation type and agent, routes completed, successful, driving score and infractions."""
    drives = {name: _by_type(folder) for name, folder in folders.items()}
    types = sorted({kind for found in drives.values() for kind in found})
    heading = ["situation", *(f"{name}: completed, success, DS, infractions" for name in folders)]
    rows = [[kind, *(_cell(drives[name].get(kind, [])) for name in folders)] for kind in types]
    every = [record for found in drives.values() for records in found.values() for record in records]
    assert every, "no records"
    rows.append(
        ["**all**", *(_cell([r for records in found.values() for r in records], False) for found in drives.values())]
    )
    lines = ["| " + " | ".join(row) + " |" for row in [heading, ["---"] * len(heading), *rows]]
    return "\n".join(lines)


def _by_type(folder: Path) -> dict[str, list[RouteRecord]]:
    found: dict[str, list[RouteRecord]] = defaultdict(list)
    for record in read_results(folder / "results.json").records:
        found[record.scenario_type or "none"].append(record)
    return found


def _cell(records: list[RouteRecord], infractions: bool = True) -> str:
    if not records:
        return "-"
    completed = sum(record.completed for record in records)
    success = sum(is_success(record) for record in records)
    score = sum(record.scores.score_composed for record in records) / len(records)
    counts = {short: sum(len(record.infractions[name]) for record in records) for name, short in SHORT.items()}
    told = ", ".join(f"{count} {short}" for short, count in counts.items() if count)
    return f"{completed}/{len(records)}, {success}, {score:.0f}" + (f", {told or 'none'}" if infractions else "")
