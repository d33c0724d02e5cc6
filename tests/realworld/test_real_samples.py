"""Samples of several data sets fit into one batch, and what a sample lacks is learnt from by nobody."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from lead import InputError
from lead.model.batch import tensors_of
from lead.model.transfuser import TransFuser
from lead.realworld.label_maps import Turn
from lead.realworld.models import nano_navsim, nano_waymo
from lead.realworld.sample import Future, NavsimPerception, Past, RealSample, packed, packed_simulated
from lead.train.batch import Collate, unfold
from lead.train.labels import IGNORED, Source
from lead.train.losses import batch_losses, loss_weights, weigh
from tests.train.synthetic import sample as synthetic

MAP = (256, 256)


def plain(model):
    """The model without dropout, so that a sample's predictions do not depend on the batch."""
    off = replace(model.backbone, fusion_dropout=0.0)
    return replace(model, backbone=off, planning=replace(model.planning, dropout=0.0))


def future(model, headings=True):
    count = model.planning.waypoints
    steps = np.cumsum(np.ones((count, 2), np.float32), 0)
    return Future(steps, np.full(count, 0.1, np.float32) if headings else None, np.ones(count, bool))


def real(model, source, seed=0, **changed):
    rng, rig = np.random.default_rng(seed), model.rig
    past = None
    if model.planning.status.past_samples:
        past = Past(rng.normal(size=(6, 2)).astype(np.float32), rng.uniform(0, 9, 6).astype(np.float32))
    told = {
        "rgb": rng.integers(0, 256, (3, rig.image_height + 9, rig.image_width), np.uint8), "speed": 5.0, "acceleration": 0.5,
        "turn": Turn.LEFT, "source": source, "past": past, "future": future(model, source is Source.NAVSIM),
    }  # fmt: skip
    if source is Source.NAVSIM:
        boxes = np.array([[5.0, 3.0, 0.2, 4.0, 2.0]], np.float32)
        told["navsim"] = NavsimPerception(rng.integers(0, 7, MAP, np.uint8), boxes)
    return RealSample(**(told | changed))


def simulated(model, seed=0):
    made = synthetic(replace(model, rig=model.rig), seed)
    count = model.planning.waypoints
    made = replace(
        made, waypoints=np.ones((count, 2), np.float32), headings=np.zeros(count, np.float32),
        waypoints_valid=np.ones(count, bool),
    )  # fmt: skip
    return packed_simulated(made, real(model, Source.WAYMO).past, model)


def gradients(model, samples):
    """By prediction: the norm of the loss's gradient for each sample (B,)."""
    network = TransFuser(model).eval()
    inputs, labels = unfold(Collate(model)(samples), model)
    said = network(inputs)
    outputs = {name: value for name, value in tensors_of(said).items() if value.requires_grad}
    losses = batch_losses(said, labels, model)
    loss = weigh(losses, loss_weights(model))
    assert torch.isfinite(loss)
    norms = torch.autograd.grad(loss, list(outputs.values()), allow_unused=True)
    return {
        name: [0.0] * len(samples) if norm is None else norm.flatten(1).norm(dim=1).tolist()
        for name, norm in zip(outputs, norms)
    }


def test_each_sample_teaches_only_the_heads_that_it_has_labels_for():
    model = plain(nano_navsim())
    samples = [packed(real(model, Source.NAVSIM), model), simulated(model)]
    norms = gradients(model, samples)
    for name, (of_real, of_simulated) in norms.items():
        if name == "navsim.semantic" or name.startswith("navsim.boxes"):
            assert of_simulated == 0.0, name
        elif name == "semantic" or name.startswith("carla."):
            assert of_real == 0.0, name
    taught = {name for name, (of_real, of_simulated) in norms.items() if of_real > 0.0 and of_simulated > 0.0}
    assert {"waypoints", "headings"} <= taught
    assert norms["navsim.semantic"][0] > 0.0 and norms["carla.semantic"][1] > 0.0 and norms["semantic"][1] > 0.0


