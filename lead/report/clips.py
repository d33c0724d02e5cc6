"""The clip of each drive: made once, kept in `RUN/videos` under a name that tells what it was made from."""

import hashlib
import math
import zipfile
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np

from lead import InputError, LeadError
from lead.drive.ledger import Entry, file_name
from lead.report import bird, front, replay, student
from lead.report.front import FrontView
from lead.report.replay import FRONT_HEIGHT, FRONT_WIDTH, Replay, Scenery, read_drive
from lead.report.runs import Run
from lead.report.student import read_student
from lead.report.time_line import time_line
from lead.report.video import Clip
from lead.roads.town import Town, load_town

FOLDER = "videos"
MOST_FRAMES = 800  # of a clip; a longer drive is shown with fewer per second
DIGITS = 16  # of a clip's key
QUALITY = 30  # x264's rate factor


@dataclass
class Filming:
    """Makes clips; the last town stays at hand. `pool` draws strips of pictures."""

    pool: Executor
    _places: dict[tuple[str, int], tuple[Town | None, FrontView | None]] = field(default_factory=dict)

    def clip(self, run: Run, entry: Entry, unseen: Callable[[float], frozenset[int]]) -> Path | None:
        """The clip of a drive, made now if it is not there; None if there is no log that can be read.

        Raises InputError if clips cannot be kept beside the run.
        """
        log = run.log(entry.route)
        if not log.exists():
            return None
        path = _place_of(run, entry)
        if path.exists():
            return path
        try:
            drive = read_drive(log)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        if len(drive["time"]) < 2:
            return None
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot make {path.parent}: {error}; copy the run, or give --videos none") from error
        for old in path.parent.glob(f"{file_name(entry.route)}-{'[0-9a-f]' * DIGITS}.mp4"):
            old.unlink()
        town, view = self._place(str(drive["about"]["town"]), run.seed or 0)
        known = run.known.get(entry.route)
        scenery = Scenery(town, view, known.weather if known else (), run.embedded)
        told = [(mark.time, mark.text) for mark in time_line(entry, log).marks if mark.time is not None]
        film(Replay(drive, scenery, told, read_student(log), unseen), path)
        return path

    def _place(self, name: str, seed: int) -> tuple[Town | None, FrontView | None]:
        """A town with what draws it, None where its map is not here."""
        if (name, seed) not in self._places:
            self._places.clear()  # a large one takes hundreds of megabytes
            try:
                town = load_town(name, seed=seed)
                self._places[name, seed] = town, FrontView(town, self.pool, FRONT_WIDTH, FRONT_HEIGHT, seed)
            except (LookupError, LeadError):
                self._places[name, seed] = None, None
        return self._places[name, seed]


def made_before(run: Run, entry: Entry) -> Path | None:
    """The clip of a drive, None if it is not there or is of other logs."""
    path = _place_of(run, entry) if run.log(entry.route).exists() else None
    return path if path is not None and path.exists() else None


def film(moments: Replay, path: Path) -> None:
    """Write the whole drive as MP4 in real time; a file half written has another name."""
    time = moments.drive["time"]
    step = max(1, math.ceil(len(time) / MOST_FRAMES))
    between = float(np.median(np.diff(time)))
    rate = Fraction(1.0 / (between * step)).limit_denominator(1000)
    temporary = path.with_suffix(".part.mp4")
    try:
        with Clip(temporary, rate, quality=QUALITY) as clip:
            for picture in moments.frames(step):
                clip.add(picture)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _place_of(run: Run, entry: Entry) -> Path:
    """Where the clip of a drive is, or will be."""
    return run.folder / FOLDER / f"{file_name(entry.route)}-{_key(run, entry)}.mp4"


def _key(run: Run, entry: Entry) -> str:
    """What a clip depends on, in a few digits: log, student's record, audit, seed, and how pictures are drawn."""
    log = run.log(entry.route)
    digest = hashlib.sha256(f"{_drawing()} {run.seed}".encode())
    audit = run.folder / "audit" / log.name
    for path in (log, log.with_name(f"{log.stem}.student.npz"), log.with_name(f"{log.stem}.front.npz"), audit):
        digest.update(path.read_bytes() if path.exists() else b"-")
    return digest.hexdigest()[:DIGITS]


@cache
def _drawing() -> str:
    """Digest of the code that draws."""
    files = [__file__, *(module.__file__ or "" for module in (bird, front, replay, student))]
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()
