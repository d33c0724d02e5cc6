"""Pedals and wheel: the laws, and that they hold a path and a speed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rolling import roll
from scenes import ego, index, place, route, scene

from lead.expert.control import PedalMemory, control
from lead.expert.kernels.driving import REAR_WHEELBASE, heading_error, next_speed, pedals, slip
from lead.expert.path import shifted
from lead.expert.settings import PRIVILEGED

WAY = route(300.0)
PATH = shifted(WAY, ())
PLAIN = replace(PRIVILEGED, limit_factor=1.0)


def controlled(speed=5.0, target=5.0, memory=None, noise=0.0, **at):
    here = scene(WAY, ego(WAY, 100.0, speed, **at))
    return control(here, PATH, index(100.0), target, memory if memory is not None else PedalMemory(), noise)


def test_pedals():
    kmh = 1 / 3.6
    assert pedals(5.0, 5.0 + 1.90 * kmh) == (1.0, 0.0)
    assert pedals(5.0, 5.0 + 1.00 * kmh)[0] == 1.0  # e alone is 1.71
    throttle, brake = pedals(30.0 * kmh, 30.0 * kmh)
    assert throttle == pytest.approx(1.199034 * 0.3 - 0.805760 * 0.09) and brake == 0.0
    throttle, _ = pedals(30.0 * kmh, 30.1 * kmh)
    expected = 1.199034 * 0.3 - 0.805760 * 0.09 + 1.710819 * 0.1 + 0.921890 * 1e-6 + 1.556498 * 3e-4 - 0.701348 * 9e-5
    assert throttle == pytest.approx(expected)
    assert pedals(1.0311 * 5.0, 5.0)[1] == 0.0 and pedals(1.0314 * 5.0, 5.0) == (0.0, 1.0)
    assert pedals(0.2, 0.0)[0] > 0.0  # the least target is 0.278 m/s


@given(speed=st.floats(0.0, 40.0), target=st.floats(0.0, 25.0))
def test_pedals_are_pedals(speed, target):
    throttle, brake = pedals(speed, target)
    assert 0.0 <= throttle <= 1.0 and brake in (0.0, 1.0) and throttle * brake == 0.0


@given(speed=st.floats(0.5, 25.0))
def test_the_fitted_bicycle_brakes_and_accelerates(speed):
    assert next_speed(speed, 0.0, 1.0) < speed
    assert next_speed(speed, 0.29, 0.0) == pytest.approx(speed)
    assert next_speed(min(speed, 20.0), 1.0, 0.0) > min(speed, 20.0)


THROTTLE = [0.963873, 4.3754e-4, -0.380193, 1.749501, 0.0916787, -0.0705462, -1.05996e-3, 6.71079e-4]
BRAKE = [9.31711e-3, 8.20967e-2, -2.83832e-3, 5.06587e-5, -4.90357e-7, 2.44419e-9, -4.91382e-12]


@given(v=st.floats(1.0, 90.0), t=st.floats(0.3, 1.0))
def test_the_fitted_speeds_are_the_published_polynomials(v, t):
    """Over km/h; spec/lead-expert-and-data.md, 1.7."""
    powers = [v, v**2, t, t**2, v * t, v * t**2, v**2 * t, v**2 * t**2]
    assert 3.6 * next_speed(v / 3.6, t, 0.0) == pytest.approx(max(0.0, np.dot(THROTTLE, powers)), abs=1e-9)
    slower = np.dot(BRAKE, v ** np.arange(1, 8))
    assert 3.6 * next_speed(v / 3.6, 0.0, 1.0) == pytest.approx(max(0.0, slower), abs=1e-9)


def test_the_fitted_bicycle_turns_as_published():
    angle = np.arctan(1.417828 / (1.417828 - 0.090769) * np.tan(0.368483 * 0.5))
    assert slip(0.5) == pytest.approx(angle) and REAR_WHEELBASE == 1.417828


def test_a_full_stop_is_braked_for():
    assert controlled(5.0, 0.0)[0].brake == 1.0
    assert controlled(0.0, 0.0099)[0].brake == 1.0
    assert controlled(0.0, 0.0101)[0].brake == 0.0
    assert controlled(0.0, 3.0)[0] == replace(controlled(0.0, 3.0)[0], throttle=1.0, brake=0.0)


@given(speed=st.floats(0.0, 0.5), target=st.floats(0.0, 20.0))
def test_without_throttle_the_brake_holds(speed, target):
    """So that the vehicle does not roll back on a slope."""
    found, _ = controlled(speed, target)
    assert found.throttle > 0.0 or found.brake == 1.0


def test_who_stands_for_170_ticks_is_moved():
    memory = PedalMemory()
    for _ in range(169):
        found, memory = controlled(0.0, 0.0, memory)
        assert found.brake == 1.0
    found, memory = controlled(0.0, 0.0, memory)
    assert found.throttle == 1.0 and found.brake == 0.0
    assert controlled(0.11, 0.0, memory)[1].standing == 0
    assert controlled(0.09, 0.0, memory)[1].standing == 171


def test_steering_is_a_pid_over_heading_errors():
    turned = np.radians(3.0)
    first = -3.0 / 90.0
    found, memory = controlled(turned=turned)
    assert memory.errors == (pytest.approx(first),)
    assert found.steer == pytest.approx(3.118357 * first + 0.640607 * first, abs=6e-4)
    found, memory = controlled(turned=turned, memory=PedalMemory((0.02, 0.01)))
    mean = (0.02 + 0.01 + first) / 3.0
    expected = 3.118357 * first + 1.378251 * (first - 0.01) + 0.640607 * mean
    assert found.steer == pytest.approx(expected, abs=6e-4)
    assert found.steer == round(found.steer, 3)


def test_six_errors_are_remembered():
    memory = PedalMemory()
    for k in range(9):
        _, memory = controlled(turned=np.radians(0.1 * k), memory=memory)
    assert len(memory.errors) == 6
    assert memory.errors[0] == pytest.approx(-0.3 / 90.0) and memory.errors[-1] == pytest.approx(-0.8 / 90.0)


def test_it_steers_to_the_path_and_no_harder_than_the_wheel_goes():
    assert controlled(aside=0.5)[0].steer < 0.0 < controlled(aside=-0.5)[0].steer
    assert controlled(turned=-1.5)[0].steer == 1.0 and controlled(turned=1.5)[0].steer == -1.0


@pytest.mark.parametrize("speed, look", [(0.0, 2.4), (5.0, 2.4), (10.0, 3.7), (20.0, 7.2), (40.0, 10.5)])
def test_the_faster_the_farther_it_looks(speed, look):
    x, y, _ = place(WAY, 100.0, 1.0)[:3]
    error = heading_error(WAY.points, index(100.0), x, y, 0.0, speed)
    assert error == pytest.approx(-np.degrees(np.arctan2(1.0, look)) / 90.0, rel=1e-3)


def test_at_the_end_of_the_path_it_looks_at_the_last_point():
    last = len(WAY) - 1
    assert np.isfinite(heading_error(WAY.points, last, *WAY.points[last, :2], 0.0, 10.0))


def test_noise_is_small_and_the_scene_s_own():
    here = scene(WAY, ego(WAY, 100.0, 5.0))
    draws = [
        control(replace(here, time=0.05 * k), PATH, index(100.0), 5.0, PedalMemory(), 1e-3)[0].steer for k in range(300)
    ]  # fmt: skip
    assert 0.8e-3 < np.std(draws) < 1.2e-3 and abs(np.mean(draws)) < 2e-4
    again = control(here, PATH, index(100.0), 5.0, PedalMemory(), 1e-3)
    assert again == control(here, PATH, index(100.0), 5.0, PedalMemory(), 1e-3)


@pytest.mark.parametrize("limit", [7.0, 14.0])
def test_the_speed_is_held(limit):
    scenes, _, _ = roll(scene(WAY, ego(WAY, 0.0, 0.0, limit=limit)), PLAIN, 300)
    speeds = [here.ego.speed for here in scenes]
    assert max(speeds) < limit + 0.7
    assert all(abs(speed - limit) < 0.6 for speed in speeds[100:])


@pytest.mark.parametrize("angle, radius", [(np.pi / 2, 10.0), (-np.pi / 2, 15.0), (np.pi / 4, 40.0)])
def test_bends_are_held(angle, radius):
    way = route(150.0, bends=((40.0, angle, radius),))
    scenes, _, _ = roll(scene(way, ego(way, 0.0, 6.75, limit=6.75)), PLAIN, 300)
    away = [np.linalg.norm(way.points - here.ego.pose[:3], axis=1).min() for here in scenes]
    assert max(away) < 0.7 and away[-1] < 0.1


def test_an_offset_is_steered_out():
    scenes, _, _ = roll(scene(WAY, ego(WAY, 0.0, 6.0, aside=1.0, limit=6.75)), PLAIN, 200)
    assert abs(scenes[-1].ego.pose[1]) < 0.05