@pytest.mark.parametrize("known", [0, 3])
def test_waypoints_that_are_not_known_are_not_learnt(known):
    model = plain(nano_waymo())
    there = future(model, headings=False)
    part = None if known == 0 else replace(there, valid=np.arange(10) < known, waypoints=there.waypoints * np.nan)
    if part is not None:
        part.waypoints[:known] = 1.0
    samples = [packed(real(model, Source.WAYMO, future=part), model), packed(real(model, Source.WAYMO, 1), model)]
    network = TransFuser(model).eval()
    inputs, labels = unfold(Collate(model)(samples), model)
    assert torch.isnan(labels.waypoints[0, known:]).all()  # nothing to learn from stands in their place
    said = network(inputs)
    loss = batch_losses(said, labels, model)["loss_spatio_temporal_waypoints"]
    (gradient,) = torch.autograd.grad(loss, said.waypoints)
    assert torch.isfinite(gradient).all()
    assert (gradient[0, known:] == 0.0).all() and (gradient[0, :known] != 0.0).any() == (known > 0)
    assert (gradient[1] != 0.0).any()


def test_a_batch_without_any_label_of_a_head_costs_nothing():
    model = plain(nano_waymo())
    samples = [packed(real(model, Source.WAYMO, k), model) for k in range(2)]
    norms = gradients(model, samples)
    assert {name for name, each in norms.items() if any(each)} == {"waypoints"}


def test_what_is_unknown_is_marked_and_not_zero():
    model = nano_navsim()
    row = packed(real(model, Source.NAVSIM, future=None, navsim=None), model).row
    assert (row["navsim_bev"] == IGNORED).all() and (row["bev"] == IGNORED).all() and (row["semantic"] == IGNORED).all()
    assert np.isnan(row["waypoints"]).all() and np.isnan(row["headings"]).all() and not row["waypoints_valid"].any()


def test_past_states_and_intent_change_the_plan():
    model = plain(nano_waymo())
    network = TransFuser(model).eval()
    base = real(model, Source.WAYMO)
    others = [
        replace(base, past=replace(base.past, position=base.past.position + 3.0)),
        replace(base, past=replace(base.past, speed=base.past.speed + 3.0)),
        replace(base, turn=Turn.RIGHT),
    ]
    with torch.no_grad():
        plans = [
            network(unfold(Collate(model)([packed(each, model)]), model)[0]).waypoints for each in (base, base, *others)
        ]
    assert torch.equal(plans[0], plans[1])
    for plan in plans[2:]:
        assert not torch.allclose(plans[0], plan, atol=1e-5)


def test_the_rows_below_the_models_picture_are_cut_off():
    model = nano_waymo()
    sample = real(model, Source.WAYMO)
    row = packed(sample, model).row
    np.testing.assert_array_equal(row["rgb"], sample.rgb[:, : model.rig.image_height])
    with pytest.raises(InputError, match="model nano_waymo sees 324 x 120"):
        packed(replace(sample, rgb=sample.rgb[..., :300]), model)


def test_missing_past_and_broken_numbers_are_refused():
    model = nano_waymo()
    with pytest.raises(InputError, match="found none past states, expected 6"):
        packed(real(model, Source.WAYMO, past=None), model)
    with pytest.raises(InputError, match="speed that is not finite"):
        packed(real(model, Source.WAYMO, speed=np.nan), model)
    broken = future(model, headings=False)
    broken.waypoints[2] = np.nan
    with pytest.raises(InputError, match="waypoints that is not finite"):
        packed(real(model, Source.WAYMO, future=broken), model)


def test_boxes_of_navsim_are_in_pixels_of_the_raster():
    model = nano_navsim()
    row = packed(real(model, Source.NAVSIM), model).row
    x, y, half_length, half_width, yaw = row["navsim_boxes"][0, :5]
    scale = model.bev.pixels_per_meter
    np.testing.assert_allclose(
        [x, y, half_length, half_width, yaw], [37 * scale, 35 * scale, 2 * scale, scale, 0.2], rtol=1e-6
    )
    assert row["navsim_boxes_valid"].sum() == 1
