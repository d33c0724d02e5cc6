"""Pictures of a town: right size, right place, right colours."""

import cv2
import numpy as np
import pytest

from lead.roads.draw import (
    View,
    box_corners,
    crosswalk_polygons,
    draw_town,
    paint_background,
    whole_town,
)
from lead.roads.draw_caption import CAPTION_HEIGHT
from lead.roads.draw_frame import VEHICLE_COLOURS, Traffic, VehicleState, draw_frame
from lead.roads.generate import fixed_town
from lead.roads.network import LaneKind
from lead.roads.palette import ASPHALT, LIGHT_COLOURS
from lead.roads.signals import SignalKind
from lead.roads.town import Town, build_town


@pytest.fixture(scope="module")
def town() -> Town:
    return build_town("GridCity", fixed_town("GridCity"))


def colour_at(background, image, place) -> np.ndarray:
    column, row = background.pixel(np.asarray(place)).astype(int)
    return image[row, column].astype(int)


def test_draw_town_writes_a_picture_of_the_asked_width(town, tmp_path):
    draw_town(town, tmp_path / "town.png", width_px=800)
    image = cv2.imread(str(tmp_path / "town.png"))
    view = whole_town(town)
    assert image.shape[1] == 800
    assert abs(image.shape[0] - (800 * view.height / view.width + CAPTION_HEIGHT / 2)) <= 2


def test_lane_centres_are_asphalt_and_block_centres_are_not(town):
    background = paint_background(town, whole_town(town), 1600)
    network = town.network
    driving = network.lanes.kind[network.samples.lane] == LaneKind.DRIVING
    outside = network.lanes.junction[network.samples.lane] == -1
    places = network.samples.centre[driving & outside & (network.samples.width > 3.0)][::17]
    colours = np.array([colour_at(background, background.image, place) for place in places])
    assert (np.abs(colours - ASPHALT).max(1) < 12).mean() > 0.97
    block = (places[:, :2].min(0) + places[:, :2].max(0)) / 2
    assert np.abs(colour_at(background, background.image, block) - ASPHALT).max() > 40


def test_pixel_puts_y_down_and_the_view_middle_in_the_middle(town):
    background = paint_background(town, View(10.0, -20.0, 40.0, 20.0), 400)
    assert background.image.shape == (200, 400, 3)
    assert np.allclose(background.pixel(np.array([10.0, -20.0])), [200.0, 100.0])
    assert np.allclose(background.pixel(np.array([10.0, -15.0, 3.0])), [200.0, 150.0])


def test_crosswalks_come_as_four_corners(town):
    polygons = crosswalk_polygons(town)
    assert len(polygons) == 40 and all(polygon.shape == (4, 2) for polygon in polygons)


def test_frame_paints_vehicles_lights_and_leaves_the_background_alone(town):
    lane = int(np.nonzero((town.network.lanes.kind == LaneKind.DRIVING) & (town.network.lanes.junction == -1))[0][0])
    middle = (town.network.lanes.first[lane] + town.network.lanes.last[lane]) // 2
    place, yaw = town.network.samples.centre[middle], town.network.samples.yaw[middle]
    background = paint_background(town, View(place[0], place[1], 60.0, 60.0), 900)
    untouched = background.image.copy()
    pose = np.array([[*place, 0.0, yaw, 0.0]])
    traffic = Traffic(pose, np.array([[2.4, 1.0, 0.8]]), np.array([VehicleState.EGO]))
    frame = draw_frame(background, traffic, "t = 1 s")
    assert np.array_equal(background.image, untouched)
    ego = np.array(VEHICLE_COLOURS[VehicleState.EGO])
    assert np.abs(colour_at(background, frame, place) - ego).max() < 12
    ahead = place[:2] + 3.5 * np.array([np.cos(yaw), np.sin(yaw)])
    assert np.array_equal(colour_at(background, frame, ahead), colour_at(background, untouched, ahead))


def test_frame_colours_stop_lines_by_state(town):
    signals, samples = town.signals, town.network.samples
    light = int(np.nonzero(signals.kind == SignalKind.LIGHT)[0][0])
    stop = int(signals.stop_sample[signals.stop_start[light]])
    place = samples.centre[stop]
    background = paint_background(town, View(place[0], place[1], 40.0, 40.0), 800)
    for state in range(3):
        frame = draw_frame(background, Traffic(light_state=np.full(len(signals.kind), state)))
        assert np.abs(colour_at(background, frame, place) - LIGHT_COLOURS[state]).max() < 12


def test_box_corners_turn_clockwise_with_yaw():
    corners = box_corners(np.array([[1.0, 2.0, 0.0]]), np.array([[2.0, 1.0, 1.0]]), np.array([np.pi / 2]))
    assert np.allclose(corners[0], [[0.0, 4.0], [2.0, 4.0], [2.0, 0.0], [0.0, 0.0]])
