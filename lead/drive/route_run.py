"""Drive one route with one agent in this process and write its entry.

Order per tick (spec/benchmarks.md, 1.2): world, state, agent, control, weather and lights, traffic, situations, criteria.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import carla

from lead.client.launch import Endpoint, free_port
from lead.client.prepared import PreparedTown
from lead.drive.agent import (
    BENCH2DRIVE_SPACING,
    LEADERBOARD_SPACING,
    Agent,
    AgentFault,
    Observation,
    Task,
    make_agent,
)
from lead.drive.company import Company, gathered
from lead.drive.drive_log import EVERY, DriveLog
from lead.drive.ending import Ending
from lead.drive.fresh_world import CLIENT_TIMEOUT, fresh_world
from lead.drive.isolation import Phase, Pulse
from lead.drive.judgement import FAILURES, message_of, record_of
from lead.drive.ledger import Entry, Ledger
from lead.drive.metric_info import motion_of, write_metric_info
from lead.drive.route_job import RouteJob
from lead.drive.sensors.tracks import RESULT_NAMES
from lead.drive.stopwatch import Stopwatch
from lead.scenarios.check import reaches_trigger
from lead.scenarios.director import Director
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.plan import Plan
from lead.scenarios.stage import Stage
from lead.scenarios.staging import staged

SPECTATOR_HEIGHT = 70.0  # m above the ego
GIVE_UP_EVERY = 20  # ticks from one look at whether the drive goes on to the next

Onlooker = Callable[[Stage, Director], None]


def drive_route(
    job: RouteJob, graph: LaneGraph, plan: Plan, attempt: int, pulse: Pulse, onlooker: Onlooker | None = None,
    prepared: PreparedTown | None = None, make: Callable[[], Agent] | None = None,
) -> None:  # fmt: skip
    """Drive a route to its end and write its entry; a fault of the agent is an end too.

    Args:
        job: what to drive, and where the entry goes.
        graph: the lanes of the route's town.
        plan: the dense way through them, at least two points.
        attempt: the how-manieth try this is, from 1.
        pulse: shown at every turn.
        onlooker: called at the end of every tick.
        prepared: the route's town, from which a server is had at once.
        make: makes what drives; the evaluation's agent if None.

    Raises:
        SimulatorFault, ServerFault, RuntimeError: the simulated world failed; nothing is written.
    """
    evaluation, route, watch = job.evaluation, job.route, Stopwatch()
    missed = [s for s in route.situations if not reaches_trigger(plan, s.trigger)]
    met = [s for s in route.situations if s not in missed]
    with ExitStack() as after:
        with watch.on("start"):
            world = after.enter_context(fresh_world(evaluation, route.town, prepared))
            staging = staged(world.client, graph, plan, seed=evaluation.seed, manager_port=free_port())
            company = after.enter_context(gathered(after.enter_context(staging), evaluation, route, met))
            named = {"town": route.town, "route": route.id, "agent": evaluation.agent}
            log = DriveLog(company.stage, named) if evaluation.log else None
        drive = _Drive(job, world.endpoint, company, log, pulse, watch, onlooker, make)
        ending, failure, detail = drive.run()
        company.finish()
        _keep(job, company, log, drive.motion)
        entry = Entry(
            route=route.id, ending=ending, detail=detail, attempts=attempt, ticks=drive.ticks, sensors=drive.sensors,
            record=record_of(
                route.id, job.index, evaluation.protocol, company.judge.events, company.judge.completion, failure,
                plan.length, company.stage.time, job.named,
            ),
            situations=tuple(_told(played) for played in company.director.played),
            notes=(*route.notes, *(f"situation {s.name} is left out: its trigger is not on the way" for s in missed)),
            seconds=watch.seconds, server_seconds=world.server_seconds(),
        )  # fmt: skip
    Ledger(job.out).write(entry)


class _Drive:
    """The ticks of one route."""

    def __init__(
        self, job: RouteJob, endpoint: Endpoint, company: Company, log: DriveLog | None, pulse: Pulse,
        watch: Stopwatch, onlooker: Onlooker | None, make: Callable[[], Agent] | None,
    ) -> None:  # fmt: skip
        self._job, self._endpoint, self._company, self._log = job, endpoint, company, log
        self._pulse, self._watch, self._onlooker = pulse, watch, onlooker
        self._make = make or (lambda: make_agent(job.evaluation.agent, job.evaluation.agent_config or None))
        self._stage = company.stage
        self.ticks = 0
        self.sensors: tuple[str, ...] = ()
        self.motion: list[dict[str, list[float]]] = []  # Bench2Drive's samples

    def run(self) -> tuple[Ending, str, str]:
        """Drive until the criteria end it: how it ended, the reason of failure in official words, and details."""
        agent: Agent | None = None
        judge = self._company.judge
        try:
            with self._watch.on("agent"):
                self._beat(Phase.AGENT)
                agent = self._make()
                agent.begin(self._stage, self._task())
                self._stage.start_clock()
                types = (sensor["type"] for sensor in agent.sensors())
                self.sensors = tuple(sorted({RESULT_NAMES.get(type_, type_) for type_ in types}))
            while judge.ending is None:
                self._tick(agent)
                if self.ticks % GIVE_UP_EVERY == 0 and (reason := self._job.gives_up(judge.events, self._stage.time)):
                    return Ending.FINISHED, reason, ""
            return Ending.FINISHED, FAILURES[judge.ending], ""
        except AgentFault as fault:
            return Ending.AGENT_FAULT, fault.status, str(fault)
        finally:
            if agent is not None:
                self._beat(Phase.AGENT)
                agent.end()

    def _task(self) -> Task:
        job = self._job
        spacing = BENCH2DRIVE_SPACING if job.bench2drive else LEADERBOARD_SPACING
        return Task(
            plan=self._stage.plan.sampled(spacing), route=job.route.id, town=job.route.town, seed=job.evaluation.seed,
            save_name=job.save_name if job.bench2drive else "", bench2drive=job.bench2drive,
            host=self._endpoint.host, port=self._endpoint.port,
            keep=Ledger(job.out).log(job.route.id, "") if job.evaluation.log else None, pictures=job.evaluation.pictures,
        )  # fmt: skip

    def _tick(self, agent: Agent) -> None:
        stage, company, watch = self._stage, self._company, self._watch
        self._beat(Phase.SIMULATOR)
        with watch.on("world"):
            frame = stage.world.tick(CLIENT_TIMEOUT)
            stage.update()
        with watch.on("agent"):
            self._beat(Phase.AGENT)
            control = agent.control(Observation(frame, stage.time))
            if control is not None:
                stage.ego.apply_control(control)
        self._beat(Phase.SIMULATOR)
        stage.control = control or stage.ego.get_control()
        with watch.on("traffic"):
            company.atmosphere.step()
            if company.traffic is not None:
                company.traffic.step()
        with watch.on("situations"):
            company.director.step()
            company.parked.step()
        with watch.on("criteria"):
            company.judge.update()
        with watch.on("log"):
            self._look_on()
        if self._onlooker is not None:
            self._onlooker(stage, company.director)
        self.ticks += 1

    def _look_on(self) -> None:
        """The log, Bench2Drive's samples, and the spectator above the ego."""
        stage = self._stage
        if self.ticks % EVERY:
            return
        if self._log is not None:
            self._log.add(stage.control, self._company.judge.completion)
        if self._job.bench2drive:
            self.motion.append(motion_of(stage.ego))
        above = carla.Transform(stage.place + carla.Location(z=SPECTATOR_HEIGHT), carla.Rotation(pitch=-90.0))
        stage.world.get_spectator().set_transform(above)

    def _beat(self, phase: Phase) -> None:
        self._pulse.beat(phase, self.ticks, self._company.judge.completion)


def _keep(job: RouteJob, company: Company, log: DriveLog | None, motion: Sequence[dict[str, list[float]]]) -> None:
    """Write what is kept of a drive beside its entry."""
    if log is not None:
        told = [{"time": e.time, "kind": e.kind, "message": message_of(e)} for e in company.judge.events]
        log.write(Ledger(job.out).log(job.route.id, ".npz"), told)
    if job.bench2drive:
        write_metric_info(motion, job.out / job.save_name / "metric_info.json")


def _told(played: Any) -> dict[str, Any]:
    situation = played.order.situation
    return {
        "name": situation.name, "type": situation.type, "part": played.part.value, "begun": played.begun,
        "ended": played.ended, "reason": played.reason,
    }  # fmt: skip
