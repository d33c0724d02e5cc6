"""A run that was stopped and goes on is the run that was not."""

from dataclasses import replace

import pytest
import torch
from synthetic import Synthetic, small, stage

from lead.model.weights import read_weights
from lead.train.config import OptimiserConfig, PaceConfig
from lead.train.logs import read_table
from lead.train.loop import train_stage


class Stopped(Exception):
    pass


def stop_after(step):
    def report(told):
        if told.step == step:
            raise Stopped

    return report


def lines(folder):
    """Of the log, but for times."""
    return [{k: v for k, v in row.items() if k not in ("samples_per_s", "data_wait")} for row in read_table(folder)]


def equal(left, right):
    left, right = (read_weights(folder / "model" / "model.safetensors") for folder in (left, right))
    return all(torch.equal(value, right[name]) for name, value in left.items())


MODEL = replace(small(), planning=replace(small().planning, dropout=0.1))  # so that there is something to draw
RUN = stage(model=MODEL, epochs=2, pace=PaceConfig(log=2, checkpoint=3), optimiser=OptimiserConfig(ema=0.9, clip=5.0))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Folder of the run that is not stopped."""
    folder = tmp_path_factory.mktemp("whole")
    train_stage(RUN, Synthetic(MODEL, 6), None, folder)
    return folder


@pytest.mark.parametrize("stop", [2, 4, 5])
def test_stopped_and_resumed_equals_uninterrupted(whole, tmp_path, stop):
    with pytest.raises(Stopped):
        train_stage(RUN, Synthetic(MODEL, 6), None, tmp_path, report=stop_after(stop))
    again = Synthetic(MODEL, 6)
    train_stage(RUN, again, None, tmp_path)
    assert equal(whole, tmp_path)
    assert lines(whole / "train.csv") == lines(tmp_path / "train.csv")
    done = stop // 3 * 3
    assert len(again.asked) == (6 - done) * RUN.batch
