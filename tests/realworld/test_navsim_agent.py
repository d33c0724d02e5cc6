"""The agent under the devkit's contract, with a minimal stand-in for the devkit's classes, and without them."""

import importlib
import sys
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from lead import InputError
from lead.model.transfuser import TransFuser
from lead.model.weights import save_model
from lead.realworld.models import nano_navsim, nano_waymo
from lead.realworld.navsim import agent as module
from lead.realworld.navsim.cache import FEATURE, TARGET, write_entry
from lead.realworld.navsim.samples import picture_of
from lead.realworld.predicting import plan_tokens


@dataclass
class Trajectory:
    poses: np.ndarray
    sampling: Any = None


@dataclass
class SensorConfig:
    cam_f0: Any
    cam_l0: Any
    cam_l1: Any
    cam_l2: Any
    cam_r0: Any
    cam_r1: Any
    cam_r2: Any
    cam_b0: Any
    lidar_pc: Any


class FeatureBuilder:
    """As in both devkits."""


class AgentV1(torch.nn.Module):
    """What the devkit of v1.1 does with an agent."""

    def __init__(self, requires_scene: bool = False):
        super().__init__()
        self.requires_scene = requires_scene

    def trajectory(self, poses):
        return Trajectory(poses)

    def compute_trajectory(self, agent_input):
        self.eval()
        features = {}
        for builder in self.get_feature_builders():
            features.update(builder.compute_features(agent_input))
        features = {name: value.unsqueeze(0) for name, value in features.items()}
        with torch.no_grad():
            return self.trajectory(self.forward(features)["trajectory"].squeeze(0).numpy())


class AgentV2(AgentV1):
    """That of v2.2 also wants to know when poses are."""

    def __init__(self, trajectory_sampling: Any, requires_scene: bool = False):
        super().__init__(requires_scene)
        self._trajectory_sampling = trajectory_sampling

    def trajectory(self, poses):
        return Trajectory(poses, self._trajectory_sampling)


@dataclass
class AgentInput:
    cameras: list = field(default_factory=list)
    ego_statuses: list = field(default_factory=list)


def agent_input():
    rng = np.random.default_rng(0)
    pictures = {
        name: np.kron(rng.integers(0, 255, (27, 48, 3)), np.ones((40, 40, 1))).astype(np.uint8)
        for name in module.CAMERAS
    }
    cameras = SimpleNamespace(**{name: SimpleNamespace(image=picture) for name, picture in pictures.items()})
    status = SimpleNamespace(
        driving_command=np.array([0, 1, 0, 0]), ego_velocity=np.float32([5, 0]), ego_acceleration=np.float32([0.5, 0.1])
    )
    return AgentInput([None] * 3 + [cameras], [None] * 3 + [status])


@pytest.fixture(params=[AgentV1, AgentV2])
def devkit(request, monkeypatch):
    """The agent's module as it is where a devkit is installed."""
    names = {
        "navsim.agents.abstract_agent": {"AbstractAgent": request.param},
        "navsim.common.dataclasses": {"SensorConfig": SensorConfig},
        "navsim.planning.training.abstract_feature_target_builder": {"AbstractFeatureBuilder": FeatureBuilder},
    }
    for name, members in names.items():
        for part in range(1, name.count(".") + 2):
            parent = ".".join(name.split(".")[:part])
            monkeypatch.setitem(sys.modules, parent, sys.modules.get(parent) or ModuleType(parent))
        for member, value in members.items():
            setattr(sys.modules[name], member, value)
    yield importlib.reload(module), request.param is AgentV2
    monkeypatch.undo()
    importlib.reload(module)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    torch.manual_seed(0)
    return save_model(tmp_path_factory.mktemp("model"), TransFuser(nano_navsim()).eval())


def test_it_plans_in_navsims_frame(devkit, checkpoint, tmp_path):
    loaded, is_v2 = devkit
    agent = loaded.LeadAgent(str(checkpoint), *(["sampling"] if is_v2 else []))
    agent.initialize()
    trajectory = agent.compute_trajectory(agent_input())
    assert trajectory.poses.shape == (8, 3) and np.isfinite(trajectory.poses).all()
    assert trajectory.sampling == ("sampling" if is_v2 else None)
    # the same plan as from the cache that its features make, and so in the same frame
    (builder,) = agent.get_feature_builders()
    folder = tmp_path / "log" / "token"
    write_entry(folder / FEATURE, builder.compute_features(agent_input()))
    ((token, plan),) = plan_tokens(checkpoint.parent, tmp_path)
    assert token == "token" and builder.get_unique_name() == FEATURE.removesuffix(".gz")
    np.testing.assert_allclose(trajectory.poses, plan, atol=1e-5)
    assert not (folder / TARGET).exists()


def test_left_in_the_models_frame_is_right_in_navsims(devkit, checkpoint, monkeypatch):
    loaded, is_v2 = devkit
    agent = loaded.LeadAgent(str(checkpoint), *(["sampling"] if is_v2 else []))
    agent.initialize()
    said = SimpleNamespace(waypoints=torch.tensor([[[1.0, 2.0]] * 8]), headings=torch.full((1, 8), 0.3))
    monkeypatch.setattr(type(agent._ensemble), "__call__", lambda *_: SimpleNamespace(predictions=said))
    np.testing.assert_allclose(agent.compute_trajectory(agent_input()).poses[0], [1.0, -2.0, -0.3], rtol=1e-6)


def test_it_asks_for_its_cameras_and_nothing_else(devkit, checkpoint):
    loaded, is_v2 = devkit
    sensors = loaded.LeadAgent(str(checkpoint), *(["sampling"] if is_v2 else [])).get_sensor_config()
    assert [name for name, value in vars(sensors).items() if value] == ["cam_f0", "cam_l0", "cam_r0", "cam_b0"]
    assert sensors.cam_f0 == [3]


def test_pictures_keep_their_channels():
    red = np.zeros((1080, 7680, 3), np.uint8)
    red[..., 0] = 220
    seen = picture_of(module.encoded(red))
    assert seen.shape == (3, 270, 1920) and seen[0].mean() > 200 and seen[2].mean() < 30


def test_a_model_that_plans_no_headings_is_refused(devkit, tmp_path):
    loaded, is_v2 = devkit
    save_model(tmp_path, TransFuser(nano_waymo()))
    agent = loaded.LeadAgent(str(tmp_path), *(["sampling"] if is_v2 else []))
    with pytest.raises(InputError, match="plans no headings"):
        agent.initialize()


def test_without_the_devkit_it_says_what_to_do():
    if not module.DEVKIT_FAULT:
        pytest.skip("the devkit is installed here")
    with pytest.raises(InputError, match="devkit is not installed.*lead navsim score"):
        module.LeadAgent("anywhere")
