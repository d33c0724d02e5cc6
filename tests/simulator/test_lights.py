"""Traffic lights: the cycle of a group, overrides, freezing, and what vehicles see of it."""

import numpy as np
import pytest

from lead.simulator.world import LightState, WorldError

RED, YELLOW, GREEN, OFF = LightState.RED, LightState.YELLOW, LightState.GREEN, LightState.OFF


@pytest.fixture
def lit(stage_on):
    return stage_on(lights=3)


def states(stage):
    return [
        LightState(stage.world.table.light_state[stage.world.row(int(actor))]) for actor in stage.world.signal_actor
    ]


def test_controllers_take_turns(lit):
    """All are red for the red time of the last controller; then green, yellow, red one after another."""
    assert states(lit) == [RED, RED, RED]
    seen = []
    for _ in range(47 * 20):
        lit.world.step(0.05)
        now = states(lit)
        assert sum(state != RED for state in now) <= 1, "never two that may go"
        if not seen or seen[-1][1] != now:
            seen.append((round(lit.world.time, 2), now))
    changes = [time for time, _ in seen[1:]]
    assert changes == pytest.approx([2, 12, 15, 17, 27, 30, 32, 42, 45, 47], abs=0.051)
    expected = [[GREEN, RED, RED], [YELLOW, RED, RED], [RED, RED, RED], [RED, GREEN, RED]]
    assert [now for _, now in seen[1:5]] == expected


def test_times_belong_to_the_controller_and_take_effect(lit):
    light = int(lit.world.signal_actor[0])
    for state, seconds in ((GREEN, 1.0), (YELLOW, 0.5), (RED, 0.5)):
        lit.world.set_light_time(light, state, seconds)
    assert lit.world.table.light_times[0, :3].tolist() == [1.0, 0.5, 0.5]
    assert lit.world.table.light_times[1, :3].tolist() == [10.0, 3.0, 2.0]
    lit.run(4.0)
    assert states(lit) == [RED, GREEN, RED]


def test_a_set_state_lasts_until_the_controller_changes(lit):
    lit.run(7.0)
    lit.world.set_light_state(int(lit.world.signal_actor[0]), RED)
    lit.world.set_light_state(int(lit.world.signal_actor[2]), OFF)
    assert states(lit) == [RED, RED, OFF]
    lit.run(4.9)
    assert states(lit) == [RED, RED, OFF]
    lit.run(0.2)
    assert states(lit) == [YELLOW, RED, OFF]
    lit.run(20.0)
    assert lit.world.time == pytest.approx(32.0, abs=0.11) and states(lit)[2] == GREEN


def test_frozen_lights_stand_still(lit):
    first = int(lit.world.signal_actor[0])
    lit.run(5.0)
    lit.world.freeze_light(first, True)
    lit.run(30.0)
    assert states(lit) == [GREEN, RED, RED] and lit.world.table.frozen[:3].all()
    assert lit.world.table.light_times[0, 3] == pytest.approx(3.0)
    lit.world.freeze_all_lights(False)
    lit.run(7.1)
    assert states(lit)[0] == YELLOW


def test_reset_starts_the_cycle_again(lit):
    lit.run(19.0)
    assert states(lit) == [RED, GREEN, RED]
    lit.world.reset_light_group(int(lit.world.signal_actor[2]))
    assert states(lit) == [RED, RED, RED]
    lit.run(2.05)
    assert states(lit) == [GREEN, RED, RED]
    lit.run(20.0)
    lit.world.reset_all_lights()
    assert states(lit) == [RED, RED, RED]


def test_group_and_boxes(lit):
    lights = [int(actor) for actor in lit.world.signal_actor]
    assert lit.world.light_group(lights[1]) == lights
    ((centre, extent, yaw),) = lit.world.light_boxes(lights[0])
    assert centre.shape == extent.shape == (3,) and isinstance(yaw, float)


def test_lights_cannot_be_destroyed_and_refuse_odd_states(lit):
    light = int(lit.world.signal_actor[0])
    assert lit.world.destroy(light) is False and lit.world.exists(light)
    with pytest.raises(WorldError, match="state 7"):
        lit.world.set_light_state(light, 7)


