"""The path: where shifts lead it, and how the ego goes on along it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenes import LANE, index, place, route

from lead.expert.path import Shift, lateral, progressed, shifted
from lead.expert.scene import Side
from lead.scenarios.lane_graph import Command

WAY = route(200.0, left=Side.SAME, right=Side.SAME)
BENT = route(200.0, left=Side.SAME, bends=((40.0, 1.0, 60.0), (120.0, -1.2, 40.0)))


def shift(start: float, end: float, transition: float = 10.0, *, left: bool = True, **more) -> Shift:
    return Shift(index(start), index(end), transition, left, **more)


def test_a_path_without_shifts_is_the_route():
    path = shifted(BENT, ())
    assert np.array_equal(path.points, BENT.points)
    assert np.array_equal(path.yaw, BENT.yaw)
    assert np.array_equal(path.command, BENT.command)


@pytest.mark.parametrize(("left", "sign"), [(True, -1.0), (False, 1.0)])
def test_a_shift_goes_over_along_a_cosine_to_the_middle_of_the_lane_beside(left: bool, sign: float):
    path = shifted(WAY, (shift(20.0, 60.0, left=left),))
    aside = path.points[:, 1]
    assert aside[index(20.0)] == aside[index(60.0)] == 0.0
    assert aside[index(25.0)] == pytest.approx(sign * 0.5 * LANE)
    assert aside[index(22.5)] == pytest.approx(sign * LANE * (0.5 - 0.5 * np.cos(np.pi / 4)))
    assert aside[index(30.0) : index(50.0)] == pytest.approx(sign * LANE)
    assert aside[index(57.5)] == pytest.approx(aside[index(22.5)])
    assert np.array_equal(path.points[: index(20.0)], WAY.points[: index(20.0)])


def test_ramps_are_changes_of_lane_and_the_stretch_between_them_is_none():
    command = shifted(WAY, (shift(20.0, 60.0),)).command
    out, back = Command.CHANGE_LANE_LEFT, Command.CHANGE_LANE_RIGHT
    assert (command[index(20.0) : index(30.0) + 1] == out).all()
    assert (command[index(30.2) : index(49.8)] == Command.LANE_FOLLOW).all()
    assert (command[index(50.0) : index(60.0) + 1] == back).all()
    assert (command[: index(20.0)] == Command.LANE_FOLLOW).all()


def test_moving_by_an_offset_ignores_the_lane_beside_and_changes_no_lane():
    path = shifted(WAY, (shift(20.0, 60.0, left=False, offset=0.6, factor=3.0),))
    assert path.points[index(40.0), 1] == pytest.approx(0.6)
    assert np.array_equal(path.command, WAY.command)


def test_the_factor_multiplies_the_distance_to_the_lane_beside():
    way = replace(WAY, left=np.full(len(WAY), 3.0))
    assert shifted(way, (shift(20.0, 60.0, factor=1.12),)).points[index(40.0), 1] == pytest.approx(-3.36)


def test_a_gap_in_the_lane_beside_is_bridged_and_steps_are_smoothed():
    left = np.full(len(WAY), 3.0)
    left[index(35.0) : index(45.0)] = 0.0
    bridged = shifted(replace(WAY, left=left), (shift(20.0, 60.0),))
    assert bridged.points[index(30.0) : index(50.0), 1] == pytest.approx(-3.0)
    left[index(45.0) :] = 4.0
    stepped = shifted(replace(WAY, left=left), (shift(20.0, 60.0),))
    assert np.abs(np.diff(stepped.points[index(30.0) : index(50.0), 1])).max() < 0.05


def test_where_no_lane_is_beside_the_own_width_counts():
    path = shifted(route(200.0, left=Side.NONE, lane_width=3.1), (shift(20.0, 60.0),))
    assert path.points[index(40.0), 1] == pytest.approx(-3.1)


def test_overlapping_shifts_to_the_same_side_are_one():
    path = shifted(WAY, (shift(20.0, 60.0), shift(50.0, 90.0)))
    assert path.points[:, 1].min() == pytest.approx(-LANE)
    assert path.points[index(40.0), 1] == path.points[index(80.0), 1] == pytest.approx(-LANE)


@given(
    start=st.floats(-45.0, 150.0), length=st.floats(20.0, 90.0), transition=st.floats(4.0, 20.0), left=st.booleans(),
    factor=st.floats(0.1, 1.2),
)  # fmt: skip
def test_no_shift_breaks_the_path(start: float, length: float, transition: float, left: bool, factor: float):
    path = shifted(BENT, (Shift(index(start), index(start) + int(10 * length), transition, left, factor),))
    moved = np.linalg.norm(path.points - BENT.points, axis=1)
    assert moved.max() <= factor * LANE + 1e-9
    assert np.isfinite(path.points).all() and np.isfinite(path.yaw).all()
    way = np.diff(path.points[:, :2], axis=0)
    straight = np.linalg.norm(way, axis=1) > 0.05
    along = np.arctan2(way[:, 1], way[:, 0])[straight]
    off = np.angle(np.exp(1j * (along - path.yaw[:-1][straight])))
    assert np.abs(off).max() < 0.6


def test_lateral_tells_what_the_path_does():
    one = shift(20.0, 60.0, factor=1.1)
    rows = np.arange(index(15.0), index(65.0))
    inside = (rows >= one.start) & (rows <= one.end)
    moved = shifted(WAY, (one,)).points[rows, 1]
    assert lateral(WAY, one, rows)[inside] == pytest.approx(moved[inside])


def test_the_same_shifts_cost_nothing_and_cannot_be_written_to():
    shifts = (shift(20.0, 60.0),)
    path = shifted(WAY, shifts)
    assert shifted(WAY, (shift(20.0, 60.0),)) is path
    assert shifted(replace(WAY), shifts) is not path
    with pytest.raises(ValueError, match="read-only"):
        path.points[0] = 0.0


def test_progress_finds_the_nearest_point_within_four_metres_and_never_goes_back():
    path = shifted(WAY, ())
    assert progressed(path, place(WAY, 12.34, 1.0)[:3], index(10.0)) == index(12.3)
    assert progressed(path, place(WAY, 30.0)[:3], index(10.0)) == index(14.0)
    assert progressed(path, place(WAY, 5.0)[:3], index(10.0)) == index(10.0)
    assert progressed(path, place(WAY, 250.0)[:3], len(WAY) - 2) == len(WAY) - 1
