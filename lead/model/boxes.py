"""Boxes from CenterNet's maps: peaks of the heatmap, read off and put into the ego frame."""

from enum import IntEnum
from math import pi

import torch
import torch.nn.functional as F
from torch import Tensor

from lead.model.batch import BoxMaps
from lead.model.config import BevGrid

TOP = 100
"""Peaks that are read off per sample."""


class Box(IntEnum):
    """Columns of a box: centre, half length and half width, yaw (rad), speed (m/s), braking (never told), class, score."""

    X = 0
    Y = 1
    HALF_LENGTH = 2
    HALF_WIDTH = 3
    YAW = 4
    VELOCITY = 5
    BRAKE = 6
    CLASS = 7
    SCORE = 8


def decode_boxes(maps: BoxMaps, cell: int, top: int = TOP, skip_origin: bool = False) -> Tensor:
    """The `top` boxes (B, top, 9) as `Box` with the best scores, best first; places and sizes in pixels of the raster.

    Args:
        maps: what CenterNet says.
        cell: edge of a cell in pixels.
        top: how many, whatever their scores.
        skip_origin: leave out the cell at the raster's origin, where published weights always see a box (spec/tfv6.md, trap 3).
    """
    score_BCYX = maps.heatmap.sigmoid()
    peak_BCYX = F.max_pool2d(score_BCYX, 3, stride=1, padding=1) == score_BCYX
    score_BCYX = score_BCYX * peak_BCYX
    if skip_origin:
        score_BCYX[..., 0, 0] = 0.0
    rows, columns = score_BCYX.shape[-2:]
    score_BK, place_BK = score_BCYX.flatten(1).topk(top)
    class_BK, where_BK = place_BK // (rows * columns), place_BK % (rows * columns)

    def read(map_BCYX: Tensor) -> Tensor:
        """The values (B, C, K) of a map at the peaks."""
        return map_BCYX.flatten(2).gather(2, where_BK[:, None].expand(-1, map_BCYX.shape[1], -1))

    offset_B2K, extent_B2K = read(maps.offset), read(maps.extent)
    yaw_bins = maps.yaw_class.shape[1]
    yaw_BK = read(maps.yaw_class).argmax(1) * (2.0 * pi / yaw_bins) + read(maps.yaw_residual)[:, 0]
    zero_BK = torch.zeros_like(score_BK)
    return torch.stack(
        [
            (where_BK % columns + offset_B2K[:, 0]) * cell,
            (where_BK // columns + offset_B2K[:, 1]) * cell,
            extent_B2K[:, 0] * cell,
            extent_B2K[:, 1] * cell,
            torch.where(yaw_BK > pi, yaw_BK - 2.0 * pi, yaw_BK),
            zero_BK if maps.velocity is None else read(maps.velocity)[:, 0],
            zero_BK,
            class_BK.to(score_BK.dtype),
            score_BK,
        ],
        -1,
    )


def boxes_to_ego(boxes_BK9: Tensor, grid: BevGrid) -> Tensor:
    """Boxes in pixels of the raster as boxes in the ego frame (m)."""
    boxes_BK9 = boxes_BK9.clone()
    boxes_BK9[..., : Box.YAW] /= grid.pixels_per_meter
    boxes_BK9[..., Box.X] += grid.min_x
    boxes_BK9[..., Box.Y] += grid.min_y
    return boxes_BK9
