"""Collect a data set: the expert drives many routes, each is recorded; resumed where it stopped.

OUT/routes/ID/frames.arrow, route.json    a route's frames, and how it ended
OUT/collection.json, evaluation.json      how it is recorded and driven; another collection is refused
OUT/ledger, logs                          as of an evaluation
OUT/manifest.json                         sizes and checksums, written at the end
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

import lead
from lead import InputError
from lead.dataset.manifest import write_manifest
from lead.dataset.rig import rig_named
from lead.dataset.route_file import RouteFile
from lead.dataset.route_record import RECORD, DriveRecord, judge, read_record, write_record
from lead.dataset.writer import FRAMES
from lead.drive.agent import check_spec
from lead.drive.evaluate import Progress, evaluate
from lead.drive.evaluation import Evaluation, commit
from lead.drive.ledger import Entry, Ledger
from lead.drive.recording.job import RecordingJob
from lead.drive.recording.settings import Recording, route_folder
from lead.drive.recording.weathers import with_weather
from lead.drive.student.options import is_student
from lead.drive.witness import WitnessOf
from lead.expert.settings import settings_from
from lead.scenarios.route_file import Route
from lead.scenarios.stage import TICK
from lead.whole_file import replace_text

COLLECTION = "collection.json"
USUAL_SPEED = 4.5  # m/s that the expert drives on average, with all its stops
BYTES_PER_PIXEL, BYTES_OF_CLOUD = 0.08, 78_000  # of a frame's pictures (a view), and of its points and boxes
SECONDS_PER_TICK, SECONDS_PER_PIXEL = 0.030, 1.2e-7  # of one worker for all else, and for a frame's pixels (all views)


@dataclass(frozen=True)
class Estimate:
    """What a collection will take, roughly."""

    routes: int
    kilometres: float
    hours: float  # of driving
    frames: int
    size: int  # bytes
    seconds: float  # of wall-clock time
    measured: bool  # whether that is by what this data set's drives took so far


def estimate(routes: Sequence[Route], recording: Recording, workers: int, out: Path | None = None) -> Estimate:
    """From the routes' key points, and what was measured once; what has been driven in `out` tells the time better."""
    rig, views = rig_named(recording.rig), 2 if settings_from(recording.expert).perturbed_rig else 1
    metres = sum(
        float(np.linalg.norm(np.diff(route.key_points[:, :2], axis=0), axis=1).sum())
        for route in routes
        if not route.fault
    )
    seconds = metres / USUAL_SPEED
    frames = int(seconds / (TICK * recording.every))
    pixels = views * sum(camera.width * camera.height for camera in rig.cameras)
    per_frame = pixels * BYTES_PER_PIXEL + BYTES_OF_CLOUD * bool(rig.lidars)
    known = seconds_per_tick(out) if out is not None else None
    per_tick = known or SECONDS_PER_TICK + SECONDS_PER_PIXEL * pixels / recording.every
    wall = seconds / TICK * per_tick / max(1, min(workers, len(routes)))
    return Estimate(
        len(routes), metres / 1000.0, seconds / 3600.0, frames, int(frames * per_frame), wall, known is not None
    )


def seconds_per_tick(out: Path) -> float | None:
    """Wall-clock time that a tick of the drives in a data set took; None before the first."""
    entries = [Ledger(out).read(path.stem) for path in sorted((out / "ledger").glob("*.json"))]
    ticks = sum(entry.ticks for entry in entries)
    return sum(sum(entry.seconds.values()) for entry in entries) / ticks if ticks else None


def collect(
    evaluation: Evaluation, recording: Recording, routes: Sequence[Route], out: Path, workers: int = 1,
    progress: Progress | None = None, witness: WitnessOf | None = None,
) -> list[DriveRecord]:  # fmt: skip
    """Drive and record every route that `out` lacks; returns the records of all that were driven.

    Raises InputError if there is no such rig, expert, weather or protocol, or `out` holds another collection.
    """
    progress = progress or Progress()
    rig_named(recording.rig)
    settings_from(recording.expert)
    if recording.learner:
        if not is_student(recording.learner):
            raise InputError(f"found learner {recording.learner!r}, expected 'student:PATH[,option=value...]'")
        check_spec(recording.learner)
    routes = [with_weather(route, recording.weather, evaluation.seed) for route in routes]
    _claim(out, evaluation, recording)
    by_id = {route.id: route for route in routes}
    settle = partial(_settle, evaluation, out, bool(recording.learner))

    def ended(entry: Entry) -> None:
        settle(by_id[entry.route], entry)
        progress.ended(entry)

    ledger = Ledger(out)
    for entry in ledger.entries(list(by_id)):  # of a run that was killed between entry and record
        if not (route_folder(out, entry.route) / RECORD).exists():
            settle(by_id[entry.route], entry)
    jobs = partial(RecordingJob, recording=recording, witness=witness)
    evaluate(evaluation, routes, out, workers, replace(progress, ended=ended), job_of=jobs)
    folders = [route_folder(out, route.id) for route in routes]
    records = [read_record(folder) for folder in folders if (folder / RECORD).exists()]
    if records:
        write_manifest(out)
    return records


def _claim(out: Path, evaluation: Evaluation, recording: Recording) -> None:
    """Take a folder for a collection. Raises InputError if it holds another one."""
    mine, path = json.loads(json.dumps(asdict(recording))), out / COLLECTION
    if not path.exists():
        out.mkdir(parents=True, exist_ok=True)
        replace_text(path, json.dumps(mine, indent=1) + "\n")
        return
    theirs = {**asdict(Recording()), **json.loads(path.read_text())}
    other = [key for key in mine if mine[key] != theirs.get(key)]
    if other:
        told = "; ".join(f"{key}: {theirs.get(key)!r} there, {mine[key]!r} now" for key in other)
        raise InputError(f"{out} holds another collection ({told}); choose another --out")
    driven = Ledger(out).routes()
    if driven is not None and driven != evaluation.routes:
        raise InputError(
            f"{out} holds drives of {driven!r}, not of {evaluation.routes!r}, whose ids may mean other routes; "
            f"collect into a folder beside it, such as --out {out.parent / Path(evaluation.routes).stem}, and give "
            f"the folder above both, {out.parent}, to lead train and lead data: all below it is read"
        )


def _settle(evaluation: Evaluation, out: Path, learner: bool, route: Route, entry: Entry) -> None:
    """Write how a drive ended beside its frames; a route of which nothing was written gets no record."""
    folder = route_folder(out, entry.route)
    if not (folder / FRAMES).exists():
        return
    frames = RouteFile(folder)
    count, header = len(frames), frames.header
    scores = entry.record.scores
    write_record(
        folder,
        DriveRecord(
            route=entry.route,
            town=route.town,
            situations=header.situations,
            weather=header.weather.name,
            seed=evaluation.seed,
            repetition=header.repetition,
            frames=count,
            ticks=entry.ticks,
            status=entry.record.status,
            driving_score=float(scores.score_composed),
            route_completion=float(scores.score_route),
            infractions={name: len(told) for name, told in entry.record.infractions.items() if told},
            verdict=judge(entry.record, count, learner),
            versions={
                "lead": lead.__version__, "commit": commit() or "", "carla": version("carla"),
                "simulator": header.simulator,
            },
        ),
    )  # fmt: skip
