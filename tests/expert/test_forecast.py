"""Where everybody is forecast to be, and how large a space is kept free."""

from dataclasses import replace

import numpy as np
import pytest
from scenes import EGO_EXTENT, actors, bicycle, car, ego, obstacle, place, route, scene, seen, walker

from lead.expert.control import PedalMemory
from lead.expert.kernels.driving import REAR_WHEELBASE, slip
from lead.expert.memory import Memory
from lead.expert.predict import forecast_actors, forecast_ego
from lead.expert.see import see
from lead.expert.settings import PRIVILEGED
from lead.scenarios.lane_graph import Command

WAY = route(300.0)
CHANGING = route(300.0, commands=((105.0, 110.0, Command.CHANGE_LANE_LEFT),))
PAST = replace(PRIVILEGED, motion="past")


def others(*rows, settings=PRIVILEGED, way=WAY, factors=None, memory=None):
    view = seen(scene(way, ego(way, 100.0), actors(*rows)), settings, memory)
    usual = np.full((len(rows), 2), np.nan)
    return forecast_actors(view, usual if factors is None else np.array(factors, float))


def test_two_seconds_are_looked_ahead_and_less_near_a_lane_change():
    assert others(car(WAY, 120.0)).pose.shape == (1, 40, 3)
    assert others(car(WAY, 120.0), way=CHANGING).pose.shape == (1, 22, 3)
    for way, ticks in ((WAY, 40), (CHANGING, 22)):
        found = forecast_ego(seen(scene(way, ego(way, 100.0))), PedalMemory())
        assert found.pose.shape == (1, ticks, 3) and found.half.shape == (1, ticks, 2)


def test_the_ego_accelerates_to_the_limit_and_no_further():
    found = forecast_ego(seen(scene(WAY, ego(WAY, 100.0, 0.0, limit=9.375))), PedalMemory())  # the limit is 6.75 m/s
    assert np.all(np.diff(found.speed[0]) >= -1e-9)
    assert found.speed[0, -1] == pytest.approx(6.75, abs=0.3)
    assert found.pose[0, -1, 0] > 108.0
    np.testing.assert_allclose(found.pose[0, :, 1], 0.0, atol=1e-6)


def test_the_ego_above_the_limit_brakes():
    found = forecast_ego(seen(scene(WAY, ego(WAY, 100.0, 12.0, limit=9.375))), PedalMemory())
    assert found.speed[0, -1] == pytest.approx(6.75, abs=0.3)


def test_the_ego_follows_the_bends():
    way = route(200.0, bends=((10.0, np.pi / 2, 12.0),))
    found = forecast_ego(seen(scene(way, ego(way, 6.0, 6.0))), PedalMemory())
    away = [np.linalg.norm(way.points[:, :2] - xy, axis=1).min() for xy in found.pose[0, :, :2]]
    assert max(away) < 0.6
    assert found.pose[0, -1, 2] > 0.5


@pytest.mark.parametrize("speed, length, width", [(4.99, 1.0, 1.0), (5.01, 1.3, 1.2)])
def test_the_ego_keeps_more_room_from_5_m_s_on(speed, length, width):
    half = forecast_ego(seen(scene(WAY, ego(WAY, 100.0, speed))), PedalMemory()).half
    np.testing.assert_allclose(half[0], np.tile([EGO_EXTENT[0] * length, EGO_EXTENT[1] * width], (40, 1)))


def test_forecasting_leaves_the_controller_as_it_was():
    view = seen(scene(WAY, ego(WAY, 100.0, 5.0, aside=0.4)))
    memory = PedalMemory((0.1, 0.2))
    one, two = forecast_ego(view, memory), forecast_ego(view, memory)
    assert np.array_equal(one.pose, two.pose) and memory == PedalMemory((0.1, 0.2))


