"""The raster equals numpy's histogram, to the last pixel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead.dataset.bev_grid import CARLA, NAVSIM, WAYMO
from lead.dataset.frame import LIDAR_UNIT, Cloud
from lead.dataset.header import Perturbation
from lead.dataset.lidar_raster import MOST, count_raster
from lead.dataset.viewpoint import perturbed_points


def histogram(points, window):
    """What spec/tfv6.md, 2 says, in its own words."""
    points = points[(points[:, 2] >= -4.0) & (points[:, 2] <= 10.0)]
    x = np.linspace(window.min_x, window.max_x, window.columns + 1)
    y = np.linspace(window.min_y, window.max_y, window.rows + 1)
    return np.minimum(np.histogramdd(points[:, :2], (x, y))[0], MOST).T


@pytest.mark.parametrize("window", [CARLA, NAVSIM, WAYMO])
@given(seed=st.integers(0, 2**31))
@settings(deadline=None, max_examples=8)
def test_the_raster_of_a_cloud_is_the_histogram(window, seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform((-40, -45, -5), (70, 45, 12), (20_000, 3))
    points[:5000] = np.round(points[:5000] * 4.0) / 4.0  # on the edges of bins
    cloud = Cloud.of(points, rng.integers(0, 10, len(points)))
    np.testing.assert_array_equal(count_raster(cloud, window), histogram(cloud.points, window))
    there = Perturbation(0.7, -0.1)
    expected = histogram(perturbed_points(cloud.points, there), window)
    assert (count_raster(cloud, window, there) != expected).sum() <= 2  # rotations are rounded in two ways


def test_old_and_far_points_are_left_out():
    points = np.array([[3.0, 4.0, 0.0], [3.0, 4.0, 0.0], [3000.0, 4.0, 0.0], [-3000.0, -3000.0, 0.0]])
    cloud = Cloud.of(points, np.array([9, 10, 0, 0]))
    raster = count_raster(cloud, CARLA)
    assert raster.sum() == 1 and raster[4 * 44, 4 * 35] == 1


def test_counting_stops_at_five():
    assert count_raster(Cloud.of(np.zeros((9, 3)), np.zeros(9)), CARLA).max() == MOST == 5


def test_units_are_those_of_the_cloud():
    assert Cloud.of(np.array([[0.26, -0.26, 1.0]]), np.zeros(1)).points.tolist() == [
        [3 * LIDAR_UNIT, -3 * LIDAR_UNIT, 10 * LIDAR_UNIT]
    ]
