"""Losses per pixel, as means per sample."""

import torch.nn.functional as F
from torch import Tensor

from lead.train.labels import IGNORED


def semantic_errors(logits_BCHW: Tensor, class_BHW: Tensor) -> Tensor:
    """Cross entropy (B,), a mean over all pixels; ignored ones count 0."""
    losses_BHW = F.cross_entropy(logits_BCHW.float(), class_BHW.long(), ignore_index=IGNORED, reduction="none")
    return losses_BHW.mean((1, 2))


def depth_errors(depth_BHW: Tensor, label_BHW: Tensor, whole_metres: bool = False) -> Tensor:
    """Mean absolute error (B,) in m; `whole_metres` cuts the label to an integer first."""
    label_BHW = label_BHW.float()
    return (depth_BHW.float() - (label_BHW.trunc() if whole_metres else label_BHW)).abs().mean((1, 2))
