"""A place on the ground is drawn where the camera sees it, on the side where it is."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lead.dataset.rig import rig_named
from lead.realworld.pictures import PLAN, draw_way, pixels_of, place_of, scaled
from lead.realworld.simulated import REAR_AXLE
from lead.realworld.standins.cameras import calibration

RIGS = ("navsim-4cam", "waymo-3cam")
CAMERAS = {rig: [calibration(camera, k) for k, camera in enumerate(rig_named(rig).cameras)] for rig in RIGS}


@pytest.mark.parametrize("rig", RIGS)
@given(x=st.floats(-60.0, 60.0), y=st.floats(-60.0, 60.0), number=st.integers(0, 2))
def test_a_place_comes_back_from_its_pixel(rig, x, y, number):
    camera = CAMERAS[rig][number]
    (pixel,) = pixels_of(np.array([[x, y, 0.0]]), camera)
    assume(np.isfinite(pixel).all() and np.abs(pixel).max() < 1e4)
    np.testing.assert_allclose(place_of(pixel, camera), [x, y], atol=1e-6)


@pytest.mark.parametrize("rig", RIGS)
def test_left_is_left_and_near_is_low(rig):
    front = CAMERAS[rig][1]
    ahead, left, near = pixels_of(np.array([[20.0, 0.0, 0.0], [20.0, 3.0, 0.0], [8.0, 0.0, 0.0]]), front)
    assert left[0] < ahead[0] and near[1] > ahead[1] > front.height / 2
    seen = [np.isfinite(pixels_of(np.array([[20.0, side, 0.0]]), CAMERAS[rig][0])).all() for side in (20.0, -60.0)]
    assert seen == [True, False]  # what is on the left is seen by the left camera alone


def test_the_horizon_is_in_the_middle():
    front = CAMERAS["waymo-3cam"][1]
    pixel = pixels_of(np.array([[1e6, 0.0, 0.0]]), front)[0]
    assert pixel == pytest.approx([front.width / 2, front.height / 2], abs=0.01)
    assert front.vehicle_from_camera[0, 3] == pytest.approx(rig_named("waymo-3cam").cameras[1].mount[0] + REAR_AXLE)


def test_a_larger_picture_shows_the_same():
    front = CAMERAS["waymo-3cam"][1]
    place = np.array([[20.0, 3.0, 0.0]])
    larger = scaled(front, 3 * front.height)
    np.testing.assert_allclose(pixels_of(place, larger), 3.0 * pixels_of(place, front), atol=1e-9)


def test_a_way_is_drawn_in_the_picture_that_shows_it():
    cameras = CAMERAS["waymo-3cam"]
    width, height = cameras[0].width, cameras[0].height
    picture = np.zeros((height, 3 * width, 3), np.uint8)
    draw_way(picture, np.stack([np.linspace(5, 40, 20), np.zeros(20)], 1), cameras, PLAN)
    drawn = picture.any(axis=2)
    assert drawn[:, width : 2 * width].sum() > 100 and not drawn[:, :width].any() and not drawn[:, 2 * width :].any()
