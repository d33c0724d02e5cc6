"""Losses of the planner's heads."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def waypoint_loss(waypoints_BW2: Tensor, label_BN2: Tensor, valid_BN: Tensor | None = None) -> Tensor:
    """Mean absolute error (m) over the waypoints that are predicted and known; labels may reach further."""
    return _known_l1(waypoints_BW2, label_BN2, valid_BN)


def heading_loss(headings_BW: Tensor, label_BN: Tensor, valid_BN: Tensor | None = None) -> Tensor:
    """Mean absolute error (rad) over the headings that are predicted and known."""
    return _known_l1(headings_BW[..., None], label_BN[..., None], valid_BN)


def _known_l1(said_BWC: Tensor, label_BNC: Tensor, valid_BN: Tensor | None) -> Tensor:
    """Mean absolute error over what is known, 0 where nothing is; labels of the rest may be anything, NaN too."""
    said_BWC, label_BWC = said_BWC.float(), label_BNC[:, : said_BWC.shape[1]].float()
    if valid_BN is None:
        return F.l1_loss(said_BWC, label_BWC)
    valid_BW = valid_BN[:, : said_BWC.shape[1]]
    label_BWC = torch.where(valid_BW[..., None], label_BWC, said_BWC.detach())
    return (said_BWC - label_BWC).abs().mean(-1).sum() / valid_BW.sum().clamp(min=1)


def route_loss(route_BR2: Tensor, label_BR2: Tensor, smooth: float = 0.0) -> Tensor:
    """Mean error (m) over all points, plus that of the last: absolute, or by squares below `smooth` m (Huber)."""
    error_BR2 = F.smooth_l1_loss(route_BR2.float(), label_BR2.float(), reduction="none", beta=smooth)
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
