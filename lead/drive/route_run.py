"""Drive one route with one agent in this process and write its entry.

Order per tick (spec/benchmarks.md, 1.2): world, state, agent, control, weather and lights, traffic, situations, criteria.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import carla

from lead.client.launch import Endpoint, ServerFault, connect, free_port, start_server
from lead.drive.agent import (
    BENCH2DRIVE_SPACING,
    LEADERBOARD_SPACING,
    Agent,
    AgentFault,
    Observation,
    Task,
    make_agent,
)
from lead.drive.drive_log import EVERY, DriveLog
from lead.drive.ending import Ending, SimulatorFault
from lead.drive.evaluation import Evaluation
from lead.drive.isolation import Phase, Pulse
from lead.drive.judgement import FAILURES, message_of, record_of
from lead.drive.ledger import Entry, Ledger
from lead.drive.metric_info import write_metric_info
from lead.drive.stopwatch import Stopwatch
from lead.scenarios.atmosphere import Atmosphere
from lead.scenarios.check import reaches_trigger
from lead.scenarios.criteria.judge import Judge
from lead.scenarios.criteria.rules import rules_of
from lead.scenarios.director import Director
from lead.scenarios.lane_graph import LaneGraph
from lead.scenarios.parked import Parked
from lead.scenarios.plan import trace
from lead.scenarios.route_file import Route
from lead.scenarios.stage import Stage
from lead.scenarios.staging import staged
from lead.scenarios.traffic.background import BackgroundTraffic

SPECTATOR_HEIGHT = 70.0  # m above the ego
CLIENT_TIMEOUT = 60.0  # s for one call
OFFICIAL_WORDS = {
    "sensor.camera.rgb": "carla_camera", "sensor.lidar.ray_cast": "carla_lidar", "sensor.other.radar": "carla_radar",
    "sensor.other.gnss": "carla_gnss", "sensor.other.imu": "carla_imu", "sensor.opendrive_map": "carla_opendrive_map",
    "sensor.speedometer": "carla_speedometer",
}  # fmt: skip  # sensors as result files list them


@dataclass(frozen=True)
class RouteJob:
    """A route of an evaluation, its place in it, and where its entry goes."""

    evaluation: Evaluation
    route: Route
    index: int
    out: Path

    @property
    def bench2drive(self) -> bool:
        """Whether Bench2Drive's deviations apply."""
        return self.evaluation.protocol.startswith("bench2drive")

    @property
    def save_name(self) -> str:
        """Name of the route's folder of agent output, as Bench2Drive forms it but for the date."""
        first = self.route.situations[0].name if self.route.situations else "none"
        return f"RouteScenario_{self.route.id}_rep0_{self.route.town}_{first}"

    @property
    def named(self) -> dict[str, str]:
        """Bench2Drive's fields of a record."""
        if not self.bench2drive:
            return {}
        first = self.route.situations[0].name if self.route.situations else "none"
        return {
            "scenario_name": first, "weather_id": "None", "save_name": self.save_name, "town_name": self.route.town
        }  # fmt: skip


Onlooker = Callable[[Stage, Director], None]


def drive_route(job: RouteJob, graph: LaneGraph, attempt: int, pulse: Pulse, onlooker: Onlooker | None = None) -> None:
    """Drive a route to its end and write its entry; a fault of the agent is an end too.

    An onlooker is called at the end of every tick.

    Raises:
        SimulatorFault, ServerFault, RuntimeError: the simulated world failed; nothing is written.
    """
    evaluation, route, watch = job.evaluation, job.route, Stopwatch()
    plan = trace(graph, route.key_points)
    if len(plan) < 2:
        raise SimulatorFault(f"route {route.id} has no way from its first key point to its last in {route.town}")
    missed = [s for s in route.situations if not reaches_trigger(plan, s.trigger)]
    notes = [*route.notes, *(f"situation {s.name} is left out: its trigger is not on the way" for s in missed)]
    met = [s for s in route.situations if s not in missed]
    rules = rules_of(evaluation.protocol)
    with ExitStack() as after:
        with watch.on("start"):
            client, endpoint, server_seconds = after.enter_context(_fresh_world(evaluation, route.town))
            stage = after.enter_context(staged(client, graph, plan, seed=evaluation.seed, manager_port=free_port()))
            if evaluation.traffic:
                stage.traffic = BackgroundTraffic(stage)
                after.callback(stage.traffic.close)
            atmosphere = Atmosphere(stage, route.weather)
            after.callback(atmosphere.close)
            director = Director(stage, met)
            after.callback(director.close)
            parked = Parked(stage)
            after.callback(parked.close)
            judge = Judge(stage, rules)
            after.callback(judge.close)
            log = DriveLog(stage, {"town": route.town, "route": route.id, "agent": evaluation.agent})
        drive = _Drive(job, endpoint, stage, atmosphere, director, parked, judge, log, pulse, watch, onlooker)
        ending, failure, detail = drive.run()
        director.close()  # what a situation has still to say counts
        judge.close()  # and late contacts, and the last segment's speed
        events = judge.events
        record = record_of(
            route.id,
            job.index,
            evaluation.protocol,
            events,
            judge.completion,
            failure,
            plan.length,
            stage.time,
            job.named,
        )
        ledger = Ledger(job.out)
        if evaluation.log:
            told = [{"time": e.time, "kind": e.kind, "message": message_of(e)} for e in events]
            log.write(ledger.log(route.id, ".npz"), told)
        taken = server_seconds()
        if job.bench2drive:
            write_metric_info(drive.motion, job.out / job.save_name / "metric_info.json")
    ledger.write(
        Entry(
            route=route.id, ending=ending, record=record, detail=detail, attempts=attempt, ticks=drive.ticks,
            sensors=drive.sensors, situations=tuple(_told(played) for played in director.played), notes=tuple(notes),
            seconds=watch.seconds,
            server_seconds=taken,
        )
    )  # fmt: skip


