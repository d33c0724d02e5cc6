"""The grid lists in every cell exactly the items whose boxes touch it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lead.geometry.grid import build_grid, cell_range

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
