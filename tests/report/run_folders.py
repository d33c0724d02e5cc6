"""Folders of evaluated runs made by hand: ledger, logs and results as `lead evaluate` leaves them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from lead.drive.ending import Ending
from lead.drive.evaluation import EMBEDDED, Evaluation, provenance
from lead.drive.ledger import Entry, Ledger
from lead.score.checkpoint import write_results
from lead.score.global_record import finished_results
from lead.score.messages import collision_message, min_speed_message
from lead.score.penalty import tally
from lead.score.protocols import protocol_named
from lead.score.record import RouteMeta, RouteRecord, Scores, no_infractions, route_status

HIT = ("collisions_vehicle", collision_message("vehicle.audi.tt", 31, (20.0, 0.0, 0.0)))
SLOW = ("min_speed_infractions", min_speed_message(50.0))


@dataclass(frozen=True)
class Outcome:
    """What became of a route: percent driven, infractions as (time, kind, message), and how it ended."""

    completion: float = 100.0
    infractions: Sequence[tuple[float, str, str]] = ()
    failure: str = ""
    type: str = "ParkedObstacle"
    ending: Ending = Ending.FINISHED
    seconds: float = 8.0


@dataclass(frozen=True)
class Folder:
    """A run's folder and its entries."""

    path: Path
    entries: Sequence[Entry] = field(default_factory=tuple)


def record(route: str, outcome: Outcome, protocol: str = "leaderboard-2.0") -> RouteRecord:
    """The official record of an outcome."""
    infractions = no_infractions()
    for _, kind, message in outcome.infractions:
        infractions[kind] = (*infractions[kind], message)
    made = RouteRecord(
        f"RouteScenario_{route}_rep0",
        route_status(outcome.completion, len(outcome.infractions), outcome.failure),
        infractions, meta=RouteMeta(200.0, outcome.seconds, outcome.seconds),
        num_infractions=len(outcome.infractions),
    )  # fmt: skip
    penalty = round(protocol_named(protocol).penalty(tally(made)), 6)
    return replace(made, scores=Scores(outcome.completion, penalty, round(outcome.completion * penalty, 6)))


def write_run(
    path: Path, outcomes: Mapping[str, Outcome], agent: str = "expert", seed: int = 0, routes: str = "mini:1,2,5",
    protocol: str = "leaderboard-2.0", logs: bool = True, results: bool = True,
) -> Folder:  # fmt: skip
    """A run of these routes; without `results` as one that was broken off."""
    evaluation = Evaluation(agent, routes, protocol, seed=seed)
    ledger = Ledger(path)
    ledger.open(evaluation)
    entries = []
    for index, (route, outcome) in enumerate(outcomes.items()):
        entry = Entry(
            route, outcome.ending, replace(record(route, outcome, protocol), index=index),
            detail="" if outcome.ending is Ending.FINISHED else "the server died",
            situations=({
                "name": f"{outcome.type}_1", "type": outcome.type, "part": "ended", "begun": 2.0,
                "ended": 6.0, "reason": "",
            },),
        )  # fmt: skip
        ledger.write(entry)
        entries.append(entry)
        if logs:
            write_log(ledger.log(route, ".npz"), outcome, route, agent)
    if results:
        driven = [entry.record for entry in entries]
        told = finished_results(driven, len(driven), ())
        write_results(replace(told, extra=provenance(evaluation, EMBEDDED)), path / "results.json")
    return Folder(path, entries)


def write_log(path: Path, outcome: Outcome, route: str, agent: str, town: str = "GridCity") -> None:
    """A drive log: the ego goes along x at 5 m/s, a car and a walker stand by."""
    count = round(outcome.seconds * 10)
    time = 0.05 + 0.1 * np.arange(count)
    pose = np.zeros((count, 3, 6), np.float32)
    pose[:, 0, 0], pose[:, 1, 0], pose[:, 2, :2] = 5.0 * time, 30.0, (15.0, 6.0)
    about = {
        "town": town, "route": route, "agent": agent, "ego": 24,
        "actors": [[24, "vehicle.lincoln.mkz_2020", "hero", [2.4, 0.9, 0.7]],
                   [31, "vehicle.audi.tt", "scenario", [2.1, 1.0, 0.7]],
                   [32, "walker.pedestrian.0001", "background", [0.2, 0.2, 0.9]]],
        "events": [{"time": at, "kind": kind, "message": message} for at, kind, message in outcome.infractions],
    }  # fmt: skip
    np.savez_compressed(
        path, time=time, control=np.tile(np.float32([0.4, 0.1, 0.0]), (count, 1)),
        progress=np.linspace(0.0, outcome.completion, count, dtype=np.float32), first=np.arange(count + 1) * 3,
        actor=np.tile(np.arange(3, dtype=np.int32), count), pose=pose.reshape(-1, 6),
        speed=np.tile(np.float32([5.0, 0.0, 0.0]), count), light=np.array([[0, 1, 0], [20, 1, 2]], np.int32),
        plan=np.column_stack([np.arange(100.0), np.zeros(100), np.zeros(100)]).astype(np.float32),
        about=np.array(json.dumps(about)),
    )  # fmt: skip
