"""What a batch of samples is trained towards."""

from dataclasses import dataclass, fields, replace
from enum import IntEnum

import torch
from torch import Tensor

from lead.model.batch import moved

IGNORED = 255
"""Class of pixels that no semantic loss counts."""


class Source(IntEnum):
    """Where a sample comes from, as the published data sets number it."""

    CARLA = 1
    NAVSIM = 2
    WAYMO = 3


class RadarLabel(IntEnum):
    """Columns of `Labels.radar`: position (m, ego frame), speed (m/s), and 1 for a row that is an object."""

    X = 0
    Y = 1
    V = 2
    VALID = 3


@dataclass(frozen=True)
class BevLabels:
    """The bird's-eye view in the classes of one data set."""

    semantic: Tensor  # (B, h, w) class, of any integer type; IGNORED where unknown
    boxes: Tensor  # (B, N, 8 or more) lead.model.boxes.Box up to the class, in pixels of the raster
    boxes_valid: Tensor  # (B, N) bool: the row is a box

    def to(self, device: torch.device | str) -> "BevLabels":
        """The same labels on a device."""
        return moved(self, device)


@dataclass(frozen=True)
class Labels:
    """Labels of B samples, in the ego frame (m). What a variant has no head for may be None."""

    route: Tensor | None = None  # (B, route_points, 2)
    waypoints: Tensor | None = None  # (B, waypoints or more, 2)
    waypoints_valid: Tensor | None = None  # (B, waypoints or more) bool: known, with its heading; None: all are
    headings: Tensor | None = None  # (B, waypoints) rad
    target_speed: Tensor | None = None  # (B,) m/s
    brake: Tensor | None = None  # (B,) bool: the target speed is 0
    semantic: Tensor | None = None  # (B, H, W) class, of any integer type; IGNORED where unknown
    depth: Tensor | None = None  # (B, H, W) m
    radar: Tensor | None = None  # (B, M, 4) RadarLabel, at most as many rows as the detector has queries
    carla: BevLabels | None = None
    navsim: BevLabels | None = None
    source: Tensor | None = None  # (B,) Source; None: all samples have all labels

    def to(self, device: torch.device | str) -> "Labels":
        """The same labels on a device."""
        nested = {
            field.name: value.to(device)
            for field in fields(self)
            if isinstance(value := getattr(self, field.name), BevLabels)
        }
        return replace(moved(self, device), **nested)
