"""What a student sees when it drives is what it would have learnt from: its inputs against samples of the same ticks."""

from types import SimpleNamespace

import carla
import numpy as np
import pytest
import torch
from onstage import TOWN, drive, on_stage, route_with, task_of

from lead.client.launch import ServerProcess, connect
from lead.dataset.rig import rig_named
from lead.dataset.route_file import RouteFile
from lead.dataset.sample import Sample, make_sample
from lead.drive.agent import Observation, Task
from lead.drive.evaluation import Evaluation
from lead.drive.recording.recording_expert import RecordingExpert
from lead.drive.recording.rig_sensors import RGB, Data, Key
from lead.drive.recording.settings import Recording, route_folder
from lead.drive.route_job import RouteJob
from lead.drive.sensors.readings import READERS, speed_of
from lead.drive.sensors.rig import Rig
from lead.drive.sensors.tracks import GNSS, IMU, LIDAR, RADAR
from lead.drive.student.goal import Goal
from lead.drive.student.place import Localiser
from lead.drive.student.sensing import GNSS_ID, IMU_ID, SPEED_ID, Sensed, Sensing, sensors_of
from lead.model.batch import Inputs
from lead.model.variants import variant
from lead.scenarios.lane_graph import Command
from lead.scenarios.stage import Stage
from lead.scenarios.weather import WeatherPoint
from lead.train.batch import Batch, Collate, sample_settings, unfold
from lead.train.config import DataConfig
from lead.train.senses import Senses

TICKS, QUALITY = 70, 60
SENSES = Senses(rig_named("nano"), QUALITY)
MANY = {RGB: ("camera", SENSES.rig.cameras), LIDAR: ("lidar", SENSES.rig.lidars), RADAR: ("radar", SENSES.rig.radars)}
IDS = {Key(kind, n): f"{name}_{n}" for kind, (name, mounts) in MANY.items() for n in range(len(mounts))}
IDS |= {Key(GNSS): GNSS_ID, Key(IMU): IMU_ID}


class WithStudent(RecordingExpert):
    """Records, and lets a student's pipeline have the same readings; another one has sensors of its own."""

    def begin(self, stage: Stage, task: Task) -> None:
        super().begin(stage, task)
        model, read = variant("nano"), self._recorder._sensors.read
        self.own = Rig(stage, sensors_of(SENSES.rig)).__enter__()
        self.sensing, self.apart, self.exact = (Sensing(model, SENSES) for _ in range(3))
        self.localiser = Localiser(self._recorder._reference, task.plan.pose[0, :2], True)
        self.goal = Goal(task.plan.pose[:, :3], task.plan.command.tolist(), SENSES.pop_distance)
        self.steer, self.data, self.seen = 0.0, {}, {}
        self._recorder._sensors.read = lambda frame: self.data.update(read(frame)) or dict(self.data)

    def control(self, observation: Observation) -> carla.VehicleControl:
        asked, readings = super().control(observation), self.own.read(observation.frame, observation.time)
        if self.scene is None:
            return asked
        given = readings_of(self.data, self._stage.ego)
        speed = given[SPEED_ID]["speed"]
        place = self.localiser.step(given[GNSS_ID], given[IMU_ID][6], speed, self.steer)
        self.goal.step(place.filtered)
        self.sensing.step(given, place.moved)
        self.exact.step(given, self.scene.ego.pose)
        self.apart.step({name: value for name, (_, value) in readings.items()}, place.moved)
        self.steer = asked.steer
        if self._recorder._sensors.is_saved(observation.frame):
            told = self.goal.told(place.pose(True))
            by = (self.sensing, self.exact, self.apart)
            self.seen[self._recorder._ticks] = tuple(sensing.sensed(speed, *told) for sensing in by)
        return asked

    def end(self) -> None:
        self.own.close()
        super().end()


def readings_of(data: Data, ego: carla.Vehicle) -> dict[str, object]:
    """A recorder's data as an agent gets them."""
    found = {IDS[key]: READERS[key.blueprint](value) for key, value in data.items() if key in IDS}
    return {**found, SPEED_ID: speed_of(ego)}


