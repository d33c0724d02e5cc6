"""The official result file: progress, one record per route, the global record and the table of the web page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lead import InputError
from lead.score.border import NUMBER, Json, describe, load_json, take, take_texts
from lead.score.messages import INFRACTIONS
from lead.score.record import Number, RouteRecord, Scores, record_from_json, record_to_json
from lead.whole_file import replace_text

ENTRY_STATUSES = ("Started", "Finished", "Rejected", "Crashed", "Invalid")
_TOP_KEYS = ("_checkpoint", "entry_status", "eligible", "sensors", "values", "labels")


@dataclass(frozen=True)
class GlobalMeta:
    """Sums over the records: metres, simulated and wall-clock seconds; (route_id, index, status) of each failure."""

    total_length: Number = 0
    duration_game: Number = 0
    duration_system: Number = 0
    exceptions: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True)
class GlobalRecord:
    """All routes together. Infractions are per kilometre; those outside the route lanes are kilometres in all."""

    status: str
    infractions: Mapping[str, Number]
    scores_mean: Scores
    scores_std_dev: Scores
    meta: GlobalMeta


@dataclass(frozen=True)
class Results:
    """A result file. `progress` is (routes done, routes in all), None before the first route.

    `extra` keeps top-level keys of other tools; of these, `simulator` names the world that was driven in.
    """

    records: tuple[RouteRecord, ...] = ()
    progress: tuple[int, int] | None = None
    global_record: GlobalRecord | None = None
    entry_status: str = "Started"
    sensors: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    extra: Mapping[str, Json] = field(default_factory=dict)

    @property
    def eligible(self) -> bool:
        """Whether the leaderboard takes the entry."""
        return self.entry_status == "Finished"


def read_results(path: Path) -> Results:
    """Read an official result file. Raises InputError with the place in the file of what is wrong, OSError."""
    return results_from_json(load_json(path), str(path))


def write_results(results: Results, path: Path) -> None:
    """Write the file as the official tools lay it out; whoever reads meanwhile sees the old file or the new one."""
    text = json.dumps(results_to_json(results), indent=4, allow_nan=False)
    replace_text(path, text)


def records_from_json(checkpoint: Json, source: str) -> tuple[RouteRecord, ...]:
    """The records of a `_checkpoint`."""
    where = f"{source}: _checkpoint"
    records = take(checkpoint, "records", list, where)
    return tuple(record_from_json(record, f"{where}.records[{place}]") for place, record in enumerate(records))


def results_from_json(value: Json, source: str) -> Results:
    """Read the parsed JSON of a result file; `source` names it in messages."""
    checkpoint = take(value, "_checkpoint", dict, source)
    where = f"{source}: _checkpoint"
    progress = take(checkpoint, "progress", list, where)
    if progress and (len(progress) != 2 or not all(type(number) is int and number >= 0 for number in progress)):
        raise InputError(f"{where}.progress: found {describe(progress)}, expected [routes done, routes in all]")
    entry_status = take(value, "entry_status", str, source)
    if entry_status not in ENTRY_STATUSES:
        raise InputError(f"{source}.entry_status: found {entry_status!r}, expected one of {', '.join(ENTRY_STATUSES)}")
    if take(value, "eligible", bool, source) != (entry_status == "Finished"):
        raise InputError(f"{source}.eligible: found the contrary of what entry_status {entry_status!r} means")
    global_record = take(checkpoint, "global_record", dict, where)
    return Results(
        records=records_from_json(checkpoint, source),
        progress=tuple(progress) or None,
        global_record=_global_from_json(global_record, f"{where}.global_record") if global_record else None,
        entry_status=entry_status,
        **{name: take_texts(value, name, source) for name in ("sensors", "values", "labels")},
        extra={key: item for key, item in value.items() if key not in _TOP_KEYS},
    )


def results_to_json(results: Results) -> dict[str, Json]:
    """The results as an official file lays them out, key order included."""
    return {
        "_checkpoint": {
            "global_record": _global_to_json(results.global_record) if results.global_record else {},
            "progress": list(results.progress or ()),
            "records": [record_to_json(record) for record in results.records],
        },
        "entry_status": results.entry_status,
        "eligible": results.eligible,
        "sensors": list(results.sensors),
        "values": list(results.values),
        "labels": list(results.labels),
        **results.extra,
    }


def _global_from_json(value: Json, where: str) -> GlobalRecord:
    infractions, meta = take(value, "infractions", dict, where), take(value, "meta", dict, where)

    def scores(key: str) -> Scores:
        numbers = take(value, key, dict, where)
        return Scores(**{name: take(numbers, name, NUMBER, f"{where}.{key}") for name in Scores.__dataclass_fields__})

    sums = ("total_length", "duration_game", "duration_system")
    exceptions = take(meta, "exceptions", list, f"{where}.meta")
    for place, item in enumerate(exceptions):
        if not isinstance(item, list) or [type(part) for part in item] != [str, int, str]:
            raise InputError(f"{where}.meta.exceptions[{place}]: found {describe(item)}, expected [id, index, status]")
    return GlobalRecord(
        status=take(value, "status", str, where),
        infractions={name: take(infractions, name, NUMBER, f"{where}.infractions") for name in INFRACTIONS},
        scores_mean=scores("scores_mean"),
        scores_std_dev=scores("scores_std_dev"),
        meta=GlobalMeta(
            *(take(meta, name, NUMBER, f"{where}.meta") for name in sums), tuple(tuple(item) for item in exceptions)
        ),
    )


def _global_to_json(record: GlobalRecord) -> dict[str, Json]:
    def scores(values: Scores) -> dict[str, Number]:
        return {name: getattr(values, name) for name in ("score_composed", "score_route", "score_penalty")}

    return {
        "index": -1,
        "route_id": -1,
        "status": record.status,
        "infractions": dict(record.infractions),
        "scores_mean": scores(record.scores_mean),
        "scores_std_dev": scores(record.scores_std_dev),
        "meta": {**vars(record.meta), "exceptions": [list(item) for item in record.meta.exceptions]},
    }
