"""The recipe that packs trained stages as the student that ships."""

import os
import runpy
import shutil
import sys
from pathlib import Path

import cv2
import pytest
import torch

from lead.drive.student.checkpoint import find_checkpoint
from lead.model.shipped import PERCEPTION
from lead.model.weights import load_ensemble, read_weights
from lead.train.checkpoint import PLANNER
from tests.cli.test_train_command import SHORT, SLIM, lead, record_drives

RECIPE = Path(__file__).parents[2] / "recipes" / "ship_student.py"


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """Folders of the training and of what was packed."""
    root = tmp_path_factory.mktemp("ship")
    data, trained, out = record_drives(root / "data", 4), root / "trained", root / "nano"
    first = next(data.rglob("frames.arrow")).parent
    shutil.copytree(first, data / "twice" / first.name, copy_function=os.link)
    assert lead("train", "nano", "--data", data, "--out", trained, "--device", "cpu", *SHORT, *SLIM).exit_code == 0
    words = [str(RECIPE), *(str(trained / name) for name in ("posttrain", "planner")), "--data", str(data)]
    words += ["--beside", str(trained / "pretrain")]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", [*words, "--out", str(out)])
        runpy.run_path(str(RECIPE), run_name="__main__")
    return trained, out


def test_it_drives_with_the_last_stages_weights(packed):
    trained, out = packed
    last = read_weights(trained / "planner" / "model" / "model.safetensors")
    shipped = read_weights(out / "model.safetensors")
    assert load_ensemble(find_checkpoint(out).folder).config.name == "nano"
    assert set(shipped) == set(last)
    assert all(torch.allclose(shipped[name].float(), last[name].float(), rtol=1e-3, atol=1e-6) for name in last)


def test_perception_is_that_before_the_planner_alone_was_trained(packed):
    trained, out = packed
    before = read_weights(trained / "posttrain" / "model" / "model.safetensors")
    perception = read_weights(out / PERCEPTION)
    assert set(perception) == {name for name in before if not name.startswith(PLANNER)}


def test_the_card_tells_data_stages_and_sizes(packed):
    _, out = packed
    card = (out / "card.md").read_text()
    assert "4 drives" in card and "1 of them counts twice" in card and "VillageCrossing" in card
    assert "](curves.png)" in card and cv2.imread(str(out / "curves.png")).std(axis=(0, 1)).min() > 10.0
    assert "| posttrain |" in card and "| planner |" in card
    assert sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) < 20e6
