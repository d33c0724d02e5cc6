"""What every variant does: answer what it is asked, say what it lacks, and mean the same alone and in company."""

from dataclasses import replace

import pytest
import torch
from published import inputs_by_seed

from lead import InputError
from lead.model.batch import ALL, CONTROL, Heads, tensors_of
from lead.model.config import StatusConfig
from lead.model.ensemble import Ensemble
from lead.model.transfuser import TransFuser
from lead.model.variants import nano, variant

PLAN = {"route", "waypoints", "target_speed", "target_speed_logits"}


def test_nano_has_every_head_of_the_published_model(nano_model):
    said = tensors_of(nano_model(inputs_by_seed(nano_model.config)))
    height, width, bev = 32, 128, nano_model.config.bev  # a fourth of the picture and of the raster
    shapes = {name: tuple(value.shape[1:]) for name, value in said.items()}
    assert shapes["route"] == (10, 2) and shapes["waypoints"] == (8, 2) and shapes["target_speed"] == ()
    assert shapes["radar"] == (20, 4)
    assert shapes["semantic"] == (10, height, width) and shapes["depth"] == (height, width)
    assert shapes["carla.semantic"] == (13, bev.height // 4, bev.width // 4)
    assert shapes["carla.boxes.heatmap"] == (8, *bev.cells)
    assert set(said) == set(tensors_of(_answer(variant("resnet34"))))


def test_heads_asked_for_are_all_that_is_computed(nano_model):
    inputs = inputs_by_seed(nano_model.config)
    full, control = tensors_of(nano_model(inputs, ALL)), tensors_of(nano_model(inputs, CONTROL))
    assert set(control) == PLAN
    assert all(torch.equal(value, full[name]) for name, value in control.items())
    assert set(tensors_of(nano_model(inputs, Heads.DEPTH))) == {"depth"}


def test_nano_plans_without_its_own_speed_or_radar_unless_told(nano_model):
    inputs = inputs_by_seed(nano_model.config)
    other = replace(inputs, speed=inputs.speed + 5.0, radar=None)
    assert torch.equal(nano_model(inputs, CONTROL).target_speed, nano_model(other, CONTROL).target_speed)
    told = replace(nano_model.config, planning=replace(nano_model.config.planning, status=StatusConfig()))
    torch.manual_seed(0)
    hears = TransFuser(told).eval()
    assert set(tensors_of(hears(inputs, CONTROL))) == PLAN | {"radar"}
    assert not torch.equal(
        hears(inputs, CONTROL).target_speed, hears(replace(inputs, speed=inputs.speed + 5.0), CONTROL).target_speed
    )


def test_a_blind_model_plans_from_its_status_alone():
    blind = TransFuser(variant("nano_blind")).eval()
    inputs = inputs_by_seed(nano())
    said = blind(inputs)
    assert set(tensors_of(said)) == PLAN
    dark = replace(inputs, rgb=torch.zeros_like(inputs.rgb), lidar=None, radar=None)
    assert torch.equal(blind(dark).route, said.route)
    assert not torch.equal(blind(replace(dark, speed=inputs.speed + 3.0)).route, said.route)
    assert not torch.equal(blind(replace(dark, target_points=inputs.target_points + 3.0)).route, said.route)
    with pytest.raises(InputError, match="no backbone but radar, perspective, carla"):
        TransFuser(replace(nano(), backbone=None))


def test_missing_inputs_are_named(nano_model):
    inputs = inputs_by_seed(nano_model.config)
    with pytest.raises(InputError, match="lidar, target_points"):
        nano_model(replace(inputs, lidar=None, target_points=None))
    with pytest.raises(InputError, match=r"\(128, 512\)"):
        nano_model(replace(inputs, rgb=inputs.rgb[..., :100]))


def test_padded_radar_rows_change_nothing(nano_model):
    inputs = inputs_by_seed(nano_model.config)
    padded = torch.cat([inputs.radar, torch.zeros(2, 40, 5)], 1)
    padded[:, 300:, 4] = 2.0
    with torch.no_grad():
        expected = nano_model(inputs, Heads.RADAR).radar
        assert torch.allclose(nano_model(replace(inputs, radar=padded), Heads.RADAR).radar, expected, atol=1e-4)


def test_waymo_hears_of_the_past_unless_compatible():
    config = variant("waymo")
    small = replace(
        config, backbone=replace(config.backbone, image_architecture="resnet_nano", lidar_architecture="resnet_nano")
    )
    for compat in (False, True):
        torch.manual_seed(0)
        model = TransFuser(replace(small, compat=compat)).eval()
        inputs = replace(
            inputs_by_seed(small), past_positions=torch.rand(2, 6, 2) * 20, past_speeds=torch.rand(2, 6) * 10
        )
        later = replace(inputs, past_positions=inputs.past_positions + 5.0)
        with torch.no_grad():
            same = torch.equal(model(inputs).waypoints, model(later).waypoints)
        assert same == compat


@pytest.mark.parametrize("batched", [False, True])
def test_an_ensemble_means_its_members(batched):
    members = [_model(seed) for seed in range(3)]
    inputs = inputs_by_seed(nano())
    with torch.no_grad():
        each = [member(inputs) for member in members]
    agreed = Ensemble(members, batched)(inputs, ALL)
    assert torch.allclose(agreed.predictions.route, torch.stack([one.route for one in each]).mean(0), atol=1e-5)
    logits = torch.stack([one.target_speed_logits for one in each]).mean(0)
    speeds = torch.tensor(nano().planning.target_speeds)
    assert torch.allclose(agreed.predictions.target_speed, logits.softmax(-1) @ speeds, atol=1e-4)
    semantic = torch.stack([one.semantic for one in each])
    assert torch.allclose(agreed.predictions.semantic[:, 0], semantic[:, :, 0].amin(0), atol=1e-5)
    assert torch.allclose(agreed.predictions.semantic[:, 1:], semantic[:, :, 1:].amax(0), atol=1e-5)
    assert agreed.predictions.radar.shape == (2, 60, 4)
    assert len(agreed.boxes) == 2


def test_an_ensemble_of_different_variants_is_refused(nano_model):
    other = TransFuser(replace(nano(), compat=True))
    with pytest.raises(InputError, match="differ"):
        Ensemble([nano_model, other])
    with pytest.raises(InputError, match="at least one"):
        Ensemble([])


def test_unknown_variants_and_encoders_are_named():
    with pytest.raises(InputError, match="nano"):
        variant("resnet50")
    broken = replace(nano(), backbone=replace(nano().backbone, image_architecture="resnet50"))
    with pytest.raises(InputError, match="regnety_032"):
        TransFuser(broken)


def test_every_parameter_of_nano_learns():
    model = _model(0).train()
    said = tensors_of(model(inputs_by_seed(nano())))
    sum(value.float().mean() for value in said.values()).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.isfinite().all()] == []


def _model(seed: int) -> TransFuser:
    torch.manual_seed(seed)
    return TransFuser(nano()).eval()


def _answer(config):
    """What a variant answers, in shapes alone."""
    with torch.device("meta"):
        model = TransFuser(config).eval()
    inputs = inputs_by_seed(config).to("meta")
    with torch.no_grad():
        return model(inputs)