@pytest.fixture(scope="module")
def driven(agent_server: ServerProcess, tmp_path_factory: pytest.TempPathFactory):
    """Pairs of what was seen live and the sample of the same frame, after a start from rest into a turn."""
    out = tmp_path_factory.mktemp("driven")
    route = SimpleNamespace(id="1", town=TOWN, situations=(), weather=(WeatherPoint.of(0.0, {}),))
    job = RouteJob(Evaluation("expert", "routes", "leaderboard-2.0"), route, 0, out)
    plan = route_with(Command.LEFT, 110.0)
    with on_stage(connect(agent_server.endpoint), plan) as stage:
        agent = WithStudent(job, Recording(rig="nano", expert="lead,perturbed_rig=off", jpeg_quality=QUALITY))
        agent.begin(stage, task_of(stage))
        drive(stage, agent, lambda stage: False, TICKS / 20)
        agent.end()
    recorded = RouteFile(route_folder(out, "1"))
    settings = sample_settings(variant("nano"), DataConfig())
    settings = type(settings)(**{**vars(settings), "bev": False})
    samples = {recorded.frame(row).tick: make_sample(recorded, row, False, settings) for row in range(len(recorded))}
    assert len(samples) > 10 and samples.keys() <= agent.seen.keys()
    return [(*agent.seen[tick], sample) for tick, sample in samples.items()]


def test_the_same_readings_give_the_same_inputs_to_the_bit(driven):
    for _, exact, _, sample in driven:
        assert (exact.rgb == sample.rgb).all() and (exact.radar == sample.radar).all()
        assert (exact.lidar == sample.lidar).all() and exact.command == sample.command
        assert exact.speed == pytest.approx(sample.speed, abs=1e-3)


def test_its_own_odometry_moves_points_by_less_than_their_quantum(driven):
    for sensed, _, _, sample in driven:
        occupied = (sensed.lidar > 0) | (sample.lidar > 0)
        assert (sensed.lidar != sample.lidar)[occupied].mean() < 0.05
        assert abs(int(sensed.lidar.sum()) - int(sample.lidar.sum())) < 0.01 * sample.lidar.sum()


def test_sensors_of_its_own_see_the_same(driven):
    for _, _, apart, sample in driven:
        assert (apart.rgb == sample.rgb).all()
        seen, learnt = coarse(apart.lidar), coarse(sample.lidar)  # which rays are lost is luck
        assert np.corrcoef(seen.ravel(), learnt.ravel())[0, 1] > 0.95


def test_it_is_told_the_points_that_the_sample_has_but_for_its_doubt_about_the_place(driven):
    for sensed, _, _, sample in driven:
        assert np.abs(sensed.target_points - sample.target_points).max() < 1.5
    last, sample = driven[-1][0], driven[-1][-1]
    assert np.linalg.norm(last.target_points - sample.target_points, axis=1).max() < 1.0


def test_the_model_takes_both_alike(driven):
    model = variant("nano")
    _, exact, _, sample = driven[-1]
    live = Sensing(model, SENSES).inputs(exact)
    row = Collate(model).inputs(sample)
    learnt = unfold(Batch(**{name: torch.from_numpy(value[None]) for name, value in row.items()}), model)[0]
    assert_alike(live, learnt)


def assert_alike(live: Inputs, learnt: Inputs) -> None:
    for name in ("rgb", "lidar", "radar", "command"):
        assert torch.equal(getattr(live, name), getattr(learnt, name)), name
    assert torch.allclose(live.speed.float(), learnt.speed.float(), atol=1e-3)


def coarse(counts: np.ndarray) -> np.ndarray:
    """Sums over 8 x 8 pixels."""
    rows, columns = counts.shape
    return counts.reshape(rows // 8, 8, columns // 8, 8).sum((1, 3)).astype(float)


def test_the_sample_and_what_is_sensed_have_the_same_fields(driven):
    sensed, sample = driven[0][0], driven[0][-1]
    assert isinstance(sensed, Sensed) and isinstance(sample, Sample)
    for name, value in vars(sensed).items():
        learnt = getattr(sample, name)
        assert np.shape(value) == np.shape(learnt), name
        assert np.asarray(value).dtype.kind == np.asarray(learnt).dtype.kind, name
