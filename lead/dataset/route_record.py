"""How a drive ended and whether its frames are trained on: `route.json` in the folder of a route."""

from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from lead import InputError
from lead.dataset.schema import SCHEMA_VERSION
from lead.score.record import RouteRecord
from lead.whole_file import replace_text

RECORD = "route.json"
"""Name of the file in a route's folder. It is written last: a folder without it is of a drive that broke off."""

FAULTY = ("crashed", "couldn't be set up", "were invalid")  # in statuses that no driving ended
TOLERATED = frozenset({"min_speed_infractions"})
TOLERATED_ON_COMPLETION = TOLERATED | {"outside_route_lanes"}


@dataclass(frozen=True)
class Verdict:
    """Whether a route is trained on, and why or why not."""

    kept: bool
    reason: str


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class DriveRecord:
    """What became of a drive.

    Attributes:
        route, town, situations, weather, seed, repetition: what was driven, as in the frames' header.
        frames, ticks: written, driven.
        status, driving_score, route_completion, infractions: of the official record; how many of each kind.
        verdict: of `judge`.
        versions: of lead, the simulator and what else made the frames.
        schema_version: of the frames.
    """

    route: str
    town: str
    situations: tuple[str, ...]
    weather: str
    seed: int
    repetition: int
    frames: int
    ticks: int
    status: str
    driving_score: float
    route_completion: float
    infractions: dict[str, int]
    verdict: Verdict
    versions: dict[str, str]
    schema_version: int = SCHEMA_VERSION


def spoils(kind: str) -> bool:
    """Whether one infraction of a kind is enough for a drive not to be trained on."""
    return kind not in TOLERATED_ON_COMPLETION


_RECORD = TypeAdapter(DriveRecord)


def judge(record: RouteRecord, frames: int, learner: bool = False) -> Verdict:
    """Whether a drive is good enough to learn from (spec/lead-expert-and-data.md, 4.6).

    Unlike there, a drive whose only infractions are of too low a speed must have been completed, too (weak point 28).
    Where a learner drove, the expert's answers are good whatever became of it.
    """
    broken = {name: len(messages) for name, messages in record.infractions.items() if messages}
    told = ", ".join(f"{count} {name}" for name, count in broken.items()) or "no infractions"
    if frames == 0:
        return Verdict(False, "no frames were written")
    if any(fault in record.status for fault in FAULTY):
        return Verdict(False, f"{record.status}: not ended by driving")
    if learner:
        return Verdict(True, f"a learner drove: {record.status}; {told}")
    if not record.completed:
        return Verdict(False, f"{record.status} at {record.scores.score_route:.0f} % of the route; {told}")
    if record.scores.score_composed >= 100.0 or not broken:
        return Verdict(True, f"{record.status}, driving score {record.scores.score_composed:.0f}")
    if set(broken) <= TOLERATED_ON_COMPLETION:
        return Verdict(True, f"{record.status}; tolerated: {told}")
    return Verdict(False, f"{record.status}; {told}")


def write_record(folder: Path, record: DriveRecord) -> None:
    """Write `folder / RECORD`, whole or not at all."""
    replace_text(folder / RECORD, _RECORD.dump_json(record, indent=1).decode() + "\n")


def read_record(folder: Path) -> DriveRecord:
    """The record of a route's folder. Raises InputError if it is missing, malformed or of another schema version."""
    path = folder / RECORD
    try:
        record = _RECORD.validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error}; a drive that broke off has none") from error
    except ValidationError as error:
        fault = error.errors()[0]
        raise InputError(f"{path}: {'.'.join(map(str, fault['loc'])) or 'JSON'}: {fault['msg']}") from error
    if record.schema_version != SCHEMA_VERSION:
        raise InputError(f"{path} has schema version {record.schema_version}; expected {SCHEMA_VERSION}")
    return record
