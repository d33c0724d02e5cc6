"""The LiDAR image has numpy's bins, and loses the ego's own points."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lead.model.lidar import rasterize, without_ego
from lead.model.variants import CARLA_GRID as GRID


@given(st.integers(0, 2**31), st.booleans())
def test_bins_are_those_of_numpy(seed, rounded):
    points = np.random.default_rng(seed).uniform((-40, -48, -6), (72, 48, 12), (3000, 3))
    points = np.round(points, 1) if rounded else points
    points = np.vstack([points, [[GRID.max_x, GRID.max_y, 0.0], [GRID.min_x, GRID.min_y, 0.0]]])
    kept = points[(points[:, 2] >= -4) & (points[:, 2] <= 10)]
    edges = [np.linspace(GRID.min_y, GRID.max_y, 321), np.linspace(GRID.min_x, GRID.max_x, 385)]
    expected = np.clip(np.histogramdd(kept[:, [1, 0]], edges)[0], 0, 5) / 5
    assert np.array_equal(rasterize(points, GRID)[0], expected.astype(np.float32))


def test_points_on_the_ego_are_cut_and_published_weights_lack_a_cross():
    on_it, before_it, beside_it, far = [1.0, 0.5, 0.0], [9.0, 0.5, 0.0], [1.0, 9.0, 0.0], [9.0, 9.0, 0.0]
    points = np.array([on_it, before_it, beside_it, far])
    assert without_ego(points).tolist() == [before_it, beside_it, far]
    assert without_ego(points, compat=True).tolist() == [far]
