"""Losses per pixel, as means per sample."""

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from lead.train.labels import IGNORED


@cache
def class_weights(classes: tuple[float, ...], device: torch.device) -> Tensor:
    """Weights (C,) on a device, brought there once: no step waits for them."""
    return torch.tensor(classes, device=device)


def semantic_errors(logits_BCHW: Tensor, class_BHW: Tensor, classes: tuple[float, ...] | None = None) -> Tensor:
    """Cross entropy (B,), a mean over all pixels, each times its class's weight; ignored ones count 0."""
    weight = class_weights(classes, logits_BCHW.device) if classes else None
    losses_BHW = F.cross_entropy(logits_BCHW.float(), class_BHW.long(), weight, ignore_index=IGNORED, reduction="none")
    return losses_BHW.mean((1, 2))


def depth_errors(depth_BHW: Tensor, label_BHW: Tensor, whole_metres: bool = False) -> Tensor:
    """Mean absolute error (B,) in m; `whole_metres` cuts the label to an integer first."""
    label_BHW = label_BHW.float()
    return (depth_BHW.float() - (label_BHW.trunc() if whole_metres else label_BHW)).abs().mean((1, 2))
