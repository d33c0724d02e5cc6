"""Data sets as they lie on disk, added up: size, hours, what was kept and why not, by town, situation and weather."""

import json
import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lead import InputError
from lead.dataset.manifest import MANIFEST
from lead.dataset.route_file import RouteFile
from lead.dataset.route_record import RECORD, DriveRecord, read_record
from lead.dataset.writer import FRAMES

HZ = 20.0  # ticks per second


@dataclass(frozen=True)
class Share:
    """Routes that have something in common: how many, how many of them are kept, and the kept frames."""

    name: str
    routes: int
    kept: int
    frames: int


@dataclass(frozen=True)
class DataSummary:
    """A data set in numbers.

    `shares` are tables by name (town, situation, weather); `left_out` counts the reasons of routes that are not trained
    on; `broken_off` are drives without an end.
    """

    folder: Path
    routes: int
    kept: int
    frames: int
    hours: float
    bytes: int
    rig: str
    expert: str
    seeds: tuple[int, ...]
    versions: dict[str, str]
    has_manifest: bool
    broken_off: int
    shares: dict[str, tuple[Share, ...]]
    left_out: tuple[tuple[str, int], ...]
    command: str  # that records it again, "" if nobody wrote it down


def find_data(folders: Sequence[Path]) -> list[DataSummary]:
    """All data sets of our format below the folders. Raises InputError on a damaged record of a route."""
    roots: dict[Path, list[Path]] = {}
    for folder in folders:
        for path in sorted(folder.rglob(FRAMES)) if folder.is_dir() else []:
            route = path.parent
            root = route.parent.parent if route.parent.name == "routes" else route.parent
            routes = roots.setdefault(root, [])
            if route not in routes:
                routes.append(route)
    return [summarise(root, routes) for root, routes in roots.items()]


def summarise(root: Path, routes: Sequence[Path]) -> DataSummary:
    """The numbers of a data set with these folders of routes."""
    ended = [folder for folder in routes if (folder / RECORD).exists()]
    records = [read_record(folder) for folder in ended]
    rig, expert = _made_with(ended)
    shares: dict[str, Callable[[DriveRecord], tuple[str, ...]]] = {
        "town": lambda record: (record.town,),
        "situation": lambda record: tuple(dict.fromkeys(record.situations)) or ("none",),
        "weather": lambda record: (record.weather,),
    }
    reasons = Counter(_reason(record.verdict.reason) for record in records if not record.verdict.kept)
    return DataSummary(
        folder=root, routes=len(records), kept=sum(record.verdict.kept for record in records),
        frames=sum(record.frames for record in records), hours=sum(record.ticks for record in records) / HZ / 3600.0,
        bytes=sum((folder / FRAMES).stat().st_size for folder in routes), rig=rig, expert=expert,
        seeds=tuple(sorted({record.seed for record in records})),
        versions=records[0].versions if records else {}, has_manifest=(root / MANIFEST).exists(),
        broken_off=len(routes) - len(ended),
        shares={name: _shares(records, names_of) for name, names_of in shares.items()},
        left_out=tuple(reasons.most_common()),
        command=_command(root),
    )  # fmt: skip


def _shares(
    records: Sequence[DriveRecord], names_of: Callable[[DriveRecord], tuple[str, ...]]
) -> tuple[Share, ...]:  # fmt: skip
    names = sorted({name for record in records for name in names_of(record)})
    shares = []
    for name in names:
        having = [record for record in records if name in names_of(record)]
        kept = [record for record in having if record.verdict.kept]
        shares.append(Share(name, len(having), len(kept), sum(record.frames for record in kept)))
    return tuple(shares)


def _made_with(routes: Sequence[Path]) -> tuple[str, str]:
    """Rig and expert's preset as the first route that can be read has them."""
    for folder in routes:
        try:
            header = RouteFile(folder).header
        except InputError:
            continue
        return header.rig.name, str(header.expert.get("preset", "not recorded"))
    return "not recorded", "not recorded"


def _command(root: Path) -> str:
    """The command that records a data set, from what `lead collect` wrote down of it."""
    recording, driving = root / "collection.json", root / "evaluation.json"
    if not (recording.exists() and driving.exists()):
        return ""
    try:
        told, driven = json.loads(recording.read_text()), json.loads(driving.read_text())
    except ValueError:
        return ""
    options = {
        "--routes": driven.get("routes"), "--expert": told.get("expert"), "--rig": told.get("rig"),
        "--weather": told.get("weather"), "--quality": told.get("jpeg_quality"), "--protocol": driven.get("protocol"),
        "--seed": driven.get("seed"), "--out": root,
    }  # fmt: skip
    words = [str(word) for option, value in options.items() if value is not None for word in (option, value)]
    return shlex.join(["lead", "collect", *words])


def _reason(text: str) -> str:
    """A verdict's reason without the numbers that make each its own."""
    return text.split(" at ")[0].split(";")[0]
