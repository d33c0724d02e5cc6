"""Frame conversions undo each other and mean the same rotation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lead import InputError
from lead.geometry.poses import rotation_matrix
from lead.realworld import frames

metres = st.floats(-1e6, 1e6)
angles = st.floats(-np.pi, np.pi, exclude_max=True)
planar = st.tuples(metres, metres, angles).map(np.array)
poses = st.tuples(metres, metres, metres, angles, angles, angles).map(np.array)


@given(points=st.integers(2, 3).flatmap(lambda width: arrays(np.float64, (4, width), elements=metres)))
def test_points_round_trip(points):
    assert np.array_equal(frames.carla_points(frames.iso_points(points)), points)
    assert np.array_equal(frames.iso_points(points)[:, 1], -points[:, 1])


@given(pose=planar)
def test_planar_poses_round_trip(pose):
    assert np.array_equal(frames.carla_planar_poses(frames.iso_planar_poses(pose)), pose)


@given(pose=poses)
def test_poses_round_trip(pose):
    assert np.array_equal(frames.carla_poses(frames.iso_poses(pose)), pose)


@given(headings=arrays(np.float64, 5, elements=angles))
def test_headings_round_trip(headings):
    assert np.array_equal(frames.carla_yaws(frames.iso_headings(headings)), headings)


@given(pose=poses)
def test_a_pose_turns_vectors_alike_in_both_frames(pose):
    """The ISO rotation Rz(yaw) Ry(pitch) Rx(roll) is CARLA's, seen in the mirror."""
    *_, pitch, yaw, roll = frames.iso_poses(pose)
    mirror = np.diag([1.0, -1.0, 1.0])
    assert np.allclose(_rotation_iso(pitch, yaw, roll), mirror @ rotation_matrix(*pose[3:]) @ mirror, atol=1e-12)


@given(pose=planar, ego=planar)
def test_ego_and_world_poses_round_trip(pose, ego):
    there = frames.world_poses(frames.ego_poses(pose, ego), ego)
    assert np.allclose(there[:2], pose[:2], atol=1e-8)
    assert abs(frames.wrapped(there[2] - pose[2])) < 1e-9


@given(pose=planar, ego=planar)
def test_relative_poses_do_not_depend_on_the_frame(pose, ego):
    """Converting and then relating is relating and then converting."""
    related = frames.ego_poses(frames.iso_planar_poses(pose), frames.iso_planar_poses(ego))
    converted = frames.iso_planar_poses(frames.ego_poses(pose, ego))
    assert np.allclose(related[:2], converted[:2], atol=1e-8)
    assert abs(frames.wrapped(related[2] - converted[2])) < 1e-9


def test_left_of_the_ego_is_left_in_both():
    assert frames.iso_points([10.0, -3.0]).tolist() == [10.0, 3.0]
    assert frames.world_poses([1.0, 2.0, 0.0], np.array([5.0, 5.0, np.pi / 2])).round(12).tolist()[:2] == [3.0, 6.0]


def test_other_widths_are_refused():
    with pytest.raises(InputError, match=r"expected poses \(\.\.\., 3\)"):
        frames.iso_planar_poses(np.zeros((4, 2)))


def _rotation_iso(pitch: float, yaw: float, roll: float) -> np.ndarray:
    (cp, cy, cr), (sp, sy, sr) = np.cos([pitch, yaw, roll]), np.sin([pitch, yaw, roll])
    about_z = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1]])
    about_y = np.array([[cp, 0, sp], [0, 1, 0], [-sp, 0, cp]])
    about_x = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    return about_z @ about_y @ about_x
