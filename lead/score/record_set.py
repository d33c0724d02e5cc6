"""From paths to the records that are scored, and whether every route of the benchmark is among them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from lead import InputError
from lead.score.border import Json, load_json
from lead.score.checkpoint import records_from_json, results_from_json
from lead.score.record import RouteRecord

MERGED = "merged.json"  # what Bench2Drive's merge tool writes beside the files it merges
LEDGER = "ledger"  # folder of the routes of an evaluation of ours, each in a file
NOT_RESULTS = ("metric_info.json", "merged_ability.json", "evaluation.json")  # what lies in folders of evaluations, too


class Incomplete(Enum):
    """What to do with a set that lacks routes."""

    REFUSE = "refuse"
    ZERO = "zero"
    DRIVEN = "driven"


@dataclass(frozen=True)
class RecordSet:
    """The records of one or several result files.

    `announced` is how many routes the files say they are about; `skipped` are JSON files without records;
    `simulators` are the worlds that the files name, none for files of the official tools.
    """

    records: tuple[RouteRecord, ...]
    files: tuple[Path, ...]
    announced: int
    skipped: tuple[Path, ...] = ()
    simulators: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """How much of a benchmark was driven: distinct routes, times each, records expected and records there."""

    routes: int
    repetitions: int
    expected: int
    found: int


def read_record_set(paths: Sequence[Path]) -> RecordSet:
    """Read result files and folders of them (searched in depth; a `merged.json` beside its parts is left out).

    Records with the status `Started` were not driven to an end and are left out.
    Raises InputError if a file is no result file, or if there is no record at all.
    """
    records: list[RouteRecord] = []
    told: dict[str, set[str | None]] = {kind: set() for kind in ("simulator", "agent", "benchmark")}
    files, announced = [], 0
    loaded = {path: (load_json(path), named) for path, named in _result_paths(paths)}
    skipped = tuple(path for path, (value, named) in loaded.items() if not named and not _may_be_results(value))
    parts = {path.parent for path in loaded if path.name != MERGED and path not in skipped}
    for path, (value, named) in loaded.items():
        if path in skipped or (path.name == MERGED and path.parent in parts and not named):
            continue
        if is_merged(value):
            found, total = records_from_json(value["_checkpoint"], str(path)), 0
        else:
            results = results_from_json(value, str(path))
            found, total = results.records, results.progress[1] if results.progress else 0
        for kind, names in told.items():
            names.add(value.get(kind))
        announced += max(total, len(found))
        records += [record for record in found if record.status != "Started"]
        files.append(path)
    if not records:
        raise InputError(
            f"found no driven route in {', '.join(map(str, paths))}, expected result files of the leaderboard or "
            "folders of them"
        )
    for kind, names in told.items():
        if len(names) > 1:
            listed = ", ".join(sorted(name or "none named" for name in names))
            raise InputError(f"found results of several {kind}s ({listed}), expected one; score them apart")
    simulators = tuple(name for name in told["simulator"] if name)
    return RecordSet(tuple(records), tuple(files), announced, skipped, simulators)


def is_merged(value: Json) -> bool:
    """Whether this is a file of Bench2Drive's merge tool: records alone, without progress and global record."""
    return _may_be_results(value) and list(value["_checkpoint"]) == ["records"] and "entry_status" not in value


def cover(found: RecordSet, routes: int | None) -> Coverage:
    """Compare the records with a benchmark of so many `routes` (None: those that the files announce).

    A route that is there several times was driven several times (seeds); then every route should be.
    Raises InputError on more distinct routes than the benchmark has.
    """
    times = Counter(record.route for record in found.records)
    repetitions = max(times.values())
    if routes is not None and len(times) > routes:
        raise InputError(f"found {len(times)} distinct routes, expected the {routes} of this benchmark; is it another?")
    expected = routes * repetitions if routes is not None else max(found.announced, len(times) * repetitions)
    return Coverage(len(times), repetitions, expected, len(found.records))


def denominator(coverage: Coverage, incomplete: Incomplete) -> tuple[int, str]:
    """What means are taken over, and that convention in words. Raises InputError on missing routes not provided for."""
    if coverage.found >= coverage.expected:
        return coverage.found, "complete"
    if incomplete is Incomplete.ZERO:
        return coverage.expected, "missing routes count 0"
    if incomplete is Incomplete.DRIVEN:
        return coverage.found, "only driven routes"
    raise InputError(
        f"found {coverage.found} records, expected {coverage.expected} "
        f"({coverage.repetitions} x {coverage.expected // coverage.repetitions} routes): the set is incomplete; "
        "drive the missing routes, or name a convention: `zero` (missing routes count 0) or `driven` (they are left out)"
    )


def _may_be_results(value: Json) -> bool:
    return isinstance(value, dict) and isinstance(value.get("_checkpoint"), dict)


def _result_paths(paths: Sequence[Path]) -> list[tuple[Path, bool]]:
    """Every file once, and whether it was named (True) or found in a folder."""
    found: dict[Path, tuple[Path, bool]] = {}
    for path in paths:
        if path.is_file():
            found[path.resolve()] = (path, True)
        elif path.is_dir():
            for file in sorted(path.rglob("*.json")):
                if file.name not in NOT_RESULTS and file.parent.name != LEDGER:
                    found.setdefault(file.resolve(), (file, False))
        else:
            raise InputError(f"found nothing at {path}, expected a result file or a folder of them")
    return list(found.values())