def test_vehicles_keep_their_controls():
    straight = others(car(WAY, 120.0, speed=5.0))
    np.testing.assert_allclose(straight.pose[0, :, 0], 120.0 + 0.25 * np.arange(1, 41))
    full = others(car(WAY, 120.0, speed=5.0, control=(1.0, 0.0, 0.0)))
    assert full.speed[0, -1] == pytest.approx(5.0 + 2.0 * 0.563384)
    stop = others(car(WAY, 120.0, speed=5.0, control=(0.0, 0.0, 1.0)))
    assert stop.speed[0, 9] == pytest.approx(5.0 - 0.5 * 4.952399) and stop.speed[0, -1] == 0.0
    assert np.all(np.diff(stop.pose[0, :, 0]) >= 0.0)  # never backwards


def test_vehicles_turn_like_the_fitted_bicycle():
    found = others(car(WAY, 120.0, speed=5.0, control=(0.0, 0.5, 0.0)))
    rate = 5.0 / REAR_WHEELBASE * np.sin(slip(0.5))
    assert found.pose[0, -1, 2] == pytest.approx(2.0 * rate, abs=1e-6)
    assert found.pose[0, -1, 1] > 1.0  # to the right


def watched(make, settings=PAST, ticks=20):
    """The forecast of what was watched for a second."""
    memory = Memory()
    for k in range(ticks):
        time = 0.05 * (k - ticks + 1)
        view, tracks = see(scene(WAY, ego(WAY, 100.0), actors(make(time)), time=time), memory, settings)
        memory = replace(memory, tracks=tracks)
    return forecast_actors(view, np.full((1, 2), np.nan))


def test_with_the_past_only_controls_are_not_used():
    lying = car(WAY, 120.0, speed=5.0, control=(0.0, 1.0, 1.0))
    found = watched(lambda time: lying)
    np.testing.assert_allclose(found.pose[0, :, 0], 120.0 + 0.25 * np.arange(1, 41))


def test_the_past_tells_braking_and_turning():
    found = watched(lambda t: car(WAY, 120.0 + 5.0 * t - t * t, speed=5.0 - 2.0 * t))
    assert found.speed[0, 9] == pytest.approx(4.0, abs=1e-6) and found.speed[0, -1] == pytest.approx(1.0, abs=1e-6)
    found = watched(lambda t: car(WAY, 120.0, speed=5.0, turned=0.3 * t))
    assert found.pose[0, -1, 2] == pytest.approx(0.6, abs=1e-3)
    controlled = watched(lambda t: car(WAY, 120.0, speed=5.0, turned=0.3 * t), PRIVILEGED)
    assert controlled.pose[0, -1, 2] == pytest.approx(0.0, abs=1e-9)


def test_what_stands_does_not_turn_though_its_yaw_trembles():
    found = watched(lambda t: car(WAY, 120.0, turned=1e-3 * np.sin(30.0 * t)))
    np.testing.assert_allclose(found.pose[0, :, :2], np.tile([120.0, 0.0], (40, 1)), atol=1e-6)


@pytest.mark.parametrize("speed, turns", [(0.49, False), (0.51, True)])
def test_the_past_of_who_hardly_moves_tells_no_steering(speed, turns):
    found = watched(lambda t: car(WAY, 120.0, speed=speed, turned=0.1 * t))
    assert found.pose[0, -1, 2] == pytest.approx(0.2 if turns else 0.0, abs=1e-3)


def test_walkers_go_straight_on_where_they_are_told_to():
    found = others(walker(WAY, 120.0, 5.0, 1.4, turned=0.8, walking=(0.0, -1.4, 0.0)))
    np.testing.assert_allclose(found.pose[0, -1, :2], [120.0, 5.0 - 2.8], atol=1e-9)
    assert np.all(found.half == 1.5)


def test_walkers_with_a_direction_are_taken_for_half_a_metre_per_second():
    found = others(walker(WAY, 120.0, 5.0, walking=(0.0, -1.4, 0.0)))
    np.testing.assert_allclose(found.pose[0, -1, :2], [120.0, 4.0], atol=1e-9)
    still = others(walker(WAY, 120.0, 5.0))
    np.testing.assert_allclose(still.pose[0, -1, :2], [120.0, 5.0], atol=1e-9)


