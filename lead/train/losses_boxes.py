"""Losses of CenterNet (Zhou et al. 2019), built from the boxes on the device that they are on."""

from dataclasses import dataclass
from math import pi

import torch
import torch.nn.functional as F
from torch import Tensor

from lead.model.batch import BoxMaps
from lead.model.boxes import Box
from lead.train.losses_dense import class_weights

LEAST_RADIUS = 2
"""Cells; of the smallest peak."""
OVERLAP = 0.1
"""Least overlap of a box whose corners lie a peak's radius away (CornerNet, Law and Deng 2018)."""
ALPHA, GAMMA = 2.0, 4.0
"""Exponents of the focal loss: of the prediction's error, and of the distance from a peak."""
EPSILON = 1e-12


@dataclass(frozen=True)
class BoxTargets:
    """What the maps ought to show of N boxes in each of B samples."""

    heatmap: Tensor  # (B, classes, Y, X) 1 at centres, falling off around them
    cell: Tensor  # (B, N) the box's cell, row * columns + column
    counted: Tensor  # (B, N) 1 where the box is the one that its cell stands for
    extent: Tensor  # (B, N, 2) cells
    offset: Tensor  # (B, N, 2) cells, x, y from the cell's low corner
    yaw_class: Tensor  # (B, N) bin
    yaw_residual: Tensor  # (B, N) rad
    velocity: Tensor  # (B, N) m/s


def box_losses(
    maps: BoxMaps, boxes_BN8: Tensor, valid_BN: Tensor, cell: int, class_weight: tuple[float, ...] | None = None
) -> dict[str, Tensor]:
    """Losses (B,) by name (spec/tfv6.md, 3.1).

    Args:
        maps: what CenterNet says.
        boxes_BN8: `Box` up to the class, in pixels of the raster.
        valid_BN: which rows are boxes.
        cell: edge of a cell in pixels.
        class_weight: how much the heatmap of each class counts; None: all the same.
    """
    classes, rows, columns = maps.heatmap.shape[1:]
    targets = box_targets(boxes_BN8.float(), valid_BN, cell, (classes, rows, columns), maps.yaw_class.shape[1])
    peaks_B = (targets.heatmap == 1.0).sum((1, 2, 3)).clamp(min=1)

    def at_centres(map_BCYX: Tensor) -> Tensor:
        """The values (B, N, C) of a map in the boxes' cells."""
        index_BCN = targets.cell[:, None].expand(-1, map_BCYX.shape[1], -1)
        return map_BCYX.flatten(2).gather(2, index_BCN).transpose(1, 2).float()

    def mean(loss_BN: Tensor) -> Tensor:
        return (loss_BN * targets.counted).sum(1) / peaks_B

    yaw_logits_BKN = at_centres(maps.yaw_class).transpose(1, 2)
    residual_BN = at_centres(maps.yaw_residual).squeeze(-1)
    losses = {
        "heatmap": focal_loss(maps.heatmap.float(), targets.heatmap, class_weight) / peaks_B,
        "wh": mean((at_centres(maps.extent) - targets.extent).abs().mean(-1)),
        "offset": mean((at_centres(maps.offset) - targets.offset).abs().mean(-1)),
        "yaw_class": mean(F.cross_entropy(yaw_logits_BKN, targets.yaw_class, reduction="none")),
        "yaw_res": mean(F.smooth_l1_loss(residual_BN, targets.yaw_residual, reduction="none")),
    }
    if maps.velocity is not None:
        losses["velocity"] = mean((at_centres(maps.velocity).squeeze(-1) - targets.velocity).abs())
    return losses


def focal_loss(logits_BCYX: Tensor, heatmap_BCYX: Tensor, class_weight: tuple[float, ...] | None = None) -> Tensor:
    """Gaussian focal loss (B,), a sum over all cells, each times its class's weight."""
    p_BCYX = logits_BCYX.sigmoid()
    peak_BCYX = -(p_BCYX + EPSILON).log() * (1.0 - p_BCYX) ** ALPHA
    around_BCYX = -(1.0 - p_BCYX + EPSILON).log() * p_BCYX**ALPHA * (1.0 - heatmap_BCYX) ** GAMMA
    loss_BC = torch.where(heatmap_BCYX == 1.0, peak_BCYX, around_BCYX).sum((2, 3))
    return loss_BC.sum(1) if class_weight is None else loss_BC @ class_weights(class_weight, loss_BC.device)


