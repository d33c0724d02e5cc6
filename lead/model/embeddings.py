"""Sine embeddings of places (Vaswani et al. 2017, in two dimensions as in DETR)."""

from math import pi

import torch
from torch import Tensor

TEMPERATURE = 10_000.0
"""Ratio of the longest wavelength to the shortest."""


def embed_points(points_BN2: Tensor, size: int) -> Tensor:
    """Embeddings (B, N, size) of places x, y in [0, 1]: half of the numbers for y, then half for x."""
    x_BN, y_BN = points_BN2.unbind(-1)
    return torch.cat([_waves(y_BN * 2.0 * pi, size // 2), _waves(x_BN * 2.0 * pi, size // 2)], -1)


def embed_grid(rows: int, columns: int, size: int) -> Tensor:
    """Embeddings (size, rows, columns) of a grid's cells, counted from 1 and scaled to 2 pi: y's, then x's."""
    y_R = torch.arange(1, rows + 1, dtype=torch.float32) / (rows + 1e-6) * 2.0 * pi
    x_C = torch.arange(1, columns + 1, dtype=torch.float32) / (columns + 1e-6) * 2.0 * pi
    y_RCD = _waves(y_R, size // 2)[:, None].expand(rows, columns, -1)
    x_RCD = _waves(x_C, size // 2)[None].expand(rows, columns, -1)
    return torch.cat([y_RCD, x_RCD], -1).permute(2, 0, 1).contiguous()


def _waves(angle: Tensor, size: int) -> Tensor:
    """Sine and cosine in turn of `angle` (...), slowed down ever more: (..., size)."""
    exponent_D = torch.arange(size, device=angle.device) // 2 * 2 / size
    phase = angle[..., None] / TEMPERATURE**exponent_D
    return torch.stack([phase[..., 0::2].sin(), phase[..., 1::2].cos()], -1).flatten(-2)
