"""A planner that learns from cached features: perception stays as it was, and what is cached is what would be seen."""

from dataclasses import replace

import pytest
import torch
from synthetic import Synthetic, small, stage
from test_resume import Stopped, equal, lines

from lead import InputError
from lead.model.batch import CONTROL, Heads
from lead.model.transfuser import TransFuser
from lead.model.weights import read_weights
from lead.train.batch import unfold
from lead.train.config import OptimiserConfig, PaceConfig
from lead.train.feature_cache import cache_features
from lead.train.loop import train_stage
from lead.train.ranks import ALONE
from lead.train.samples import Schedule, load_batches

MODEL = small()
BATCHES, SAMPLES = 3, 6
RUN = stage(
    model=MODEL, cached_epochs=2, epochs=3, pace=PaceConfig(log=2, checkpoint=2), optimiser=OptimiserConfig(ema=0.9)
)


def cached(model):
    return cache_features(Synthetic(MODEL, SAMPLES), model, RUN, ALONE, lambda done, of: None)


def test_the_planner_alone_learns(tmp_path):
    torch.manual_seed(RUN.seed)
    before = TransFuser(MODEL).state_dict()
    after = read_weights(train_stage(RUN, Synthetic(MODEL, SAMPLES), None, tmp_path) / "model.safetensors")
    changed = {name for name, value in after.items() if not torch.equal(value, before[name])}
    assert changed and all(name.startswith("planning_decoder.") for name in changed)


def test_the_plan_by_the_cache_is_that_by_the_pictures():
    torch.manual_seed(0)
    model, samples = TransFuser(MODEL).eval(), Synthetic(MODEL, SAMPLES)
    seen = next(load_batches(samples, Schedule(samples.order, RUN.batch, ALONE, range(1)), RUN, ALONE))
    rows = {name: value[: RUN.batch] for name, value in cached(model).rows.items()}
    inputs, labels = unfold(replace(seen, rgb=None, lidar=None, **rows), MODEL)
    told, said = unfold(seen, MODEL)
    with torch.no_grad():
        by_cache, by_pictures = model(inputs, CONTROL), model(told, CONTROL)
    assert torch.allclose(by_cache.route, by_pictures.route, atol=1e-2)
    assert torch.allclose(by_cache.target_speed_logits, by_pictures.target_speed_logits, atol=1e-2)
    assert torch.equal(labels.route, said.route) and torch.equal(labels.target_speed, said.target_speed)
    with pytest.raises(InputError, match="no pictures"):
        model(inputs, Heads.SEMANTIC)


def test_each_epoch_draws_others_and_all_come():
    model, samples = TransFuser(MODEL), Synthetic(MODEL, SAMPLES)
    cache = cached(model)
    cache.rows["speed"] = torch.arange(float(len(cache)))
    assert len(cache) == 2 * BATCHES * RUN.batch

    def drawn(epoch):
        steps = range(epoch * BATCHES, (epoch + 1) * BATCHES)
        batches = cache.batches(Schedule(samples.order, RUN.batch, ALONE, steps), ALONE)
        return [row for batch in batches for row in batch.speed.tolist()]

    first, second = drawn(0), drawn(1)
    assert first == drawn(0) != second
    assert len(set(first)) == len(first) == BATCHES * RUN.batch
    assert set().union(*map(drawn, range(12))) == set(range(len(cache)))


def test_stopped_and_resumed_equals_uninterrupted(tmp_path):
    def stop(told):
        if told.stage == RUN.name and told.step == 5:
            raise Stopped

    train_stage(RUN, Synthetic(MODEL, SAMPLES), None, tmp_path / "whole")
    with pytest.raises(Stopped):
        train_stage(RUN, Synthetic(MODEL, SAMPLES), None, tmp_path / "stopped", report=stop)
    train_stage(RUN, Synthetic(MODEL, SAMPLES), None, tmp_path / "stopped")
    assert equal(tmp_path / "whole", tmp_path / "stopped")
    assert lines(tmp_path / "whole" / "train.csv") == lines(tmp_path / "stopped" / "train.csv")


def test_what_does_not_see_has_nothing_to_cache(tmp_path):
    blind = replace(MODEL, backbone=None, radar=None, perspective=None, carla=None)
    with pytest.raises(InputError, match="no perception"):
        train_stage(replace(RUN, model=blind), Synthetic(blind, SAMPLES), None, tmp_path)
