"""Several processes train as one does."""

import pytest
import torch
from ranks_run import ended, started
from synthetic import Counted

from lead import InputError
from lead.model.weights import read_weights
from lead.train.logs import read_table
from lead.train.ranks import Ranks
from lead.train.samples import Schedule


def test_two_processes_train_as_one_with_the_same_batch(tmp_path):
    assert ended(started(1, tmp_path / "one") + started(2, tmp_path / "two")) == [0, 0, 0]
    one, two = (read_weights(tmp_path / name / "model/model.safetensors") for name in ("one", "two"))
    for name, value in one.items():
        torch.testing.assert_close(
            value, two[name], atol=2e-4, rtol=1e-2, msg=lambda text, name=name: f"{name}: {text}"
        )
    for table in ("train", "validation"):
        rows = zip(read_table(tmp_path / f"one/{table}.csv"), read_table(tmp_path / f"two/{table}.csv"), strict=True)
        for alone, shared in rows:
            for name in ("loss",) if table == "train" else ("loss", "route_l1", "waypoint_l1", "speed_l1"):
                assert float(shared[name]) == pytest.approx(float(alone[name]), rel=2e-3), (table, name)


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_processes_share_each_batch_and_leave_nothing_out(ranks):
    parts = [list(Schedule(Counted(19), 4, Ranks(k, ranks), range(2, 9))) for k in range(ranks)]
    for step, shares in enumerate(zip(*parts), start=2):
        keys = sorted((key.epoch, key.place) for share in shares for key in share)
        epoch, first = step // 4, step % 4 * 4
        assert keys == [(epoch, place) for place in range(first, first + 4)]


def test_a_batch_that_cannot_be_shared_is_refused():
    with pytest.raises(InputError, match="batch of 6 cannot be shared by 4"):
        Schedule(Counted(100), 6, Ranks(0, 4), range(3))
