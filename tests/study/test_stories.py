"""A privileged expert is farther from its student than an aligned one where others are hidden or cannot be predicted."""

import numpy as np
import pytest

from lead.expert.settings import ALIGNED, PRIVILEGED, Settings
from lead.study.moments import PATH_WEIGHT
from tests.study.stories import STORIES, driven

SEEDS, TICKS = (0, 1), 150
IN_SIGHT = {"ParkingCutIn", "StaticCutIn", "HighwayCutIn"}  # the car is seen before it matters
LEAST = 0.02  # m/s, mean change per frame


def measured(name: str, settings: Settings) -> np.ndarray:
    """Mean change (2,) by what is unseen and by what is uncertain, m/s, over the frames of all seeds."""
    changes = [
        (r.visibility.change, r.uncertainty.change) for seed in SEEDS for r in driven(name, seed, settings, TICKS)
    ]
    return np.array([[abs(one.speed) + PATH_WEIGHT * one.path for one in pair] for pair in changes]).mean(axis=0)


@pytest.mark.parametrize("name", STORIES)
def test_privileged_is_worse_than_aligned(name: str):
    (hidden, unsure), (hidden_aligned, unsure_aligned) = measured(name, PRIVILEGED), measured(name, ALIGNED)
    assert unsure > 2.0 * unsure_aligned + LEAST
    assert hidden > 2.0 * hidden_aligned + LEAST or name in IN_SIGHT and hidden >= hidden_aligned
