"""Targets of a batch are the facts of its samples, at the model's resolution."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import blocks, boxes, sample

from lead.dataset.box_labels import RADAR_PRIORITY
from lead.model.batch import BoxMaps
from lead.model.boxes import Box, boxes_to_ego, decode_boxes
from lead.model.lidar import rasterize
from lead.model.transfuser import TransFuser
from lead.model.variants import CARLA_GRID, nano, resnet34, visiononly
from lead.train.batch import BOXES, Collate, box_rows, sample_settings, unfold
from lead.train.config import DataConfig
from lead.train.losses_boxes import box_targets, draw_peaks, peak_radius

NANO = nano()


def unfolded(*samples, model=NANO):
    return unfold(Collate(model)(samples), model)


@given(st.integers(0, 1000), st.integers(0, 40))
@settings(max_examples=20, deadline=None)
def test_a_model_that_says_the_targets_finds_the_boxes(seed, count):
    labels = boxes(np.random.default_rng(seed), count)
    rows, valid = (torch.from_numpy(values)[None] for values in box_rows(labels, CARLA_GRID))
    assert valid.sum() == count and rows.shape == (1, BOXES, 8)
    shape = (8, *CARLA_GRID.cells)
    targets = box_targets(rows, valid, CARLA_GRID.cell, shape, 12)

    def painted(values_BNC):
        plane = torch.zeros(1, values_BNC.shape[-1], shape[1] * shape[2])
        for row in torch.nonzero(targets.counted[0])[:, 0]:
            plane[0, :, targets.cell[0, row]] = values_BNC[0, row].float()
        return plane.unflatten(2, shape[1:])

    yaw = torch.nn.functional.one_hot(targets.yaw_class, 12).float()
    said = BoxMaps(
        torch.logit(targets.heatmap.clamp(1e-6, 1 - 1e-6)), painted(targets.extent), painted(targets.offset),
        painted(yaw), painted(targets.yaw_residual[..., None]), painted(targets.velocity[..., None]),
    )  # fmt: skip
    found = boxes_to_ego(decode_boxes(said, CARLA_GRID.cell), CARLA_GRID)[0]
    found = found[found[:, Box.SCORE] > 0.99].numpy()
    for k in np.flatnonzero(targets.counted[0].numpy()):
        distance = np.linalg.norm(found[:, :2] - labels.centre[k, :2], axis=1)
        distance[found[:, Box.CLASS] != labels.category[k]] = np.inf
        best = found[distance.argmin()]
        assert distance.min() < 1e-3
        np.testing.assert_allclose(best[[Box.HALF_LENGTH, Box.HALF_WIDTH]], labels.extent[k, :2], atol=1e-3)
        assert abs((best[Box.YAW] - labels.yaw[k] + np.pi) % (2 * np.pi) - np.pi) < 1e-3
        assert best[Box.VELOCITY] == pytest.approx(labels.speed[k], abs=1e-3)


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_peaks_are_those_drawn_one_by_one(seed):
    rng, (rows, columns) = np.random.default_rng(seed), (20, 24)
    centre = torch.from_numpy(rng.integers(0, 20, (1, 12, 2)).astype(np.float32))
    radius = peak_radius(torch.from_numpy(rng.uniform(0.1, 6, (1, 12, 2)).astype(np.float32)))
    category, valid = torch.from_numpy(rng.integers(0, 3, (1, 12))), torch.from_numpy(rng.random((1, 12)) < 0.7)
    expected = np.zeros((3, rows, columns), np.float32)
    y, x = np.mgrid[:rows, :columns]
    for k in np.flatnonzero(valid[0]):
        (cx, cy), r = centre[0, k].numpy(), radius[0, k].item()
        assert r == int(r) and r >= 2
        peak = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * ((2 * r + 1) / 6) ** 2))
        peak[(np.abs(x - cx) > r) | (np.abs(y - cy) > r)] = 0
        expected[category[0, k]] = np.maximum(expected[category[0, k]], peak)
    found = draw_peaks(centre, radius, category, valid, (3, rows, columns))[0]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_coarser_raster_counts_as_if_it_had_been_made_so():
    rng = np.random.default_rng(3)
    points = rng.uniform((-32, -40, -1), (64, 40, 3), (60_000, 3))
    points[:5000] *= 0.05  # many in a pixel
    fine = np.round(rasterize(points, CARLA_GRID)[0] * 5).astype(np.uint8)
    coarse = replace(NANO, bev=replace(NANO.bev, pixels_per_meter=2.0))
    for model in (coarse, NANO):
        inputs, _ = unfolded(sample(model, 0, lidar=fine), model=model)
        np.testing.assert_allclose(inputs.lidar[0], rasterize(points, model.bev), atol=1e-6)


def test_pictures_recorded_larger_are_made_smaller():
    picture, classes = (
        blocks(np.random.default_rng(0), 256, 384, 1536, 3),
        blocks(np.random.default_rng(1), 10, 384, 1536),
    )
    made = sample(NANO, 0, rgb=picture, semantics=classes, depth=np.ones((96, 384), np.float32))
    inputs, labels = unfolded(made)
    assert inputs.rgb.shape == (1, 3, 128, 512) and labels.semantic.shape == (1, 32, 128) == labels.depth.shape
    np.testing.assert_array_equal(labels.semantic[0], classes[6::12, 6::12])
    assert inputs.rgb[0, :, 5, 5].tolist() == picture[:, 16, 16].tolist()
    np.testing.assert_array_equal(labels.carla.semantic[0], made.bev[2::4, 2::4])


@pytest.mark.parametrize("stride", [1, 3, 4, 7])
def test_labels_lie_where_the_maps_of_a_model_do(stride):
    model = replace(NANO, carla=replace(NANO.carla, stride=stride), planning=None, perspective=None, radar=None)
    _, labels = unfolded(sample(model, 0), model=model)
    with torch.device("meta"):
        said = TransFuser(model).bev_semantic_decoder(torch.zeros(1, model.backbone.bev_channels, *model.bev.cells))
    assert labels.carla.semantic.shape[1:] == said.shape[2:]


def test_inputs_and_labels_are_those_of_the_samples():
    samples = [sample(NANO, k) for k in range(3)]
    inputs, labels = unfolded(*samples)
    for k, one in enumerate(samples):
        assert inputs.command[k].argmax() == one.command and inputs.command[k].sum() == 1
        assert inputs.speed[k] == np.float32(one.speed)
        np.testing.assert_array_equal(inputs.target_points[k], one.target_points)
        np.testing.assert_array_equal(labels.waypoints[k], one.waypoints)
        np.testing.assert_array_equal(labels.route[k], one.route)
        assert labels.brake[k] == one.brake and labels.target_speed[k] == np.float32(one.target_speed)
        assert labels.radar[k, :, 3].sum() == np.isin(one.boxes.category, RADAR_PRIORITY).sum() > 0
        assert labels.depth[k].mean().item() == pytest.approx(one.depth.mean(), rel=0.02)


def test_a_sample_holds_what_its_model_needs():
    told = sample_settings(resnet34(), DataConfig())
    assert (told.waypoints, told.waypoint_ticks, told.route_points, told.radars) == (8, 5, 10, 4)
    assert told.cloud and told.bev and told.depth
    assert not sample_settings(visiononly(), DataConfig()).cloud
    perception = sample_settings(replace(resnet34(), planning=None, perspective=None), DataConfig(noisy_points=True))
    assert not perception.semantics and not perception.depth and perception.noisy_points
