"""Where a point lies is told apart, and features are read where it lies."""

from math import pi

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lead.model.config import BevGrid
from lead.model.embeddings import embed_grid, embed_points
from lead.model.sampling import one_hot, sample_bev, scaled_to_grid

GRID = BevGrid(min_x=-32.0, max_x=64.0, min_y=-40.0, max_y=40.0)


def test_points_by_hand():
    x, y = 0.25, 0.1
    found = embed_points(torch.tensor([[[x, y]]]), 8)[0, 0]
    slow = 10_000 ** (2 / 4)
    wave = [f(angle / d) for angle in (2 * pi * y, 2 * pi * x) for d in (1, slow) for f in (_sin, _cos)]
    assert found.tolist() == pytest.approx(wave, abs=1e-6)


def test_grid_is_points_counted_from_one():
    rows, columns = 3, 5
    grid = embed_grid(rows, columns, 16)
    shares = torch.tensor([[(c + 1) / columns, (r + 1) / rows] for r in range(rows) for c in range(columns)])
    assert torch.allclose(grid.flatten(1).T, embed_points(shares[None], 16)[0], atol=1e-4)


@given(st.floats(-20, 50), st.floats(-30, 30))
def test_sampling_reads_where_the_point_is(x, y):
    found = sample_bev(_positions(), scaled_to_grid(torch.tensor([[[x, y]]]), GRID), compat=False)
    assert found[0, 0].tolist() == pytest.approx([x, y], abs=1e-3)


def test_published_weights_read_row_by_x_and_column_by_y():
    rows_and_columns = torch.stack(torch.meshgrid(torch.arange(10.0), torch.arange(12.0), indexing="ij"))[None]
    found = sample_bev(rows_and_columns, scaled_to_grid(torch.tensor([[[63.9, 0.0]]]), GRID), compat=True)
    assert found[0, 0].tolist() == pytest.approx([9.0 * 95.9 / 96.0, 5.5], abs=1e-4)


def test_one_hot_of_no_class_is_zero():
    assert one_hot(torch.tensor([2.0, 7.0]), 4).tolist() == [[0, 0, 1, 0], [0, 0, 0, 0]]


def _positions() -> torch.Tensor:
    """Maps (1, 2, 10, 12) of x and y (m) at the centres of the grid's cells."""
    y = GRID.min_y + 8.0 * (torch.arange(10.0) + 0.5)
    x = GRID.min_x + 8.0 * (torch.arange(12.0) + 0.5)
    y, x = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([x, y])[None]


def _sin(angle: float) -> float:
    return torch.tensor(angle).sin().item()


def _cos(angle: float) -> float:
    return torch.tensor(angle).cos().item()
