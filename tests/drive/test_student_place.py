"""Where the student believes to be, and what it is told of its way: against truth, and against the data set."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead.dataset.header import POP_DISTANCES
from lead.dataset.target_points import PlanFollower, told_points
from lead.dataset.viewpoint import seen_from_above
from lead.drive.sensors.geodesy import latitude_turned_back
from lead.drive.student.goal import Goal
from lead.drive.student.place import Localiser, reference_of
from lead.expert.kernels.driving import REAR_WHEELBASE, slip
from lead.scenarios.lane_graph import Command
from lead.scenarios.stage import TICK
from lead.server.inertial import geo_location

REFERENCES = [(0.0, 0.0), (42.0, 2.0), (49.0, 8.0)]
NOISE = 5e-6  # degrees, of the benchmarks' GNSS


def drive(ticks: int, speed: float, steer: float, start: tuple[float, float]) -> np.ndarray:
    """Poses (ticks, 3) x, y, yaw of a bicycle at a speed (m/s) forwards; m, rad."""
    pose, course = [np.array([*start, 0.4])], slip(steer)
    for _ in range(ticks - 1):
        (x, y, yaw), gone = pose[-1], speed / np.cos(course) * TICK
        turned = yaw + gone / REAR_WHEELBASE * np.sin(course)
        pose.append(np.array([x + gone * np.cos(yaw + course), y + gone * np.sin(yaw + course), turned]))
    return np.array(pose)


def followed(localiser: Localiser, poses: np.ndarray, speed: float, steer: float, reference, turned: bool = False):
    """What a localiser says of a drive, with the benchmarks' noise."""
    random, places = np.random.default_rng(5), []
    for x, y, yaw in poses:
        fix = np.array(geo_location(np.array([x, y, 0.0]), reference)) + random.normal(0.0, NOISE, 3)
        if turned:
            fix[0] = latitude_turned_back(fix[0], reference)
        places.append(localiser.step(fix, (yaw + 0.5 * np.pi) % (2.0 * np.pi), speed, steer))
    return places


@pytest.mark.parametrize("reference", REFERENCES)
def test_the_filter_is_near_the_truth_and_odometry_is_smooth(reference):
    poses = drive(400, 8.0, 0.1, (30.0, -120.0))
    places = followed(Localiser(reference, poses[0, :2], True), poses, 8.0, 0.1, reference)
    off = [np.linalg.norm(place.filtered - pose[:2]) for place, pose in zip(places, poses)]
    raw = [np.linalg.norm(place.fix - pose[:2]) for place, pose in zip(places, poses)]
    assert np.mean(off[100:]) < 0.2 < 0.5 < np.mean(raw)
    np.testing.assert_allclose([place.yaw for place in places], np.angle(np.exp(1j * poses[:, 2])), atol=1e-9)
    gone = np.array([place.moved[:2] for place in places])
    np.testing.assert_allclose(gone, poses[:, :2] - poses[0, :2], atol=1e-6)


def test_without_the_filter_the_fix_is_all():
    poses = drive(5, 8.0, 0.0, (30.0, -120.0))
    for place in followed(Localiser((0.0, 0.0), poses[0, :2], False), poses, 8.0, 0.0, (0.0, 0.0)):
        assert (place.filtered == place.fix).all() and (place.pose(True) == place.pose(False)).all()


@pytest.mark.parametrize("start", [(30.0, -120.0), (30.0, 3.0)])
@pytest.mark.parametrize("turned", [True, False])
def test_turned_latitudes_are_found_out_by_where_the_drive_begins(start: tuple[float, float], turned: bool):
    poses = drive(300, 10.0, 0.0, start)
    localiser = Localiser((42.0, 2.0), poses[0, :2], False)
    places = followed(localiser, poses, 10.0, 0.0, (42.0, 2.0), turned)
    assert np.linalg.norm(places[-1].fix - poses[-1, :2]) < 3.0
    if start[1] < -100.0:
        assert max(np.linalg.norm(place.fix - pose[:2]) for place, pose in zip(places, poses)) < 3.0


@given(x=st.floats(-5000, 5000), y=st.floats(-5000, 5000), reference=st.sampled_from(REFERENCES))
def test_the_origin_follows_from_one_place(x: float, y: float, reference):
    latitude, longitude, _ = geo_location(np.array([x, y, 0.0]), reference)
    np.testing.assert_allclose(reference_of(latitude, longitude, x, y), reference, atol=1e-9)


def test_a_silent_compass_keeps_the_heading():
    localiser = Localiser((0.0, 0.0), np.zeros(2), False)
    localiser.step(np.zeros(3), 0.5 * np.pi + 0.3, 5.0, 0.0)
    assert localiser.step(np.zeros(3), np.nan, 5.0, 0.0).yaw == pytest.approx(0.3)


hops = st.lists(st.tuples(st.floats(0.0, 60.0), st.floats(-0.5, 0.5)), min_size=1, max_size=12)


@given(hops=hops, seed=st.integers(0, 2**31), pop=st.sampled_from(POP_DISTANCES))
def test_it_is_told_what_a_sample_of_the_same_pose_says(hops, seed: int, pop: float):
    heading, random = np.cumsum([turn for _, turn in hops]), np.random.default_rng(seed)
    steps = np.array([length for length, _ in hops])[:, None] * np.column_stack([np.cos(heading), np.sin(heading)])
    places = np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])
    commands = random.integers(1, 7, len(places)).tolist()
    goal, follower = Goal(places, commands, pop), PlanFollower(places, POP_DISTANCES)  # as recorded
    for along in np.linspace(0.0, len(places) - 1.0, 25):
        k = min(int(along), len(places) - 2)
        here = places[k] + (along - k) * (places[k + 1] - places[k]) + random.normal(0.0, 1.0, 2)
        pose = np.array([*here, 0.0, 0.0, random.uniform(-3.0, 3.0), 0.0])
        goal.step(here)
        points, command = goal.told(pose)
        row = follower.step(here)[POP_DISTANCES.index(pop)]
        there, orders = told_points(places, commands, int(row))
        assert (points == seen_from_above(there, pose).astype(np.float32)).all() and command == orders[0] - 1


def test_published_weights_are_told_denser_points_later_and_no_far_ones():
    places = np.array([[0, 0], [30, 0], [36, 0], [100, 0], [160, 0]], float)
    goal = Goal(places, [Command.LANE_FOLLOW] * 5, None)

    def told(x: float) -> list[float]:
        goal.step(np.array([x, 0.0]))
        return (goal.told(np.array([x, 0.0, 0.0, 0.0, 0.0, 0.0]))[0][:, 0] + x).tolist()

    assert told(1.0) == [0, 30, 36]
    assert told(25.5) == [0, 30, 36]  # within 5 m of the next, but not within 4 m, where points are dense
    assert told(26.5) == [30, 36, 36]  # the one after is more than 50 m away
    assert told(33.0) == [36, 100, 100]
    assert told(60.0) == [36, 100, 100]
