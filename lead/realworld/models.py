"""Models for NAVSIM and WOD-E2E that are trained with simulated perception: the published ones with CARLA's heads, and nano.

The planners are those of `lead.model.variants`; Waymo's is also told its intent, which the published one is not.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from lead.model import variants
from lead.model.config import BevGrid, BevHeadsConfig, ModelConfig, PerspectiveConfig, PlanningConfig
from lead.model.rig import Camera, Rig

INTENTS = 4
PAST_SAMPLES = 6  # states at 4 Hz before now: 1.5 s (spec/tfv6.md, 6)
THIRD = 3  # nano's pictures are that much smaller


def navsim() -> ModelConfig:
    """LTFv6 for NAVSIM, with heads for CARLA's classes beside NAVSIM's."""
    return variants.navsim_carla_mixed()


def waymo() -> ModelConfig:
    """The latent TransFuser of WOD-E2E with CARLA's perception heads; past states and intent enter the planner."""
    model = variants.waymo()
    status = replace(model.planning.status, commands=INTENTS, past_samples=PAST_SAMPLES)
    return replace(
        model, name="waymo_carla_mixed", planning=replace(model.planning, status=status),
        perspective=PerspectiveConfig(depth=False), carla=BevHeadsConfig(),
    )  # fmt: skip


def nano_navsim() -> ModelConfig:
    """NAVSIM's in a hundredth of the arithmetic."""
    return _small(navsim(), "nano_navsim")


def nano_waymo() -> ModelConfig:
    """Waymo's in a hundredth of the arithmetic."""
    return _small(waymo(), "nano_waymo")


MODELS: Mapping[str, Callable[[], ModelConfig]] = {
    "navsim": navsim,
    "waymo": waymo,
    "nano_navsim": nano_navsim,
    "nano_waymo": nano_waymo,
}


def _small(model: ModelConfig, name: str) -> ModelConfig:
    """The model with nano's layers, pictures of a third of the size and coarser maps."""
    nano = variants.nano()
    cameras = tuple(
        Camera(camera.name, camera.width // THIRD, (camera.height - camera.crop_bottom) // THIRD)
        for camera in model.rig.cameras
    )
    grid: BevGrid = replace(model.bev, cell=nano.bev.cell)
    heads = {
        name: None if each is None else replace(each, stride=nano.carla.stride)
        for name, each in (("carla", model.carla), ("navsim", model.navsim))
    }
    planning: PlanningConfig = replace(
        model.planning, layers=nano.planning.layers, heads=nano.planning.heads,
        feedforward=nano.planning.feedforward, token_size=nano.planning.token_size,
    )  # fmt: skip
    return replace(
        model, name=name, rig=Rig(cameras), bev=grid, planning=planning,
        backbone=replace(nano.backbone, latent=True, ground=False),  # where cameras are differs from frame to frame
        perspective=replace(nano.perspective, depth=False), **heads,
    )  # fmt: skip
