"""The learning rate is that of the published schedule."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim.lr_scheduler import CosineAnnealingLR, CosineAnnealingWarmRestarts

from lead.train.config import ScheduleConfig
from lead.train.schedule import rate_at


def of_torch(build, steps):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler, rates = build(optimiser), []
    for step in range(steps):
        scheduler.step(step)
        rates.append(optimiser.param_groups[0]["lr"])
    return rates


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("first,growth", [(1, 2), (2, 1), (1, 3)])
def test_restarts_are_those_of_torch(first, growth):
    config = ScheduleConfig(first=first, growth=growth)
    ours = [rate_at(step, 7, 31, config) for step in range(31 * 7)]
    theirs = of_torch(lambda optimiser: CosineAnnealingWarmRestarts(optimiser, first * 7, growth), 31 * 7)
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_thirty_one_epochs_end_at_the_end_of_a_cycle():
    config = ScheduleConfig()
    assert rate_at(31 * 50 - 1, 50, 31, config) < 1e-5
    begins = [epoch for epoch in range(31) if rate_at(epoch * 50, 50, 31, config) == 1.0]
    assert begins == [0, 1, 3, 7, 15]


@pytest.mark.filterwarnings("ignore")
def test_one_cosine_is_that_of_torch():
    ours = [rate_at(step, 5, 4, ScheduleConfig(kind="cosine")) for step in range(20)]
    assert ours == pytest.approx(of_torch(lambda optimiser: CosineAnnealingLR(optimiser, 20), 20), abs=1e-9)


@given(st.integers(1, 50), st.integers(0, 100))
def test_warming_up_grows_to_the_whole_rate(warmup, step):
    rate = rate_at(step, 10, 11, ScheduleConfig(kind="constant", warmup=warmup))
    assert rate == pytest.approx(min(1.0, (step + 1) / warmup))