class _Drive:
    """The ticks of one route."""

    def __init__(
        self, job: RouteJob, endpoint: Endpoint, stage: Stage, atmosphere: Atmosphere, director: Director,
        parked: Parked, judge: Judge, log: DriveLog, pulse: Pulse, watch: Stopwatch, onlooker: Onlooker | None,
    ) -> None:  # fmt: skip
        self._job, self._endpoint, self._stage = job, endpoint, stage
        self._atmosphere, self._director, self._parked = atmosphere, director, parked
        self._judge, self._log, self._pulse, self._watch, self._onlooker = judge, log, pulse, watch, onlooker
        self.ticks = 0
        self.sensors: tuple[str, ...] = ()
        self.motion: list[dict[str, Any]] = []  # Bench2Drive's samples

    def run(self) -> tuple[Ending, str, str]:
        """Drive until the criteria end it: how it ended, the reason of failure in official words, and details."""
        agent: Agent | None = None
        try:
            with self._watch.on("agent"):
                self._beat(Phase.AGENT)
                agent = make_agent(self._job.evaluation.agent, self._job.evaluation.agent_config or None)
                agent.begin(self._stage, self._task())
                self._stage.start_clock()
                self.sensors = tuple(
                    sorted({OFFICIAL_WORDS.get(sensor["type"], sensor["type"]) for sensor in agent.sensors()})
                )
            while self._judge.ending is None:
                self._tick(agent)
            return Ending.FINISHED, FAILURES[self._judge.ending], ""
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
        )  # fmt: skip

    def _tick(self, agent: Agent) -> None:
        stage, watch = self._stage, self._watch
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
            self._atmosphere.step()
            if isinstance(stage.traffic, BackgroundTraffic):
                stage.traffic.step()
        with watch.on("situations"):
            self._director.step()
            self._parked.step()
        with watch.on("criteria"):
            self._judge.update()
        with watch.on("log"):
            self._look_on()
        if self._onlooker is not None:
            self._onlooker(stage, self._director)
        self.ticks += 1

    def _look_on(self) -> None:
        """The log, Bench2Drive's samples, and the spectator above the ego."""
        stage = self._stage
        if self.ticks % EVERY:
            return
        if self._job.evaluation.log:
            self._log.add(stage.control, self._judge.completion)
        if self._job.bench2drive:
            self.motion.append(_motion(stage.ego))
        above = carla.Transform(stage.place + carla.Location(z=SPECTATOR_HEIGHT), carla.Rotation(pitch=-90.0))
        stage.world.get_spectator().set_transform(above)

    def _beat(self, phase: Phase) -> None:
        self._pulse.beat(phase, self.ticks, self._judge.completion)


_World = tuple[carla.Client, Endpoint, Callable[[], float]]


@contextmanager
def _fresh_world(evaluation: Evaluation, town: str) -> Iterator[_World]:
    """A client whose world is the town, fresh: of a server of our own, or of the running CARLA that was named.

    With it the server's address, and what tells the processor time of a server of our own.
    """
    if evaluation.carla is not None:
        endpoint = Endpoint.parse(evaluation.carla)
        client = connect(endpoint, CLIENT_TIMEOUT)
        client.load_world(town, False)
        yield client, endpoint, lambda: 0.0
        return
    with start_server(town, seed=evaluation.seed) as server:
        try:
            yield connect(server.endpoint, CLIENT_TIMEOUT), server.endpoint, server.processor_seconds
        except RuntimeError as error:
            if not server.alive:
                raise ServerFault(f"the server died: {error}\nIts log ends:\n{server.log_tail()}") from error
            raise


def _told(played: Any) -> dict[str, Any]:
    situation = played.order.situation
    return {
        "name": situation.name, "type": situation.type, "part": played.part.value, "begun": played.begun,
        "ended": played.ended, "reason": played.reason,
    }  # fmt: skip


def _motion(ego: carla.Vehicle) -> dict[str, Any]:
    """One sample of `metric_info.json` (world axes; m/s^2, deg/s, m, degrees)."""
    pose = ego.get_transform()

    def three(vector: carla.Vector3D) -> list[float]:
        return [vector.x, vector.y, vector.z]

    return {
        "acceleration": three(ego.get_acceleration()),
        "angular_velocity": three(ego.get_angular_velocity()),
        "forward_vector": three(pose.get_forward_vector()),
        "right_vector": three(pose.get_right_vector()),
        "location": three(pose.location),
        "rotation": [pose.rotation.pitch, pose.rotation.yaw, pose.rotation.roll],
    }
