"""Lights held by a situation."""

import carla
import pytest
from junction_ways import SIGNALISED_LEFT, way_through
from playing import acting, situation

from lead.scenarios.crossings import junction_lights
from lead.scenarios.movers.lights import first_then, frozen

Red, Green = carla.TrafficLightState.Red, carla.TrafficLightState.Green


@pytest.fixture
def act(client: carla.Client):
    way = way_through(client.get_world().get_map(), SIGNALISED_LEFT, "left")
    with acting(client, "GridCity", way.key_points, situation("T_Junction", way.trigger.transform)) as act:
        yield act


@pytest.fixture
def lights(act) -> list[carla.TrafficLight]:
    approach = way_through(act.stage.map, SIGNALISED_LEFT, "left").approach
    return [light for light in junction_lights(act.stage, approach).states(Red, Red, Red)]


def stand(act, seconds: float) -> list[float]:
    """Let time pass; times (s) of its ticks, one by one."""
    for _ in range(round(seconds * 20)):
        act.tick(ego_drives=False)
        yield act.stage.time


def programmes(lights) -> list[tuple]:
    return [
        (light.get_state(), light.get_green_time(), light.get_yellow_time(), light.get_red_time()) for light in lights
    ]


def test_they_hold_for_longer_than_their_cycle(act, lights):
    wanted = dict.fromkeys(lights, Red) | {lights[1]: Green}
    with frozen(act.stage, wanted):
        for _ in stand(act, 40.0):
            assert [light.get_state() for light in lights] == list(wanted.values())
    seen = [{light.get_state() for light in lights} for _ in stand(act, 20.0)]
    assert {Red, Green} in seen and {Red} in seen  # they change again


def test_state_and_times_are_restored_after_two_phases(act, lights):
    lights[0].set_green_time(7.0)
    list(stand(act, 3.0))
    before = programmes(lights)
    assert before[0][1] == 7.0 and Green in [state for state, *_ in before]
    with frozen(act.stage, dict.fromkeys(lights, Red)) as show:
        list(stand(act, 1.0))
        assert {light.get_state() for light in lights} == {Red}
        show(dict.fromkeys(lights, Green))
        list(stand(act, 1.0))
        assert {light.get_state() for light in lights} == {Green}
        assert all(green > 1000.0 for _, green, _, _ in programmes(lights))
    list(stand(act, 0.1))
    assert programmes(lights) == before


def test_one_phase_follows_the_other_and_closing_restores(act, lights):
    list(stand(act, 3.0))
    before = programmes(lights)
    script = first_then(act.stage, dict.fromkeys(lights, Red), 2.0, dict.fromkeys(lights, Green))
    next(script)
    begun, shown = act.stage.time, []
    for time in stand(act, 4.0):
        shown.append((round(time - begun, 2), lights[0].get_state()))
        next(script)
    assert max(time for time, state in shown if state == Red) == pytest.approx(2.0, abs=0.06)
    assert min(time for time, state in shown if state == Green) == pytest.approx(2.05, abs=0.06)
    script.close()
    list(stand(act, 0.1))
    assert programmes(lights) == before
