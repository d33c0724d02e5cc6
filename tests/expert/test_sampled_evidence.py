"""Evidence by points on boxes: how much is seen, and what hides it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import actors, bicycle, car, ego, obstacle, route, walker

from lead.expert.evidence.bodies import NOBODY, Bodies, boxes
from lead.expert.evidence.rig import STUDENT
from lead.expert.evidence.sampled import FILLED, SampledEvidence
from lead.expert.evidence.source import Heads, lights_seen
from lead.expert.scene import EvidenceIndex, Kind

CAMERA, LIDAR, RADAR = EvidenceIndex
WAY = route(250.0)
HERE = ego(WAY)
FOCAL = STUDENT.cameras[1].focal


def block(x, y, half=(0.2, 4.0, 3.0), yaw=0.0):
    """A box of the level that stands on the ground at a place."""
    pose = np.array([[x, y, half[2], 0.0, yaw, 0.0]])
    return boxes(pose, np.zeros((1, 3)), np.array([half]))


def points(*people, level=NOBODY, parked=NOBODY):
    """Evidence (A, 3) of actors around an ego at the origin."""
    return SampledEvidence(level).look(HERE, actors(*people), Heads.none(), parked).actors


@pytest.mark.parametrize("x", [15.0, 30.0, 60.0])
def test_pixels_are_the_projected_rear_and_roof(x):
    """From 2.25 m one sees the rear, 2 m x 1.5 m, and the roof, flat, of a car of 4.8 m."""
    near = x - 2.4 - 0.35
    rear = FOCAL**2 * 2.0 * 1.5 / near**2
    roof = FOCAL**2 * 2.0 * 0.75 * (1 / near**2 - 1 / (near + 4.8) ** 2) / 2
    (seen,) = points(car(WAY, x))
    assert seen[CAMERA] == pytest.approx(FILLED[Kind.CAR] * (rear + roof), rel=0.05)


@pytest.mark.parametrize("someone", [car, walker, bicycle, obstacle])
def test_twice_as_far_a_quarter_of_the_points(someone):
    near, far = points(someone(WAY, 20.35))[0], points(someone(WAY, 40.35))[0]
    assert near[CAMERA] > 0
    assert far[CAMERA] == pytest.approx(near[CAMERA] / 4, rel=0.35)
    assert far[LIDAR] < near[LIDAR]


def test_walkers_are_just_seen_where_the_rules_ask_for_it():
    """15 camera points: published for walkers, whom a camera of 384 pixels and 60 degrees sees up to about 60 m away."""
    assert points(walker(WAY, 50.0))[0, CAMERA] >= 15
    assert points(walker(WAY, 75.0))[0, CAMERA] < 15


def test_behind_only_the_ranging_sensors_see():
    behind = points(car(WAY, -15.0))[0]
    assert behind[CAMERA] == 0 and behind[LIDAR] > 50 and behind[RADAR] > 0


@pytest.mark.parametrize("angle, seen", [(-82.0, True), (0.0, True), (82.0, True), (-88.0, False), (88.0, False)])
def test_three_cameras_see_169_degrees(angle, seen):
    x, y = 30.0 * np.cos(np.radians(angle)), 30.0 * np.sin(np.radians(angle))
    assert (points(walker(WAY, x, y))[0, CAMERA] > 0) == seen


@pytest.mark.parametrize("x, seen", [(82.0, True), (90.0, False)])
def test_the_lidar_reaches_85_metres(x, seen):
    assert (points(car(WAY, x))[0, LIDAR] > 0) == seen


@pytest.mark.parametrize("z, seen", [(0.0, True), (8.0, False)])
def test_the_lidar_looks_up_by_ten_degrees(z, seen):
    assert (points(car(WAY, 20.0, z=z))[0, LIDAR] > 0) == seen


def test_radars_look_along_a_plane():
    assert points(car(WAY, 30.0, 15.0))[0, RADAR] > 0
    assert points(car(WAY, 30.0, 15.0, z=1.2))[0, RADAR] == 0
    assert points(car(WAY, 95.0, 30.0))[0, RADAR] > 0
    assert points(car(WAY, 130.0, 45.0))[0, RADAR] == 0


def test_a_wall_hides_what_is_behind_it():
    assert not points(car(WAY, 30.0), level=block(15.0, 0.0)).any()
    assert not points(car(WAY, 30.0), parked=block(15.0, 0.0)).any()
    whole = points(car(WAY, 30.0))
    assert (points(car(WAY, 30.0), level=block(15.0, 12.0)) == whole).all()
    assert (points(car(WAY, 30.0), level=block(45.0, 0.0)) == whole).all()


def test_a_wall_before_half_a_car_hides_half_of_it():
    """Its edge is on the axis of the front camera."""
    whole, half = points(car(WAY, 30.0))[0], points(car(WAY, 30.0), level=block(15.0, 4.0))[0]
    assert half[CAMERA] == pytest.approx(whole[CAMERA] / 2, rel=0.1)
    assert half[LIDAR] == pytest.approx(whole[LIDAR] / 2, abs=0.15 * whole[LIDAR])


def test_a_van_hides_a_walker_and_a_cone_does_not():
    van = car(WAY, 15.0, extent=(3.0, 1.1, 1.3))
    hidden, open_ = points(van, walker(WAY, 20.0))[1], points(obstacle(WAY, 15.0), walker(WAY, 20.0))[1]
    assert not hidden.any()
    assert open_[CAMERA] > 15


def test_one_sees_a_walker_over_a_bonnet_and_not_behind_the_cabin():
    across = car(WAY, 12.0, turned=np.pi / 2)  # its bonnet is to the right
    over_bonnet, behind_cabin = points(across, walker(WAY, 16.0, 2.0), walker(WAY, 16.0, -0.5))[1:, CAMERA]
    assert over_bonnet > 2 * behind_cabin


def test_a_thin_strip_that_peeps_out_is_seen():
    """0.3 m of a car beside the one before it, 25 m away: some 70 pixels."""
    hiding = car(WAY, 15.0, extent=(2.4, 1.0, 1.4))
    seen = points(hiding, car(WAY, 25.0, 0.95))[1]
    assert 5 <= seen[CAMERA] < 0.6 * points(car(WAY, 25.0, 0.95))[0, CAMERA]


PLACE = st.tuples(st.floats(-30.0, 60.0), st.floats(-30.0, 30.0), st.floats(-3.1, 3.1))


@settings(deadline=None, max_examples=30)
@given(people=st.lists(PLACE, min_size=2, max_size=6), turn=st.floats(-3.1, 3.1))
def test_turning_the_world_changes_nothing(people, turn):
    everybody = actors(*(car(WAY, x, y, turned=angle) for x, y, angle in people))
    level = Bodies(*(np.concatenate(part) for part in zip(block(12.0, 5.0), block(8.0, -9.0, yaw=0.5), strict=True)))
    before = SampledEvidence(level).look(HERE, everybody, Heads.none()).actors
    spin = np.array([[np.cos(turn), np.sin(turn), 0.0], [-np.sin(turn), np.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    pose = everybody.pose.copy()
    pose[:, :3], pose[:, 4] = pose[:, :3] @ spin, pose[:, 4] + turn
    here = replace(HERE, pose=HERE.pose + [0, 0, 0, 0, turn, 0])
    turned = Bodies(level.centre @ spin, level.axes @ spin, level.half)
    after = SampledEvidence(turned).look(here, replace(everybody, pose=pose), Heads.none()).actors
    assert (np.abs(after - before) <= 1 + 0.05 * before).all()


@settings(deadline=None, max_examples=30)
@given(people=st.lists(PLACE, min_size=1, max_size=6), x=st.floats(-20.0, 40.0), y=st.floats(-20.0, 20.0))
def test_more_things_never_show_more(people, x, y):
    rows = [car(WAY, *place[:2], turned=place[2]) for place in people]
    assert (points(*rows, level=block(x, y)) <= points(*rows)).all()


def test_heads_of_lights_are_seen_in_the_pictures_unless_hidden():
    def seen(x, y, z=5.0, level=NOBODY):
        head = Heads(np.array([1]), np.array([[x, y, z]]), np.array([[0.16, 0.15, 0.4]]), np.zeros(1), 2)
        return SampledEvidence(level).look(HERE, actors(), head).lights.tolist()

    assert seen(30.0, 4.0) == [True, True]  # of the first light no head is known
    assert seen(30.0, 4.0, level=block(15.0, 0.0, (0.2, 6.0, 4.0))) == [True, False]
    assert seen(-10.0, 4.0) == [True, False]
    assert seen(4.0, 0.0, 6.0) == [True, False]  # above the picture
    assert seen(150.0, 0.0) == [True, False]  # too small


def test_a_head_of_five_points_counts():
    heads = Heads(np.array([0, 1, 1]), np.zeros((3, 3)), np.ones((3, 3)), np.zeros(3), 4)
    assert lights_seen(np.array([4, 4, 5]), heads).tolist() == [False, True, True, True]


def test_nobody_is_no_trouble():
    answer = SampledEvidence(NOBODY).look(HERE, actors(), Heads.none())
    assert answer.actors.shape == (0, 3) and answer.lights.shape == (0,)
