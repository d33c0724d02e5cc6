"""The grid lists in every cell exactly the items whose boxes touch it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lead.geometry.grid import build_grid, cell_range, cells_along

coordinate = st.floats(-50, 50)
rectangles = st.lists(st.tuples(coordinate, coordinate, st.floats(0, 20), st.floats(0, 20)), min_size=1, max_size=12)


@given(rectangles, coordinate, coordinate)
def test_items_over_a_point_are_found(boxes, x, y):
    rows = np.array(boxes)
    low, high = rows[:, :2], rows[:, :2] + rows[:, 2:]
    grid = build_grid(low, high, 5.0)
    first, last = cell_range(grid, x, y)
    listed = set(grid.items[first:last].tolist())
    covering = np.flatnonzero(((low <= [x, y]) & ([x, y] <= high)).all(axis=1))
    assert set(covering.tolist()) <= listed


def test_an_empty_grid_lists_nothing():
    grid = build_grid(np.zeros((0, 2)), np.zeros((0, 2)), 5.0)
    assert cell_range(grid, 0.0, 0.0) == (0, 0)


@given(rectangles, coordinate, coordinate, coordinate, coordinate)
def test_items_along_a_segment_are_listed_in_its_cells(boxes, x0, y0, x1, y1):
    rows = np.array(boxes)
    low, high = rows[:, :2], rows[:, :2] + rows[:, 2:]
    grid = build_grid(low, high, 5.0)
    cells = cells_along(grid, np.array([x0, y0]), np.array([x1, y1]))
    listed = {int(item) for cell in cells for item in grid.items[grid.start[cell] : grid.start[cell + 1]]}
    for part in np.linspace(0.0, 1.0, 50):
        x, y = x0 + part * (x1 - x0), y0 + part * (y1 - y0)
        deep = ((low + 1e-6 < [x, y]) & ([x, y] < high - 1e-6)).all(axis=1)
        assert set(np.flatnonzero(deep).tolist()) <= listed


def test_a_segment_beside_the_grid_has_no_cells():
    grid = build_grid(np.zeros((1, 2)), np.ones((1, 2)), 5.0)
    assert len(cells_along(grid, np.array([0.5, 40.0]), np.array([9.0, 40.0]))) == 0
