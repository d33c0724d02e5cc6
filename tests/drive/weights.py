"""Weights to drive with, drawn at random: small models in our format and in the published one."""

import json
from pathlib import Path

import pytest
import torch

from lead.model.transfuser import TransFuser
from lead.model.variants import variant
from lead.model.weights import load_config, save_model
from lead.train.senses import Senses, assumed_senses, write_senses

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "tfv6"
SMALL = {"image_architecture": "resnet_nano", "lidar_architecture": "resnet_nano"}


def nano_weights(folder: Path, members: int = 1, **senses: object) -> Path:
    """A folder of `nano` with fresh weights; with what it was trained with, if that is said."""
    for number in range(members):
        torch.manual_seed(number)
        save_model(folder, TransFuser(variant("nano")), f"model_{number}")
    if senses:
        write_senses(folder, Senses(assumed_senses(variant("nano")).rig, **senses))
    return folder


def official_weights(folder: Path, name: str, **changed: object) -> Path:
    """A checkpoint directory as published of a variant, with small encoders; skips where its configuration is absent."""
    path = FIXTURES / f"{name}.config.json"
    if not path.is_file():
        pytest.skip(f"the published configurations ({FIXTURES}) are not on this machine")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({**json.loads(path.read_text()), **SMALL, **changed}))
    torch.manual_seed(0)
    torch.save(TransFuser(load_config(folder)).state_dict(), folder / "model_0030_0.pth")
    return folder
