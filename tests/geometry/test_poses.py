"""Poses agree with CARLA's own transforms and invert cleanly."""

import carla
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lead.geometry.poses import angles_of, canonical, compose, rotation_matrix, to_local, to_world, turning, wrap_angle

metres = st.floats(-1000, 1000)
pitch = st.floats(-1.5, 1.5)
angle = st.floats(-3.1, 3.1)
poses = st.tuples(metres, metres, metres, pitch, angle, angle).map(np.array)
points = arrays(np.float64, (4, 3), elements=st.floats(-100, 100))


@given(poses, points)
def test_to_world_is_carlas_transform(pose, local):
    transform = carla.Transform(carla.Location(*pose[:3]), carla.Rotation(*np.degrees(pose[3:])))
    world = to_world(local, pose)
    for given_point, expected in zip(local, world):
        point = carla.Location(*given_point)
        transform.transform(point)
        assert np.allclose([point.x, point.y, point.z], expected, atol=2e-3)


@given(poses, points)
def test_to_local_inverts_to_world(pose, local):
    assert np.allclose(to_local(to_world(local, pose), pose), local, atol=1e-8)


@given(pitch, angle, angle)
def test_angles_of_inverts_rotation_matrix(p, y, r):
    matrix = rotation_matrix(p, y, r)
    assert np.allclose(rotation_matrix(*angles_of(matrix)), matrix, atol=1e-9)


@given(poses, poses, points)
def test_compose_is_one_transform_after_the_other(parent, relative, local):
    twice = to_world(to_world(local, relative), parent)
    assert np.allclose(to_world(local, compose(parent, relative)), twice, atol=1e-6)


@given(st.floats(-100, 100))
def test_wrap_angle_keeps_direction_and_range(value):
    wrapped = wrap_angle(value)
    assert -np.pi <= wrapped < np.pi
    assert np.isclose(np.cos(wrapped), np.cos(value)) and np.isclose(np.sin(wrapped), np.sin(value), atol=1e-7)


rate = st.floats(-2.0, 2.0)


@given(pitch, angle, angle, rate, rate, rate)
def test_turning_is_the_derivative_of_the_rotation(p, y, r, pitch_rate, yaw_rate, roll_rate):
    h = 1e-5
    before = rotation_matrix(p - h * pitch_rate, y - h * yaw_rate, r - h * roll_rate)
    after = rotation_matrix(p + h * pitch_rate, y + h * yaw_rate, r + h * roll_rate)
    vector = np.array([0.3, -0.7, 0.5])
    moved = (after - before) @ vector / (2.0 * h)
    turn = np.array(turning(p, y, pitch_rate, yaw_rate, roll_rate))
    assert np.allclose(np.cross(turn, rotation_matrix(p, y, r) @ vector), moved, atol=1e-6)


def test_turning_has_carlas_signs():
    assert turning(0.0, 0.0, 1.0, 0.0, 0.0) == (0.0, -1.0, 0.0)  # the nose rises
    assert turning(0.0, 0.0, 0.0, 1.0, 0.0) == (0.0, 0.0, 1.0)  # x to y
    assert turning(0.0, 0.0, 0.0, 0.0, 1.0) == (-1.0, 0.0, 0.0)  # the right side sinks


@given(arrays(np.float64, 6, elements=st.floats(-20.0, 20.0)))
def test_canonical_poses_mean_the_same_rotation(pose):
    told = canonical(pose)
    assert abs(told[3]) <= np.pi / 2 + 1e-12 and (np.abs(told[4:]) <= np.pi).all()
    assert np.allclose(rotation_matrix(*told[3:]), rotation_matrix(*pose[3:]), atol=1e-12)
    assert (told[:3] == pose[:3]).all()
    assert (canonical(told) == told).all(), "what is canonical stays bit by bit"
