"""What enters the model and what leaves it: tensors of one batch, by name."""

from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Flag, IntEnum, auto
from typing import TypeVar

import torch
from torch import Tensor

T = TypeVar("T")


class TargetPoint(IntEnum):
    """Rows of `Inputs.target_points`."""

    PREVIOUS = 0
    CURRENT = 1
    NEXT = 2


class RadarReturn(IntEnum):
    """Columns of `Inputs.radar`: position (m, ego frame), speed (m/s), which sensor."""

    X = 0
    Y = 1
    Z = 2
    V = 3
    SENSOR = 4


class RadarDetection(IntEnum):
    """Columns of `Predictions.radar`: position (m, ego frame), speed (m/s), logit that there is something."""

    X = 0
    Y = 1
    V = 2
    LOGIT = 3


class Heads(Flag):
    """What to compute. The route, waypoints and target speed need nothing of the rest but, where the planner uses it,
    the radar detector, which then runs unasked."""

    PLAN = auto()
    RADAR = auto()
    SEMANTIC = auto()
    DEPTH = auto()
    BEV_SEMANTIC = auto()
    BOXES = auto()


CONTROL = Heads.PLAN
"""What driving needs."""

ALL = Heads.PLAN | Heads.RADAR | Heads.SEMANTIC | Heads.DEPTH | Heads.BEV_SEMANTIC | Heads.BOXES


@dataclass(frozen=True)
class Inputs:
    """B samples as the model sees them (spec/tfv6.md, 2). Ego frame: x forward, y right, metres.

    What a variant does not use may be None.
    """

    rgb: Tensor | None  # (B, 3, H, W) red, green, blue in 0..255, uint8 or float, cameras side by side
    speed: Tensor  # (B,) m/s
    lidar: Tensor | None = None  # (B, 1, h, w) the raster of `lead.model.lidar`, in [0, 1]
    radar: Tensor | None = None  # (B, R, 5) RadarReturn, rows that are no returns zero
    acceleration: Tensor | None = None  # (B,) m/s2
    command: Tensor | None = None  # (B, commands) one-hot
    target_points: Tensor | None = None  # (B, 3, 2) TargetPoint, m
    past_positions: Tensor | None = None  # (B, past_samples, 2) m
    past_speeds: Tensor | None = None  # (B, past_samples) m/s
    bev_features: Tensor | None = None  # (B, C, Y, X) what the backbone says, instead of `rgb` and `lidar`

    def to(self, device: torch.device | str) -> "Inputs":
        """The same samples on a device."""
        return moved(self, device)


@dataclass(frozen=True)
class BoxMaps:
    """What CenterNet says at each cell of the bird's-eye view (rows y, columns x); sizes and offsets in cells."""

    heatmap: Tensor  # (B, classes, Y, X) logit that a box of this class is centred here
    extent: Tensor  # (B, 2, Y, X) half length, half width
    offset: Tensor  # (B, 2, Y, X) x, y from the cell's low corner
    yaw_class: Tensor  # (B, bins, Y, X) logits of the bin
    yaw_residual: Tensor  # (B, 1, Y, X) rad from the bin's centre
    velocity: Tensor | None  # (B, 1, Y, X) m/s


@dataclass(frozen=True)
class BevPrediction:
    """The bird's-eye view in the classes of one data set."""

    semantic: Tensor | None = None  # (B, classes, h, w) logits
    boxes: BoxMaps | None = None


@dataclass(frozen=True)
class Predictions:
    """What the model says of B samples, in the ego frame (m). None is what was not asked for or the variant has not."""

    route: Tensor | None = None  # (B, route_points, 2) places along the way, 1 m apart
    waypoints: Tensor | None = None  # (B, waypoints, 2) places in time
    headings: Tensor | None = None  # (B, waypoints) rad
    target_speed_logits: Tensor | None = None  # (B, target_speeds)
    target_speed: Tensor | None = None  # (B,) m/s, the mean over the classes
    radar: Tensor | None = None  # (B, queries, 4) RadarDetection
    semantic: Tensor | None = None  # (B, classes, H, W) logits
    depth: Tensor | None = None  # (B, H, W) m
    carla: BevPrediction | None = None
    navsim: BevPrediction | None = None


def tensors_of(record: object, prefix: str = "") -> dict[str, Tensor]:
    """The tensors of a dataclass and of those within it, by dotted name; what is None is left out."""
    found: dict[str, Tensor] = {}
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        if isinstance(value, Tensor):
            found[prefix + field.name] = value
        elif is_dataclass(value):
            found |= tensors_of(value, f"{prefix}{field.name}.")
    return found


def moved(record: T, device: torch.device | str) -> T:
    """A dataclass of tensors with all of them on a device; copies from pinned memory do not wait."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}  # type: ignore[arg-type]
    tensors = {name: value.to(device, non_blocking=True) for name, value in values.items() if isinstance(value, Tensor)}
    return replace(record, **tensors)  # type: ignore[type-var]
