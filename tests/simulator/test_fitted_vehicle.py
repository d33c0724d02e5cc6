"""The ego class against the published CARLA fit, whose formula is written out here a second time, independently."""

from math import atan, cos, pi, sin, tan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead.simulator.drivetrain import fitted_brake_step, fitted_throttle_step

DT = 0.05


def reference_step(x, y, yaw, speed, steer, throttle, brake):
    """One 20 Hz step of LEAD's kinematic bicycle; speed in m/s, the polynomials in km/h."""
    front, rear, gain = -0.090769, 1.417828, 0.368483
    slip = atan(rear / (front + rear) * tan(gain * steer))
    following = (
        x + speed * cos(yaw + slip) * DT,
        y + speed * sin(yaw + slip) * DT,
        yaw + speed / rear * sin(slip) * DT,
    )
    v = 3.6 * speed
    if brake:
        powers = v ** np.arange(1, 8)
        weights = [9.31711e-3, 8.20967e-2, -2.83832e-3, 5.06587e-5, -4.90357e-7, 2.44419e-9, -4.91382e-12]
        v = float(powers @ np.array(weights))
    elif throttle >= 0.3:
        t = throttle
        features = np.array([v, v**2, t, t**2, v * t, v * t**2, v**2 * t, v**2 * t**2])
        weights = [0.963873, 4.3754e-4, -0.380193, 1.749501, 0.0916787, -0.0705462, -1.05996e-3, 6.71079e-4]
        v = float(features @ np.array(weights))
    return *following, max(0.0, v) / 3.6


def compare(stage, blueprint, start_speed, steer, throttle, brake, seconds):
    """Final (x, y, yaw, speed) of the simulator and of the reference."""
    actor = stage.add(blueprint)
    stage.run(0.5)
    stage.launch(actor, start_speed)
    state = (*stage.pose(actor)[[0, 1, 4]], start_speed)
    stage.drive(actor, throttle=throttle, steer=steer, brake=brake)
    for _ in range(round(seconds / DT)):
        stage.world.step(DT)
        state = reference_step(*state, steer, throttle, brake)
    return np.array([*stage.pose(actor)[[0, 1, 4]], stage.speed(actor)]), np.array(state)


@pytest.mark.parametrize("blueprint", ["vehicle.lincoln.mkz_2020", "vehicle.lincoln.mkz_2017"])
@pytest.mark.parametrize("throttle", [0.5, 0.75, 1.0])
def test_acceleration_from_rest_matches_the_reference(stage, blueprint, throttle):
    found, expected = compare(stage, blueprint, 0.0, 0.0, throttle, 0.0, 3.0)
    assert found[0] == pytest.approx(expected[0], rel=0.02) and found[3] == pytest.approx(expected[3], rel=0.02)
    assert expected[3] > 1.5


def test_zero_to_fifty_takes_the_reference_time(stage):
    actor = stage.add()
    stage.run(0.5)
    stage.drive(actor, throttle=1.0)
    steps = 0
    while stage.speed(actor) < 50.0 / 3.6:
        stage.world.step(DT)
        steps += 1
    state, expected = (0.0, 0.0, 0.0, 0.0), 0
    while state[3] < 50.0 / 3.6:
        state, expected = reference_step(*state, 0.0, 1.0, 0.0), expected + 1
    assert abs(steps - expected) <= 1 and 40 < expected < 70


def test_braking_from_fifty_matches_the_reference(stage):
    found, expected = compare(stage, "vehicle.lincoln.mkz_2020", 50.0 / 3.6, 0.0, 0.0, 1.0, 3.0)
    assert expected[0] > 5.0 and found[0] == pytest.approx(expected[0], rel=0.02)
    assert found[3] < 0.05 and expected[3] < 0.05


@pytest.mark.parametrize("steer", [0.05, 0.2, -0.4])
def test_steering_step_at_thirty_matches_the_reference(stage, steer):
    found, expected = compare(stage, "vehicle.lincoln.mkz_2020", 30.0 / 3.6, steer, 0.45, 0.0, 2.0)
    assert found[:2] == pytest.approx(expected[:2], rel=0.02, abs=0.02)
    turned = (found[2] - expected[2] + pi) % (2 * pi) - pi
    assert abs(turned) < 0.02 * abs(expected[2]) and abs(expected[2]) > 0.2


def test_other_time_steps_give_nearly_the_same_run(stage_on):
    finals = []
    for dt in (0.01, 0.025, 0.05, 0.1):
        stage = stage_on()
        actor = stage.add()
        stage.run(0.5)
        stage.drive(actor, throttle=0.8, steer=0.05)
        stage.run(4.0, dt)
        finals.append(np.array([*stage.pose(actor)[:2], stage.speed(actor)]))
    assert np.allclose(finals, finals[2], rtol=0.03)
    assert np.allclose(finals[3], finals[2], atol=1e-9), "0.1 s is two sub-steps of 0.05 s"


@given(st.floats(0.0, 72.0), st.floats(0.3, 1.0))
def test_throttle_step_is_the_published_polynomial(speed, throttle):
    expected = reference_step(0, 0, 0, speed / 3.6, 0.0, throttle, 0.0)[3] * 3.6 - speed
    assert max(-speed, fitted_throttle_step(speed, throttle)) == pytest.approx(expected, abs=1e-9)


@given(st.floats(0.0, 108.0))
def test_brake_step_is_the_published_polynomial(speed):
    expected = reference_step(0, 0, 0, speed / 3.6, 0.0, 0.0, 1.0)[3] * 3.6 - speed
    assert fitted_brake_step(speed) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("throttle, most", [(0.3, 33.0), (0.4, 33.0), (0.5, 34.0), (0.6, 38.0)])
def test_light_throttle_does_not_run_away_beyond_the_fit(stage, throttle, most):
    actor = stage.add(x=-380.0, speed=33.0)
    stage.drive(actor, throttle=throttle)
    stage.run(10.0)
    assert 15.0 < stage.speed(actor) < most
