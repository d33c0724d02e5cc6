"""What frames are put together from, piece by piece."""

from pathlib import Path

import numpy as np
import pytest
from carla import CityObjectLabel as Label
from hypothesis import given, settings
from hypothesis import strategies as st

from lead.dataset.frame import LIDAR_PLANE
from lead.dataset.header import Camera, Perturbation
from lead.dataset.kinds import Semantic
from lead.dataset.rig import rig_named
from lead.dataset.viewpoint import view_pose
from lead.drive.evaluation import Evaluation
from lead.drive.recording.clouds import CloudStack, places_of
from lead.drive.recording.job import RecordingJob
from lead.drive.recording.perturbing import draw_perturbation
from lead.drive.recording.pictures import Things, grouped
from lead.drive.recording.position import PositionFilter, place_of
from lead.drive.recording.rig_sensors import CHANNELS, moved_mount, sensors_of
from lead.drive.route_job import RouteJob
from lead.drive.sensors.tracks import LIDAR
from lead.expert.evidence.bodies import boxes
from lead.geometry.poses import compose, to_local
from lead.scenarios.criteria.events import Event
from lead.scenarios.route_file import Route
from lead.server.inertial import geo_location

angle = st.floats(-3.0, 3.0)
metre = st.floats(-50.0, 50.0)


@given(x=metre, y=metre, yaw=angle, shift=st.floats(-1.0, 1.0), turn=st.floats(-0.2, 0.2), camera=st.integers(0, 2))
def test_a_moved_sensor_is_where_the_view_says(x, y, yaw, shift, turn, camera):
    ego, moved = np.array([x, y, 0.0, 0.0, yaw, 0.0]), Perturbation(shift, turn)
    mount = rig_named("tfv6-3cam").cameras[camera].mount
    np.testing.assert_allclose(
        compose(ego, np.array(moved_mount(mount, moved)))[:3],
        compose(view_pose(ego, moved), np.array(mount))[:3],
        atol=1e-9,
    )


@pytest.mark.parametrize(
    "kind, time, told",
    [
        ("collisions_vehicle", 24.9, ""),
        ("collisions_vehicle", 25.0, "broken off 20 s after collisions_vehicle"),
        ("min_speed_infractions", 500.0, ""),
        ("outside_route_lanes", 500.0, ""),
    ],
)
def test_a_drive_that_will_not_be_kept_is_broken_off(kind: str, time: float, told: str):
    route = Route("1", "GridCity", (), (), ())
    job = RecordingJob(Evaluation("expert", "routes", "leaderboard-2.0"), route, 0, Path("out"))
    assert job.gives_up([Event(kind, 5.0, (0.0, 0.0, 0.0))], time) == told
    assert RouteJob.gives_up(job, [Event(kind, 5.0, (0.0, 0.0, 0.0))], time) == ""


@given(seed=st.integers(0, 10**6), width=st.floats(2.0, 5.0), limit=st.floats(5.0, 35.0))
def test_perturbations_stay_in_the_lane_and_repeat(seed, width, limit):
    drawn = [draw_perturbation(np.random.default_rng(seed), [3.5, width], 1.06, limit) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert 0.1 <= abs(drawn[0].shift) <= 1.0
    assert np.radians(0.5) <= abs(drawn[0].turn) <= np.radians(12.5)
    assert abs(drawn[0].shift) <= max(0.1, 0.5 * max(width, 2.75) - 0.53 - 0.25)


@given(
    x=st.floats(-5000, 5000),
    y=st.floats(-5000, 5000),
    reference=st.sampled_from([(0.0, 0.0), (42.0, 2.0), (49.0, 8.0)]),
)
def test_a_fix_is_taken_back_to_its_place(x, y, reference):
    latitude, longitude, _ = geo_location(np.array([x, y, 0.0]), reference)
    np.testing.assert_allclose(place_of(latitude, longitude, reference), [x, y], atol=1e-5)


def test_the_filter_knows_the_place_better_than_gnss():
    rng, position, errors = np.random.default_rng(0), PositionFilter(), []
    for tick in range(400):
        truth = np.array([0.5 * tick, 0.0])
        known = position.step(truth + rng.normal(0.0, 0.55, 2), 0.0, 10.0, 0.0)
        errors.append(np.linalg.norm(known[:2] - truth))
    assert np.mean(errors[200:]) < 0.2


@settings(max_examples=25)
@given(x=st.floats(12.0, 25.0), y=st.floats(-20.0, 20.0), yaw=angle, speed=st.floats(0.0, 25.0))
def test_what_stands_stays_in_one_place_of_the_stack(x, y, yaw, speed):
    stack, poses = CloudStack(), []
    first = np.array([3.0, -8.0, 0.5, 0.0, yaw, 0.0])
    place = compose(first, np.array([x, y, 1.5, 0.0, 0.0, 0.0]))[:3]
    for tick in range(5):
        pose = first + [
            0.05 * tick * speed * np.cos(yaw),
            0.05 * tick * speed * np.sin(yaw),
            0.0,
            0.0,
            0.01 * tick,
            0.0,
        ]
        stack.add(np.empty((0, 3)), to_local(place[None], pose), pose)
        poses.append(pose)
    cloud, here = stack.cloud(poses[-1]), to_local(place[None], poses[-1])[0] - [0.0, 0.0, LIDAR_PLANE]
    assert set(cloud.age.tolist()) == {0, 1, 2, 3, 4}
    assert np.abs(cloud.points - here).max() <= 0.05 + 1e-9


def test_radar_returns_lie_where_they_point():
    ahead_right = np.array([[10.0, 0.0, np.radians(30.0), -3.0]])
    place = places_of(ahead_right, (2.6, 0.0, 0.6, 0.0, 0.0, 0.0))
    np.testing.assert_allclose(place, [[2.6 + 10.0 * np.cos(np.radians(30.0)), 5.0, 0.6]])


def test_only_pictures_are_seldom_and_only_lidars_have_no_copy():
    rig = rig_named("tfv6-3cam")
    found = sensors_of(rig, Perturbation(0.5, 0.1), 5)
    assert all(found[key].every == 5 for key in found if key.blueprint in CHANNELS)
    assert all(found[key].every == 1 for key in found if key.blueprint == LIDAR)
    assert len([key for key in found if key.moved]) == 3 * len(CHANNELS) + 4
    assert not [key for key in found if key.moved and key.blueprint == LIDAR]
    assert not [key for key in sensors_of(rig, None, 5) if key.moved]


@pytest.mark.parametrize(("inside", "group"), [(True, Semantic.SPECIAL_VEHICLE), (False, Semantic.VEHICLE)])
def test_an_instance_is_the_thing_in_whose_box_it_lies(inside, group):
    camera = Camera("front", (0.0, 0.0, 1.0, 0.0, 0.0, 0.0), 40, 40, float(np.radians(60.0)))
    tag, instance = np.full((40, 40), int(Label.Roads), np.uint8), np.zeros((40, 40), np.uint16)
    metres = np.full((40, 40), 12.0, np.float32)
    tag[15:25, 10:30], instance[15:25, 10:30] = int(Label.Car), 7
    place = np.array([[12.0 if inside else 30.0, 0.0, 1.0, 0.0, 0.0, 0.0]])
    things = [
        Things(Semantic.SPECIAL_VEHICLE, (Label.Car,), boxes(place, np.zeros((1, 3)), np.array([[2.0, 4.0, 3.0]])))
    ]
    classes = grouped(camera, np.zeros(6), metres, tag, instance, things)
    assert (classes[15:25, 10:30] == group).all() and classes[0, 0] == Semantic.ROAD
