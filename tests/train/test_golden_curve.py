"""Fifty steps of `nano` on eight synthetic samples, step by step as they were when this was written.

`python tests/train/test_golden_curve.py` writes the curve anew, after a change that is meant to change it.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from synthetic import Synthetic, stage

from lead.model.config import ModelConfig
from lead.model.variants import nano
from lead.train.config import PaceConfig
from lead.train.logs import read_table
from lead.train.loop import train_stage

CURVE = Path(__file__).parent / "golden_nano.json"
STEPS, DISTINCT = 50, 8
EARLY, LATE = 1e-3, 0.02
"""Relative, of the first ten steps and of the means of ten later ones: rounding of other CPUs grows as it learns."""


def without_dropout(model: ModelConfig) -> ModelConfig:
    return replace(model, planning=replace(model.planning, dropout=0.0))


def curve(folder: Path) -> list[float]:
    model = without_dropout(nano())
    run = stage(model=model, batch=2, epochs=1, pace=PaceConfig(log=1))
    train_stage(run, Synthetic(model, 2 * STEPS, DISTINCT), None, folder)
    return [float(row["loss"]) for row in read_table(folder / "train.csv")]


def test_fifty_steps_of_nano_lose_what_they_did(tmp_path):
    expected, found = np.array(json.loads(CURVE.read_text())), np.array(curve(tmp_path))
    np.testing.assert_allclose(found[:10], expected[:10], rtol=EARLY)
    np.testing.assert_allclose(found.reshape(5, 10).mean(1), expected.reshape(5, 10).mean(1), rtol=LATE)
    assert found[-10:].mean() < 0.7 * found[:5].mean()


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        torch.set_num_threads(1)
        CURVE.write_text(json.dumps([round(value, 6) for value in curve(Path(made))]) + "\n")
