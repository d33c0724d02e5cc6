"""The ledger of an evaluation: one file per route, written when the route has ended and never half.

    OUT/evaluation.json      what is evaluated; another evaluation is refused
    OUT/ledger/ID.json       how the route ended, its official record, its situations
    OUT/logs/ID.npz, ID.txt  what can be replayed, and what agent and simulator printed
    OUT/results.json         all records in the official schema

A run that was killed goes on where the ledger ends.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lead import InputError
from lead.drive.ending import Ending
from lead.drive.evaluation import EMBEDDED, Evaluation
from lead.scenarios.director import Part
from lead.score.record import RouteRecord, record_from_json, record_to_json
from lead.whole_file import replace_text

SCHEMA = 1
AGAIN = (Ending.NOT_DRIVEN, Ending.SIMULATOR_FAULT)
"""What the next run looks at again."""


@dataclass(frozen=True)
class Entry:
    """One route as it was driven.

    `situations` say of each what became of it; `seconds` is wall-clock time by what it was spent on.
    """

    route: str
    ending: Ending
    record: RouteRecord
    detail: str = ""  # what a fault said
    attempts: int = 1
    ticks: int = 0
    sensors: tuple[str, ...] = ()  # that the agent used, in the official words
    situations: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    server_seconds: float = 0.0  # of processor time of an embedded server, within those of the world and the start

    @property
    def line(self) -> str:
        """What became of the route, in a line."""
        record = self.record
        if self.ending is Ending.NOT_DRIVEN:
            return f"route {self.route}: not driven: {self.fault}"
        types = ", ".join(_told(situation) for situation in self.situations) or "no situation"
        kinds = [
            f"{len(messages)} {kind}" for kind, messages in record.infractions.items()
            if messages and kind != "min_speed_infractions"
        ]  # fmt: skip
        return (
            f"route {self.route}: {record.status}, driving score {record.scores.score_composed:.1f} "
            f"({'; '.join([types, *kinds])}) {record.meta.duration_game:.0f} s in {sum(self.seconds.values()):.0f} s"
        )

    @property
    def fault(self) -> str:
        """What is known of a fault in a line: what an agent's exception says, else what befell the process."""
        lines = [line for line in self.detail.splitlines() if line.strip()]
        return lines[-1 if self.ending is Ending.AGENT_FAULT else 0] if lines else "no message"


class Ledger:
    """The entries in a folder."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def open(self, evaluation: Evaluation, simulator: str = EMBEDDED) -> None:
        """Take the folder for an evaluation in a simulator. Raises InputError if it holds another one."""
        (self.out / "ledger").mkdir(parents=True, exist_ok=True)
        (self.out / "logs").mkdir(exist_ok=True)
        mine, path = evaluation.identity(simulator), self.out / "evaluation.json"
        if path.exists():
            theirs = _load(path)
            other = sorted(key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key))
            if other:
                told = "; ".join(f"{key}: {theirs.get(key)!r} there, {mine.get(key)!r} now" for key in other)
                raise InputError(f"{self.out} holds another evaluation ({told}); choose another --out")
        else:
            replace_text(path, json.dumps(mine, indent=1))

    def routes(self) -> str | None:
        """What the evaluation that has the folder calls its routes; None if none has."""
        path = self.out / "evaluation.json"
        return _load(path).get("routes") if path.exists() else None

    def path(self, route: str) -> Path:
        """Where the entry of a route is."""
        return self.out / "ledger" / f"{file_name(route)}.json"

    def log(self, route: str, suffix: str) -> Path:
        """Where a route's log is; the suffix is `.npz` or `.txt`."""
        return self.out / "logs" / f"{file_name(route)}{suffix}"

    def has(self, route: str) -> bool:
        """Whether the route has been driven to an end that is not the simulator's fault."""
        return self.path(route).exists() and self.read(route).ending not in AGAIN

    def write(self, entry: Entry) -> None:
        """Write an entry; whoever reads meanwhile sees it whole or not at all."""
        value = {
            "schema": SCHEMA,
            **asdict(entry),
            "ending": entry.ending.value,
            "record": record_to_json(entry.record),
        }
        replace_text(self.path(entry.route), json.dumps(value, indent=1))

    def read(self, route: str) -> Entry:
        """The entry of a route. Raises InputError if the file is damaged."""
        path = self.path(route)
        value = _load(path)
        if value.get("schema") != SCHEMA:
            raise InputError(
                f"{path} has the schema {value.get('schema')!r}, expected {SCHEMA}; remove it to drive again"
            )
        return Entry(
            route=value["route"],
            ending=Ending(value["ending"]),
            record=record_from_json(value["record"], str(path)),
            detail=value["detail"],
            attempts=value["attempts"],
            ticks=value["ticks"],
            sensors=tuple(value["sensors"]),
            situations=tuple(value["situations"]),
            notes=tuple(value["notes"]),
            seconds=value["seconds"],
            server_seconds=value["server_seconds"],
        )

    def entries(self, routes: Sequence[str]) -> list[Entry]:
        """The entries there are of these routes, in their order."""
        return [self.read(route) for route in routes if self.path(route).exists()]


def not_driven(route: str, index: int, reason: str) -> Entry:
    """The entry of a route that cannot begin; its record is empty and no part of the results."""
    return Entry(route, Ending.NOT_DRIVEN, RouteRecord(f"RouteScenario_{route}_rep0", "Failed", index=index), reason)


def _told(situation: dict[str, Any]) -> str:
    """A situation in a word, or more if it was not played."""
    left_out = situation["part"] == Part.LEFT_OUT.value
    return f"{situation['type']} left out: {situation['reason']}" if left_out else situation["type"]


def file_name(route: str) -> str:
    """A route's id as a file name."""
    return re.sub(r"[^\w.-]", "_", route)


def _load(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise InputError(f"{path} is no JSON ({error}); remove it to begin anew") from error
