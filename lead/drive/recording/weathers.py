"""Weathers that are drawn for routes when data are collected, one per route, whatever the route file says.

As published (spec/lead-expert-and-data.md, 4.4) one of 52 presets is drawn evenly, 10 of them with clear sight, 11 with
fair, 15 with limited and 16 with very limited sight, and then varied. CARLA's own presets are among them; the figures of
the others are ours, for those of the published ones are not told.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace

import carla
import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.expert.reading.visibility import visibility_of
from lead.expert.scene import Visibility
from lead.scenarios.route_file import Route
from lead.scenarios.weather import FIELDS, WeatherPoint, to_carla

Values = NDArray[np.float64]
"""(14,) in the order of FIELDS."""

_COLUMNS = (
    "cloudiness", "precipitation", "precipitation_deposits", "wetness", "wind_intensity", "sun_azimuth_angle",
    "sun_altitude_angle", "fog_density", "fog_distance", "dust_storm",
)  # fmt: skip
_ROWS = {
    # clear sight
    "ClearMorning": (10, 0, 0, 0, 10, 100, 30, 2, 1, 0),
    "BrightHaze": (30, 0, 0, 0, 5, 200, 60, 12, 10, 0),
    "FairWind": (50, 0, 0, 0, 90, 300, 40, 3, 1, 0),
    "WetClearing": (40, 0, 60, 50, 20, 150, 55, 4, 1, 0),
    "DampMorning": (20, 0, 30, 80, 5, 70, 25, 8, 5, 0),
    # fair
    "Overcast": (95, 0, 0, 0, 30, 30, 50, 5, 1, 0),
    "Drizzle": (70, 20, 30, 30, 20, 240, 40, 6, 1, 0),
    "LightMist": (30, 0, 10, 20, 5, 90, 25, 28, 15, 0),
    "AfterStorm": (90, 0, 90, 100, 60, 330, 20, 8, 1, 0),
    "LowSunHaze": (20, 0, 0, 0, 10, 90, 8, 12, 10, 0),
    # limited
    "MorningFog": (40, 0, 10, 20, 5, 90, 20, 50, 5, 0),
    "NoonFog": (60, 0, 0, 10, 5, 180, 60, 60, 0, 0),
    "DryFog": (20, 0, 0, 0, 0, 250, 35, 45, 10, 0),
    "WetFog": (80, 10, 60, 80, 10, 140, 30, 65, 5, 0),
    "FogBank": (30, 0, 20, 30, 15, 310, 45, 80, 20, 0),
    "MidRainMorning": (80, 65, 60, 60, 40, 80, 25, 6, 1, 0),
    "MidRainHighSun": (60, 60, 40, 50, 30, 200, 65, 4, 1, 0),
    "HardRainMorning": (100, 90, 80, 90, 60, 110, 22, 12, 1, 0),
    "HardRainFlooded": (100, 100, 100, 100, 100, 260, 35, 15, 1, 0),
    "Cloudburst": (90, 100, 30, 60, 90, 20, 55, 10, 1, 0),
    "SunnyShower": (20, 70, 50, 60, 30, 150, 40, 3, 1, 0),
    "RainInFog": (90, 40, 60, 80, 20, 60, 30, 45, 3, 0),
    "MonsoonNoon": (100, 85, 95, 100, 80, 0, 75, 20, 2, 0),
    # very limited
    "DuskStorm": (100, 90, 90, 100, 100, 280, 6, 15, 1, 0),
    "FoggyLowSun": (20, 0, 0, 0, 5, 90, 5, 60, 5, 0),
    "RainyDawn": (90, 70, 60, 70, 40, 100, 8, 10, 1, 0),
    "MoonlessNight": (0, 0, 0, 0, 10, 0, -60, 3, 1, 0),
    "OvercastNight": (100, 0, 10, 20, 40, 0, -40, 10, 5, 0),
    "FoggyNight": (40, 0, 20, 40, 5, 0, -50, 70, 5, 0),
    "LateDusk": (30, 0, 0, 0, 15, 270, -8, 5, 1, 0),
}
NO_WEATHER = "Default"  # among CARLA's presets

SWINGS_AT_NOON, SWINGS = 45.0, 15.0  # degrees by which the sun of CARLA's presets is moved up or down
NOON, VARIED = "Noon", ("wind_intensity", "fog_density", "wetness")
LITTLE, MUCH, BOUNDS = 5.0, 10.0, (30.0, 80.0)  # percent by which those are changed: much between the bounds


def _presets() -> dict[str, Values]:
    found = {
        name: np.array([getattr(value, each) for each in FIELDS])
        for name, value in vars(carla.WeatherParameters).items()
        if isinstance(value, carla.WeatherParameters) and name != NO_WEATHER
    }
    for name, row in _ROWS.items():
        found[name] = WeatherPoint.of(0.0, dict(zip(_COLUMNS, map(float, row), strict=True))).values
    return found


PRESETS: Mapping[str, Values] = _presets()
CHOICES: Mapping[str, Callable[[Values], bool]] = {
    "random": lambda values: True,
    "clear": lambda values: visibility_of(to_carla(values)) == Visibility.CLEAR,
    "little-fog": lambda values: bool(values[FIELDS.index("fog_density")] < 20.0),
}
"""What is drawn, as a preset and when it is varied: all; clear sight (beside NAVSIM's data); little fog (Waymo's)."""
AS_TOLD = "route"
"""The choice that leaves routes their own weather."""


def with_weather(route: Route, choice: str, seed: int) -> Route:
    """The route in a weather that hangs on the seed and its id alone. Raises InputError on an unknown choice."""
    if choice == AS_TOLD or route.fault:
        return route
    if choice not in CHOICES:
        raise InputError(f"found weather {choice!r}; expected {AS_TOLD}, {', '.join(CHOICES)}")
    random, suits = np.random.default_rng([seed, zlib.crc32(route.id.encode()), 4]), CHOICES[choice]
    names = [name for name, values in PRESETS.items() if suits(values)]
    while True:
        values = varied(names[int(random.integers(len(names)))], random)
        if suits(values):
            return replace(route, weather=(WeatherPoint(0.0, values),))


def varied(name: str, random: np.random.Generator) -> Values:
    """A preset with its sun, wind, fog and wetness changed a little, as published; the sun of ours stays."""
    values = PRESETS[name].copy()
    if name not in _ROWS:
        swing = SWINGS_AT_NOON if NOON in name else SWINGS
        values[FIELDS.index("sun_altitude_angle")] += random.uniform(-swing, swing)
    for each in VARIED:
        place = FIELDS.index(each)
        most = MUCH if BOUNDS[0] <= values[place] < BOUNDS[1] else LITTLE
        values[place] = np.clip(values[place] + random.uniform(-most, most), 0.0, 100.0)
    return values


def nearest_preset(values: Values) -> str:
    """The name of the preset that is most like a weather."""
    return min(PRESETS, key=lambda name: float(np.abs(PRESETS[name] - values).sum()))
