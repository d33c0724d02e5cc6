"""The losses of a batch by name, and how they are weighed into one. In fp32; nothing here waits for the device."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from lead.model.batch import BevPrediction, Predictions
from lead.model.config import ModelConfig
from lead.train.labels import BevLabels, Labels, Source
from lead.train.losses_boxes import box_losses
from lead.train.losses_dense import depth_errors, semantic_errors
from lead.train.losses_planning import heading_loss, route_loss, speed_loss, waypoint_loss
from lead.train.losses_radar import radar_loss


@dataclass(frozen=True)
class LossConfig:
    """How much each loss counts; what is not named counts 1, and all is scaled so that the weights sum to 1.

    `whole_metres` compares depth with the label cut to an integer, as the published weights were trained
    (spec/tfv6.md, trap 4). `stop_at_brake`: the target speed is 0 wherever the expert brakes, as published; else it is what the
    expert aims at, which is seldom 0 where it brakes for being a little too fast. `route_beta`: metres below which errors of the
    way count by their squares: half of all frames lie exactly on it, and the median of what one is unsure of is not to move.
    `picture_classes`, `box_classes`: weights of the classes of `Semantic` in pictures and of `BoxClass`; None: all the same.
    """

    weights: Mapping[str, float] | None = None
    depth: float = 1e-5
    whole_metres: bool = False
    stop_at_brake: bool = True
    route_beta: float = 0.0
    picture_classes: tuple[float, ...] | None = None
    box_classes: tuple[float, ...] | None = None


def batch_losses(
    predictions: Predictions, labels: Labels, model: ModelConfig, config: LossConfig | None = None
) -> dict[str, Tensor]:
    """Every loss that the predictions have labels for, as scalars, named as in spec/tfv6.md, 3.1."""
    config = config or LossConfig()
    with torch.autocast(labels_device(labels), enabled=False):
        return dict(_losses(predictions, labels, model, config))


def stopping(labels: Labels, config: LossConfig) -> Tensor:
    """Where (B,) the target speed counts as 0, whatever its label is."""
    return labels.brake if config.stop_at_brake else torch.zeros_like(labels.brake)


def loss_weights(model: ModelConfig, config: LossConfig | None = None) -> dict[str, float]:
    """What each loss of a variant counts; the weights sum to 1 (spec/tfv6.md, 3.1)."""
    config = config or LossConfig()
    weights = dict.fromkeys(_names(model), 1.0)
    if model.perspective is not None and model.perspective.depth:
        weights["loss_depth"] = config.depth
    if not model.sees_lidar and "loss_center_net_velocity" in weights:
        weights["loss_center_net_velocity"] = 0.0  # a single picture does not tell speeds
    if "navsim_loss_center_net_velocity" in weights:
        weights["navsim_loss_center_net_velocity"] = 0.0  # not labelled
    weights |= config.weights or {}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def weigh(losses: Mapping[str, Tensor], weights: Mapping[str, float]) -> Tensor:
    """The weighted sum."""
    return sum(weights[name] * loss for name, loss in losses.items() if weights[name])


def labels_device(labels: Labels) -> str:
    """Type of the device that the labels are on."""
    return next(value.device.type for value in vars(labels).values() if isinstance(value, Tensor))


def _losses(
    predictions: Predictions, labels: Labels, model: ModelConfig, config: LossConfig
) -> Iterator[tuple[str, Tensor]]:
    of_carla = _counted(labels, Source.CARLA)
    if predictions.waypoints is not None and labels.waypoints is not None:
        known_BN = labels.waypoints_valid
        loss = waypoint_loss(predictions.waypoints, labels.waypoints, known_BN)
        if predictions.headings is not None:
            loss = loss + heading_loss(predictions.headings, labels.headings, known_BN)
        yield "loss_spatio_temporal_waypoints", loss
    if predictions.route is not None and labels.route is not None:
        yield "loss_spatial_route", route_loss(predictions.route, labels.route, config.route_beta)
    if predictions.target_speed_logits is not None and labels.target_speed is not None:
        classes = model.planning.target_speeds
        yield (
            "loss_target_speed",
            speed_loss(predictions.target_speed_logits, labels.target_speed, stopping(labels, config), classes),
        )
    if predictions.radar is not None and labels.radar is not None:
        yield "radar_loss", radar_loss(predictions.radar, labels.radar, model.bev, model.radar.max_speed)
    if predictions.semantic is not None and labels.semantic is not None:
        yield (
            "loss_semantic",
            _mean(semantic_errors(predictions.semantic, labels.semantic, config.picture_classes), of_carla),
        )
    if predictions.depth is not None and labels.depth is not None:
        yield "loss_depth", _mean(depth_errors(predictions.depth, labels.depth, config.whole_metres), of_carla)
    if predictions.carla is not None and labels.carla is not None:
        yield from _bev_losses("", predictions.carla, labels.carla, model, of_carla, config.box_classes)
    if predictions.navsim is not None and labels.navsim is not None:
        yield from _bev_losses("navsim_", predictions.navsim, labels.navsim, model, _counted(labels, Source.NAVSIM))


def _bev_losses(
    prefix: str, predicted: BevPrediction, labels: BevLabels, model: ModelConfig, counted_B: Tensor | None,
    box_classes: tuple[float, ...] | None = None,
) -> Iterator[tuple[str, Tensor]]:  # fmt: skip
    if predicted.semantic is not None:
        yield f"{prefix}loss_bev_semantic", _mean(semantic_errors(predicted.semantic, labels.semantic), counted_B)
    if predicted.boxes is not None:
        losses = box_losses(predicted.boxes, labels.boxes, labels.boxes_valid, model.bev.cell, box_classes)
        for name, loss_B in losses.items():
            yield f"{prefix}loss_center_net_{name}", _mean(loss_B, counted_B)


def _counted(labels: Labels, source: Source) -> Tensor | None:
    return None if labels.source is None else labels.source == source


def _mean(loss_B: Tensor, counted_B: Tensor | None) -> Tensor:
    """The mean over the samples that count; 0 where none does."""
    if counted_B is None:
        return loss_B.mean()
    return torch.where(counted_B, loss_B, 0.0).sum() / counted_B.sum().clamp(min=1)


def _names(model: ModelConfig) -> Iterator[str]:
    """Losses of a variant that has all its labels."""
    if model.perspective is not None:
        yield "loss_semantic"
        if model.perspective.depth:
            yield "loss_depth"
    for prefix, heads in (("", model.carla), ("navsim_", model.navsim)):
        if heads is not None:
            yield f"{prefix}loss_bev_semantic"
            names = ("heatmap", "wh", "offset", "yaw_class", "yaw_res", *(("velocity",) if heads.velocity else ()))
            yield from (f"{prefix}loss_center_net_{name}" for name in names)
    if model.radar is not None:
        yield "radar_loss"
    if model.planning is not None:
        yield "loss_spatio_temporal_waypoints"
        if model.planning.route_points:
            yield "loss_spatial_route"
        if model.planning.target_speeds:
            yield "loss_target_speed"
