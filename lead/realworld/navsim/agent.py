"""An agent for NAVSIM's own devkit (v1.1 and v2.2): `agent._target_=lead.realworld.navsim.agent.LeadAgent`.

It can be made only where the devkit is installed; everything else of `lead` needs no devkit. Plans leave it in NAVSIM's
frame (ISO 8855 about the rear axle); what the model sees and says is in CARLA's axes. Source: spec/tfv6.md, 6.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lead import InputError
from lead.model.ensemble import Ensemble
from lead.model.weights import load_ensemble
from lead.realworld.frames import iso_planar_poses
from lead.realworld.navsim.samples import picture_of, status_of
from lead.realworld.sample import RealSample, packed
from lead.train.batch import Collate, unfold
from lead.train.labels import Source

try:
    from navsim.agents.abstract_agent import AbstractAgent
    from navsim.common.dataclasses import SensorConfig
    from navsim.planning.training.abstract_feature_target_builder import AbstractFeatureBuilder

    DEVKIT_FAULT = ""
except ImportError as fault:
    AbstractAgent = AbstractFeatureBuilder = torch.nn.Module
    SensorConfig = None
    DEVKIT_FAULT = str(fault)

CAMERAS = ("cam_l0", "cam_f0", "cam_r0", "cam_b0")
"""Side by side, as the model sees them."""
NOW = 3  # index of the present among the four frames that an agent is shown
SHRUNK = 4  # times smaller than recorded, 1920 x 1080
QUALITY = 30  # of the JPEG that pictures are stored as in caches, and so seen as (spec/tfv6.md, 6)


def need_devkit() -> None:
    """Raises InputError that says what to install if NAVSIM's devkit is not there."""
    if DEVKIT_FAULT:
        raise InputError(
            f"NAVSIM's devkit is not installed here ({DEVKIT_FAULT}); install it after its own guide "
            "(github.com/autonomousvision/navsim), beside lead, or score without it: lead navsim predict, lead navsim score"
        )


class LeadFeatureBuilder(AbstractFeatureBuilder):
    """What the model is told, in the layout of the caches that `lead navsim train` reads."""

    def get_unique_name(self) -> str:
        """Name of its file in a cache."""
        return "transfuser_feature"

    def compute_features(self, agent_input: Any) -> dict[str, Tensor]:
        """JPEG bytes (N,) of the four cameras side by side, and the status (8,), of the present frame."""
        cameras, status = agent_input.cameras[-1], agent_input.ego_statuses[-1]
        pictures = [getattr(cameras, name).image for name in CAMERAS]
        told = np.concatenate([status.driving_command, status.ego_velocity, status.ego_acceleration]).astype(np.float32)
        return {
            "camera_feature": torch.from_numpy(encoded(np.concatenate(pictures, axis=1))),
            "status_feature": torch.from_numpy(told),
        }


class LeadAgent(AbstractAgent):
    """Plans with the models of a folder as one.

    Args:
        checkpoint_path: folder of `config.json` and weights (ours, or a published NAVSIM checkpoint), or a file in it.
        trajectory_sampling: the devkit's (v2); left out with v1.

    Raises InputError without the devkit, and on a folder without a NAVSIM planner.
    """

    def __init__(self, checkpoint_path: str, trajectory_sampling: Any = None) -> None:
        need_devkit()
        super().__init__(**({} if trajectory_sampling is None else {"trajectory_sampling": trajectory_sampling}))
        path = Path(checkpoint_path)
        self._folder = path if path.is_dir() else path.parent
        self._ensemble: Ensemble | None = None

    def name(self) -> str:
        """Of this agent."""
        return type(self).__name__

    def initialize(self) -> None:
        """Load the weights."""
        ensemble = load_ensemble(self._folder, "cuda" if torch.cuda.is_available() else "cpu")
        if ensemble.config.planning is None or not ensemble.config.planning.headings:
            raise InputError(f"{self._folder} holds model {ensemble.config.name}, which plans no headings for NAVSIM")
        self._ensemble = ensemble

    def get_sensor_config(self) -> Any:
        """The four cameras of the present frame, nothing else."""
        others = ("cam_l1", "cam_l2", "cam_r1", "cam_r2", "lidar_pc")
        return SensorConfig(**dict.fromkeys(CAMERAS, [NOW]), **dict.fromkeys(others, False))

    def get_feature_builders(self) -> list[AbstractFeatureBuilder]:
        """What it is told."""
        return [LeadFeatureBuilder()]

    def get_target_builders(self) -> list[Any]:
        """The devkit's own targets, so that its caching writes what `lead navsim train` reads."""
        from navsim.agents.transfuser.transfuser_config import TransfuserConfig
        from navsim.agents.transfuser.transfuser_features import TransfuserTargetBuilder

        try:
            return [TransfuserTargetBuilder(config=TransfuserConfig())]
        except TypeError:  # v2 also asks when poses are
            sampling = self._trajectory_sampling
            return [TransfuserTargetBuilder(trajectory_sampling=sampling, config=TransfuserConfig())]

    def forward(self, features: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """`trajectory` (B, 8, 3) x, y, heading for features of B frames; a batch of JPEGs may be padded with zeros."""
        if self._ensemble is None:
            self.initialize()
        config = self._ensemble.config
        rows = zip(features["camera_feature"].cpu().numpy(), features["status_feature"].cpu().numpy())
        batch = Collate(config)([packed(self._sample(*row), config) for row in rows])
        said = self._ensemble(unfold(batch, config)[0].to(self._ensemble.device)).predictions
        poses = torch.cat([said.waypoints, said.headings[..., None]], -1).double().cpu().numpy()
        return {"trajectory": torch.from_numpy(iso_planar_poses(poses)).float()}

    @staticmethod
    def _sample(camera: NDArray[np.uint8], status: NDArray[np.float32]) -> RealSample:
        turn, speed, acceleration = status_of(status)
        return RealSample(picture_of(camera), speed, acceleration, turn, Source.NAVSIM)


def encoded(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """JPEG bytes (N,) of a picture (H, W, 3) a quarter of the size, its channels stored as they are."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // SHRUNK, height // SHRUNK))
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].reshape(-1)
