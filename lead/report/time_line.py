"""One drive along its time: speed, what situations were on, what went wrong when."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.drive.drive_log import read_log
from lead.drive.ledger import Entry
from lead.report.losses import NAMES
from lead.score.messages import read_message

NEEDED = ("time", "first", "actor", "speed", "about")  # poses are most of a log
POINTS = 160  # of a speed curve on the page


@dataclass(frozen=True)
class Mark:
    """An infraction. `time` (s) is None where there is no log to tell it."""

    time: float | None
    kind: str
    message: str

    @property
    def counts(self) -> bool:
        """Whether something went wrong: speeds of segments are written down even if the traffic was slower."""
        return self.kind != "min_speed_infractions" or read_message(self.kind, self.message)["percent"] < 100.0

    @property
    def text(self) -> str:
        """What happened, shorter than the official message."""
        said = read_message(self.kind, self.message)
        more = ""
        if "type" in said:
            more = f": {said['type']} ({said['id']:.0f})"
        elif self.kind == "outside_route_lanes":
            more = f": {said['metres']:.1f} m, {said['percent']:.1f} % of the way so far"
        elif "percent" in said:
            more = f": {said['percent']:.0f} % of its speed"
        return NAMES[self.kind] + more


@dataclass(frozen=True)
class Span:
    """A situation on the time line, s; `end` is None if it was still on when the drive ended."""

    type: str
    begin: float
    end: float | None


@dataclass(frozen=True)
class TimeLine:
    """A drive along its time; arrays are empty where there is no log."""

    duration: float  # s
    marks: tuple[Mark, ...]
    spans: tuple[Span, ...]
    time: NDArray[np.float64]  # (P,) s
    speed: NDArray[np.float64]  # (P,) m/s, the greatest between two points
    fault: str = ""  # why a log that is there could not be read


def time_line(entry: Entry, log: Path) -> TimeLine:
    """The time line of a ledger's entry; `log` is its drive log, which need not be there."""
    spans = tuple(
        Span(played["type"], float(played["begun"]), None if played.get("ended") is None else float(played["ended"]))
        for played in entry.situations
        if played.get("begun") is not None
    )
    duration, nothing = float(entry.record.meta.duration_game), np.empty(0)
    every = (Mark(None, kind, said) for kind, messages in entry.record.infractions.items() for said in messages)
    untimed = tuple(mark for mark in every if mark.counts)
    if not log.exists():
        return TimeLine(duration, untimed, spans, nothing, nothing)
    try:
        drive = read_log(log, NEEDED)
        time, speed = _thinned(drive["time"], ego_speed(drive))
        marks = _timed(untimed, drive["about"]["events"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        return TimeLine(duration, untimed, spans, nothing, nothing, f"the log {log.name} cannot be read: {error}")
    return TimeLine(max(duration, float(drive["time"].max(initial=0.0))), marks, spans, time, speed)


def ego_rows(drive: Mapping[str, Any]) -> NDArray[np.int64]:
    """Row of the ego among the actors of each time (T,), -1 where it is not there."""
    numbers = [place for place, actor in enumerate(drive["about"]["actors"]) if actor[0] == drive["about"]["ego"]]
    rows = np.full(len(drive["time"]), -1)
    if numbers:
        at = np.flatnonzero(drive["actor"] == numbers[0])
        rows[np.searchsorted(drive["first"], at, side="right") - 1] = at
    return rows


def ego_speed(drive: Mapping[str, Any]) -> NDArray[np.float64]:
    """Speed of the ego at each time (T,), m/s; 0 where it is not there."""
    rows = ego_rows(drive)
    return np.where(rows < 0, 0.0, drive["speed"][np.maximum(rows, 0)] if len(drive["speed"]) else 0.0)


def _thinned(time: NDArray[np.float64], speed: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """At most `POINTS` times, and the greatest speed from each to the next."""
    step = max(1, -(-len(time) // POINTS))
    firsts = np.arange(0, len(time), step)
    return time[firsts], np.maximum.reduceat(speed, firsts) if len(time) else speed


def _timed(untimed: Sequence[Mark], events: Sequence[Mapping[str, Any]]) -> tuple[Mark, ...]:
    """The record's infractions with the times of the log's events of the same words, in the order of time."""
    left = list(events)
    marks = []
    for mark in untimed:
        found = next((e for e in left if e["kind"] == mark.kind and e["message"] == mark.message), None)
        if found is not None:
            left.remove(found)
            mark = Mark(float(found["time"]), mark.kind, mark.message)
        marks.append(mark)
    return tuple(sorted(marks, key=lambda mark: (mark.time is None, mark.time or 0.0)))
