"""The car-following law: what it converges to, and that it agrees with an adaptive integrator."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from lead.expert.idm import target_speed

SPEEDS = st.floats(0.0, 25.0)


def published(desired, speed, gap, leader, standstill, headway):
    """The equations of spec/lead-expert-and-data.md, 1.7, integrated by scipy."""
    b = 8.7 if speed <= 6.02 else 3.72

    def change(t, state):
        place, v = state
        wanted = standstill + v * headway + v * (v - leader) / (2.0 * np.sqrt(24.0 * b))
        left = max(0.1, gap + t * leader - place)
        return [v, 24.0 * (1.0 - (v / desired) ** 4 - (wanted / left) ** 2)]

    def stands(t, state):
        return state[1]

    stands.terminal = True
    found = solve_ivp(change, (0.0, 0.05), [0.0, speed], rtol=1e-8, atol=1e-8, events=stands)
    return max(0.0, found.y[1, -1])


@given(desired=st.floats(5.0, 20.0), speed=st.floats(0.1, 20.0), gap=st.floats(3.0, 100.0), leader=st.floats(0.0, 15.0))
def test_it_is_the_published_law(desired, speed, gap, leader):
    assume(4.0 + 0.25 * speed + speed * (speed - leader) / 18.9 > 0.0)  # else the published law turns back on itself
    assume(4.0 + 0.25 * desired + desired * (desired - leader) / 18.89 > 0.2 * gap)  # else the road is free
    found = target_speed(desired, speed, gap, leader, 4.0, 0.25)
    assert abs(found - published(desired, speed, gap, leader, 4.0, 0.25)) < 0.02


@given(desired=SPEEDS, speed=SPEEDS, gap=st.floats(-50.0, 200.0), leader=SPEEDS)
def test_it_is_a_speed(desired, speed, gap, leader):
    found = target_speed(desired, speed, gap, leader, 4.0, 0.25)
    assert np.isfinite(found) and found >= 0.0


@given(speed=SPEEDS, near=st.floats(0.0, 80.0), farther=st.floats(0.0, 80.0))
def test_nearer_is_not_faster(speed, near, farther):
    slow = target_speed(10.0, speed, near, 0.0, 4.0, 0.25)
    far = target_speed(10.0, speed, near + farther, 0.0, 4.0, 0.25)
    assert min(slow, 10.0) <= far + 1e-9  # a free road is driven at 10 m/s at once


def settled(gap, leader, standstill, headway, desired=10.0, seconds=30.0):
    """Speed and gap of one whose speed is always the target."""
    speed = desired
    for _ in range(round(seconds / 0.05)):
        speed = target_speed(desired, speed, gap, leader, standstill, headway)
        gap += 0.05 * (leader - speed)
    return speed, gap


def test_free_road_is_driven_at_the_desired_speed():
    speed, _ = settled(1e6, 10.0, 4.0, 0.25)
    assert abs(speed - 10.0) < 0.05


def test_it_stands_before_what_stands():
    speed, gap = settled(60.0, 0.0, 3.0, 0.5)
    assert speed < 0.05 and 2.5 < gap < 3.2


def test_it_follows_at_the_gap_wanted():
    speed, gap = settled(60.0, 5.0, 4.0, 0.25)
    assert abs(speed - 5.0) < 0.05
    assert abs(gap - (4.0 + 0.25 * 5.0)) < 0.6


def test_what_is_far_ahead_is_no_cause():
    """At 10 m/s before a line 3 m + 0.5 s: 13.29 m are wanted, a fifth of 66.5 m."""
    assert target_speed(10.0, 4.0, 66.6, 0.0, 3.0, 0.5) == 10.0
    assert target_speed(10.0, 4.0, 66.3, 0.0, 3.0, 0.5) < 5.3
    assert settled(66.3, 10.0, 3.0, 0.5)[0] > 9.9  # nor did it make a difference before


def test_brakes_harder_for_a_standing_leader_when_slow():
    """Below 6.02 m/s the comfortable deceleration is 8.7 m/s^2, above 3.72: wanted gaps jump there."""
    below = 6.01 - target_speed(20.0, 6.01, 8.0, 0.0, 4.0, 0.25)
    above = 6.03 - target_speed(20.0, 6.03, 8.0, 0.0, 4.0, 0.25)
    assert above > below + 0.15
