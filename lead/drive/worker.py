"""A worker: takes routes from its standard input one by one, drives each in a process of its own, tells how it ended.

It keeps what takes seconds about the last town, its lanes and a process that forks servers of it, and hands both to the
processes it forks.
Messages are JSON lines: in `{"index": N}`, out `{"index": N, "done": true}` or `{"index": N, "ticks": T, "percent": P}`.
"""

import gc
import importlib
import json
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import carla

from lead.client.launch import ServerFault
from lead.client.prepared import PreparedTown
from lead.drive.agent import Agent, expert_settings, is_expert
from lead.drive.agents.expert import Expert
from lead.drive.ending import STATUS_OF_AGENT_FAULT, STATUS_OF_SIMULATOR_FAULT, STATUS_OF_TIMEOUT, Ending
from lead.drive.heap import return_large_blocks
from lead.drive.isolation import Exit, Phase, Pulse, die_with, run_isolated
from lead.drive.judgement import empty_record
from lead.drive.ledger import Entry, Ledger, not_driven
from lead.drive.recording.job import RecordingJob
from lead.drive.recording.recording_expert import RecordingExpert
from lead.drive.route_job import RouteJob
from lead.drive.route_run import drive_route
from lead.drive.student.options import is_student
from lead.roads.library import find_map
from lead.scenarios.catalogue import catalogue
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.plan import Plan, trace

TELL_EVERY = 0.5  # s
OUTPUT_TAIL = 2000  # characters of a failed process's output that the ledger keeps


class Worker:
    """Drives routes one after another."""

    def __init__(self) -> None:
        self._town = ""
        self._graph: LaneGraph | None = None
        self.prepared: PreparedTown | None = None  # the last town
        self._told = 0.0

    def drive(self, job: RouteJob) -> None:
        """Drive a route; its entry is in the ledger afterwards, whatever happened."""
        graph = self._graph_of(job.route.town)
        ledger = Ledger(job.out)
        plan = trace(graph, job.route.key_points)
        if len(plan) < 2:
            reason = f"there is no way in {job.route.town} from the route's first key point to its last"
            ledger.write(not_driven(job.route.id, job.index, reason))
            return
        output = ledger.log(job.route.id, ".txt")
        failures: list[str] = []
        begun = time.monotonic()
        ticks = by_agent = 0
        for attempt in range(1, job.evaluation.attempts + 1):
            try:
                prepared = self._prepared_for(job)
            except ServerFault as fault:
                failures.append(str(fault))
                continue
            ended = run_isolated(
                partial(_drive, job, graph, plan, attempt, prepared), output, job.evaluation.timeout,
                lambda ticks, percent: self._tell(job.index, ticks, percent),
            )  # fmt: skip
            ticks = ended.ticks
            if ended.code == 0 and ledger.has(job.route.id):
                return
            failures.append(_explain(ended, output))
            if ended.hung and ended.phase is Phase.AGENT:
                ledger.write(_entry(job, Ending.TIMEOUT, STATUS_OF_TIMEOUT, failures, ticks, begun))
                return
            by_agent += ended.phase is Phase.AGENT
        ending, status = Ending.SIMULATOR_FAULT, STATUS_OF_SIMULATOR_FAULT
        if by_agent == len(failures):  # each time it took the process with it
            ending, status = Ending.AGENT_FAULT, STATUS_OF_AGENT_FAULT
        ledger.write(_entry(job, ending, status, failures, ticks, begun))

    def _graph_of(self, town: str) -> LaneGraph:
        if self._graph is None or town != self._town:
            self._graph = LaneGraph.of(carla.Map(town, find_map(town)[1]))
            self._town = town
            gc.collect()
            gc.freeze()  # the lanes are many objects: no process that is forked should walk, and so copy, them
        return self._graph

    def _prepared_for(self, job: RouteJob) -> PreparedTown | None:
        """What has servers of the route's town at hand, None where a CARLA runs. Raises ServerFault."""
        evaluation, known = job.evaluation, self.prepared
        if evaluation.carla is not None:
            return None
        if known is not None and known.alive and known.town == job.route.town:
            return known
        if known is not None:
            known.stop()
            self.prepared = None
        self.prepared = PreparedTown(job.route.town, seed=evaluation.seed)
        return self.prepared

    def _tell(self, index: int, ticks: int, percent: float) -> None:
        now = time.monotonic()
        if now - self._told > TELL_EVERY:
            self._told = now
            say({"index": index, "ticks": ticks, "percent": percent})


def _drive(
    job: RouteJob, graph: LaneGraph, plan: Plan, attempt: int, prepared: PreparedTown | None, pulse: Pulse
) -> None:  # fmt: skip
    drive_route(job, graph, plan, attempt, pulse, prepared=prepared, make=_maker(job))


def _maker(job: RouteJob) -> Callable[[], Agent] | None:
    """What makes the agent of a job, None for the evaluation's own."""
    if isinstance(job, RecordingJob):
        return partial(RecordingExpert, job, job.recording)
    if job.witness is None or not is_expert(job.evaluation.agent):
        return None
    settings = expert_settings(job.evaluation.agent)
    return lambda: Expert(settings, witness=job.witness(job, settings))


def _explain(ended: Exit, output: Path) -> str:
    whose = "the agent" if ended.phase is Phase.AGENT else "the simulator or its client"
    tail = output.read_text(errors="replace")[-OUTPUT_TAIL:].strip() if output.exists() else ""
    return f"after {ended.ticks} ticks the process {ended.words} while it was {whose}'s turn; its output ends:\n{tail}"


def _entry(job: RouteJob, ending: Ending, status: str, failures: Sequence[str], ticks: int, begun: float) -> Entry:
    return Entry(
        route=job.route.id, ending=ending, record=empty_record(job.route.id, job.index, status, job.named),
        detail="\n\n".join(failures), attempts=len(failures), ticks=ticks, notes=job.route.notes,
        seconds={"in all": time.monotonic() - begun},
    )  # fmt: skip


def say(message: dict[str, object]) -> None:
    """One line to whoever started this worker."""
    print(json.dumps(message), flush=True)


def main() -> None:
    """Work until the input ends. Arguments: the file of the jobs (our own pickle, just made), the evaluator's process."""
    die_with(int(sys.argv[2]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the evaluator ends its workers
    jobs: list[RouteJob] = pickle.loads(Path(sys.argv[1]).read_bytes())
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    return_large_blocks()  # in what is forked, too
    catalogue()  # imported once, not by every process that is forked
    if any(is_student(job.evaluation.agent) for job in jobs):
        importlib.import_module("lead.drive.agents.student")  # likewise
    worker = Worker()
    for line in sys.stdin:
        index = json.loads(line)["index"]
        worker.drive(jobs[index])
        say({"index": index, "done": True})


if __name__ == "__main__":
    main()
