"""Weather along the route, and who burns which lamps at night."""

from collections.abc import Iterator
from contextlib import contextmanager

import carla
import numpy as np
import pytest
from playing import graph_of, plan_along

from lead.client.launch import free_port
from lead.scenarios.atmosphere import HEADLIGHTS, NOTICEABLE, Atmosphere, is_night
from lead.scenarios.cast import Cast
from lead.scenarios.plan import trace
from lead.scenarios.stage import Stage
from lead.scenarios.staging import staged
from lead.scenarios.weather import WeatherPoint

DAY, NIGHT = {"sun_altitude_angle": 60.0, "cloudiness": 10.0}, {"sun_altitude_angle": -40.0, "cloudiness": 10.0}


@contextmanager
def on_stage(client: carla.Client) -> Iterator[Stage]:
    """A route of 250 m in GridCity."""
    start = client.get_world().get_map().get_waypoint(client.get_world().get_map().get_spawn_points()[0].location)
    plan = trace(graph_of("GridCity"), plan_along(start, 250.0))
    with staged(client, graph_of("GridCity"), plan, manager_port=free_port()) as stage:
        yield stage


def ticks(stage: Stage, atmosphere: Atmosphere, count: int) -> None:
    for _ in range(count):
        stage.world.tick()
        stage.update()
        atmosphere.step()


def put(stage: Stage, row: int) -> None:
    """The ego is at a row of its plan."""
    stage.ego.set_transform(stage.plan.waypoints[row].transform)
    stage.nearest = row


def lamps(stage: Stage) -> list[carla.Light]:
    return stage.world.get_lightmanager().get_all_lights(carla.LightGroup.Street)


@pytest.mark.parametrize(
    "given, night",
    [
        ({"sun_altitude_angle": 16.0, "cloudiness": 0.0}, False),
        ({"sun_altitude_angle": 14.0, "cloudiness": 0.0}, True),
        ({"sun_altitude_angle": 166.0, "cloudiness": 0.0}, True),
        ({"cloudiness": 81.0}, True),
        ({"cloudiness": 79.0}, False),
        ({"fog_density": 41.0, "cloudiness": 0.0}, True),
        ({"fog_density": 39.0, "cloudiness": 0.0}, False),
        ({"fog_density": 31.0, "cloudiness": 71.0}, True),
        ({"sun_altitude_angle": 24.0, "cloudiness": 71.0}, True),
        ({"sun_altitude_angle": 24.0, "cloudiness": 69.0}, False),
    ],
)
def test_when_it_is_night(given: dict[str, float], night: bool):
    assert is_night(WeatherPoint.of(0.0, given).values) == night


def test_the_weather_blends_with_the_share_of_the_route_driven(client: carla.Client):
    points = (WeatherPoint.of(0.0, {"cloudiness": 0.0}), WeatherPoint.of(100.0, {"cloudiness": 60.0}))
    with on_stage(client) as stage:
        atmosphere = Atmosphere(stage, points)
        assert stage.world.get_weather().cloudiness == 0.0
        for share in (0.25, 0.75):
            put(stage, int(share * len(stage.plan)))
            ticks(stage, atmosphere, 10)
            assert stage.world.get_weather().cloudiness == pytest.approx(60.0 * share, abs=2.0)
        atmosphere.close()


def test_one_weather_is_set_once_and_a_slow_change_seldom(client: carla.Client):
    with on_stage(client) as stage:
        for points, least, most in (
            ((WeatherPoint.of(0.0, DAY),), 0, 0),
            ((WeatherPoint.of(0.0, DAY), WeatherPoint.of(100.0, DAY | {"cloudiness": 10.0 + 8 * NOTICEABLE})), 4, 8),
        ):
            atmosphere, changes, before = Atmosphere(stage, points), 0, None
            for row in range(0, len(stage.plan) - 10, 5):
                put(stage, row)
                ticks(stage, atmosphere, 10)
                now = stage.world.get_weather().cloudiness
                changes += before is not None and now != before
                before = now
            atmosphere.close()
            assert least <= changes <= most


def test_at_night_the_lamps_near_the_ego_burn_and_by_day_none(client: carla.Client):
    points = (WeatherPoint.of(0.0, NIGHT), WeatherPoint.of(70.0, NIGHT), WeatherPoint.of(90.0, DAY))
    with on_stage(client) as stage:
        atmosphere = Atmosphere(stage, points)
        for row in (10, 120):
            put(stage, row)
            ticks(stage, atmosphere, 20)
            away = [np.hypot(lamp.location.x - stage.place.x, lamp.location.y - stage.place.y) for lamp in lamps(stage)]
            burning = [lamp.is_on for lamp in lamps(stage)]
            assert any(burning) and not all(burning)
            assert all(on == (metres < 100.0) for on, metres in zip(burning, away) if abs(metres - 100.0) > 5.0)
        assert int(stage.ego.get_light_state()) & HEADLIGHTS == HEADLIGHTS
        put(stage, len(stage.plan) - 6)
        ticks(stage, atmosphere, 20)
        assert not any(lamp.is_on for lamp in lamps(stage))
        assert not int(stage.ego.get_light_state()) & HEADLIGHTS
        atmosphere.close()


def test_headlights_of_situations_only_and_beside_other_lights(client: carla.Client):
    with on_stage(client) as stage, Cast(stage) as cast:
        atmosphere = Atmosphere(stage, (WeatherPoint.of(0.0, NIGHT),))
        roles = ("scenario", "scenario no lights", "background")
        cars = [cast.car(stage.plan.waypoints[row].transform, role=role) for row, role in zip((40, 60, 80), roles)]
        cars[0].set_light_state(carla.VehicleLightState.Special1)
        ticks(stage, atmosphere, 20)
        lit = [int(car.get_light_state()) for car in cars]
        assert lit == [HEADLIGHTS | int(carla.VehicleLightState.Special1), 0, 0]
        atmosphere.close()
        stage.world.tick()
        assert int(cars[0].get_light_state()) == int(carla.VehicleLightState.Special1)


def test_lamps_are_left_as_found(client: carla.Client):
    with on_stage(client) as stage:
        stage.world.set_weather(carla.WeatherParameters.ClearNoon)
        manager = stage.world.get_lightmanager()
        found = sorted(lamps(stage), key=lambda lamp: lamp.id)[:3]
        manager.turn_on(found)
        stage.world.tick()
        atmosphere = Atmosphere(stage, (WeatherPoint.of(0.0, NIGHT),))
        ticks(stage, atmosphere, 20)
        atmosphere.close()
        stage.world.tick()
        assert {lamp.id for lamp in lamps(stage) if lamp.is_on} == {lamp.id for lamp in found}
        manager.turn_off(found)
        stage.world.tick()
