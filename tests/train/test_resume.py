"""A run that was stopped and goes on is the run that was not."""

from dataclasses import replace

import pytest
import torch
from synthetic import Synthetic, small, stage

from lead.model.variants import nano
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


@pytest.mark.parametrize("stop", [2, 4, 5])
def test_stopped_and_resumed_equals_uninterrupted(tmp_path, stop):
    model = replace(small(), backbone=nano().backbone)  # with dropout
    run = stage(
        model=model, epochs=2, pace=PaceConfig(log=2, checkpoint=3), optimiser=OptimiserConfig(ema=0.9, clip=5.0)
    )
    train_stage(run, Synthetic(model, 6), None, tmp_path / "whole")
    with pytest.raises(Stopped):
        train_stage(run, Synthetic(model, 6), None, tmp_path / "parts", report=stop_after(stop))
    again = Synthetic(model, 6)
    train_stage(run, again, None, tmp_path / "parts")
    assert equal(tmp_path / "whole", tmp_path / "parts")
    assert lines(tmp_path / "whole/train.csv") == lines(tmp_path / "parts/train.csv")
    done = stop // 3 * 3
    assert len(again.asked) == (6 - done) * run.batch
