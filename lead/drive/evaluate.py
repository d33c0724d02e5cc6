"""Evaluate an agent on many routes: workers in parallel, every route once, resumed where it stopped.

Each route is driven in a fresh world by a fresh process, so neither the number of workers nor what was driven before
changes a result.
"""

import json
import os
import pickle
import selectors
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lead import InputError
from lead.client.launch import Endpoint, connect, end_process, simulator_of
from lead.drive.agent import check_spec
from lead.drive.ending import STATUS_OF_SIMULATOR_FAULT, Ending
from lead.drive.evaluation import EMBEDDED, Evaluation, provenance
from lead.drive.judgement import empty_record
from lead.drive.ledger import Entry, Ledger, not_driven
from lead.drive.route_job import RouteJob
from lead.roads.library import find_map
from lead.scenarios.catalogue import play_of
from lead.scenarios.criteria.rules import rules_of
from lead.scenarios.route_file import Route
from lead.score.checkpoint import write_results
from lead.score.global_record import finished_results

BY_AGENT = (Ending.AGENT_FAULT, Ending.TIMEOUT)
LOSSES = 2
"""Worker processes that a route may take with it before it counts as a fault."""
VAIN = 4
"""Workers lost one after another, with no route ended between, that end the evaluation."""


@dataclass
class Progress:
    """What an evaluation shows while it runs; all do nothing unless set."""

    begin: Callable[[int, int], None] = lambda done, total: None
    moved: Callable[[str, int, float], None] = lambda route, ticks, percent: None  # route, ticks, percent
    ended: Callable[[Entry], None] = lambda entry: None


@dataclass
class _Seat:
    """A worker process and the route it drives."""

    process: subprocess.Popen[str]
    town: str = ""
    job: RouteJob | None = None


@dataclass
class _Queue:
    """Routes that wait, kept by town so that a worker can stay in its own."""

    waiting: list[RouteJob] = field(default_factory=list)

    def take(self, town: str, busy: Sequence[str]) -> RouteJob | None:
        """The next route for a worker that knows a town: there, else in a town nobody is in, else any."""
        for fits in (lambda t: t == town, lambda t: t not in busy, lambda t: True):
            for place, job in enumerate(self.waiting):
                if fits(job.route.town):
                    return self.waiting.pop(place)
        return None


def evaluate(
    evaluation: Evaluation, routes: Sequence[Route], out: Path, workers: int = 1, progress: Progress | None = None,
    job_of: Callable[[Evaluation, Route, int, Path], RouteJob] = RouteJob, again: bool = False,
) -> list[Entry]:  # fmt: skip
    """Drive every route that the ledger in `out` lacks and write `results.json`; returns all entries in order.

    With `again` those too that ended by a fault of the agent.

    Raises:
        InputError: there is no such agent or protocol, an id is there twice, or `out` holds another evaluation.
        ServerFault: no server answers where a CARLA should run.
    """
    progress = progress or Progress()
    check_spec(evaluation.agent)
    rules_of(evaluation.protocol)
    _refuse_repeated(routes)
    simulator = simulator_of(connect(Endpoint.parse(evaluation.carla))) if evaluation.carla else EMBEDDED
    ledger = Ledger(out)
    ledger.open(evaluation, simulator)
    jobs = [job_of(evaluation, route, index, out) for index, route in enumerate(routes)]
    missing = {} if evaluation.carla else _missing_towns({route.town for route in routes if not route.fault})
    waiting = []
    for job in jobs:
        if ledger.has(job.route.id) and not (again and ledger.read(job.route.id).ending in BY_AGENT):
            continue
        ledger.path(job.route.id).unlink(missing_ok=True)
        hindrance = _hindrance(job.route, missing)
        if hindrance:
            entry = not_driven(job.route.id, job.index, hindrance)
            ledger.write(entry)
            progress.ended(entry)
        else:
            waiting.append(job)
    progress.begin(len(jobs) - len(waiting), len(jobs))
    if waiting:
        _work(jobs, waiting, 1 if evaluation.carla else max(1, min(workers, len(waiting))), ledger, progress)
    entries = ledger.entries([route.id for route in routes])
    _write_results(evaluation, simulator, entries, len(routes), out)
    return entries


