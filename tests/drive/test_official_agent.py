"""Official agent files drive unmodified; what goes wrong in them is theirs, and told with their traceback."""

import sys
import textwrap
from pathlib import Path

import carla
import numpy as np
import pytest
from onstage import at_end, drive, on_stage, route_with, task_of

from lead.drive.agent import AgentFault, Observation, make_agent
from lead.drive.agents.official import OfficialAgent
from lead.scenarios.lane_graph import Command
from lead.scenarios.stage import Stage

FOLLOWS_THE_PLAN = '''
import math

import carla
from leaderboard.autoagents.autonomous_agent import AutonomousAgent, Track
from srunner.scenariomanager.carla_data_provider import CarlaDataProvider
from agents.navigation.local_planner import RoadOption

from steering import wheel


def get_entry_point():
    return "Follower"


class Follower(AutonomousAgent):
    """Goes from point to point of the whole world plan, and writes down what it was given."""

    def setup(self, path_to_conf_file):
        self.track = Track.SENSORS
        self.config = path_to_conf_file
        self.seen, self.times, self.next, self.destroyed = [], [], 0, False

    def set_global_plan(self, global_plan_gps, global_plan_world_coord):
        super().set_global_plan(global_plan_gps, global_plan_world_coord)
        self.way = [pose.location for pose, _ in global_plan_world_coord]

    def sensors(self):
        pose = {"x": 0.7, "y": 0.0, "z": 1.6, "roll": 0.0, "pitch": 0.0, "yaw": 0.0}
        return [
            {"type": "sensor.camera.rgb", **pose, "width": 64, "height": 48, "fov": 100, "id": "Center"},
            {"type": "sensor.lidar.ray_cast", **pose, "id": "LIDAR"},
            {"type": "sensor.other.radar", **pose, "horizontal_fov": 30, "vertical_fov": 30, "id": "RADAR"},
            {"type": "sensor.other.gnss", "x": 0.0, "y": 0.0, "z": 1.6, "id": "GPS"},
            {"type": "sensor.other.imu", **pose, "id": "IMU", "sensor_tick": 0.05},
            {"type": "sensor.speedometer", "reading_frequency": 20, "id": "SPEED"},
        ]

    def run_step(self, input_data, timestamp):
        self.seen.append({key: (frame, getattr(value, "shape", value)) for key, (frame, value) in input_data.items()})
        self.times.append(timestamp)
        pose = CarlaDataProvider.get_transform(CarlaDataProvider.get_hero_actor())
        while self.next < len(self.way) - 1 and self.way[self.next].distance(pose.location) < 6.0:
            self.next += 1
        control = carla.VehicleControl(manual_gear_shift=True)
        control.steer = wheel(pose, self.way[self.next])
        control.throttle = 0.5 if input_data["SPEED"][1]["speed"] < 5.0 else 0.0
        return control

    def destroy(self):
        self.destroyed = True
'''

STEERING = """
import math


def wheel(pose, target):
    ahead, right, way = pose.get_forward_vector(), pose.get_right_vector(), target - pose.location
    angle = math.atan2(way.x * right.x + way.y * right.y, way.x * ahead.x + way.y * ahead.y)
    return max(-1.0, min(1.0, angle / 1.2))
"""

HEAD = """
import carla
from leaderboard.autoagents import autonomous_agent

def get_entry_point():
    return "Own"

class Own(autonomous_agent.AutonomousAgent):
"""


def written(folder: Path, text: str, name: str = "own_agent") -> Path:
    """An agent file."""
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(text))
    return path


def own(folder: Path, body: str) -> OfficialAgent:
    """An agent whose class has that body."""
    return make_agent(str(written(folder, HEAD + textwrap.indent(textwrap.dedent(body), "    "))))


@pytest.fixture
def stage(client: carla.Client):
    """A stage in GridCity with a left turn within 110 m."""
    with on_stage(client, route_with(Command.LEFT, 110.0)) as stage:
        yield stage


def test_an_official_file_drives_its_route(stage: Stage, tmp_path: Path):
    written(tmp_path, STEERING, "steering")
    agent = make_agent(str(written(tmp_path, FOLLOWS_THE_PLAN)), "config.yaml")
    agent.begin(stage, task_of(stage))
    theirs, away = agent._agent, []

    def at_end_on_route(stage: Stage) -> bool:
        away.append(np.hypot(*(stage.plan.pose[:, :2] - [stage.place.x, stage.place.y]).T).min())
        return at_end(stage)

    assert drive(stage, agent, at_end_on_route, 60.0)
    agent.end()
    assert max(away) < 2.0 and theirs.config == "config.yaml" and theirs.destroyed
    assert agent.track == "SENSORS" and [sensor["id"] for sensor in agent.sensors()][0] == "Center"
    assert theirs.times[:3] == pytest.approx([0.05, 0.10, 0.15])
    frames = [{frame for frame, _ in seen.values()} for seen in theirs.seen]
    assert all(len(told) == 1 for told in frames)
    assert [next(iter(told)) for told in frames] == list(range(min(frames[0]), min(frames[0]) + len(frames)))
    forms = {key: value for key, (_, value) in theirs.seen[-1].items()}
    assert forms["Center"] == (48, 64, 4) and forms["GPS"] == (3,) and forms["IMU"] == (7,)
    assert forms["LIDAR"][1:] == (4,) and forms["RADAR"][1:] == (4,) and 3.0 < forms["SPEED"]["speed"] < 7.0


