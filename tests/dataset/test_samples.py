"""A sample says where things are in the frame of the view that it shows, whichever that is."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead import InputError
from lead.dataset.bev_grid import CARLA
from lead.dataset.bev_map import BevClass
from lead.dataset.box_labels import BoxClass, radar_labels
from lead.dataset.frame import Cloud
from lead.dataset.header import Perturbation
from lead.dataset.kinds import LightState
from lead.dataset.order import Order, Part
from lead.dataset.route_file import RouteFile
from lead.dataset.routes import RouteEntry, select
from lead.dataset.sample import SampleSettings, make_sample
from lead.dataset.stream import Augmentation, SampleStream
from lead.dataset.viewpoint import perturbed_points, seen_from, view_pose
from lead.dataset.way_labels import spaced_route
from tests.dataset import made
from tests.dataset.street import BIKE, BROKEN, CAR, CONE, HIDDEN, LIGHT, PARKED, STOP, WALKER, boxes, drive

SHIFT, TURN = 0.5, -0.1  # of made.header


def no_roads(recording, pose, window):
    """Roads of a town that has none."""
    return np.zeros((window.rows, window.columns), np.uint8)


def moved(points, perturbed):
    """Places of the ego frame (N, 2) in the view: spec/tfv6.md, 3.3, word by word."""
    points = np.asarray(points, float)
    if not perturbed:
        return points
    c, s = np.cos(-TURN), np.sin(-TURN)
    return (points - (0.0, SHIFT)) @ np.array([[c, s], [-s, c]])


@pytest.fixture
def route(tmp_path):
    return RouteFile(made.write(tmp_path, drive()))


@given(st.floats(-1, 1), st.floats(-0.3, 0.3), st.lists(st.floats(-3, 3), min_size=6, max_size=6))
@settings(deadline=None)
def test_the_world_and_the_ego_frame_agree_on_the_moved_view(shift, turn, pose):
    pose = np.array([*np.array(pose[:3]) * 100.0, 0.0, pose[4], 0.0])
    local = np.array([[10.0, 3.0, 1.0], [-5.0, 2.0, 0.0]])
    c, s = np.cos(pose[4]), np.sin(pose[4])
    world = np.column_stack([local[:, :2] @ np.array([[c, s], [-s, c]]), local[:, 2]]) + pose[:3]
    there = Perturbation(shift, turn)
    np.testing.assert_allclose(seen_from(world, view_pose(pose, there)), perturbed_points(local, there), atol=1e-9)


@pytest.mark.parametrize("perturbed", [False, True])
def test_way_and_target_points_are_where_they_are(route, perturbed):
    sample = make_sample(route, 2, perturbed, SampleSettings(), no_roads)
    np.testing.assert_allclose(sample.waypoints, moved([(2.0 * k, 0.0) for k in range(1, 9)], perturbed), atol=1e-4)
    np.testing.assert_allclose(sample.headings, -TURN if perturbed else 0.0, atol=1e-6)
    assert sample.waypoints_valid.all()
    assert abs(np.hypot(*sample.route[0]) - 2.5) < 1e-4
    np.testing.assert_allclose(np.linalg.norm(np.diff(sample.route, axis=0), axis=1), 1.0, atol=1e-4)
    off = moved(np.linspace((-60, 0), (60, 0), 4), perturbed)
    along = (off[1] - off[0]) / np.linalg.norm(off[1] - off[0])
    beside = (sample.route - off[0]) @ np.array([-along[1], along[0]])
    assert np.abs(beside).max() < 0.02  # on the line that the ego drives, but for the way there
    ego = route.seen(2, False).ego.pose
    plan = made.header().plan.points[:3, :2] - ego[:2]
    c, s = np.cos(ego[4]), np.sin(ego[4])
    np.testing.assert_allclose(sample.target_points, moved(plan @ np.array([[c, -s], [s, c]]), perturbed), atol=1e-4)
    assert (sample.speed, sample.command, sample.brake) == (8.0, 3, False)
    assert sample.acceleration == pytest.approx(0.5, abs=1e-6)


def test_waypoints_that_a_learner_drove_to_are_told(tmp_path):
    turns = [None, False, False, True, False, False, False, False, True, False, False, False]
    frames = [replace(frame, learner=turn) for frame, turn in zip(drive(), turns)]
    route = RouteFile(made.write(tmp_path / "learner", frames))
    assert route.learner_drove([0, 1, 3]).tolist() == [False, False, True]

    def own(row, **changed):
        return make_sample(route, row, False, SampleSettings(**changed), no_roads).expert_drove.tolist()

    assert own(1, waypoints=3) == [True, False, False]
    assert own(3, waypoints=3) == [True] * 3  # who drove to where it is does not matter
    assert own(4, waypoints=2, waypoint_ticks=10) == [True, False]  # frames 6 and 8
    assert own(6, waypoints=2, waypoint_ticks=10) == [False, False]


def test_waypoints_beyond_the_drive_are_not_valid(route):
    sample = make_sample(route, 11, False, SampleSettings(), no_roads)
    assert sample.waypoints_valid.tolist() == [True, True] + [False] * 6
    slow = make_sample(route, 2, False, SampleSettings(waypoints=4, waypoint_ticks=10), no_roads)
    assert slow.waypoints[:, 0] == pytest.approx([4, 8, 12, 16], abs=1e-4)
    with pytest.raises(InputError, match="multiple"):
        make_sample(route, 2, False, SampleSettings(waypoint_ticks=7), no_roads)


@pytest.mark.parametrize("perturbed", [False, True])
def test_boxes_lie_where_they_are_with_their_classes(route, perturbed):
    labels = make_sample(route, 3, perturbed, SampleSettings(), no_roads).boxes
    classes = {
        CAR: BoxClass.VEHICLE, PARKED: BoxClass.PARKING, WALKER: BoxClass.WALKER, BIKE: BoxClass.BIKER, CONE: BoxClass.OBSTACLE,
        LIGHT: BoxClass.TRAFFIC_LIGHT, STOP: BoxClass.STOP_SIGN, BROKEN: BoxClass.OBSTACLE,
    }  # fmt: skip
    assert dict(zip(labels.id.tolist(), labels.category.tolist())) == classes  # HIDDEN is not among them
    row = labels.id.tolist().index(CAR)
    np.testing.assert_allclose(labels.centre[row, :2], moved([(12.0, 0.0)], perturbed)[0], atol=1e-4)
    assert labels.speed[row] == pytest.approx(5.0) and labels.yaw[row] == pytest.approx(-TURN * perturbed, abs=1e-6)
    assert (np.diff(np.linalg.norm(labels.centre, axis=1)) >= 0).all()


@pytest.mark.parametrize("perturbed", [False, True])
def test_map_raster_and_boxes_agree(tmp_path, perturbed):
    places = {CAR: (12, 0), PARKED: (8, 6), WALKER: (10, -5), BIKE: (20, 3), CONE: (15, 2), BROKEN: (22, 8)}
    points = np.array([(*place, 0.0) for place in places.values()])
    frames = [replace(frame, cloud=Cloud.of(points, np.zeros(len(points)))) for frame in drive(12)]
    route = RouteFile(made.write(tmp_path, frames))
    sample = make_sample(route, 1, perturbed, SampleSettings(), no_roads)
    classes = {
        CAR: BevClass.VEHICLE, PARKED: BevClass.PARKING_VEHICLE, WALKER: BevClass.WALKER, BIKE: BevClass.BIKER,
        CONE: BevClass.OBSTACLE, BROKEN: BevClass.OBSTACLE,
    }  # fmt: skip
    for who, place in places.items():
        column, line = np.floor(CARLA.pixels(moved([place], perturbed)[0])).astype(int)
        assert sample.bev[line, column] == classes[who], who
        assert sample.lidar[line - 1 : line + 2, column - 1 : column + 2].sum() == 1, who
    column, line = np.floor(CARLA.pixels(moved([(30, 0)], perturbed)[0])).astype(int)
    assert sample.bev[line, column] == BevClass.TRAFFIC_RED_NOT_NORMAL
    hidden = np.floor(CARLA.pixels(moved([(18, -3)], perturbed)[0])).astype(int)
    assert sample.bev[hidden[1], hidden[0]] == BevClass.UNLABELED and HIDDEN not in sample.boxes.id
    car = (sample.bev == BevClass.VEHICLE).sum() / 16.0
    assert car == pytest.approx(4.0 * 2.0, rel=0.2)  # square metres


def test_green_lights_are_on_the_map_and_no_boxes(tmp_path):
    frames = drive(10)
    states = np.where(frames[0].boxes.state == LightState.RED, LightState.GREEN, LightState.NONE).astype(np.int8)
    frames = [replace(frame, boxes=replace(frame.boxes, state=states)) for frame in frames]
    sample = make_sample(RouteFile(made.write(tmp_path, frames)), 1, False, SampleSettings(), no_roads)
    assert LIGHT not in sample.boxes.id and (sample.bev == BevClass.TRAFFIC_GREEN).sum() > 50


def test_roads_lie_below_what_stands_on_them(route):
    road = lambda recording, pose, window: np.ones((window.rows, window.columns), np.uint8)  # noqa: E731
    sample = make_sample(route, 3, False, SampleSettings(), road)
    assert sample.bev[0, 0] == BevClass.ROAD and sample.bev[160, 4 * (32 + 12)] == BevClass.VEHICLE


def test_what_a_recording_lacks_is_told(tmp_path):
    route = RouteFile(made.write(tmp_path, [made.frame(k, cloud=None) for k in range(3)]))
    with pytest.raises(InputError, match="has no rgb, semantics, depth, cloud"):
        make_sample(route, 1, False, SampleSettings(), no_roads)
    with pytest.raises(InputError, match="pop distance 3.3"):
        make_sample(
            RouteFile(made.write(tmp_path / "b", drive(2))), 0, False, SampleSettings(pop_distance=3.3), no_roads
        )


def test_radars_have_a_place_each_and_the_touched_are_listed(route):
    sample = make_sample(route, 0, False, SampleSettings(radar_rows=5), no_roads)
    assert sample.radar.shape == (20, 5) and sample.radar[:, 4].tolist() == np.repeat(range(4), 5).tolist()
    assert (sample.radar[[3, 4], :4] == 0.0).all()
    rows = radar_labels(sample.boxes)
    assert rows.shape == (20, 4) and rows[0, 2] == pytest.approx(5.0) and rows[:, 3].sum() == 5
    np.testing.assert_allclose(rows[0, :2], (12.0, 0.0), atol=1e-4)


@given(st.lists(st.floats(-0.3, 0.3), min_size=3, max_size=40), st.floats(-2.0, 2.0))
def test_routes_are_spaced_evenly(turns, aside):
    heading = np.cumsum(turns)
    way = np.array([2.5, aside]) + np.concatenate(
        [np.zeros((1, 2)), np.cumsum(np.column_stack([np.cos(heading), np.sin(heading)]), 0)]
    )
    places = spaced_route(np.repeat(way, 2, axis=0), 10)
    np.testing.assert_allclose(np.linalg.norm(np.diff(places, axis=0), axis=1), 1.0, atol=1e-6)
    assert np.hypot(*places[0]) == pytest.approx(2.5)


@pytest.mark.parametrize("way", [np.empty((0, 2)), np.array([[2.5, 0.0]]), np.zeros((3, 2))])
def test_short_routes_go_straight_on(way):
    places = spaced_route(way, 10)
    assert np.isfinite(places).all()
    np.testing.assert_allclose(places, np.column_stack([2.5 + np.arange(10.0), np.zeros(10)]), atol=1e-9)


def test_a_key_gives_the_same_sample_in_any_process(tmp_path):
    folder = made.write(tmp_path, drive())
    pool = select([RouteEntry(folder, 14, "Village", ("Accident",), "ClearNoon", True)])
    stream = SampleStream(Order([Part(pool)], seed=4), SampleSettings(), Augmentation(0.5, 0.3), no_roads)
    keys = [*stream.order.keys(0), *stream.order.keys(1)]
    first = [stream[key] for key in keys]
    again = [pickle.loads(pickle.dumps(stream))[key] for key in reversed(keys)][::-1]
    for a, b in zip(first, again):
        assert (a.row, a.perturbed) == (b.row, b.perturbed)
        np.testing.assert_array_equal(a.rgb, b.rgb)
    assert {sample.perturbed for sample in first} == {False, True}
    assert [s.row for s in first[:12]] != [s.row for s in first[12:]]


def test_boxes_of_a_pitched_ego_keep_their_distance():
    pose = np.array([5.0, 6.0, 2.0, 0.2, 1.0, 0.1])
    there = seen_from(boxes(pose).pose[:, :3], pose)
    away = np.linalg.norm(boxes(pose).pose[:, :3] - pose[:3], axis=1)
    np.testing.assert_allclose(np.linalg.norm(there, axis=1), away, atol=1e-9)
