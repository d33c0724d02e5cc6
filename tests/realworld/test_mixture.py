"""Batches hold the counts that the mixture asks for, and no sample comes twice before all have come."""

from collections import Counter

import pytest

from lead import InputError
from lead.dataset.order import Key
from lead.realworld.mixture import EQUAL, REAL, SIM2REAL, SIMULATED, MixedSamples
from lead.train.ranks import Ranks
from lead.train.samples import Schedule


class Numbers:
    """`count` samples that are their own numbers, under a name."""

    def __init__(self, name, count):
        self.name, self.count = name, count

    def __len__(self):
        return self.count

    def at(self, item):
        return self.name, item


def mixed(mixture=SIM2REAL, batch=16, batches=5, simulated=23, real=37, seed=0):
    return MixedSamples(Numbers("sim", simulated), Numbers("real", real), mixture, batch, batches, seed)


def batches_of(samples, epoch):
    size = samples.batch
    made = [samples[key] for key in samples.order.keys(epoch)]
    return [made[k : k + size] for k in range(0, len(made), size)]


@pytest.mark.parametrize(
    ("epoch", "simulated"), [(0, 40), (1, 32), (2, 32), (3, 24), (7, 16), (15, 8), (30, 8), (31, 0), (60, 0)]
)
def test_the_published_schedule(epoch, simulated):
    assert SIM2REAL.simulated_in(epoch, 64) == simulated
    for batch in batches_of(mixed(batch=64, batches=2), epoch):
        assert Counter(name for name, _ in batch)["sim"] == simulated


def test_smaller_batches_keep_the_shares():
    assert [SIM2REAL.simulated_in(epoch, 16) for epoch in (0, 1, 3, 7, 15, 31)] == [10, 8, 6, 4, 2, 0]
    assert EQUAL.simulated_in(5, 6) == 3


def test_a_batch_that_cannot_be_shared_is_refused():
    with pytest.raises(InputError, match="a batch of 12.*multiple of 8"):
        mixed(batch=12)


def test_each_data_set_is_gone_through_before_any_sample_comes_again():
    samples, drawn = mixed(), {"sim": [], "real": []}
    for epoch in range(12):
        for batch in batches_of(samples, epoch):
            for name, item in batch:
                drawn[name].append(item)
    for name, size in (("sim", 23), ("real", 37)):
        rounds = [drawn[name][k : k + size] for k in range(0, len(drawn[name]) - size, size)]
        assert len(rounds) > 5 and all(sorted(each) == list(range(size)) for each in rounds)
        assert rounds[0] != rounds[1]


def test_a_key_gives_the_same_sample_wherever_one_begins():
    forwards, backwards = mixed(seed=3), mixed(seed=3)
    keys = [Key(epoch, place) for epoch in range(5) for place in range(80)]
    assert [forwards[key] for key in keys] == [backwards[key] for key in reversed(keys)][::-1]
    assert [mixed(seed=4)[key] for key in keys] != [forwards[key] for key in keys]


@pytest.mark.parametrize("ranks", [2, 4])
def test_processes_share_a_batch_and_its_kinds(ranks):
    samples = mixed(batch=16)
    for rank in range(ranks):
        schedule = Schedule(samples.order, 16, Ranks(rank, ranks), range(1))
        names = Counter(samples[key][0] for key in next(iter(schedule)))
        assert abs(names["sim"] - 10 / ranks) <= 1


def test_data_that_are_never_drawn_may_be_missing():
    assert MixedSamples(Numbers("sim", 9), None, SIMULATED, 8, 2, 0)[Key(0, 0)][0] == "sim"
    assert MixedSamples(None, Numbers("real", 9), REAL, 8, 2, 0)[Key(0, 0)][0] == "real"
    with pytest.raises(InputError, match="found no real samples"):
        MixedSamples(Numbers("sim", 9), None, SIM2REAL, 8, 2, 0)
