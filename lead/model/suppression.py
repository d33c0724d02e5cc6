"""One box per object where several say it: non-maximum suppression of rotated boxes."""

import numpy as np
import shapely
import torch
from numpy.typing import NDArray
from torch import Tensor

from lead.model.boxes import Box

CORNERS = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0]])
"""Of a box, in half lengths and half widths."""


def suppress(boxes_K9: Tensor, least_score: float = 0.3, most_overlap: float = 0.2) -> Tensor:
    """Those boxes (L, 9) that score more than `least_score` and overlap no better one by more than `most_overlap`
    (intersection over union), best first, in the boxes' frame."""
    boxes_K9 = boxes_K9[boxes_K9[:, Box.SCORE] > least_score]
    boxes_K9 = boxes_K9[boxes_K9[:, Box.SCORE].argsort(descending=True, stable=True)]
    overlap_KK = overlaps(boxes_K9.detach().cpu().double().numpy())
    kept: list[int] = []
    for k in range(len(boxes_K9)):
        if not (overlap_KK[k, kept] > most_overlap).any():
            kept.append(k)
    return boxes_K9[torch.tensor(kept, dtype=torch.long, device=boxes_K9.device)]


def overlaps(boxes_K9: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union (K, K) of boxes as `Box`; 0 where both are empty."""
    half_K12 = boxes_K9[:, None, Box.HALF_LENGTH : Box.YAW].clip(min=0.0)
    cos_K, sin_K = np.cos(boxes_K9[:, Box.YAW]), np.sin(boxes_K9[:, Box.YAW])
    turn_K22 = np.stack([np.stack([cos_K, sin_K], -1), np.stack([-sin_K, cos_K], -1)], 1)
    corners_K42 = (CORNERS * half_K12) @ turn_K22 + boxes_K9[:, None, : Box.HALF_LENGTH]
    shapes_K = shapely.polygons(corners_K42)
    areas_K = 4.0 * half_K12[:, 0].prod(-1)
    shared_KK = shapely.area(shapely.intersection(shapes_K[:, None], shapes_K[None]))
    union_KK = areas_K[:, None] + areas_K - shared_KK
    return np.divide(shared_KK, union_KK, out=np.zeros_like(shared_KK), where=union_KK > 0.0)
