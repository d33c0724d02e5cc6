"""The tracker follows plans as a car would, whatever the frame they are given in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.realworld.frames import world_poses, wrapped
from lead.realworld.navsim.motion import POSE, STEP, STEPS, StateIndex
from lead.realworld.navsim.sampling import sample_plan
from lead.realworld.navsim.tracker import LARGEST_STEERING, fitted_profiles, simulate

TIMES = STEP * np.arange(STEPS + 1)
speeds, turns = st.floats(0.0, 15.0), st.floats(-0.08, 0.08)  # m/s, curvature 1/m


def ego(speed=0.0) -> np.ndarray:
    state = np.zeros(len(StateIndex))
    state[StateIndex.VELOCITY_X] = speed
    return state


def arc(speed: float, curvature: float) -> np.ndarray:
    """Poses (41, 3) at constant speed on a circle."""
    heading = speed * curvature * TIMES
    bend = np.where(np.abs(heading) < 1e-9, 1.0, np.sin(heading / 2) / np.where(heading == 0.0, 1.0, heading / 2))
    way = speed * TIMES * bend
    return np.stack([way * np.cos(heading / 2), way * np.sin(heading / 2), wrapped(heading)], axis=1)


@given(speed=st.floats(1.0, 15.0), curvature=turns)
def test_profiles_of_a_circle(speed, curvature):
    """Chords are a little shorter than arcs, and lie half a step's turn off the heading."""
    fitted_speed, fitted_curvature = fitted_profiles(arc(speed, curvature)[None])
    assert np.allclose(fitted_speed, speed, rtol=0.01)
    assert np.allclose(fitted_curvature, curvature, atol=2e-3)


@given(speed=speeds)
def test_a_straight_plan_at_the_speed_of_the_car_is_driven_as_it_is(speed):
    states = simulate(arc(speed, 0.0)[None], ego(speed))[0]
    assert np.allclose(states[:, POSE], arc(speed, 0.0), atol=1e-6)


@given(speed=st.floats(5.0, 15.0), curvature=st.floats(-0.02, 0.02))
def test_a_bend_is_followed_at_some_distance(speed, curvature):
    """The car starts with straight wheels, and the lags of its actuators carry it out of the bend."""
    states = simulate(arc(speed, curvature)[None], ego(speed))[0]
    assert np.max(np.hypot(*(states[:, :2] - arc(speed, curvature)[:, :2]).T)) < 1.6


@given(
    speed=speeds,
    curvature=turns,
    start=speeds,
    x=st.floats(-1e3, 1e3),
    y=st.floats(-1e3, 1e3),
    turn=st.floats(-3.1, 3.1),
)
def test_moving_the_world_moves_the_result(speed, curvature, start, x, y, turn):
    frame, here = np.array([x, y, turn]), ego(start)
    there = here.copy()
    there[POSE] = frame
    poses = arc(speed, curvature)
    plain, moved = simulate(poses[None], here)[0], simulate(world_poses(poses, frame)[None], there)[0]
    expected = world_poses(plain[:, POSE], frame)
    assert np.allclose(moved[:, :2], expected[:, :2], atol=1e-6)
    assert np.allclose(wrapped(moved[:, 2] - expected[:, 2]), 0.0, atol=1e-6)
    assert np.allclose(moved[:, 3:], plain[:, 3:], atol=1e-5)


@given(speed=speeds, curvature=turns, start=speeds)
def test_left_and_right_are_alike(speed, curvature, start):
    left, right = (simulate(arc(speed, bend)[None], ego(start))[0] for bend in (curvature, -curvature))
    mirrored = np.array([1, -1, -1, 1, -1, 1, -1, -1, -1, -1, -1])
    assert np.allclose(left, right * mirrored, atol=1e-9)


@given(start=st.floats(0.0, 15.0))
def test_a_plan_to_stand_stops_the_car(start):
    states = simulate(np.zeros((1, STEPS + 1, 3)), ego(start))[0]
    assert abs(states[-1, StateIndex.VELOCITY_X]) < 0.6 + 0.05 * start
    assert states[-1, StateIndex.VELOCITY_X] <= max(start, 1e-9)


def test_steering_stays_within_its_limit():
    aside = np.zeros((1, STEPS + 1, 3))
    aside[0, 1:, 1] = 30.0
    steering = simulate(aside, ego(10.0))[0, :, StateIndex.STEERING_ANGLE]
    assert np.max(np.abs(steering)) <= LARGEST_STEERING


def test_proposals_do_not_touch_each_other():
    plans = np.stack([arc(8.0, 0.05), arc(3.0, -0.02), arc(0.0, 0.0)])
    together = simulate(plans, ego(5.0))
    alone = np.concatenate([simulate(plan[None], ego(5.0)) for plan in plans])
    assert np.allclose(together, alone, atol=1e-12)


@given(speed=speeds, heading=st.floats(-3.1, 3.1))
def test_sampling_meets_the_poses_of_the_plan(speed, heading):
    state = ego()
    state[StateIndex.HEADING] = heading
    plan = np.stack([speed * 0.5 * np.arange(1, 9), np.zeros(8), np.linspace(0.1, 0.8, 8)], axis=1)
    sampled = sample_plan(plan, state, 1_000_000)
    assert np.allclose(sampled[5::5, :2], world_poses(plan, state[POSE])[:, :2], atol=1e-4)
    assert np.allclose(wrapped(sampled[5::5, 2] - heading), plan[:, 2], atol=1e-4)


def test_plans_may_come_at_other_intervals():
    every_step = np.stack([0.8 * np.arange(1, 41), np.zeros(40), np.zeros(40)], axis=1)
    assert np.allclose(sample_plan(every_step, ego(), 0, 0.1), sample_plan(every_step[4::5], ego(), 0), atol=1e-4)


def test_bad_plans_are_refused():
    with pytest.raises(InputError, match="at least 4 poses"):
        simulate(np.zeros((1, 3, 3)), ego())
    with pytest.raises(InputError, match="finite"):
        simulate(np.full((1, 41, 3), np.inf), ego())
