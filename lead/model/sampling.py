"""Features at another size, and at places on the ground."""

import torch
import torch.nn.functional as F
from torch import Tensor

from lead.model.config import BevGrid


def resized(x_BCHW: Tensor, size: tuple[int, int]) -> Tensor:
    """The maps at another size, interpolated bilinearly between the centres of pixels."""
    return F.interpolate(x_BCHW, size=tuple(size), mode="bilinear", align_corners=False)


def scaled_to_grid(places_BN2: Tensor, grid: BevGrid) -> Tensor:
    """Places x, y (m, ego frame) as shares of the grid's ranges, 0 at its low corner and 1 at its high one."""
    x_BN, y_BN = places_BN2.unbind(-1)
    x_BN, y_BN = (x_BN - grid.min_x) / (grid.max_x - grid.min_x), (y_BN - grid.min_y) / (grid.max_y - grid.min_y)
    return torch.stack([x_BN, y_BN], -1)


def sample_bev(features_BCYX: Tensor, shares_BN2: Tensor, compat: bool) -> Tensor:
    """Features (B, N, C) at places given as `scaled_to_grid` gives them, interpolated between the centres of cells.

    `compat` reads row by x and column by y, between the first cell's centre and the last's, as the published weights
    expect (spec/tfv6.md, trap 1).
    """
    where_BN2 = shares_BN2.flip(-1) if compat else shares_BN2
    found_BCN1 = F.grid_sample(
        features_BCYX,
        (where_BN2 * 2.0 - 1.0).unsqueeze(2).to(features_BCYX.dtype),
        mode="bilinear",
        padding_mode="border",
        align_corners=compat,
    )
    return found_BCN1.squeeze(-1).transpose(1, 2)


def one_hot(index: Tensor, classes: int) -> Tensor:
    """One-hot rows (..., classes) of an index of any number type; all zero where it is no class. Does not synchronise."""
    return (index[..., None] == torch.arange(classes, device=index.device)).to(torch.get_default_dtype())
