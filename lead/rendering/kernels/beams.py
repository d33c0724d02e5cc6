"""Beams of one sensor laid out for the search of what they hit: by side of a cube around it, in cells of a grid there."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.kernel import kernel


class Side(NamedTuple):
    """The n beams that leave the sensor through one side of a cube, ordered by the cells of a grid on that side.

    A beam with the components (right, down, forward) in `axes` has the place centre + focal * (right, down) / forward,
    in cells.
    """

    axes: NDArray[np.float64]  # (3, 3) rows right, down, forward in the sensor's frame
    columns: int
    rows: int
    focal_x: float  # cells
    focal_y: float
    centre_x: float
    centre_y: float
    x: NDArray[np.float32]  # (n,) cells
    y: NDArray[np.float32]  # (n,)
    stretch: NDArray[np.float32]  # (n,) length of the beam per length along forward
    start: NDArray[np.int32]  # (rows * columns + 1,) the first beam of each cell, row by row
    beam: NDArray[np.int32]  # (n,) its number in the sensor


@kernel
def choose_sides(directions: NDArray[np.float64], side: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Write the side of the cube that each direction (N, 3) leaves by, and return how many leave by each (6,).

    Sides: front, right, back, left, up, down of the sensor.
    """
    count = np.zeros(6, np.int64)
    for k in range(directions.shape[0]):
        x, y, z = directions[k, 0], directions[k, 1], directions[k, 2]
        if abs(z) > abs(x) and abs(z) > abs(y):
            chosen = 4 if z > 0.0 else 5
        elif abs(y) > abs(x):
            chosen = 1 if y > 0.0 else 3
        else:
            chosen = 0 if x >= 0.0 else 2
        side[k] = chosen
        count[chosen] += 1
    return count


@kernel
def find_slopes(
    directions: NDArray[np.float64], side: NDArray[np.uint8], chosen: int, axes: NDArray[np.float64],
    slope: NDArray[np.float64], beam: NDArray[np.int32],
) -> None:  # fmt: skip
    """Numbers (n,) and slopes right / forward, down / forward (2, n) of the directions on one side."""
    count = 0
    for k in range(directions.shape[0]):
        if side[k] != chosen:
            continue
        x, y, z = directions[k, 0], directions[k, 1], directions[k, 2]
        inverse = 1.0 / (axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z)
        slope[0, count] = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z) * inverse
        slope[1, count] = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z) * inverse
        beam[count] = k
        count += 1


@kernel
def fill_cells(slope: NDArray[np.float64], number: NDArray[np.int32], grid: Side) -> None:
    """Write the beams (2, n) into the cells of a side whose grid is set (a counting sort: stable)."""
    n, cells = slope.shape[1], grid.rows * grid.columns
    cell = np.empty(n, np.int32)
    grid.start[:] = 0
    for k in range(n):
        x = np.float32(grid.centre_x + grid.focal_x * slope[0, k])
        y = np.float32(grid.centre_y + grid.focal_y * slope[1, k])
        column, row = min(max(int(x), 0), grid.columns - 1), min(max(int(y), 0), grid.rows - 1)
        cell[k] = row * grid.columns + column
        grid.start[cell[k] + 1] += 1
    for k in range(cells):
        grid.start[k + 1] += grid.start[k]
    following = grid.start[:cells].copy()
    for k in range(n):
        place = following[cell[k]]
        following[cell[k]] += 1
        grid.x[place] = grid.centre_x + grid.focal_x * slope[0, k]
        grid.y[place] = grid.centre_y + grid.focal_y * slope[1, k]
        grid.stretch[place] = np.sqrt(1.0 + slope[0, k] ** 2 + slope[1, k] ** 2)
        grid.beam[place] = number[k]