def test_the_light_ahead_governs_a_vehicle_until_it_is_past(lit):
    cars = [lit.add(x=50.0, y=0.0), lit.add(x=50.0, y=3.5)]
    lit.run(2.5)
    table = lit.world.table
    rows = [lit.world.row(car) for car in cars]
    assert table.governing_light[rows].tolist() == [0, 0]
    for car in cars:
        lit.launch(car, 10.0)
        lit.drive(car, throttle=0.4)
    seen = {car: [] for car in cars}
    for _ in range(140):
        lit.world.step(0.05)
        for car, row in zip(cars, rows, strict=True):
            seen[car].append((int(table.governing_light[row]), int(table.light_state[row])))
    first, second = (int(actor) for actor in lit.world.signal_actor[:2])
    assert (first, GREEN) in seen[cars[0]] and (second, RED) in seen[cars[1]]
    assert {light for light, _ in seen[cars[0]]} == {0, first}
    assert seen[cars[0]][-1] == (0, GREEN), "past the line nothing governs it"


def test_a_fast_vehicle_is_governed_from_where_it_must_brake(lit):
    """Distance from the front bumper to the end of the lane (x = 100 m) at which each speed meets its light: 6 m, or
    1 m + v^2 / 9, before the stop line 2 m from there."""
    met = {}
    for speed in (3.0, 12.0):
        car = lit.add(x=45.0)
        row = lit.world.row(car)
        lit.world.enable_constant_velocity(car, (speed, 0.0, 0.0))
        while lit.world.table.governing_light[row] == 0:
            lit.world.step(0.05)
        front = lit.world.table.pose[row, 0] + lit.world.table.extent[row, 0] + lit.world.table.centre[row, 0]
        met[speed] = 100.0 - front
        lit.world.destroy(car)
    assert met[3.0] == pytest.approx(8.0, abs=0.3)
    assert met[12.0] == pytest.approx(19.0, abs=0.8)


def test_braking_for_a_light_does_not_release_it(lit):
    car = lit.add(x=60.0, y=3.5)  # its light is red for 17 s
    lit.launch(car, 12.0)
    row, governed = lit.world.row(car), []
    for _ in range(100):
        held = lit.world.table.governing_light[row] != 0
        lit.drive(car, brake=0.5 if held else 0.0)
        lit.world.step(0.05)
        governed.append(held and lit.speed(car) > 0.6)
    first, last = governed.index(True), len(governed) - governed[::-1].index(True)
    assert all(governed[first:last]) and last - first > 10


def test_a_governed_vehicle_sees_the_change_while_standing(lit):
    car = lit.add(x=93.0)
    lit.run(11.0)
    row = lit.world.row(car)
    assert lit.world.table.light_state[row] == GREEN
    lit.run(1.5)
    assert lit.world.table.light_state[row] == YELLOW


def test_who_can_still_stop_is_released_for_the_tick_on_which_green_ends(lit):
    """TrafficManager would otherwise hold on to the green that it saw."""
    for x, speed, released in ((93.0, 0.0, 1), (89.0, 12.0, 0)):
        lit.world.set_light_state(int(lit.world.signal_actor[0]), GREEN)
        car = lit.add(x=x)
        lit.launch(car, speed)
        lit.world.step(0.05)
        row = lit.world.row(car)
        assert lit.world.table.governing_light[row] != 0 and lit.world.table.light_state[row] == GREEN
        lit.world.set_light_state(int(lit.world.signal_actor[0]), YELLOW)
        governed = []
        for _ in range(4):
            lit.world.step(0.05)
            governed.append(bool(lit.world.table.governing_light[row]))
        assert governed == [False, True, True, True] if released else all(governed)
        lit.world.destroy(car)


def test_wrong_way_driver_is_not_governed(lit):
    car = lit.add(x=97.0, yaw=np.pi)
    lit.run(0.5)
    assert lit.world.table.governing_light[lit.world.row(car)] == 0


def test_speed_limit_is_the_lanes_at_once_and_stays_off_the_road(lit):
    slow, fast = lit.add(x=50.0), lit.add(x=-50.0)
    assert lit.world.table.speed_limit[lit.world.row(slow)] == 30.0
    assert lit.world.table.speed_limit[lit.world.row(fast)] == 50.0
    lit.world.set_location(fast, [50.0, 100.0, 0.1])
    lit.run(0.2)
    assert lit.world.table.speed_limit[lit.world.row(fast)] == 50.0
    lit.world.set_location(fast, [80.0, 3.5, 0.1])
    lit.run(0.2)
    assert lit.world.table.speed_limit[lit.world.row(fast)] == 30.0
