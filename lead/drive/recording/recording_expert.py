"""The expert that records what it drives, and what it would do where a learner drives."""

import shutil
import zlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from importlib.metadata import version
from itertools import repeat
from pathlib import Path

import carla
import numpy as np

import lead
from lead.client.launch import simulator_of
from lead.dataset.header import Perturbation, Plan, RouteHeader, Weather
from lead.dataset.rig import rig_named
from lead.drive.agent import Observation, Task, make_agent
from lead.drive.agents.expert import Expert
from lead.drive.evaluation import EMBEDDED, commit
from lead.drive.recording.learner import Turns
from lead.drive.recording.perturbing import draw_perturbation
from lead.drive.recording.recorder import Recorder
from lead.drive.recording.settings import Recording, route_folder
from lead.drive.recording.weathers import nearest_preset
from lead.drive.route_job import RouteJob
from lead.expert.settings import settings_from
from lead.scenarios.stage import TICK, Stage
from lead.scenarios.weather import FIELDS, weather_at


class RecordingExpert(Expert):
    """Drives as the expert does; a recorder looks over its shoulder. An old, unfinished recording is removed.

    Args:
        job: what is driven.
        recording: how it is recorded.
    """

    def __init__(self, job: RouteJob, recording: Recording) -> None:
        settings = settings_from(recording.expert)
        super().__init__(settings, witness=None if job.witness is None else job.witness(job, settings))
        self._job, self._recording = job, recording
        self._recorder: Recorder | None = None
        self._learner = make_agent(recording.learner) if recording.learner else None

    def begin(self, stage: Stage, task: Task) -> None:
        """Mount the sensors and begin the file."""
        super().begin(stage, task)
        folder = route_folder(self._job.out, self._job.route.id)
        shutil.rmtree(folder, ignore_errors=True)
        header = header_of(stage, task, self._job, self._recording)
        moves = None
        if self.settings.perturbed_rig:
            anew = self._recording.recovery == "frame"
            moves = perturbations(stage, self._job) if anew else repeat(header.perturbation)
        if self._learner is not None:
            self._learner.begin(stage, replace(task, keep=None))
            self._turns = Turns(
                np.random.default_rng([self._job.evaluation.seed, zlib.crc32(task.route.encode())]), TICK
            )
        self._recorder = Recorder(stage, header, Path(folder), moves)

    def control(self, observation: Observation) -> carla.VehicleControl:
        """As the expert's, or the learner's in its turn; the tick is recorded."""
        asked = super().control(observation)
        tried = None if self._learner is None else self._learner.control(observation)
        if self.scene is None or self.decision is None or self._recorder is None:
            return asked
        learns = None if tried is None else self._turns.step(self.scene.ego.speed, self.decision.target_speed)
        done = tried if tried is not None and learns else asked
        self._recorder.see(observation.frame, self.scene, self.decision, done.steer, learns)
        return done

    def end(self) -> None:
        """Take the sensors away and end the file."""
        if self._learner is not None:
            self._learner.end()
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None
        super().end()


def header_of(stage: Stage, task: Task, job: RouteJob, recording: Recording) -> RouteHeader:
    """What holds for all frames of a drive."""
    settings, rig = settings_from(recording.expert), rig_named(recording.rig)
    box = stage.ego.bounding_box
    evaluation, route = job.evaluation, job.route
    simulator = simulator_of(stage.client)
    return RouteHeader(
        route=route.id,
        source=evaluation.routes,
        town=route.town,
        situations=tuple(situation.type for situation in route.situations),
        weather=weather_of(job),
        repetition=0,
        seed=evaluation.seed,
        ego_type=stage.ego.type_id,
        ego_extent=(box.extent.x, box.extent.y, box.extent.z),
        ego_centre=(box.location.x, box.location.y, box.location.z),
        expert={"preset": recording.expert, "settings": asdict(settings), "learner": recording.learner},
        rig=rig,
        perturbation=next(perturbations(stage, job)) if settings.perturbed_rig else Perturbation(),
        plan=Plan(tuple(tuple(p) for p in task.plan.pose[:, :3].tolist()), tuple(task.plan.command.tolist())),
        jpeg_quality=recording.jpeg_quality,
        simulator=simulator if simulator != EMBEDDED else f"{EMBEDDED} {lead.__version__}",
        versions={"lead": lead.__version__, "commit": commit() or "", "carla": version("carla")},
        ticks_per_frame=recording.every,
    )


def weather_of(job: RouteJob) -> Weather:
    """The weather at the route's start: its parameters, and the name of the preset most like it."""
    values = weather_at(job.route.weather, 0.0)
    return Weather(nearest_preset(values), dict(zip(FIELDS, values.tolist())))


def perturbations(stage: Stage, job: RouteJob) -> Iterator[Perturbation]:
    """How the copy of the rig is moved, frame by frame; the same for the same seed and route. The first is the header's."""
    random = np.random.default_rng([job.evaluation.seed, zlib.crc32(job.route.id.encode())])
    widths = [waypoint.lane_width for waypoint in stage.plan.waypoints if not waypoint.is_junction]
    limit = stage.ego.get_speed_limit() / 3.6
    while True:
        yield draw_perturbation(random, widths, stage.ego.bounding_box.extent.y, limit)
