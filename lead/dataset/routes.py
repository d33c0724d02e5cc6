"""Which routes a data set holds, and which of their frames are trained on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.dataset.recording import Recording
from lead.dataset.route_file import RouteFile
from lead.dataset.route_record import RECORD, read_record
from lead.dataset.writer import FRAMES

STANDS, CREEPS, GOES = 0.1, 2.0, 0.5
"""m/s: below which the ego stands, below which it creeps, and how much faster than it is it is to go when it departs."""


@dataclass(frozen=True)
class RouteEntry:
    """A route that can be opened, and what it can be chosen by."""

    folder: Path
    frames: int
    town: str
    situations: tuple[str, ...]
    weather: str
    kept: bool  # good enough to learn from
    opened: Callable[[Path], Recording] = field(default=RouteFile, repr=False)


@dataclass(frozen=True)
class Selection:
    """Which routes and frames are taken. An empty tuple of names allows all.

    Attributes:
        towns, situations, weathers: names of which a route must have one.
        not_towns, not_situations, not_weathers: names of which it must have none (held out).
        rejected: whether routes that are not good enough to learn from count too.
        skip_first, skip_last: frames of each route that are left out at its ends.
        every: takes each frame of so many.
        standing_every: of those in which the ego stands and is to, takes each of so many: in towns they are half of all.
        departures: takes so many times those in which it stands or creeps and is to go: they are one in thirty.
    """

    towns: tuple[str, ...] = ()
    not_towns: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    not_situations: tuple[str, ...] = ()
    weathers: tuple[str, ...] = ()
    not_weathers: tuple[str, ...] = ()
    rejected: bool = False
    skip_first: int = 1
    skip_last: int = 1
    every: int = 1
    standing_every: int = 1
    departures: int = 1

    def takes(self, route: RouteEntry) -> bool:
        """Whether a route is taken."""
        return (
            (route.kept or self.rejected)
            and _allowed((route.town,), self.towns, self.not_towns)
            and _allowed(route.situations, self.situations, self.not_situations)
            and _allowed((route.weather,), self.weathers, self.not_weathers)
        )

    def rows(self, route: RouteEntry) -> NDArray[np.int32]:
        """Frames (K,) taken of a route that is, one of them perhaps several times. Reads speeds if they matter."""
        rows = np.arange(self.skip_first, max(self.skip_first, route.frames - self.skip_last), self.every, np.int32)
        if self.standing_every == self.departures == 1:
            return rows
        own, target = route.opened(route.folder).speeds(rows.tolist()).T
        standing, departing = (own < STANDS) & (target < STANDS), (own < CREEPS) & (target > own + GOES)
        times = np.where(departing, self.departures, 1) * ~(standing & (rows % self.standing_every != 0))
        return np.repeat(rows, times)


@dataclass(frozen=True)
class Pool:
    """Frames to draw from: N of them, as routes and their rows."""

    routes: tuple[RouteEntry, ...]
    route_of: NDArray[np.int32]  # (N,) index in `routes`
    row_of: NDArray[np.int32]  # (N,)

    def __len__(self) -> int:
        return len(self.row_of)


def find_routes(root: Path) -> list[Path]:
    """Folders of routes below a data set's, in the order of their names. Raises InputError if there are none."""
    found = sorted({path.parent for name in (FRAMES, RECORD) for path in root.rglob(name)})
    if not found:
        raise InputError(f"{root} holds no routes (folders with {FRAMES} and {RECORD}); expected a data set's folder")
    return found


def recorded_routes(root: Path) -> list[RouteEntry]:
    """All routes of a data set that were driven to an end; those that broke off have no record and are left out."""
    folders = [folder for folder in find_routes(root) if (folder / RECORD).exists()]
    records = [(folder, read_record(folder)) for folder in folders]
    return [
        RouteEntry(folder, told.frames, told.town, told.situations, told.weather, told.verdict.kept)
        for folder, told in records
    ]


def select(routes: Iterable[RouteEntry], selection: Selection = Selection()) -> Pool:
    """The frames of routes that a selection takes. Raises InputError if none are left."""
    found = [(route, selection.rows(route)) for route in routes if selection.takes(route)]
    taken = [(route, rows) for route, rows in found if len(rows)]
    if not taken:
        raise InputError(f"no frame is left by {selection}; lead data info shows what the data set holds")
    rows = [rows for _, rows in taken]
    route_of = np.repeat(np.arange(len(taken), dtype=np.int32), [len(each) for each in rows])
    return Pool(tuple(route for route, _ in taken), route_of, np.concatenate(rows))


def _allowed(names: Sequence[str], wanted: tuple[str, ...], refused: tuple[str, ...]) -> bool:
    return (not wanted or any(name in wanted for name in names)) and not any(name in refused for name in names)
