"""A uniform grid over the ground plane that says which items touch a cell: the index behind every spatial look-up."""

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
