"""Weathers drawn for routes at collection."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.drive.recording.weathers import CHOICES, PRESETS, nearest_preset, varied, with_weather
from lead.expert.reading.visibility import visibility_of
from lead.expert.scene import Visibility
from lead.scenarios.route_file import Route
from lead.scenarios.weather import FIELDS, WeatherPoint, to_carla

OWN = (WeatherPoint.of(0.0, {}), WeatherPoint.of(100.0, {"fog_density": 90.0}))


def route(number: int) -> Route:
    return Route(str(number), "GridCity", np.zeros((2, 3)), OWN, ())


def test_presets_are_as_many_of_each_sight_as_published():
    found = Counter(visibility_of(to_carla(values)) for values in PRESETS.values())
    published = {
        Visibility.CLEAR: 10, Visibility.OK: 11, Visibility.LIMITED: 15, Visibility.VERY_LIMITED: 16
    }  # fmt: skip
    assert found == published
    assert all(nearest_preset(values) == name for name, values in PRESETS.items())


def test_a_route_has_one_weather_by_its_id_and_the_seed():
    drawn = [with_weather(route(number), "random", 0) for number in range(400)]
    assert all(len(each.weather) == 1 for each in drawn)
    for one, again in zip(drawn, (with_weather(route(number), "random", 0) for number in range(400))):
        assert (one.weather[0].values == again.weather[0].values).all()
    other = [with_weather(route(number), "random", 1) for number in range(400)]
    assert np.mean([(a.weather[0].values == b.weather[0].values).all() for a, b in zip(drawn, other)]) < 0.1
    assert len({nearest_preset(each.weather[0].values) for each in drawn}) > 40


@given(seed=st.integers(0, 10**6), name=st.sampled_from(sorted(PRESETS)))
def test_variations_stay_within_bounds(seed, name):
    before, after = PRESETS[name], varied(name, np.random.default_rng(seed))
    for field, was, now in zip(FIELDS, before, after):
        most = {"sun_altitude_angle": 45.0 if "Noon" in name else 15.0, "wind_intensity": 10.0, "fog_density": 10.0,
                "wetness": 10.0}.get(field, 0.0)  # fmt: skip
        assert abs(now - was) <= most
        if field in ("wind_intensity", "fog_density", "wetness"):
            assert 0.0 <= now <= 100.0


def test_choices_keep_to_their_presets_and_the_route_s_own_stays():
    assert with_weather(route(3), "route", 0).weather is OWN
    for choice in ("clear", "little-fog"):
        assert all(CHOICES[choice](with_weather(route(k), choice, 0).weather[0].values) for k in range(100))
    with pytest.raises(InputError, match="little-fog"):
        with_weather(route(0), "sunny", 0)
