"""Weathers for generated routes: a handful by name, and changes from one to another along the way."""

import numpy as np

from lead.scenarios.weather import FIELDS, WeatherPoint

# cloudiness, precipitation, deposits, wetness, wind (percent), sun azimuth, altitude (degrees), fog (percent), fog from (m)
_ROWS = {
    "clear noon": (5, 0, 0, 0, 10, 60, 75, 2, 0),
    "cloudy noon": (60, 0, 0, 0, 20, 30, 60, 3, 0),
    "wet noon": (30, 0, 50, 60, 10, 120, 55, 3, 0),
    "soft rain": (70, 30, 40, 50, 30, 200, 45, 5, 0),
    "hard rain": (95, 80, 80, 100, 70, 240, 40, 10, 0),
    "morning fog": (40, 0, 10, 20, 5, 90, 20, 50, 5),
    "low sun": (10, 0, 0, 0, 15, 270, 5, 2, 0),
    "rainy evening": (80, 50, 60, 80, 40, 280, 3, 7, 0),
    "clear night": (5, 0, 0, 0, 10, 0, -60, 3, 0),
    "wet night": (40, 10, 50, 70, 20, 0, -60, 10, 0),
}
_COLUMNS = (
    "cloudiness", "precipitation", "precipitation_deposits", "wetness", "wind_intensity", "sun_azimuth_angle",
    "sun_altitude_angle", "fog_density", "fog_distance",
)  # fmt: skip
WEATHERS = {name: dict(zip(_COLUMNS, map(float, row), strict=True)) for name, row in _ROWS.items()}
CHANGING = 0.4  # share of the routes along which the weather changes


def draw_weather(random: np.random.Generator) -> tuple[WeatherPoint, ...]:
    """One weather for all of a route, or two: at its start and its end."""
    names = list(WEATHERS)
    chosen = random.choice(len(names), size=2 if random.random() < CHANGING else 1, replace=False)
    share = (0.0, 100.0)
    return tuple(WeatherPoint.of(at, WEATHERS[names[row]]) for at, row in zip(share, chosen.tolist(), strict=False))


def written(point: WeatherPoint) -> dict[str, float]:
    """The fields of a weather that differ from what a route file need not say."""
    usual = WeatherPoint.of(0.0, {}).values
    return {name: value for name, value, same in zip(FIELDS, point.values.tolist(), point.values == usual) if not same}
