"""A uniform grid over the ground plane that says which items touch a cell: the index behind every spatial look-up."""

from math import floor, inf
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray


class Grid(NamedTuple):
    """Items by cell in compressed rows: cell (i, j) holds `items[start[i * columns + j] : start[i * columns + j + 1]]`.

    A NamedTuple so that numba kernels take it as one argument. Frame: world x along i, world y along j.
    """

    origin_x: float  # m, low corner of cell (0, 0)
    origin_y: float  # m
    cell: float  # m, edge length
    rows: int  # cells along x
    columns: int  # cells along y
    start: NDArray[np.int64]  # (rows * columns + 1,)
    items: NDArray[np.int32]  # (K,) item indices, ascending within a cell


@numba.njit(cache=True)
def _count(low, high, origin_x, origin_y, cell, rows, columns, start):
    for n in range(low.shape[0]):
        i0, i1 = int((low[n, 0] - origin_x) // cell), int((high[n, 0] - origin_x) // cell)
        j0, j1 = int((low[n, 1] - origin_y) // cell), int((high[n, 1] - origin_y) // cell)
        for i in range(max(0, i0), min(rows - 1, i1) + 1):
            for j in range(max(0, j0), min(columns - 1, j1) + 1):
                start[i * columns + j + 1] += 1


@numba.njit(cache=True)
def _fill(low, high, origin_x, origin_y, cell, rows, columns, cursor, items):
    for n in range(low.shape[0]):
        i0, i1 = int((low[n, 0] - origin_x) // cell), int((high[n, 0] - origin_x) // cell)
        j0, j1 = int((low[n, 1] - origin_y) // cell), int((high[n, 1] - origin_y) // cell)
        for i in range(max(0, i0), min(rows - 1, i1) + 1):
            for j in range(max(0, j0), min(columns - 1, j1) + 1):
                items[cursor[i * columns + j]] = n
                cursor[i * columns + j] += 1


def build_grid(low: NDArray[np.float64], high: NDArray[np.float64], cell: float) -> Grid:
    """Index items by their axis-aligned boxes `low`, `high` (N, 2) in metres; an item is listed in every cell it touches."""
    if len(low) == 0:
        return Grid(0.0, 0.0, float(cell), 1, 1, np.zeros(2, np.int64), np.zeros(0, np.int32))
    low, high = np.ascontiguousarray(low, np.float64), np.ascontiguousarray(high, np.float64)
    origin_x, origin_y = float(low[:, 0].min()) - cell, float(low[:, 1].min()) - cell
    rows = int((high[:, 0].max() - origin_x) // cell) + 2
    columns = int((high[:, 1].max() - origin_y) // cell) + 2
    start = np.zeros(rows * columns + 1, np.int64)
    _count(low, high, origin_x, origin_y, cell, rows, columns, start)
    np.cumsum(start, out=start)
    items = np.empty(start[-1], np.int32)
    _fill(low, high, origin_x, origin_y, cell, rows, columns, start[:-1].copy(), items)
    return Grid(origin_x, origin_y, float(cell), rows, columns, start, items)


@numba.njit(cache=True)
def cell_range(grid: Grid, x: float, y: float) -> tuple[int, int]:
    """First and one-past-last position in `grid.items` of the cell that holds (x, y) m; an empty range outside the grid."""
    u, v = (x - grid.origin_x) // grid.cell, (y - grid.origin_y) // grid.cell
    if not (0.0 <= u < grid.rows and 0.0 <= v < grid.columns):  # as numbers: what is NaN or huge has no cell
        return 0, 0
    i, j = int(u), int(v)
    return grid.start[i * grid.columns + j], grid.start[i * grid.columns + j + 1]


@numba.njit(cache=True)
def cells_along(grid: Grid, start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cells `i * columns + j` that the segment from start to end (2,) or (3,) m crosses, in its order; only those of the grid.

    Source: Amanatides and Woo, "A Fast Voxel Traversal Algorithm for Ray Tracing" (1987).
    """
    cell, direction = grid.cell, end[:2] - start[:2]
    enter, leave = 0.0, 1.0  # the part of the segment near the grid: only its cells are walked
    for axis in range(2):
        low = (grid.origin_x if axis == 0 else grid.origin_y) - cell
        high = low + cell * ((grid.rows if axis == 0 else grid.columns) + 2)
        if abs(direction[axis]) < 1e-12:
            if not low <= start[axis] <= high:
                return np.empty(0, np.int64)
        else:
            t0, t1 = (low - start[axis]) / direction[axis], (high - start[axis]) / direction[axis]
            enter, leave = max(enter, min(t0, t1)), min(leave, max(t0, t1))
    first_x, first_y = start[0] + enter * direction[0], start[1] + enter * direction[1]
    last_x, last_y = start[0] + leave * direction[0], start[1] + leave * direction[1]
    if not (enter <= leave and abs(first_x) + abs(first_y) + abs(last_x) + abs(last_y) < inf):  # or not a number
        return np.empty(0, np.int64)
    i, j = floor((first_x - grid.origin_x) / cell), floor((first_y - grid.origin_y) / cell)
    last_i, last_j = floor((last_x - grid.origin_x) / cell), floor((last_y - grid.origin_y) / cell)
    step_i, step_j = 1 if direction[0] > 0.0 else -1, 1 if direction[1] > 0.0 else -1
    next_i, next_j, per_i, per_j = inf, inf, inf, inf
    if direction[0] != 0.0:
        per_i, next_i = cell / abs(direction[0]), (grid.origin_x + (i + (step_i > 0)) * cell - start[0]) / direction[0]
    if direction[1] != 0.0:
        per_j, next_j = cell / abs(direction[1]), (grid.origin_y + (j + (step_j > 0)) * cell - start[1]) / direction[1]
    cells = np.empty(abs(last_i - i) + abs(last_j - j) + 1, np.int64)
    count = 0
    for _ in range(cells.shape[0]):
        if 0 <= i < grid.rows and 0 <= j < grid.columns:
            cells[count] = i * grid.columns + j
            count += 1
        if next_i < next_j:
            i, next_i = i + step_i, next_i + per_i
        else:
            j, next_j = j + step_j, next_j + per_j
    return cells[:count]
