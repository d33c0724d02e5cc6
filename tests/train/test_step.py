"""The step: what it learns, that it waits for nothing, and the options of its arithmetic."""

from contextlib import nullcontext

import pytest
import torch
from synthetic import sample, small, stage
from torch.overrides import TorchFunctionMode

from lead.model.transfuser import TransFuser
from lead.train.batch import Collate
from lead.train.config import ComputeConfig, OptimiserConfig
from lead.train.ranks import ALONE, Ranks
from lead.train.step import Trainer

UPLOADS = {
    "new_tensor",
    "tensor",
    "as_tensor",
    "item",
    "tolist",
    "cpu",
    "numpy",
    "nonzero",
    "__bool__",
    "masked_select",
}
"""Calls that make an accelerator and its host wait for each other."""


class NothingWaits(TorchFunctionMode):
    """Fails on calls that wait, among them indexing by a Python list."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        assert name not in UPLOADS, name
        if name in ("__getitem__", "__setitem__"):
            index = args[1] if isinstance(args[1], tuple) else (args[1],)
            masks = [k for k in index if isinstance(k, (list, tuple)) or getattr(k, "dtype", None) == torch.bool]
            assert not masks, f"indexed by {masks}"
        return func(*args, **(kwargs or {}))


def trainer(seed=0, **changed):
    torch.manual_seed(seed)
    run = stage(**changed)
    return Trainer(run, TransFuser(run.model), ALONE)


def test_a_step_never_waits_for_the_device(monkeypatch):
    monkeypatch.setattr(torch, "autocast", lambda *args, **kwargs: nullcontext())  # there is none for this device
    model = small()
    run = stage(model=model, optimiser=OptimiserConfig(clip=1.0, ema=0.9))
    with torch.device("meta"):
        made = Trainer(run, TransFuser(model), Ranks(device=torch.device("meta")))
    batch = Collate(model)([sample(model, 0), sample(model, 1)]).to("meta")  # has no values that could be waited for
    monkeypatch.setattr(made.optimiser, "step", lambda: None)  # its kernel there is another
    with NothingWaits():
        losses = made.step(0, batch, 1.0)
    assert {"loss", "radar_loss", "loss_center_net_heatmap", "loss_target_speed"} <= losses.keys()


@pytest.mark.parametrize(
    "compute", [ComputeConfig(bf16=True), ComputeConfig(channels_last=True), ComputeConfig(deterministic=True)]
)
def test_options_of_the_arithmetic_learn_about_the_same(compute):
    batch = Collate(small())([sample(small(), 0), sample(small(), 1)])
    found = {}
    for name, each in {"plain": ComputeConfig(), "other": compute}.items():
        made = trainer(compute=each)
        found[name] = [made.step(k, batch, 1.0)["loss"].item() for k in range(3)]
    torch.use_deterministic_algorithms(False)
    assert found["other"] == pytest.approx(found["plain"], rel=0.03)
    assert found["plain"][2] < found["plain"][0]


def test_gradients_are_clipped_and_weights_averaged():
    batch = Collate(small())([sample(small(), 0), sample(small(), 1)])
    made = trainer(optimiser=OptimiserConfig(clip=1e-3, ema=0.75))
    before = {name: value.clone() for name, value in made.model.state_dict().items()}
    made.step(0, batch, 1.0)
    norm = torch.stack([p.grad.norm() for p in made.model.parameters() if p.grad is not None]).norm()
    assert norm.item() == pytest.approx(1e-3, rel=1e-3)
    for name, value in made.model.named_parameters():
        expected = 0.75 * before[name] + 0.25 * value
        torch.testing.assert_close(made.best.state_dict()[name], expected)
    torch.testing.assert_close(
        made.best.state_dict()["backbone.image_encoder.bn1.running_mean"],
        made.model.state_dict()["backbone.image_encoder.bn1.running_mean"],
    )


def test_every_parameter_learns():
    batch = Collate(small())([sample(small(), 0)])
    made = trainer()
    made.step(0, batch, 1.0)
    assert not [name for name, value in made.model.named_parameters() if value.grad is None]


def test_frozen_statistics_stay():
    made = trainer(compute=ComputeConfig(batch_norm="frozen"))
    before = {name: value.clone() for name, value in made.model.named_buffers()}
    made.step(0, Collate(small())([sample(small(), 0)]), 1.0)
    assert all(torch.equal(before[name], value) for name, value in made.model.named_buffers())
