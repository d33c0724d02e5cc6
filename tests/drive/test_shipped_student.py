"""The weights that ship, by name: found, refused where there are none, and, where there are, whole."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from weights import nano_weights

from lead import InputError
from lead.drive.student.checkpoint import find_checkpoint
from lead.model import shipped
from lead.model.transfuser import TransFuser
from lead.model.variants import variant
from lead.model.weights import load_model, read_weights, save_model
from lead.train.checkpoint import start_from

MOST = 20e6  # bytes that the package may grow by


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a `nano` in half precision, as weights ship."""
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    folder = nano_weights(tmp_path / "nano", jpeg_quality=90)
    save_model(folder / "perception", TransFuser(replace(variant("nano"), planning=None)))
    for path in folder.rglob("*.safetensors"):
        halved = {name: value.half() if value.is_floating_point() else value for name, value in load_file(path).items()}
        save_file(halved, path)
    return folder


def test_they_are_known_by_name(made: Path):
    checkpoint = find_checkpoint(Path("nano"))
    assert checkpoint.folder == made and checkpoint.senses.jpeg_quality == 90
    assert {value.dtype for value in load_model(made).parameters()} == {torch.float32}
    assert shipped.perception_named(Path("elsewhere.pth")) == Path("elsewhere.pth")


def test_a_new_student_begins_with_their_perception(made: Path):
    perception, model = shipped.perception_named(Path("nano")), TransFuser(variant("nano"))
    start_from(model, read_weights(perception), "perception")
    half = load_file(perception)
    assert all(
        torch.equal(model.state_dict()[name], value.to(model.state_dict()[name])) for name, value in half.items()
    )


def test_a_version_without_them_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    for ask in (lambda: find_checkpoint(Path("nano")), lambda: shipped.perception_named(Path("nano"))):
        with pytest.raises(InputError, match="this version came without the .* of student 'nano'; train one"):
            ask()


@pytest.mark.skipif(not shipped.is_shipped("nano"), reason="this version came without a trained student")
def test_what_ships_is_whole_and_small():
    folder = shipped.shipped("nano")
    checkpoint = find_checkpoint(Path("nano"))
    assert checkpoint.model == variant("nano") and len(checkpoint.load("cpu")) == 1
    start_from(TransFuser(variant("nano")), read_weights(shipped.perception_named(Path("nano"))), "perception")
    assert (folder / "card.md").is_file() and (folder / "senses.json").is_file()
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < MOST
