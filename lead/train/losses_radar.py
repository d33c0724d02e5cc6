"""Loss of the radar detector: its queries are matched with the objects, then compared."""

import torch
import torch.nn.functional as F
from torch import Tensor

from lead.model.batch import RadarDetection
from lead.model.config import BevGrid
from lead.train.assignment import assign
from lead.train.labels import RadarLabel

STATE_WEIGHT = 5.0
"""Weight of place and speed over that of whether there is something."""


def radar_loss(detections_BQ4: Tensor, labels_BM4: Tensor, grid: BevGrid, max_speed: float) -> Tensor:
    """Place and speed errors of the queries matched with an object, and whether each query is matched
    (spec/tfv6.md, 3.1).

    Errors are shares of the grid's ranges and of `max_speed` (m/s). Matching queries with rows that are no objects
    would cost the same whichever they were, so only what an object changes is compared.
    """
    detections_BQ4, labels_BM4 = detections_BQ4.float(), labels_BM4.float()
    scale_3 = (grid.max_x - grid.min_x, grid.max_y - grid.min_y, max_speed)
    state_BQ3, logit_BQ = detections_BQ4[..., : RadarDetection.LOGIT], detections_BQ4[..., RadarDetection.LOGIT]
    valid_BM = labels_BM4[..., RadarLabel.VALID]
    error_BMQ = sum(
        (labels_BM4[:, :, None, k] - state_BQ3[:, None, :, k]).abs() / scale for k, scale in enumerate(scale_3)
    )
    gain_BQ = F.softplus(-logit_BQ) - F.softplus(logit_BQ)  # binary cross entropy of "something" less that of "nothing"
    query_BM = assign((STATE_WEIGHT * error_BMQ + gain_BQ[:, None]) * valid_BM[..., None])

    matched_BM = error_BMQ.gather(2, query_BM[..., None]).squeeze(-1)
    state_B = (matched_BM * valid_BM).sum(1) / valid_BM.sum(1).clamp(min=1.0)
    something_BQ = torch.zeros_like(logit_BQ).scatter(1, query_BM, valid_BM)
    class_B = F.binary_cross_entropy_with_logits(logit_BQ, something_BQ, reduction="none").mean(1)
    return (STATE_WEIGHT * state_B + class_B).mean()
