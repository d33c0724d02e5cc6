"""The published variants of TransFuser v6, and `nano`, which two CPU cores train and drive."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from lead import InputError
from lead.model.config import (
    BackboneConfig,
    BevGrid,
    BevHeadsConfig,
    ModelConfig,
    PerspectiveConfig,
    PlanningConfig,
    RadarConfig,
    StatusConfig,
)
from lead.model.rig import (
    carla_six_cameras,
    carla_three_cameras,
    nano_cameras,
    navsim_four_cameras,
    waymo_three_cameras,
)

CARLA_GRID = BevGrid(min_x=-32.0, max_x=64.0, min_y=-40.0, max_y=40.0)
NAVSIM_GRID = BevGrid(min_x=-32.0, max_x=32.0, min_y=-32.0, max_y=32.0)
WAYMO_GRID = BevGrid(min_x=0.0, max_x=64.0, min_y=-32.0, max_y=32.0)


def resnet34() -> ModelConfig:
    """Three cameras, LiDAR and radar on CARLA (spec/tfv6.md, 1)."""
    return ModelConfig(
        name="resnet34",
        rig=carla_three_cameras(),
        bev=CARLA_GRID,
        radar=RadarConfig(),
        planning=PlanningConfig(),
        perspective=PerspectiveConfig(),
        carla=BevHeadsConfig(),
    )


def regnety032() -> ModelConfig:
    """The largest: both encoders RegNetY-3.2GF."""
    backbone = BackboneConfig(image_architecture="regnety_032", lidar_architecture="regnety_032")
    return replace(resnet34(), name="regnety032", backbone=backbone)


def noradar() -> ModelConfig:
    """Without radar."""
    planning = PlanningConfig(status=StatusConfig(radar=False))
    return replace(resnet34(), name="noradar", radar=None, planning=planning)


def visiononly() -> ModelConfig:
    """Cameras alone: the latent TransFuser."""
    return replace(noradar(), name="visiononly", backbone=BackboneConfig(latent=True))


def visiononly_radar() -> ModelConfig:
    """Cameras and radar, no LiDAR."""
    return replace(resnet34(), name="visiononly_radar", backbone=BackboneConfig(latent=True))


def four_cameras() -> ModelConfig:
    """A camera to the rear beside the three to the front."""
    return replace(resnet34(), name="4cameras", rig=carla_six_cameras((True, True, True, False, True, False)))


def pretrain() -> ModelConfig:
    """Perception alone: what the first stage of training trains."""
    return replace(resnet34(), name="pretrain", planning=None)


def tfv5planner() -> ModelConfig:
    """The planner of TransFuser v5: a GRU from one target point, no radar among its tokens."""
    status = StatusConfig(target_points=False, radar=False)
    return replace(resnet34(), name="tfv5planner", planning=PlanningConfig(head="gru", status=status))


def navsim() -> ModelConfig:
    """The latent TransFuser of NAVSIM (spec/tfv6.md, 6)."""
    status = StatusConfig(max_speed=15.0, max_acceleration=4.0, commands=4, target_points=False, radar=False)
    return ModelConfig(
        name="navsim",
        rig=navsim_four_cameras(),
        bev=NAVSIM_GRID,
        backbone=BackboneConfig(latent=True),
        planning=PlanningConfig(route_points=0, waypoint_interval=0.5, headings=True, target_speeds=(), status=status),
        navsim=BevHeadsConfig(semantic_classes=7, box_classes=1),
    )


def navsim_carla_mixed() -> ModelConfig:
    """NAVSIM's, with heads for CARLA's classes too."""
    return replace(
        navsim(), name="navsim_carla_mixed", perspective=PerspectiveConfig(depth=False), carla=BevHeadsConfig()
    )


def waymo() -> ModelConfig:
    """The latent TransFuser of Waymo's end-to-end driving, told past positions and speeds (spec/tfv6.md, 1.1)."""
    status = StatusConfig(max_speed=33.33, commands=0, target_points=False, past_samples=6, radar=False)
    return ModelConfig(
        name="waymo",
        rig=waymo_three_cameras(),
        bev=WAYMO_GRID,
        backbone=BackboneConfig(latent=True),
        planning=PlanningConfig(route_points=0, waypoints=10, waypoint_interval=0.5, target_speeds=(), status=status),
    )


def nano() -> ModelConfig:
    """The same raster and heads in a hundredth of the arithmetic: small pictures, encoders and maps.

    Its raster has the picture laid on the ground, so that it need not learn where a pixel of the picture lies, and its
    bird's-eye view keeps the encoder's finer stages, so that it need not learn to pack decimetres into cells of 8 m.

    Its planner is not told the ego's speed, nor radar detections, which hold it: with little data it learns to go on as
    fast as it goes. Target points are scaled so that the half metre by which a lane is missed is not a hundredth.
    """
    status = StatusConfig(speed=False, radar=False, target_point_scale=(50.0, 5.0))
    return ModelConfig(
        name="nano",
        rig=nano_cameras(),
        bev=replace(CARLA_GRID, cell=8),
        backbone=BackboneConfig(
            image_architecture="resnet_nano",
            ground=True,
            pyramid=64,
            lidar_architecture="resnet_nano_raster",
            fusion_layers=1,
            fusion_expansion=2,
            fusion_dropout=0.0,
            bev_channels=16,
        ),
        radar=RadarConfig(token_size=64, hidden=128, layers=2, heads=4, feedforward=128, dropout=0.0),
        planning=PlanningConfig(layers=3, heads=4, feedforward=256, status=status),
        perspective=PerspectiveConfig(channels=(32, 16, 16), scales=(4, 2), stride=4),
        carla=BevHeadsConfig(stride=4),
    )


def nano_blind() -> ModelConfig:
    """`nano`'s planner without senses: what status and target points alone tell."""
    config = nano()
    planning = replace(config.planning, status=replace(config.planning.status, speed=True))
    return replace(
        config, name="nano_blind", backbone=None, radar=None, planning=planning, perspective=None, carla=None
    )


VARIANTS: Mapping[str, Callable[[], ModelConfig]] = {
    "resnet34": resnet34,
    "regnety032": regnety032,
    "noradar": noradar,
    "visiononly": visiononly,
    "visiononly_radar": visiononly_radar,
    "4cameras": four_cameras,
    "pretrain": pretrain,
    "tfv5planner": tfv5planner,
    "navsim": navsim,
    "navsim_carla_mixed": navsim_carla_mixed,
    "waymo": waymo,
    "nano": nano,
    "nano_blind": nano_blind,
}


def variant(name: str) -> ModelConfig:
    """The configuration of a variant. Raises InputError on an unknown name."""
    if name not in VARIANTS:
        raise InputError(f"no model variant {name!r}; there are {', '.join(VARIANTS)}")
    return VARIANTS[name]()
