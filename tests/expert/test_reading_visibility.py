"""The class of visibility that follows from a weather."""

import carla
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead.expert.reading.visibility import visibility_of
from lead.expert.scene import Visibility

PERCENT = st.floats(0.0, 100.0)


def weather(**changes: float) -> carla.WeatherParameters:
    return carla.WeatherParameters(**{"sun_altitude_angle": 60.0, "cloudiness": 10.0, **changes})


@pytest.mark.parametrize(
    ("preset", "visibility"),
    [
        ("ClearNoon", Visibility.CLEAR), ("CloudyNoon", Visibility.CLEAR), ("WetNoon", Visibility.CLEAR),
        ("DustStorm", Visibility.CLEAR), ("SoftRainNoon", Visibility.OK), ("HardRainNoon", Visibility.LIMITED),
        ("ClearSunset", Visibility.OK), ("ClearNight", Visibility.VERY_LIMITED),
        ("HardRainNight", Visibility.VERY_LIMITED), ("HardRainSunset", Visibility.VERY_LIMITED),
    ],
)  # fmt: skip
def test_presets(preset: str, visibility: Visibility):
    assert visibility_of(getattr(carla.WeatherParameters, preset)) == visibility


@pytest.mark.parametrize(
    ("changes", "visibility"),
    [
        ({"sun_altitude_angle": 0.1}, Visibility.OK), ({"sun_altitude_angle": 0.0}, Visibility.VERY_LIMITED),
        ({"sun_altitude_angle": 179.0}, Visibility.OK), ({"sun_altitude_angle": 181.0}, Visibility.VERY_LIMITED),
        ({"sun_altitude_angle": 15.0}, Visibility.OK), ({"sun_altitude_angle": 17.0}, Visibility.CLEAR),
        ({"fog_density": 19.0}, Visibility.CLEAR), ({"fog_density": 21.0}, Visibility.OK),
        ({"fog_density": 41.0}, Visibility.LIMITED), ({"precipitation": 14.0}, Visibility.CLEAR),
        ({"precipitation": 16.0}, Visibility.OK), ({"precipitation": 61.0}, Visibility.LIMITED),
        ({"cloudiness": 79.0}, Visibility.CLEAR), ({"cloudiness": 81.0}, Visibility.OK),
        ({"fog_density": 41.0, "sun_altitude_angle": 10.0}, Visibility.VERY_LIMITED),
    ],
)  # fmt: skip
def test_thresholds(changes: dict[str, float], visibility: Visibility):
    assert visibility_of(weather(**changes)) == visibility


@given(st.floats(-90.0, 90.0), PERCENT, PERCENT, PERCENT, st.sampled_from(["precipitation", "fog_density"]), PERCENT)
def test_more_rain_or_fog_never_clears_the_view(
    altitude: float, clouds: float, rain: float, fog: float, what: str, more: float
):
    before = {"sun_altitude_angle": altitude, "cloudiness": clouds, "precipitation": rain, "fog_density": fog}
    after = {**before, what: max(before[what], more)}
    assert visibility_of(weather(**after)) >= visibility_of(weather(**before))
