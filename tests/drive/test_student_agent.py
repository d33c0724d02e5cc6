"""A student on a stage: by itself, and as a file of the official leaderboard."""

from pathlib import Path

import carla
import numpy as np
import pytest
from onstage import drive, on_stage, route_with, task_of
from weights import nano_weights, official_weights

import lead.drive.student
from lead.drive.agent import Agent, AgentFault, Observation, make_agent
from lead.drive.agents.student import Student
from lead.drive.student.cause import Cause
from lead.drive.student.options import Options
from lead.drive.student.record import read_frames, read_record
from lead.model.batch import CONTROL, Heads
from lead.scenarios.lane_graph import Command

FILE = Path(lead.drive.student.__file__).parent / "leaderboard" / "student_agent.py"


@pytest.fixture(scope="module")
def nano(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nano_weights(tmp_path_factory.mktemp("nano"), jpeg_quality=90)


def controls(client: carla.Client, agent: Agent, ticks: int, **told: object) -> list[carla.VehicleControl]:
    """What an agent does in its first ticks on a route."""
    done: list[carla.VehicleControl] = []

    def control(observation: Observation) -> carla.VehicleControl:
        done.append(asked(observation))
        return done[-1]

    with on_stage(client, route_with(Command.LEFT)) as stage:
        try:
            agent.begin(stage, task_of(stage, **told))
            asked, agent.control = agent.control, control
            drive(stage, agent, lambda stage: len(done) == ticks, 60.0)
        finally:
            agent.end()
        agent.end()
        stage.world.tick()
        assert not stage.world.get_actors().filter("sensor.*")
    return done


def as_numbers(told: list[carla.VehicleControl]) -> list[tuple[float, float, float]]:
    return [(control.throttle, control.steer, control.brake) for control in told]


def test_it_drives_and_leaves_what_it_thought(client: carla.Client, nano: Path, tmp_path: Path):
    agent = make_agent(f"student:{nano},stop_signs=on,creep=on")
    done = controls(client, agent, 13, keep=tmp_path / "7", pictures=True)
    assert done[0].brake == 1.0 and all(np.isfinite(as_numbers(done)).ravel())
    record, plan = read_record(tmp_path / "7.student.npz"), agent.glance.plan
    rows = len(record["time"])
    assert rows == 6 and np.diff(record["time"]) == pytest.approx(0.1)
    assert record["route"].shape == (rows, 10, 2) and record["waypoints"].shape == (rows, 8, 2)
    assert record["speed_share"].sum(1) == pytest.approx(1.0) and record["first"][-1] == len(record["box"])
    assert record["about"]["jpeg_quality"] == 90 and record["about"]["options"]["creep"] is True
    assert plan.route.shape == (10, 2) and agent.glance.cause in (Cause(0), Cause.STOP_SIGN)
    start = route_with(Command.LEFT).pose[0]
    assert np.hypot(*(record["pose"][-1, :2] - start[:2])) < 2.0
    assert np.cos(record["pose"][0, 2] - start[4]) > 0.999 and record["target_points"].shape == (rows, 3, 2)
    times, frames, camera = read_frames(tmp_path / "7.front.npz")
    assert len(times) == len(frames) == 3 and frames[0][:2] == b"\xff\xd8" and camera["name"] == "front"


def test_the_same_drive_comes_again_and_ensembles_drive(client: carla.Client, tmp_path: Path):
    folder = official_weights(tmp_path, "visiononly")  # has no LiDAR, whose luck is another in each drive of a server
    first, second = (as_numbers(controls(client, Student(folder, Options()), 5)) for _ in range(2))
    assert first == second
    (folder / "model_0030_1.pth").write_bytes((folder / "model_0030_0.pth").read_bytes())
    assert as_numbers(controls(client, Student(folder, Options()), 5)) == first  # the mean of twins


def test_the_official_file_drives_as_the_agent_does(client: carla.Client, tmp_path: Path):
    folder = official_weights(tmp_path, "visiononly")
    file = make_agent(str(FILE), f"{folder},every=2")
    theirs = as_numbers(controls(client, file, 5, bench2drive=True, save_name="RouteScenario_1"))
    ours = as_numbers(controls(client, make_agent(f"student:{folder},every=2"), 5, bench2drive=True))
    assert len(ours) == 5 and theirs == pytest.approx(np.array(ours), abs=1e-6)


def test_it_tells_those_who_look_on(client: carla.Client, nano: Path):
    agent = Student(nano, Options(every=3), CONTROL | Heads.SEMANTIC | Heads.BOXES)
    controls(client, agent, 5)
    assert agent.glance.consensus is not None and agent.glance.cause == Cause(0)
    assert agent.glance.consensus.predictions.semantic.shape[:2] == (1, 10)
    assert agent.glance.plan.boxes.shape[1] == 9 and agent.glance.sensed.rgb.shape[:2] == (3, 128)
    controls(client, agent := Student(nano, Options(every=3)), 4)
    assert agent.glance.consensus is None and agent.glance.cause == Cause.OLD_PLAN


def test_a_plan_that_is_none_is_the_agents_fault(client: carla.Client, tmp_path: Path):
    import torch
    from safetensors.torch import load_file, save_file

    folder = nano_weights(tmp_path)
    state = load_file(folder / "model_0.safetensors")
    save_file({name: value * torch.nan for name, value in state.items()}, folder / "model_0.safetensors")
    with pytest.raises(AgentFault, match="found a number in the .* of model nano that is not finite"):
        controls(client, make_agent(f"student:{folder}"), 3)


def test_damaged_weights_are_a_fault_of_setting_up(client: carla.Client, tmp_path: Path):
    folder = nano_weights(tmp_path)
    (folder / "model_0.safetensors").write_bytes(b"no weights")
    with pytest.raises(AgentFault, match="holds no readable weights") as caught:
        controls(client, make_agent(f"student:{folder}"), 3)
    assert caught.value.status == "Agent couldn't be set up"