def test_the_gear_is_left_to_the_car(stage: Stage, tmp_path: Path):
    agent = own(tmp_path, "def run_step(self, data, timestamp): return carla.VehicleControl(manual_gear_shift=True)")
    agent.begin(stage, task_of(stage))
    assert agent.control(Observation(stage.world.tick(), 0.05)).manual_gear_shift is False
    agent.end()


@pytest.mark.parametrize(("bench2drive", "spacing", "config"), [(False, 200.0, "c"), (True, 50.0, "c+Route_1_Town")])
def test_plans_and_config_follow_the_benchmark(
    stage: Stage, tmp_path: Path, bench2drive: bool, spacing: float, config: str
):
    path = written(tmp_path, HEAD + "    def setup(self, config): self.config = config\n")
    agent = make_agent(str(path), "c")
    agent.begin(stage, task_of(stage, bench2drive=bench2drive, save_name="Route_1_Town" if bench2drive else ""))
    theirs, told = agent._agent, stage.plan.sampled(spacing)
    assert theirs.config == config
    assert [int(option) for _, option in theirs._global_plan] == told.command.tolist()
    assert [option.name for _, option in theirs._global_plan_world_coord].count("LEFT") == 1
    places = [[pose.location.x, pose.location.y] for pose, _ in theirs._global_plan_world_coord]
    np.testing.assert_allclose(places, told.pose[:, :2], atol=1e-4)
    assert theirs._global_plan[0][0].keys() == {"lat", "lon", "z"}
    assert len(theirs._plan_gps_HACK) == len(stage.plan) and theirs.hero_actor.id == stage.ego.id
    assert len(theirs.get_metric_info()["rotation"]) == 3
    agent.end()


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("def setup(self, config): raise OSError('no weights')", "Agent couldn't be set up", "OSError: no weights"),
        ("def sensors(self): return [][0]", "Agent couldn't be set up", "IndexError"),
        ("def setup(self, config): import sys; sys.exit(3)", "Agent couldn't be set up", "SystemExit: 3"),
        (
            "def sensors(self): return [{'type': 'sensor.camera.depth', 'id': 'depth'}]",
            "Agent's sensors were invalid",
            "found sensor.camera.depth",
        ),
        ("def run_step(self, data, timestamp): return 1 / 0", "Agent crashed", "ZeroDivisionError: division by zero"),
        ("def run_step(self, data, timestamp): return None", "Agent crashed", "expected a carla.VehicleControl"),
        ("def run_step(self, data, timestamp): return data['LIDAR']", "Agent crashed", "KeyError: 'LIDAR'"),
    ],
)
def test_faults_are_the_agents(stage: Stage, tmp_path: Path, body: str, status: str, told: str):
    agent = own(tmp_path, body)
    with pytest.raises(AgentFault) as caught:
        agent.begin(stage, task_of(stage))
        agent.control(Observation(stage.world.tick(), 0.05))
    agent.end()
    assert caught.value.status == status and told in str(caught.value)
    if caught.value.trace:
        assert "own_agent.py" in caught.value.trace


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import no_such_module", "ModuleNotFoundError"),
        ("def drive(", "SyntaxError"),
        ("x = 1", "has no get_entry_point"),
        ("def get_entry_point(): return 'Missing'", "says 'Missing', expected a subclass of AutonomousAgent"),
        ("class Own: pass\ndef get_entry_point(): return 'Own'", "expected a subclass of AutonomousAgent"),
    ],
)
def test_files_that_are_no_agents_are_told(tmp_path: Path, text: str, told: str):
    path, before, modules = written(tmp_path, text), list(sys.path), set(sys.modules)
    with pytest.raises(AgentFault, match=told) as caught:
        make_agent(str(path))
    assert caught.value.status == "Agent couldn't be set up"
    assert sys.path == before and not {name for name in set(sys.modules) - modules if not name.startswith("lead.")}


def test_a_failing_destroy_changes_nothing(stage: Stage, tmp_path: Path, capfd: pytest.CaptureFixture):
    agent = own(tmp_path, "def destroy(self): raise ValueError('stuck')")
    agent.begin(stage, task_of(stage))
    agent.control(Observation(stage.world.tick(), 0.05))
    agent.end()
    agent.end()
    assert "ValueError: stuck" in capfd.readouterr().err
    assert not [name for name in sys.modules if name.startswith(("leaderboard", "srunner", "own_agent"))]


def test_two_agents_of_one_name_are_not_mixed_up(tmp_path: Path):
    found = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        written(folder, f"NUMBER = {number}", "neighbour")
        agent = make_agent(str(written(folder, "import neighbour\n" + HEAD + "    number = neighbour.NUMBER\n")))
        found.append(agent._class.number)
        agent.end()
    assert found == [1, 2]
