"""A published NAVSIM checkpoint (its config and a state dict of its names and shapes) plans tokens of a cache."""

import gzip
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from lead.realworld.navsim.cache import FEATURE, write_entry
from lead.realworld.predicting import plan_tokens

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "tfv6"


@pytest.fixture
def checkpoint(request, tmp_path):
    """A folder as it is published: `config.json` and `model_0060.pth`."""
    chosen = request.config.getoption("--fixtures-dir")
    folder = next((f for f in (Path(chosen or "nowhere"), PUBLISHED) if (f / "navsim.config.json").is_file()), None)
    if folder is None:
        pytest.skip(f"the published config of the NAVSIM variant is not on this machine: looked in {PUBLISHED}")
    out = tmp_path / "checkpoint"
    out.mkdir()
    shutil.copy(folder / "navsim.config.json", out / "config.json")
    with gzip.open(folder / "navsim.statedict.json.gz", "rt") as file:
        shapes = json.load(file)
    torch.manual_seed(0)
    state = {name: weight(name, shape) for name, shape in flat(shapes).items()}
    torch.save(state, out / "model_0060.pth")
    return out


def flat(shapes):
    """Shape by parameter name, however the file nests it."""
    entries = shapes.get("state_dict", shapes) if isinstance(shapes, dict) else dict(shapes)
    return {name: value["shape"] if isinstance(value, dict) else value for name, value in entries.items()}


def weight(name, shape):
    if name.endswith("num_batches_tracked"):
        return torch.zeros(tuple(shape), dtype=torch.int64)
    return torch.ones(tuple(shape)) if name.endswith("running_var") else 0.02 * torch.randn(tuple(shape))


def test_it_plans_tokens(checkpoint, tmp_path):
    picture = np.random.default_rng(0).integers(0, 255, (270, 1920, 3), np.uint8)
    status = torch.tensor([0.0, 1, 0, 0, 5, 0, 0.5, 0])
    values = {"camera_feature": cv2.imencode(".jpg", picture)[1], "status_feature": status}
    write_entry(tmp_path / "cache" / "log" / "token" / FEATURE, values)
    ((token, plan),) = plan_tokens(checkpoint, tmp_path / "cache")
    assert token == "token" and plan.shape == (8, 3) and np.isfinite(plan).all()
