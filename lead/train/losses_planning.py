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
    classes_K = speed_B.new_tensor(classes)
    speed_B = torch.where(brake_B, classes_K[0], speed_B).clamp(classes_K[0], classes_K[-1])
    upper_B = torch.searchsorted(classes_K, speed_B).clamp(1, len(classes_K) - 1)
    low_B, high_B = classes_K[upper_B - 1], classes_K[upper_B]
    share_B = (speed_B - low_B) / (high_B - low_B)
    shares_BK = speed_B.new_zeros(len(speed_B), len(classes_K))
    shares_BK.scatter_(1, upper_B[:, None], share_B[:, None])
    return shares_BK.scatter_(1, upper_B[:, None] - 1, 1.0 - share_B[:, None])
