"""What cannot be trained on is told by name, and a run that cannot go on leaves its last checkpoint whole."""

import resource
from dataclasses import replace

import numpy as np
import pytest
import torch
from synthetic import Synthetic, sample, small, stage

from lead import InputError
from lead.model.config import StatusConfig
from lead.model.transfuser import TransFuser
from lead.model.weights import load_model
from lead.train.batch import Collate
from lead.train.checkpoint import CheckpointError, start_from
from lead.train.config import OptimiserConfig, PaceConfig
from lead.train.logs import Alarm, Diverged
from lead.train.loop import train_stage
from lead.train.step import Trainer

NOT_FINITE = sample(small(), 0).waypoints * np.float32(np.nan)


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"waypoints": NOT_FINITE}, "number in waypoints that is not finite"),
        ({"speed": float("inf")}, "number in speed that is not finite"),
        ({"rgb": np.zeros((3, 60, 192), np.uint8)}, r"pictures \(3, 60, 192\)"),
        ({"lidar": np.zeros((320, 384), np.uint8)}, r"lidar of shape \(320, 384\), expected \(384, 384\)"),
        ({"radar": np.zeros((200, 5), np.float32)}, r"radar of shape \(200, 5\)"),
        ({"route": np.zeros((9, 2), np.float32)}, r"route of shape \(9, 2\), expected \(10, 2\)"),
        ({"bev": None}, "no bev"),
        ({"semantics": None}, "no semantics"),
        ({"depth": None}, "no depth"),
        ({"boxes": None}, "no boxes"),
        ({"bev": np.full((384, 384), 13, np.uint8)}, "class 13 in bev"),
        ({"waypoints_valid": np.arange(8) < 3}, "3 of 8 waypoints"),
    ],
)
def test_a_sample_that_does_not_fit_is_named(changed, message):
    with pytest.raises(InputError, match=f"frame 0 of synthetic/7: .*{message}"):
        Collate(small())([sample(small(), 6), sample(small(), 7, **changed)])


def test_ignored_pixels_are_no_class():
    unknown = np.full((384, 384), 255, np.uint8)
    assert (Collate(small())([sample(small(), 0, bev=unknown)]).bev == 255).all()


def test_the_planner_alone_may_be_missing_in_the_weights_of_the_first_stage():
    model = small()
    perception = TransFuser(replace(model, planning=None)).state_dict()
    planned = TransFuser(model)
    start_from(planned, perception, "first")
    assert all(torch.equal(value, planned.state_dict()[name]) for name, value in perception.items())
    fewer = replace(
        model, name="noradar", radar=None, planning=replace(model.planning, status=StatusConfig(radar=False))
    )
    with pytest.raises(InputError, match="does not fit model noradar: .*radar_detector"):
        start_from(TransFuser(fewer), planned.state_dict(), "first")
    del perception["backbone.c5_conv.weight"]
    with pytest.raises(InputError, match="missing .backbone.c5_conv.weight"):
        start_from(planned, perception, "first")


def test_a_run_goes_on_with_its_own_settings_alone(tmp_path):
    run, samples = stage(epochs=1), Synthetic(small(), 2)
    train_stage(run, samples, None, tmp_path)
    with pytest.raises(InputError, match="optimiser.lr 0.0003 -> 0.001"):
        train_stage(replace(run, optimiser=OptimiserConfig(lr=1e-3)), samples, None, tmp_path)
    train_stage(replace(run, pace=PaceConfig(log=7)), samples, None, tmp_path)
    (tmp_path / "run.json").unlink()
    other = replace(small(), radar=None, planning=None, name="other")
    with pytest.raises(InputError, match="does not fit model other"):
        train_stage(stage(model=other, epochs=1), Synthetic(other, 2), None, tmp_path)


def test_a_damaged_checkpoint_is_told(tmp_path):
    run, samples = stage(epochs=1), Synthetic(small(), 2)
    train_stage(run, samples, None, tmp_path)
    whole = (tmp_path / "checkpoint.pt").read_bytes()
    for broken in (whole[:1000], b"", whole[: len(whole) // 2]):
        (tmp_path / "checkpoint.pt").write_bytes(broken)
        with pytest.raises(InputError, match="no readable checkpoint"):
            train_stage(run, samples, None, tmp_path)


@pytest.mark.parametrize("room", [0, 100_000, 12_000_000])
def test_a_full_disk_leaves_the_last_checkpoint(tmp_path, room):
    run, samples = stage(epochs=2), Synthetic(small(), 2)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(told):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))

    before = {}

    def remember(told):
        before.update(
            {path: path.read_bytes() for path in tmp_path.rglob("*") if path.suffix in (".pt", ".safetensors")}
        )
        fill(told)

    try:
        with pytest.raises((CheckpointError, OSError)):
            train_stage(run, samples, None, tmp_path, report=remember)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(before) == 2 and all(path.read_bytes() == content for path, content in before.items())
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    train_stage(run, samples, None, tmp_path)
    model = load_model(tmp_path / "model")
    assert model.config == run.model


@pytest.mark.parametrize("poison", [{"depth": np.full((16, 64), 3e38, np.float32)}, {"speed": 3e38}, {}])
def test_what_is_no_number_ends_the_run_before_the_next_checkpoint(tmp_path, monkeypatch, poison):
    run, samples = stage(epochs=1, pace=PaceConfig(log=2, checkpoint=1)), Synthetic(small(), 8)
    if not poison:
        monkeypatch.setattr(Trainer, "step", with_broken_weights(Trainer.step, 2))
    with pytest.raises(Diverged, match="step 3 .*loss" if poison else "step 3 weights"):
        train_stage(run, PoisonedAfter(samples, 5, poison), None, tmp_path)
    kept = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert kept["progress"]["step"] == 2
    assert all(value.isfinite().all() for value in kept["model"].values() if value.is_floating_point())


def with_broken_weights(learn, number):
    """A step after which, in the one of this number, a weight is no number though no loss is."""

    def step(trainer, at, *told):
        losses = learn(trainer, at, *told)
        if at == number:
            next(trainer.model.parameters()).data.fill_(float("nan"))
        return losses

    return step


class PoisonedAfter(Synthetic):
    """Values that overflow from some sample on."""

    def __init__(self, samples, count, changed):
        super().__init__(samples.model, len(samples.order))
        self.count, self.changed = count, changed

    def __getitem__(self, key):
        made = super().__getitem__(key)
        return made if len(self.asked) < self.count else replace(made, **self.changed)


def test_a_loss_that_leaps_is_an_alarm():
    alarm = Alarm(10.0)
    assert [alarm.check(k, {"loss": value}) for k, value in enumerate([5.0, 2.0, 19.0])] == [None] * 3
    assert "10 times the least so far (2)" in alarm.check(3, {"loss": 21.0})
    with pytest.raises(Diverged, match="radar_loss"):
        alarm.check(4, {"loss": 1.0, "radar_loss": float("nan")})