def box_targets(
    boxes_BN8: Tensor, valid_BN: Tensor, cell: int, shape: tuple[int, int, int], yaw_bins: int
) -> BoxTargets:
    """Targets for maps of `shape` (classes, rows, columns). A box outside them is none; of two in a cell the later counts."""
    classes, rows, columns = shape
    place_BN2 = boxes_BN8[..., : Box.HALF_LENGTH] / cell
    extent_BN2 = boxes_BN8[..., Box.HALF_LENGTH : Box.YAW] / cell
    corner_BN2 = place_BN2.floor()
    x_BN, y_BN = corner_BN2.unbind(-1)
    valid_BN = valid_BN & (x_BN >= 0) & (x_BN < columns) & (y_BN >= 0) & (y_BN < rows)
    corner_BN2 = torch.stack([x_BN.clamp(0, columns - 1), y_BN.clamp(0, rows - 1)], -1)
    x_BN, y_BN = corner_BN2.long().unbind(-1)
    class_BN = boxes_BN8[..., Box.CLASS].long()
    cell_BN = y_BN * columns + x_BN

    yaw_class_BN, yaw_residual_BN = yaw_bin(boxes_BN8[..., Box.YAW], yaw_bins)
    return BoxTargets(
        heatmap=draw_peaks(corner_BN2, peak_radius(extent_BN2), class_BN, valid_BN, shape),
        cell=cell_BN,
        counted=latest_in_cell(cell_BN, valid_BN, rows * columns),
        extent=extent_BN2,
        offset=place_BN2 - corner_BN2,
        yaw_class=yaw_class_BN,
        yaw_residual=yaw_residual_BN,
        velocity=boxes_BN8[..., Box.VELOCITY],
    )


def draw_peaks(
    centre_BN2: Tensor, radius_BN: Tensor, class_BN: Tensor, valid_BN: Tensor, shape: tuple[int, int, int]
) -> Tensor:
    """Maps (B, classes, Y, X) of Gaussian peaks, cut off at their radius, the greatest where they overlap."""
    classes, rows, columns = shape
    x_X = torch.arange(columns, device=centre_BN2.device, dtype=centre_BN2.dtype)
    y_Y = torch.arange(rows, device=centre_BN2.device, dtype=centre_BN2.dtype)
    sigma_BN1 = (2.0 * radius_BN[..., None] + 1.0) / 6.0

    def profile(distance_BNL: Tensor) -> Tensor:
        """A Gaussian along one axis; their product is that in the plane."""
        near_BNL = distance_BNL.abs() <= radius_BN[..., None]
        return torch.exp(-0.5 * (distance_BNL / sigma_BN1) ** 2) * near_BNL * valid_BN[..., None]

    x_BNX, y_BNY = profile(x_X - centre_BN2[..., :1]), profile(y_Y - centre_BN2[..., 1:])
    peaks_BNYX = y_BNY[..., :, None] * x_BNX[..., None, :]
    index_BNYX = class_BN[..., None, None].expand_as(peaks_BNYX)
    heatmap_BCYX = peaks_BNYX.new_zeros(len(peaks_BNYX), classes, rows, columns)
    return heatmap_BCYX.scatter_reduce(1, index_BNYX, peaks_BNYX, "amax")


def peak_radius(extent_BN2: Tensor) -> Tensor:
    """Radius (B, N) in whole cells of a peak for half extents (B, N, 2) in cells: the least of the three that CornerNet
    derives from the overlap of a box with one displaced, shrunk or grown by it."""
    total_BN, area_BN = extent_BN2.sum(-1), extent_BN2.prod(-1)

    def root(a: float, b_BN: Tensor, c_BN: Tensor, sign: float) -> Tensor:
        return (b_BN + sign * (b_BN**2 - 4.0 * a * c_BN).clamp(min=0.0).sqrt()) / (2.0 * a)

    displaced = root(1.0, total_BN, area_BN * (1.0 - OVERLAP) / (1.0 + OVERLAP), -1.0)
    shrunk = root(4.0, 2.0 * total_BN, area_BN * (1.0 - OVERLAP), -1.0)
    grown = root(4.0 * OVERLAP, -2.0 * OVERLAP * total_BN, area_BN * (OVERLAP - 1.0), 1.0)
    return torch.stack([displaced, shrunk, grown]).amin(0).floor().clamp(min=LEAST_RADIUS)


def latest_in_cell(cell_BN: Tensor, valid_BN: Tensor, cells: int) -> Tensor:
    """1 (B, N) for the valid row that comes last among those of its cell, else 0."""
    order_BN = torch.arange(1, cell_BN.shape[1] + 1, device=cell_BN.device) * valid_BN
    latest_BC = order_BN.new_zeros(len(cell_BN), cells).scatter_reduce(1, cell_BN, order_BN, "amax")
    return (valid_BN & (latest_BC.gather(1, cell_BN) == order_BN)).float()


def yaw_bin(yaw: Tensor, bins: int) -> tuple[Tensor, Tensor]:
    """The bin whose centre, a multiple of the bin's width, lies nearest to a yaw (rad), and the rest (rad)."""
    width = 2.0 * pi / bins
    shifted = (yaw + 0.5 * width) % (2.0 * pi)
    index = (shifted / width).floor().clamp(max=bins - 1)
    return index.long(), shifted - index * width - 0.5 * width
