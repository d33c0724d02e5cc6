"""The file of a drive's audit: a row per audited tick, and what is needed to draw it.

One `.npz`, read with `read_audit`; T rows, causes as in `lead.study.asking.Cause`:
- `tick` (T,) since the route's start, as in recorded frames; `time` (T,) s; `pose` (T, 3) x, y (m), yaw (rad) of the ego;
  `speed`, `target`, `limit` (T,) m/s; `binding` (T,) number of what bound the expert (`lead.expert.decision.Cause` in its
  order), -1 if nothing; `situation` (T,) number into the header's situations, -1 if none is set up;
- `visibility`, `uncertainty` (T, 3) change of target speed (m/s), way (m) and acceleration (m/s^2); `by_cause` (T, 11, 2)
  change of target speed and way by each cause alone, 0 where it does not count; `subject` (T, 2) ids of whom it is about;
- `unseen_labels` (T,) actors that the recorder labels without evidence; `intent` (T, 3) ways forked, with one target
  point, with three; `told` (T, 3, 2) m, the target points;
- `first` (T + 1,) rows of the actors of each tick; `actor` (N,) id, `kind`, `seen` (N,), `box` (N, 5) x, y (m), yaw (rad),
  half length and width (m); `way` (T, 20, 2) m, the expert's, NaN beyond its end;
- `header` JSON: `Header`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.expert.decision import Cause as Bound
from lead.expert.decision import Decision
from lead.expert.scene import Scene
from lead.study.asking import Asymmetry, Cause
from lead.study.change import LOOKED_AT, Change
from lead.study.intent import Ambiguity
from lead.whole_file import written_whole

SCHEMA = 1
DRAWN = 70.0  # m around the ego in which actors are written down
BOUND = tuple(Bound)

PER_ROW: Mapping[str, tuple[Any, ...]] = {
    "tick": (np.int32,), "time": (np.float64,), "pose": (np.float64, 3), "speed": (np.float32,), "target": (np.float32,),
    "limit": (np.float32,), "binding": (np.int8,), "visibility": (np.float32, 3), "uncertainty": (np.float32, 3),
    "by_cause": (np.float32, len(Cause), 2), "subject": (np.int64, 2), "unseen_labels": (np.int16,),
    "intent": (np.int16, 3), "told": (np.float32, 3, 2), "way": (np.float32, LOOKED_AT, 2),
}  # fmt: skip
PER_ACTOR: Mapping[str, tuple[Any, ...]] = {
    "actor": (np.int64,), "kind": (np.int8,), "seen": (np.bool_,), "box": (np.float32, 5),
}  # fmt: skip
"""Columns with their types and the shapes of a row."""


@dataclass(frozen=True)
class Header:
    """What holds for a whole drive."""

    route: str
    town: str
    seed: int
    agent: str  # such as "aligned,occlusion=off"
    settings: dict[str, Any]
    rig: str  # of the student
    every: int  # ticks from row to row
    situations: tuple[str, ...]  # types, by their number
    versions: dict[str, str]
    schema: int = SCHEMA


@dataclass(frozen=True)
class Row:
    """One audited tick."""

    tick: int
    scene: Scene
    decision: Decision
    seen: NDArray[np.bool_]  # (A,)
    visibility: Asymmetry
    uncertainty: Asymmetry
    unseen_labels: int
    intent: Ambiguity
    told: NDArray[np.float64]  # (3, 2) m


@dataclass(frozen=True)
class Audit:
    """A drive's audit as it was read; the columns' meaning is this module's docstring."""

    header: Header
    columns: dict[str, NDArray[Any]]
    path: Path | None = None  # of the file

    def __len__(self) -> int:
        return len(self.columns["tick"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]


def compact(row: Row) -> dict[str, Any]:
    """What is written of a row, by column; its situation by name."""
    scene, decision = row.scene, row.decision
    near = np.linalg.norm(scene.actors.pose[:, :3] - scene.ego.pose[:3], axis=1) <= DRAWN
    actors = scene.actors.rows(near)
    return {
        "tick": row.tick,
        "time": scene.time,
        "pose": scene.ego.pose[[0, 1, 4]],
        "speed": scene.ego.speed,
        "target": decision.target_speed,
        "limit": decision.limit,
        "binding": -1 if decision.binding is None else BOUND.index(decision.binding.cause),
        "situation": _situation(scene),
        "visibility": _numbers(row.visibility.change),
        "uncertainty": _numbers(row.uncertainty.change),
        "by_cause": _by_cause(row),
        "subject": (row.visibility.subject, row.uncertainty.subject),
        "unseen_labels": row.unseen_labels,
        "intent": (row.intent.forks, row.intent.one, row.intent.three),
        "told": row.told,
        "way": _way(decision),
        "actor": actors.ids,
        "kind": actors.kind,
        "seen": row.seen[near],
        "box": np.column_stack([actors.middle[:, :2], actors.pose[:, 4], actors.extent[:, :2]]).astype(np.float32),
    }  # fmt: skip


def write_audit(path: Path, header: Header, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a drive's audit from its `compact` rows, whole or not at all; `header.situations` is made from them."""
    types = sorted({row["situation"] for row in rows} - {""})
    about = {**asdict(header), "situations": types}
    columns = {name: _stacked([row[name] for row in rows], *kind) for name, kind in PER_ROW.items()}
    columns["situation"] = np.array(
        [types.index(row["situation"]) if row["situation"] else -1 for row in rows], np.int8
    )
    columns["first"] = np.cumsum([0, *(len(row["actor"]) for row in rows)])
    for name, (kind, *shape) in PER_ACTOR.items():
        columns[name] = np.concatenate([np.empty((0, *shape), kind), *(row[name] for row in rows)]).astype(kind)
    with written_whole(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **columns, header=np.array(json.dumps(about)))


def _stacked(values: Sequence[Any], kind: Any, *shape: int) -> NDArray[Any]:
    return np.array(values, kind).reshape(len(values), *shape)


def read_audit(path: Path) -> Audit:
    """The audit in a file. Raises InputError if it is none, or damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files}
        about = json.loads(str(columns.pop("header")))
        if about.get("schema") != SCHEMA:
            raise InputError(f"{path} has audit schema {about.get('schema')}; expected {SCHEMA}. Drive it again")
        header = Header(**{**about, "situations": tuple(about["situations"])})
    except InputError:
        raise
    except Exception as error:  # numpy and zipfile raise many kinds on a damaged file
        raise InputError(
            f"{path} is no audit that can be read ({error}); remove it and drive the route again"
        ) from error
    return Audit(header, columns, path)


def _situation(scene: Scene) -> str:
    """Type of the nearest situation that plays; else of the nearest that is set up; "" without one."""
    told = sorted(scene.briefings, key=lambda briefing: not briefing.playing)
    return told[0].type if told else ""


def _numbers(change: Change) -> tuple[float, float, float]:
    return change.speed, change.path, change.acceleration


def _by_cause(row: Row) -> NDArray[np.float32]:
    found = np.zeros((len(Cause), 2), np.float32)
    for cause, change in (*row.visibility.by_cause, *row.uncertainty.by_cause):
        found[cause] = change.speed, change.path
    return found


def _way(decision: Decision) -> NDArray[np.float64]:
    way = np.full((LOOKED_AT, 2), np.nan)
    points = decision.path[:LOOKED_AT, :2]
    way[: len(points)] = points
    return way