def _write_results(evaluation: Evaluation, simulator: str, entries: Sequence[Entry], total: int, out: Path) -> None:
    """Write `results.json` of what has been driven."""
    driven = [entry.record for entry in entries if entry.ending is not Ending.NOT_DRIVEN]
    records = [replace(record, index=place) for place, record in enumerate(driven)]
    results = finished_results(records, total, next((entry.sensors for entry in entries if entry.sensors), ()))
    write_results(replace(results, extra=provenance(evaluation, simulator)), out / "results.json")


def _refuse_repeated(routes: Sequence[Route]) -> None:
    repeated = sorted({route.id for route in routes if sum(other.id == route.id for other in routes) > 1})
    if repeated:
        raise InputError(f"more than one route has the id {', '.join(repeated)}; expected each once")


def _missing_towns(names: Collection[str]) -> dict[str, str]:
    """Why a town cannot be driven in, by the names of those that are not here."""
    missing = {}
    for name in names:
        try:
            find_map(name)
        except (LookupError, InputError) as error:
            missing[name] = str(error)
    return missing


def _hindrance(route: Route, missing: Mapping[str, str]) -> str:
    """Why a route cannot even begin, "" if it can: it is malformed, its town is not here, or a situation is unknown."""
    if route.fault or route.town in missing:
        return route.fault or missing[route.town]
    try:
        for situation in route.situations:
            play_of(situation.type)
    except (LookupError, InputError) as error:
        return str(error)
    return ""


def _work(jobs: Sequence[RouteJob], waiting: list[RouteJob], workers: int, ledger: Ledger, progress: Progress) -> None:
    """Hand routes to worker processes until all have ended."""
    queue = _Queue(list(waiting))
    with tempfile.NamedTemporaryFile(suffix=".jobs") as handed:
        handed.write(pickle.dumps(list(jobs)))
        handed.flush()
        seats = [_Seat(_start(handed.name)) for _ in range(workers)]
        selector = selectors.DefaultSelector()
        try:
            for seat in seats:
                selector.register(seat.process.stdout, selectors.EVENT_READ, seat)
                _hand_out(seat, queue, seats)
            lost: Counter[str] = Counter()  # workers by route
            vain = 0
            while any(seat.job is not None for seat in seats):
                for key, _ in selector.select():
                    seat: _Seat = key.data
                    line = seat.process.stdout.readline()
                    assert seat.job is not None
                    if line and not json.loads(line).get("done"):
                        message = json.loads(line)
                        progress.moved(seat.job.route.id, message["ticks"], message["percent"])
                        continue
                    vain = 0 if line else vain + 1
                    if not line:
                        selector.unregister(key.fileobj)
                        lost[seat.job.route.id] += 1
                        again = lost[seat.job.route.id] < LOSSES
                        _bury(seat, ledger, vain, again)
                        seat.process = _start(handed.name)
                        selector.register(seat.process.stdout, selectors.EVENT_READ, seat)
                        if again:
                            queue.waiting.insert(0, seat.job)
                            _hand_out(seat, queue, seats)
                            continue
                    progress.ended(ledger.read(seat.job.route.id))
                    _hand_out(seat, queue, seats)
        finally:
            for seat in seats:
                seat.process.stdin.close()
                end_process(seat.process)


def _bury(seat: _Seat, ledger: Ledger, vain: int, again: bool) -> None:
    """After a worker's death: the route's entry unless it is driven again. Raises InputError if workers die in vain."""
    assert seat.job is not None
    words = f"the worker ended with exit code {seat.process.wait()} (killed? out of memory?)"
    if vain >= VAIN:
        raise InputError(f"{words}, {vain} of them one after another; see their messages above")
    if not again:
        job, status = seat.job, STATUS_OF_SIMULATOR_FAULT
        record = empty_record(job.route.id, job.index, status, job.named)
        ledger.write(Entry(job.route.id, Ending.SIMULATOR_FAULT, record, words, attempts=LOSSES))


def _hand_out(seat: _Seat, queue: _Queue, seats: Sequence[_Seat]) -> None:
    busy = [other.town for other in seats if other is not seat]
    seat.job = queue.take(seat.town, busy)
    if seat.job is not None:
        seat.town = seat.job.route.town
        seat.process.stdin.write(json.dumps({"index": seat.job.index}) + "\n")
        seat.process.stdin.flush()


def _start(jobs: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "lead.drive.worker", jobs, str(os.getpid())]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def faults(entries: Sequence[Entry]) -> list[Entry]:
    """Entries that are no result of driving."""
    return [entry for entry in entries if entry.ending is not Ending.FINISHED]
