"""The `config.json` beside published weights, as our configuration."""

from collections.abc import Mapping
from typing import Any

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
from lead.model.rig import Rig, carla_six_cameras, carla_three_cameras, navsim_four_cameras, waymo_three_cameras

TICK = 0.05
"""s of CARLA, in which the spacing of waypoints is counted."""


class Official(Mapping[str, Any]):
    """The published values; one that is missing is an InputError naming the file and the key."""

    def __init__(self, values: Mapping[str, Any], source: str) -> None:
        self._values, self.source = values, source

    def __getitem__(self, key: str) -> Any:
        if key not in self._values:
            raise InputError(f"{self.source} has no {key!r}; expected the config.json written with published weights")
        return self._values[key]

    def __iter__(self):
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def config_from_official(values: Mapping[str, Any], source: str, name: str) -> ModelConfig:
    """The configuration that published weights were trained with, `compat` set (spec/tfv6.md, 1.7 and 7).

    Args:
        values: the JSON object.
        source: named in errors.
        name: of the model.

    Raises InputError if a value is missing, or describes what we do not build.
    """
    said = Official(values, source)
    carla = said["use_carla_data"]
    boxes, bev_semantic = said["detect_boxes"], said["use_bev_semantic"]
    if boxes != bev_semantic:
        raise InputError(
            f"{source}: detect_boxes is {boxes}, use_bev_semantic {bev_semantic}; expected both or neither"
        )
    if said["use_depth"] and not said["use_semantic"]:
        raise InputError(f"{source}: depth without semantic classes was never trained")
    return ModelConfig(
        name=name,
        rig=_rig(said),
        bev=BevGrid(
            min_x=said["min_x_meter"],
            max_x=said["max_x_meter"],
            min_y=said["min_y_meter"],
            max_y=said["max_y_meter"],
            pixels_per_meter=said["pixels_per_meter"],
            cell=said["bev_down_sample_factor"],
        ),
        backbone=_backbone(said),
        radar=_radar(said) if said["radar_detection"] else None,
        planning=_planning(said) if said["use_planning_decoder"] else None,
        perspective=_perspective(said) if carla and said["use_semantic"] else None,
        carla=_bev_heads(said, "") if carla and boxes else None,
        navsim=_bev_heads(said, "navsim_") if said["use_navsim_data"] and boxes else None,
        compat=True,
    )


def _rig(said: Official) -> Rig:
    height, width = said["final_image_height"], said["final_image_width"]
    used = tuple(said["used_cameras"])
    known = (carla_three_cameras(), carla_six_cameras((*used, *(True,) * 6)[:6]), navsim_four_cameras())
    count = sum(used)
    for rig in (*known, waymo_three_cameras()):
        if (rig.image_height, rig.image_width, len(rig.cameras)) == (height, width, count):
            return rig
    raise InputError(f"{said.source}: {count} cameras of together {width} x {height} pixels are no published rig")


def _backbone(said: Official) -> BackboneConfig:
    dropouts = {said["embd_pdrop"], said["resid_pdrop"], said["attn_pdrop"]}
    if len(dropouts) > 1:
        raise InputError(f"{said.source}: dropouts {sorted(dropouts)} of the fusion differ; expected one")
    return BackboneConfig(
        image_architecture=said["image_architecture"],
        lidar_architecture=said["lidar_architecture"],
        latent=said["LTF"],
        fusion_layers=said["n_layer"],
        fusion_heads=said["n_head"],
        fusion_expansion=said["block_exp"],
        fusion_dropout=dropouts.pop(),
        bev_channels=said["bev_features_chanels"],
        bev_upsample=said["bev_upsample_factor"],
    )


def _radar(said: Official) -> RadarConfig:
    return RadarConfig(
        sensors=said["num_radar_sensors"],
        points_per_sensor=said["num_radar_points_per_sensor"],
        queries=said["num_radar_queries"],
        token_size=said["radar_token_dim"],
        hidden=said["radar_hidden_dim_decoder"],
        layers=said["radar_num_layers"],
        heads=said["radar_num_heads"],
        feedforward=said["radar_tf_dim_ff"],
        dropout=said["radar_dropout"],
        max_speed=said["max_speed"],
    )


def _planning(said: Official) -> PlanningConfig:
    gru = said["use_tfv5_planning_decoder"]
    return PlanningConfig(
        head="gru" if gru else "cumulative",
        token_size=said["transfuser_token_dim"],
        layers=said["transfuser_num_bev_cross_attention_layers"],
        heads=said["transfuser_num_bev_cross_attention_heads"],
        route_points=said["num_route_points_prediction"] if said["predict_spatial_path"] else 0,
        waypoints=said["num_way_points_prediction"] if said["predict_temporal_spatial_waypoints"] else 0,
        waypoint_interval=said["waypoints_spacing"] * TICK,
        headings=said["use_navsim_data"],
        target_speeds=tuple(said["target_speed_classes"]) if said["predict_target_speed"] else (),
        status=_status(said, gru),
    )


def _status(said: Official, gru: bool) -> StatusConfig:
    ((x, y),) = said["target_points_normalization_constants"]
    past = said["use_past_positions"] or said["use_past_speeds"]
    return StatusConfig(
        max_speed=said["max_speed"],
        max_acceleration=said["max_acceleration"] if said["use_acceleration"] else None,
        commands=said["discrete_command_dim"] if said["use_discrete_command"] else 0,
        target_points=said["use_tp"] and not gru,
        target_point_scale=(x, y),
        past_samples=said["num_past_samples_used"] if past else 0,
        radar=said["radar_detection"] and said["use_radar_detection"] and not gru,
    )


def _perspective(said: Official) -> PerspectiveConfig:
    return PerspectiveConfig(
        semantic_classes=said["num_semantic_classes"],
        depth=said["use_depth"],
        channels=(said["deconv_channel_num_0"], said["deconv_channel_num_1"], said["deconv_channel_num_2"]),
        scales=(32 // said["deconv_scale_factor_0"], 32 // said["deconv_scale_factor_1"]),
    )


def _bev_heads(said: Official, prefix: str) -> BevHeadsConfig:
    return BevHeadsConfig(
        semantic_classes=said[f"{prefix}num_bev_semantic_classes"],
        box_classes=said[f"{prefix}num_bb_classes"],
        yaw_bins=said["num_dir_bins"],
        velocity=said["training_used_lidar_steps"] > 1,
    )
