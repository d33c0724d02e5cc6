"""Losses of the planner's heads."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def waypoint_loss(waypoints_BW2: Tensor, label_BN2: Tensor) -> Tensor:
    """Mean absolute error (m) over the waypoints that are predicted; labels may reach further."""
    return F.l1_loss(waypoints_BW2.float(), label_BN2[:, : waypoints_BW2.shape[1]].float())


def heading_loss(headings_BW: Tensor, label_BW: Tensor) -> Tensor:
    """Mean absolute error (rad)."""
    return F.l1_loss(headings_BW.float(), label_BW[:, : headings_BW.shape[1]].float())


def route_loss(route_BR2: Tensor, label_BR2: Tensor) -> Tensor:
    """Mean absolute error (m) over all points, plus that of the last."""
    error_BR2 = (route_BR2.float() - label_BR2.float()).abs()
    return error_BR2.mean() + error_BR2[:, -1].mean()


def speed_loss(logits_BK: Tensor, speed_B: Tensor, brake_B: Tensor, classes: Sequence[float]) -> Tensor:
    """Cross entropy with the two classes that the target speed lies between."""
    return F.cross_entropy(logits_BK.float(), two_hot(speed_B.float(), brake_B, classes))


def two_hot(speed_B: Tensor, brake_B: Tensor, classes: Sequence[float]) -> Tensor:
    """Shares (B, K) of the speed classes (m/s, ascending) whose mean is the speed; class 0 where the ego brakes.

    Speeds beyond the classes are those of the first and the last.
    """
    speed_B = torch.where(brake_B, classes[0], speed_B)
    passed = [((speed_B - low) / (high - low)).clamp(0.0, 1.0) for low, high in zip(classes, classes[1:])]
    one_B, none_B = torch.ones_like(speed_B), torch.zeros_like(speed_B)
    return torch.stack([one_B, *passed], 1) - torch.stack([*passed, none_B], 1)
