"""Losses by hand and by property; that they equal the published ones is tested in tests/model/test_parity.py."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from lead.model.batch import Predictions
from lead.model.variants import CARLA_GRID, navsim_carla_mixed, pretrain, resnet34, visiononly
from lead.train.assignment import assign, assign_on_device
from lead.train.labels import IGNORED, Labels, Source
from lead.train.losses import LossConfig, batch_losses, loss_weights, stopping
from lead.train.losses_boxes import draw_peaks, focal_loss, latest_in_cell, peak_radius, yaw_bin
from lead.train.losses_dense import depth_errors, semantic_errors
from lead.train.losses_planning import two_hot
from lead.train.losses_radar import radar_loss

SPEEDS = resnet34().planning.target_speeds


@pytest.mark.parametrize("find", [assign, assign_on_device])
@given(st.integers(0, 2**31), st.integers(0, 7), st.integers(7, 12))
def test_assignments_cost_the_least(find, seed, rows, columns):
    cost = np.random.default_rng(seed).uniform(-3, 5, (3, rows, columns)).astype(np.float32)
    found = find(torch.from_numpy(cost)).numpy()
    for matrix, picked in zip(cost, found):
        assert len(set(picked)) == rows
        best = matrix[linear_sum_assignment(matrix)].sum()
        assert matrix[range(rows), picked].sum() == pytest.approx(best, abs=1e-4)


def test_braking_is_a_stop_only_where_the_recipe_says_so():
    labels = Labels(brake=torch.tensor([True, False]))
    assert stopping(labels, LossConfig()).tolist() == [True, False]
    assert stopping(labels, LossConfig(stop_at_brake=False)).tolist() == [False, False]


@given(st.floats(0, 30), st.booleans())
def test_two_hot_shares_mean_the_speed(speed, brake):
    (shares,) = two_hot(torch.tensor([speed]), torch.tensor([brake]), SPEEDS)
    assert shares.min() >= 0 and shares.sum().item() == pytest.approx(1.0) and (shares > 0).sum() <= 2
    expected = 0.0 if brake else min(speed, SPEEDS[-1])
    assert (shares @ torch.tensor(SPEEDS)).item() == pytest.approx(expected, abs=1e-4)


@given(st.floats(-10, 10))
def test_yaw_bins_are_centred_on_their_multiples(yaw):
    index, residual = yaw_bin(torch.tensor(yaw), 12)
    assert 0 <= index < 12 and abs(residual) <= np.pi / 12 + 1e-5
    assert np.cos(float(index) * np.pi / 6 + float(residual) - yaw) == pytest.approx(1.0, abs=1e-5)


def test_peaks_overlap_by_the_greater():
    centres = torch.tensor([[[5.0, 4.0], [7.0, 4.0], [1.0, 1.0]]])
    radius, classes = torch.tensor([[2.0, 3.0, 2.0]]), torch.tensor([[1, 1, 0]])
    found = draw_peaks(centres, radius, classes, torch.tensor([[True, True, False]]), (2, 9, 12))
    assert found[0, 0].max() == 0.0
    assert (found[0, 1] == 1.0).nonzero().tolist() == [[4, 5], [4, 7]]
    assert found[0, 1, 4, 6].item() == pytest.approx(np.exp(-0.5 / (7 / 6) ** 2))
    assert found[0, 1, 4, 2] == 0.0 and found[0, 1, 8].max() == 0.0


def test_small_boxes_get_the_least_radius():
    assert peak_radius(torch.tensor([[[0.0, 0.0], [0.5, 0.2], [12.0, 12.0]]]))[0].tolist()[:2] == [2.0, 2.0]
    assert peak_radius(torch.tensor([[[12.0, 12.0]]])).item() > 2.0


def test_of_two_boxes_in_a_cell_the_later_counts():
    cells, valid = torch.tensor([[3, 5, 3, 3]]), torch.tensor([[True, True, True, False]])
    assert latest_in_cell(cells, valid, 9).tolist() == [[0.0, 1.0, 1.0, 0.0]]


def test_ignored_pixels_cost_nothing():
    logits = torch.zeros(1, 2, 1, 2)
    assert semantic_errors(logits, torch.tensor([[[0, IGNORED]]], dtype=torch.uint8)).item() == pytest.approx(
        0.5 * np.log(2)
    )


def test_classes_weigh_as_told():
    logits, labels = torch.zeros(1, 2, 1, 2), torch.tensor([[[0, 1]]], dtype=torch.uint8)
    even, weighed = semantic_errors(logits, labels), semantic_errors(logits, labels, (1.0, 5.0))
    assert weighed.item() == pytest.approx(3.0 * even.item()) and even.item() == pytest.approx(np.log(2))
    heat = torch.zeros(1, 2, 3, 3)
    heat[0, 1, 1, 1] = 1.0
    first, second = (focal_loss(torch.zeros(1, 2, 3, 3), heat, weights) for weights in ((1.0, 0.0), (0.0, 1.0)))
    assert focal_loss(torch.zeros(1, 2, 3, 3), heat, (2.0, 3.0)).item() == pytest.approx(
        (2 * first + 3 * second).item()
    )
    assert focal_loss(torch.zeros(1, 2, 3, 3), heat).item() == pytest.approx((first + second).item())


def test_depth_is_not_cut_to_metres_unless_asked():
    depth, label = torch.full((1, 1, 1), 3.0), torch.full((1, 1, 1), 3.9)
    assert depth_errors(depth, label).item() == pytest.approx(0.9)
    assert depth_errors(depth, label, whole_metres=True).item() == 0.0


def test_the_radar_loss_ignores_the_order_of_objects_and_rows_that_are_none():
    generator = torch.Generator().manual_seed(0)
    said = torch.randn(2, 20, 4, generator=generator) * torch.tensor([20.0, 20.0, 5.0, 1.0])
    labels = torch.cat([torch.randn(2, 5, 3, generator=generator) * 10.0, torch.ones(2, 5, 1)], -1)
    loss = radar_loss(said, labels, CARLA_GRID, 25.0)
    more = torch.cat([labels.flip(1), torch.zeros(2, 3, 4)], 1)
    assert radar_loss(said, more, CARLA_GRID, 25.0).item() == pytest.approx(loss.item(), rel=1e-5)
    perfect = said.clone()
    perfect[:, :5, :3], perfect[..., 3] = labels[..., :3], -30.0
    perfect[:, :5, 3] = 30.0
    assert radar_loss(perfect, labels, CARLA_GRID, 25.0).item() == pytest.approx(0.0, abs=1e-5)
    assert radar_loss(said, torch.zeros(2, 0, 4), CARLA_GRID, 25.0).isfinite()


def test_weights_sum_to_one_and_know_their_variant():
    for build in (resnet34, pretrain, visiononly, navsim_carla_mixed):
        assert sum(loss_weights(build()).values()) == pytest.approx(1.0)
    assert loss_weights(resnet34())["loss_semantic"] == pytest.approx(1 / 12.00001)
    assert loss_weights(pretrain())["radar_loss"] == pytest.approx(1 / 9.00001)
    assert loss_weights(visiononly())["loss_center_net_velocity"] == 0.0
    assert loss_weights(navsim_carla_mixed())["navsim_loss_center_net_velocity"] == 0.0


def test_samples_of_another_source_do_not_count():
    model = navsim_carla_mixed()
    said = Predictions(semantic=torch.randn(2, 10, 4, 4))
    classes = torch.randint(0, 10, (2, 4, 4))
    both = batch_losses(said, Labels(semantic=classes), model)["loss_semantic"]
    sources = torch.tensor([Source.CARLA, Source.NAVSIM])
    first = batch_losses(said, Labels(semantic=classes, source=sources), model)["loss_semantic"]
    alone = batch_losses(Predictions(semantic=said.semantic[:1]), Labels(semantic=classes[:1]), model)["loss_semantic"]
    assert first.item() == pytest.approx(alone.item()) and first.item() != pytest.approx(both.item())
    none = batch_losses(said, Labels(semantic=classes, source=sources * 0), model)["loss_semantic"]
    assert none.item() == 0.0
