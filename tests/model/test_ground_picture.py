"""The picture laid on the ground: places found by hand, and the network that has it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from lead import InputError
from lead.geometry.poses import to_local
from lead.model.backbone import Backbone
from lead.model.ground import NOWHERE, laid_on_ground, picture_places
from lead.model.variants import nano, navsim

RIG, GRID = nano().rig, nano().bev
FRONT = RIG.cameras[1]
FIRST = RIG.cameras[0].width  # column at which the front camera's picture begins


def cell(x: float, y: float) -> tuple[int, int]:
    return int((y - GRID.min_y) * GRID.pixels_per_meter), int((x - GRID.min_x) * GRID.pixels_per_meter)


def pixel(place: torch.Tensor) -> tuple[float, float]:
    """Column and row in the joint picture."""
    return float((place[0] + 1) / 2 * RIG.image_width), float((place[1] + 1) / 2 * RIG.image_height)


@pytest.mark.parametrize("x, y", [(10.0, 0.0), (12.0, 3.0), (30.0, -5.0), (60.0, 1.0)])
def test_places_ahead_are_where_the_front_camera_sees_them(x, y):
    row, column = cell(x, y)
    centre = [
        GRID.min_x + (column + 0.5) / GRID.pixels_per_meter,
        GRID.min_y + (row + 0.5) / GRID.pixels_per_meter,
        0.0,
    ]
    mount = FRONT.mount
    ahead, right, up = to_local(np.array([centre]), np.array([mount.x, mount.y, mount.z, 0.0, 0.0, 0.0]))[0]
    focal = FRONT.width / 2 / np.tan(np.radians(FRONT.fov) / 2)
    found = pixel(picture_places(RIG, GRID)[row, column])
    assert found == pytest.approx((FIRST + FRONT.width / 2 + focal * right / ahead, 64 - focal * up / ahead), abs=0.02)


def test_what_no_camera_sees_is_nowhere():
    places = picture_places(RIG, GRID)
    for x, y in ((-10.0, 0.0), (4.0, 0.0), (0.5, 0.0)):  # behind, under the front camera's picture, under the ego
        assert (places[cell(x, y)] == NOWHERE).all()
    seen = places[..., 0] != NOWHERE
    assert 0.6 < seen.float().mean() < 0.7 and (places[seen].abs() <= 1.0).all()


def test_left_is_left():
    places = picture_places(RIG, GRID)
    (left, _), (ahead, _), (right, _) = (pixel(places[cell(x, y)]) for x, y in ((8.0, -9.0), (20.0, 0.0), (8.0, 9.0)))
    assert left < FIRST < ahead < FIRST + FRONT.width < right


def test_a_stripe_of_the_picture_lies_on_the_ground():
    picture = torch.zeros(1, 3, RIG.image_height, RIG.image_width)
    picture[..., FIRST + FRONT.width // 2 - 2 : FIRST + FRONT.width // 2 + 2] = 1.0
    laid = laid_on_ground(picture, picture_places(RIG, GRID))[0, 0]
    row, column = cell(20.0, 0.0)
    assert laid[row, column] > 0.9 and laid[row + 8, column] == laid[row - 8, column] == 0.0
    assert laid[cell(-5.0, 0.0)] == 0.0


def test_the_backbone_sees_it_in_the_raster():
    torch.manual_seed(0)
    config = nano()
    with_ground, without = (
        Backbone(replace(config, backbone=replace(config.backbone, ground=ground))).eval() for ground in (True, False)
    )
    assert with_ground.lidar_encoder.conv1.in_channels == without.lidar_encoder.conv1.in_channels + 3 == 4
    rgb, lidar = torch.rand(1, 3, RIG.image_height, RIG.image_width) * 255, torch.zeros(1, 1, GRID.height, GRID.width)
    same = without.state_dict() | {"lidar_encoder.conv1.weight": torch.zeros(16, 4, 7, 7)}
    same["lidar_encoder.conv1.weight"][:, :1] = without.lidar_encoder.conv1.weight.detach()
    with_ground.load_state_dict(same)
    with torch.no_grad():
        assert torch.allclose(with_ground(rgb, lidar)[0], without(rgb, lidar)[0], atol=1e-5)
        with_ground.lidar_encoder.conv1.weight[:, 1:] = 0.1
        assert not torch.allclose(with_ground(rgb, lidar)[0], without(rgb, lidar)[0], atol=1e-3)


def test_cameras_of_unknown_mounts_are_refused():
    with pytest.raises(InputError, match="has no mount or field of view"):
        picture_places(navsim().rig, navsim().bev)
