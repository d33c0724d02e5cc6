"""The LiDAR image that the model sees: points counted per pixel of the ground, those on the ego itself taken out."""

import numpy as np
from numpy.typing import NDArray

from lead.model.config import BevGrid

MIN_Z, MAX_Z = -4.0, 10.0
"""m; higher and lower points are not counted."""
MOST = 5
"""Points per pixel at which the image is saturated."""
EGO_HALF_LENGTH, EGO_HALF_WIDTH = 2.45, 1.064
"""m; of the ego, to its mirrors."""


def without_ego(points_N3: NDArray[np.floating], compat: bool = False) -> NDArray[np.floating]:
    """The points (M, 3 or more columns; ego frame, m) that do not lie on the ego.

    `compat` takes out every point beside or before it too, as far as the ego is long and wide: published weights have
    never seen any there (spec/tfv6.md, trap 2).
    """
    along_N = np.abs(points_N3[:, 0]) <= EGO_HALF_LENGTH
    across_N = np.abs(points_N3[:, 1]) <= EGO_HALF_WIDTH
    return points_N3[~(along_N | across_N if compat else along_N & across_N)]


def rasterize(points_N3: NDArray[np.floating], grid: BevGrid) -> NDArray[np.float32]:
    """The image (1, h, w) in [0, 1] of points in the ego frame (m): rows y, columns x.

    Bins are those of `numpy.histogramdd`, the outermost edge included (spec/tfv6.md, 2).
    """
    x_N, y_N, z_N = points_N3[:, 0], points_N3[:, 1], points_N3[:, 2]
    column_N = _bin(x_N, grid.min_x, grid.max_x, grid.width)
    row_N = _bin(y_N, grid.min_y, grid.max_y, grid.height)
    inside_N = (column_N >= 0) & (column_N < grid.width) & (row_N >= 0) & (row_N < grid.height)
    inside_N &= (z_N >= MIN_Z) & (z_N <= MAX_Z)
    pixel_M = row_N[inside_N] * grid.width + column_N[inside_N]
    counts = np.bincount(pixel_M, minlength=grid.height * grid.width).reshape(1, grid.height, grid.width)
    return (np.minimum(counts, MOST) / MOST).astype(np.float32)


def _bin(value_N: NDArray[np.floating], low: float, high: float, bins: int) -> NDArray[np.int64]:
    index_N = np.searchsorted(np.linspace(low, high, bins + 1), value_N, side="right") - 1
    return index_N - (value_N == high)
