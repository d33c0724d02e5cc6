"""Open-loop metrics by hand, and that they find a model that knows its samples better."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from synthetic import Synthetic, small, stage

from lead.model.transfuser import TransFuser
from lead.train.box_precision import BoxPrecision, average_precision, found
from lead.train.labels import Labels
from lead.train.ranks import ALONE
from lead.train.validation import confusion, mean_iou, validate, waypoint_errors


def rows(*boxes):
    """x, y, class, score as `Box` rows."""
    made = np.zeros((len(boxes), 9), np.float32)
    for k, (x, y, category, score) in enumerate(boxes):
        made[k, [0, 1, 7, 8]] = x, y, category, score
    return made


def test_boxes_that_are_all_right_are_precise():
    there = rows((1, 2, 0, 1), (5, 5, 3, 1), (9, 9, 3, 1))
    precision = BoxPrecision()
    precision.add(rows((9, 9, 3, 0.5), (1, 2, 0, 0.9), (5, 5, 3, 0.7), (30, 0, 5, 0.9)), there)
    assert precision.mean() == pytest.approx(1.0)


def test_boxes_count_by_distance_class_and_once():
    precision = BoxPrecision()
    precision.add(rows((1.5, 0, 0, 0.9), (0, 0, 1, 0.8), (0.2, 0, 0, 0.7)), rows((0, 0, 0, 1)))
    # within 2 and 4 m the first is right; within 0.5 and 1 m the third, after a wrong one
    assert precision.mean() == pytest.approx((0.5 + 0.5 + 1 + 1) / 4)
    assert np.isnan(BoxPrecision().mean())


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(0, 5))
def test_average_precision_lies_between_nothing_and_all(right, missed):
    objects = sum(right) + missed
    if objects:
        value = average_precision(np.array(right), objects)
        assert 0.0 <= value <= sum(right) / objects + 1e-9
        assert average_precision(np.array(sorted(right, reverse=True)), objects) == pytest.approx(sum(right) / objects)


def test_an_object_is_found_by_the_best_box_alone():
    assert found(np.array([[0.4, 3.0], [0.1, 0.9], [0.2, 5.0]]), 1.0).tolist() == [True, True, False]


def test_iou_by_hand():
    said = torch.nn.functional.one_hot(torch.tensor([[[0, 0, 1, 1, 2]]]), 4).permute(0, 3, 1, 2).float()
    counts = confusion(said, torch.tensor([[[0, 1, 1, 255, 2]]]))
    assert counts.sum() == 4
    assert mean_iou(counts) == pytest.approx((1 / 2 + 1 / 2 + 1) / 3)


def test_waypoints_that_are_not_known_do_not_count():
    said = torch.zeros(2, 3, 2)
    labels = Labels(waypoints=torch.tensor([[[1.0, 0], [2, 0], [3, 4]], [[9, 9], [9, 9], [torch.nan, 9]]]))
    known = torch.tensor([[True, True, True], [True, False, False]])
    tally = waypoint_errors(said, replace(labels, waypoints_valid=known))
    assert tally.metrics() == pytest.approx({"waypoint_l1": (0.5 + 1 + 3.5 + 9) / 4, "waypoint_last": 5.0})
    tally.add(waypoint_errors(said[:1] + 1.0, Labels(waypoints=torch.zeros(1, 4, 2))))  # all known, and one too many
    assert tally.metrics()["waypoint_l1"] == pytest.approx((0.5 + 1 + 3.5 + 9 + 3) / 7)


def test_metrics_are_of_all_samples_and_leave_the_model_as_it_was():
    torch.manual_seed(0)
    model = TransFuser(small()).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    metrics = validate(model, stage(batch=2), Synthetic(small(), 4), ALONE)
    assert model.training and all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert metrics.keys() >= {"loss", "route_l1", "waypoint_l1", "waypoint_last", "speed_l1", "depth_l1", "box_map"}
    assert all(np.isfinite(value) for value in metrics.values())
    whole = validate(model, stage(batch=4), Synthetic(small(), 4), ALONE)
    assert whole == pytest.approx(metrics, rel=1e-4, abs=1e-4)