def test_with_the_past_only_walkers_go_where_they_moved_to():
    told = walker(WAY, 120.0, 5.0, 1.4, turned=-np.pi / 2, walking=(1.4, 0.0, 0.0))
    found = watched(lambda t: told)
    np.testing.assert_allclose(found.pose[0, -1, :2], [120.0, 5.0 - 2.8], atol=1e-9)
    waiting = watched(lambda t: walker(WAY, 120.0, 5.0, walking=(0.0, -1.4, 0.0)))
    np.testing.assert_allclose(waiting.pose[0, -1, :2], [120.0, 5.0], atol=1e-9)
    stopped = watched(lambda t: walker(WAY, 120.0, 5.0, 1.4 if t < -0.5 else 0.0, turned=-np.pi / 2))
    np.testing.assert_allclose(stopped.pose[0, -1, :2], [120.0, 4.0], atol=1e-9)


def test_large_walkers_keep_their_size():
    found = others(walker(WAY, 120.0, 5.0, extent=(2.0, 0.3, 0.9)))
    np.testing.assert_allclose(found.half[0, 0], [2.0, 1.5])


@pytest.mark.parametrize("make", [car, bicycle])
def test_margins_grow_with_time(make):
    found = others(make(WAY, 120.0, speed=5.0, extent=(2.0, 1.0, 0.7)))
    np.testing.assert_allclose(found.half[0, [0, 30, 39], 0], [2.4, 2.4, 2.4])
    np.testing.assert_allclose(found.half[0, [0, 30, 39], 1], [1.0, 1.0, 1.3 * 39 / 40])
    changing = others(make(WAY, 120.0, speed=5.0, extent=(2.0, 1.0, 0.7)), way=CHANGING)
    np.testing.assert_allclose(changing.half[0, [0, 21], 0], [4.0, 4.0])


def test_who_is_slow_needs_no_margins():
    extent = (2.0, 1.0, 0.7)
    np.testing.assert_allclose(others(car(WAY, 120.0, speed=0.99, extent=extent)).half[0], np.tile([2.0, 1.0], (40, 1)))
    assert others(car(WAY, 120.0, speed=1.01, extent=extent)).half[0, 0, 0] == pytest.approx(2.4)
    braking = others(car(WAY, 120.0, speed=3.0, extent=extent, control=(0.0, 0.0, 1.0))).half[0]
    assert braking[0, 0] == pytest.approx(2.4) and braking[-1, 0] == pytest.approx(2.0)


def test_told_factors_replace_the_margins():
    extent = (2.0, 1.0, 0.7)
    rows = [car(WAY, 120.0 + 10 * k, speed=5.0, extent=extent) for k in range(3)]
    found = others(*rows, factors=[(1.5, 3.0), (0.0, 0.0), (np.nan, 2.0)])
    np.testing.assert_allclose(found.half[0], np.tile([3.0, 3.0], (40, 1)))
    assert not found.half[1].any()
    np.testing.assert_allclose(found.half[2], np.tile([2.4, 2.0], (40, 1)))


def test_obstacles_stay():
    found = others(obstacle(WAY, 120.0, 1.0))
    np.testing.assert_allclose(found.pose[0, :, :2], np.tile([120.0, 1.0], (40, 1)))
    assert not found.speed.any()


def test_boxes_are_where_the_middles_are():
    """A car whose origin is not its middle: the forecast tells the middle, and keeps it while it turns."""
    row = car(WAY, 120.0, speed=0.0, turned=np.pi / 2, centre=(0.5, 0.2, 0.7))
    found = others(row)
    np.testing.assert_allclose(found.pose[0, 0, :2], [120.0 - 0.2, 0.5], atol=1e-9)
    assert place(WAY, 120.0)[0] == pytest.approx(120.0)


def test_who_rolls_backwards_goes_on():
    found = others(car(WAY, 120.0, speed=2.0, heading=np.pi))
    assert found.pose[0, -1, 0] == pytest.approx(116.0)
    held = others(car(WAY, 120.0, speed=2.0, heading=np.pi, control=(0.0, 0.0, 0.0)))
    assert held.speed[0, -1] == pytest.approx(2.0)
