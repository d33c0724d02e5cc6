"""Every drive of every route as a line of the page: how it ended, and what happened when."""

from collections.abc import Sequence
from dataclasses import dataclass

from lead.drive.ending import Ending
from lead.drive.ledger import Entry
from lead.report.groups import Group
from lead.report.plots import speed_path
from lead.report.runs import Run
from lead.report.time_line import TimeLine, time_line
from lead.score.protocols import protocol_named

CODES = {
    "collisions_pedestrian": "P", "collisions_vehicle": "V", "collisions_layout": "L", "red_light": "R",
    "stop_infraction": "S", "outside_route_lanes": "O", "min_speed_infractions": "m",
    "yield_emergency_vehicle_infractions": "E", "scenario_timeouts": "T", "route_dev": "D", "vehicle_blocked": "B",
    "route_timeout": "X",
}  # fmt: skip
"""One letter per kind of infraction, for the time lines."""
STATUSES = {"Failed": "failed", "Failed - TickRuntime": "tick limit reached"}
SCALES_APART = 3.0  # times as long as the shortest, from which drives of a route have time lines of their own scale


@dataclass(frozen=True)
class Drive:
    """One drive of a route as a line of the page. `clip` names its video, "" if there is none."""

    id: str
    group: int
    who: str
    run: Run
    entry: Entry
    line: TimeLine
    path: str  # of the speed curve
    clip: str = ""
    drawn_anew: bool = True

    @property
    def status(self) -> str:
        """How it ended, in small letters."""
        if self.entry.ending not in (Ending.FINISHED, Ending.AGENT_FAULT):
            return self.entry.ending.value
        text = self.entry.record.status
        return STATUSES.get(text, text.removeprefix("Failed - ").removeprefix("Agent "))

    @property
    def state(self) -> str:
        """`good` if it counts as a success, else `bad`."""
        success = protocol_named(self.run.protocol).success(self.entry.record)
        return "good" if self.entry.ending is Ending.FINISHED and success else "bad"

    @property
    def is_student(self) -> bool:
        """Whether the driver left what it was told and planned."""
        return self.run.log(self.entry.route, ".student.npz").exists()


@dataclass(frozen=True)
class RouteBlock:
    """All drives of one route."""

    id: str
    types: tuple[str, ...]
    town: str
    metres: float
    drives: tuple[Drive, ...]

    @property
    def shared(self) -> bool:
        """Whether the time lines have a common scale."""
        durations = [drive.line.duration for drive in self.drives]
        return max(durations) <= SCALES_APART * min(durations)

    def scale(self, drive: Drive) -> float:
        """What a drive's time line is long, s."""
        durations = [each.line.duration for each in self.drives] if self.shared else [drive.line.duration]
        return max(*durations, 0.1)


def route_blocks(groups: Sequence[Group]) -> list[RouteBlock]:
    """A block per route, by rising ids; its drives in the order of the groups and their seeds."""
    drives: dict[str, list[tuple[int, str, Run, Entry, TimeLine]]] = {}
    for number, group in enumerate(groups):
        for run in group.runs:
            who = group.name if len(group.runs) == 1 else f"{group.name}, seed {run.seed}"
            for entry in run.judged:
                line = time_line(entry, run.log(entry.route))
                drives.setdefault(entry.route, []).append((number, who, run, entry, line))
    blocks = []
    for route in sorted(drives, key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0, name)):
        rows = drives[route]
        fastest = max((float(line.speed.max(initial=0.0)) for *_, line in rows), default=0.0)
        known = next((run.known[route] for _, _, run, _, _ in rows if route in run.known), None)
        types = dict.fromkeys(name for _, _, _, entry, _ in rows for name in situation_types(entry))
        blocks.append(RouteBlock(
            route, tuple(types), known.town if known else next((e.record.town_name or "" for *_, e, _ in rows), ""),
            float(max(entry.record.meta.route_length for *_, entry, _ in rows)),
            tuple(
                Drive(f"r{len(blocks)}d{place}", group, who, run, entry, line,
                      speed_path(line.time, line.speed, line.duration, fastest))
                for place, (group, who, run, entry, line) in enumerate(rows)
            ),
        ))  # fmt: skip
    return blocks


def situation_types(entry: Entry) -> tuple[str, ...]:
    """Types of the situations of a drive, each once."""
    return tuple(dict.fromkeys(played["type"] for played in entry.situations))
