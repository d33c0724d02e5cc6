"""Ground is told from what stands on it, on slopes too."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lead.dataset.ground import is_ground


def scene(slope: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points of a slope and of boxes on it, and which are the ground's."""
    rng = np.random.default_rng(seed)
    flat = rng.uniform(-30.0, 30.0, (6000, 2))
    ground = np.column_stack([flat, slope * flat[:, 0] + rng.normal(0.0, 0.02, len(flat))])
    feet = rng.uniform(-25.0, 25.0, (40, 2))
    around = np.repeat(feet, 10, axis=0) + rng.uniform(-0.5, 0.5, (400, 2))
    things = np.column_stack([around, slope * around[:, 0] + rng.uniform(0.4, 2.0, 400)])
    return np.concatenate([ground, things]), np.repeat([True, False], [len(ground), len(things)])


@settings(max_examples=10, deadline=None)
@given(slope=st.floats(-0.1, 0.1), seed=st.integers(0, 1000))
def test_slopes_are_ground_and_things_are_not(slope, seed):
    points, truth = scene(slope, seed)
    found = is_ground(points)
    assert found[truth].mean() > 0.93
    assert not found[~truth].any()


def test_nothing_is_no_ground():
    assert is_ground(np.empty((0, 3))).shape == (0,)


def test_what_is_high_above_all_others_is_no_ground():
    roof = np.column_stack([np.random.default_rng(0).uniform(-5.0, 5.0, (200, 2)), np.full(200, 6.0)])
    assert not is_ground(roof).any()
