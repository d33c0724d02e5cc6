"""Several processes train as one does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from synthetic import Counted

from lead import InputError
from lead.model.weights import read_weights
from lead.train.logs import read_table
from lead.train.ranks import Ranks
from lead.train.samples import Schedule

RUN = Path(__file__).parent / "ranks_run.py"


def test_two_processes_train_as_one_with_the_same_batch(tmp_path):
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    running = [
        subprocess.Popen(
            [sys.executable, *how, str(RUN), str(tmp_path / name)],
            env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for name, how in {"one": [], "two": torchrun}.items()
    ]  # fmt: skip
    told = [process.communicate(timeout=250)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], told
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
