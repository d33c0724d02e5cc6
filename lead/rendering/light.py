"""The light a weather makes: sun, sky, clouds, fog, wetness and lamps-on, as numbers for the shading kernels.

CARLA's parameters do not fix how its pictures look; the formulas here are ours, made so that each parameter shows and
every preset differs. Directions: azimuth 0 is +x (forward of the map), 90 degrees +y, as yaw turns.
"""

from math import cos, radians, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.rendering.kernels.setting import Light
from lead.simulator.weather import LAMPS_ON, sun_altitude

Colour = NDArray[np.float64]  # (3,) linear RGB

SUN_DEPTH = np.array([0.075, 0.17, 0.36])  # loss of sunlight per thickness of clear air, red to blue
MIE_DEFAULT, RAYLEIGH_DEFAULT = 0.03, 0.0331  # CARLA's defaults of the scattering scales
TICKS = 20.0  # pictures per second that differ in what flickers
DUST = np.array([0.52, 0.31, 0.14])
TWILIGHT = 2.0  # light from the sky around sunset, above what its share by day would give: eyes and films open up


class _Day(NamedTuple):
    """What the sun's height and the clouds make, before colours are mixed."""

    altitude: float  # degrees
    day: float  # 0 night, 1 day
    low: float  # 1 at sunrise and sunset, 0 at noon and at night
    cloud: float  # 0-1
    gloom: float  # 0-1, overcast that hides the sun
    rain: float  # 0-1
    dust: float  # 0-1
    rayleigh: float  # 1: CARLA's default
    mie: float


def _ramp(value: float, low: float, high: float) -> float:
    """0 below `low`, 1 above `high`, smooth between."""
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


def _mix(a: ArrayLike, b: ArrayLike, share: float) -> Colour:
    return np.asarray(a, np.float64) * (1.0 - share) + np.asarray(b, np.float64) * share


def _grey(colour: Colour) -> float:
    return float(colour @ (0.2126, 0.7152, 0.0722))


def _day_of(weather: NDArray[np.float64]) -> _Day:
    cloud, rain, dust = (min(max(weather[k] / 100.0, 0.0), 1.0) for k in (0, 1, 13))
    altitude = sun_altitude(weather)
    scattering = max(weather[10], 0.0)
    clear = (1.0 - _ramp(cloud, 0.2, 0.9)) * (1.0 - 0.92 * _ramp(rain, 0.0, 0.7)) * (1.0 - _ramp(dust, 0.1, 0.9))
    return _Day(
        altitude=altitude,
        day=_ramp(altitude, -9.0, 14.0),
        low=_ramp(altitude, -9.0, 1.0) * (1.0 - _ramp(altitude, 8.0, 34.0)),
        cloud=cloud,
        gloom=1.0 - clear,
        rain=rain,
        dust=dust,
        rayleigh=max(weather[12], 0.0) / RAYLEIGH_DEFAULT,
        mie=(0.5 + 0.5 * min(scattering, 4.0)) * (0.4 + 0.6 * min(max(weather[11], 0.0) / MIE_DEFAULT, 8.0)),
    )


def _sunlight(day: _Day) -> Colour:
    """On a surface that faces the sun: redder and weaker the more air it crosses; 1 at 45 degrees."""
    height = max(day.altitude, -1.0)
    air = 1.0 / (sin(radians(height)) + 0.15 * (height + 3.885) ** -1.253)
    colour = np.exp(-SUN_DEPTH * min(max(day.rayleigh, 0.2), 5.0) * (air - 1.35))
    return 1.15 * np.minimum(colour, [1.06, 1.03, 1.0]) * _ramp(day.altitude, -1.5, 5.0) * (1.0 - 0.985 * day.gloom)


def _sky(day: _Day) -> tuple[Colour, Colour]:
    """Radiance at the zenith and at the horizon."""
    blue = min(day.rayleigh, 2.0)
    noon = np.array([0.10, 0.22, 0.50]) * (0.35 + 0.65 * blue), np.array([0.46, 0.60, 0.76])
    dusk = np.array([0.085, 0.12, 0.25]), np.array([0.62, 0.36, 0.20])
    night = np.array([0.0035, 0.0050, 0.0110]), np.array([0.0095, 0.0115, 0.0180])
    grey = np.array([0.44, 0.47, 0.51]) * (1.0 - 0.45 * day.rain) * (1.0 - 0.6 * day.low)
    overcast = grey * 0.86, grey * 1.06
    result = []
    for k in range(2):
        lit = _mix(noon[k], dusk[k] * (1.0 - 0.45 * _ramp(-day.altitude, -6.0, 4.0)), day.low)
        lit = _mix(lit, overcast[k], 0.92 * day.gloom)
        lit = _mix(lit, DUST * (0.45 + 0.25 * k), 0.9 * day.dust)
        result.append(_mix(night[k] * (1.0 + 0.6 * day.cloud), lit, day.day))
    return result[0], result[1]


def _ambient(day: _Day, zenith: Colour, horizon: Colour, sun: Colour) -> tuple[Colour, Colour]:
    """Light from above and, thrown back by the ground, from below."""
    above = _mix(zenith, horizon, 0.45)
    above = (
        _mix(above, np.full(3, _grey(above)), 0.55) * (0.74 + 0.35 * day.low + 0.56 * day.gloom) + 0.05 * day.day * sun
    )
    twilight = _ramp(day.altitude, -9.0, 0.0) * (1.0 - _ramp(day.altitude, 0.0, 25.0))
    above *= 1.0 + TWILIGHT * (1.0 - 0.7 * day.gloom) * twilight
    above += (1.0 - day.day) * np.array([0.034, 0.040, 0.058])
    return above, 0.45 * above * [1.02, 1.0, 0.94] + 0.14 * sun * max(sin(radians(day.altitude)), 0.0)


def _fog(weather: NDArray[np.float64], day: _Day) -> tuple[float, float, float]:
    """Density (1/m), start (m) and falloff (1/m) of fog, rain and dust together."""
    density = 0.028 * min(max(weather[6] / 100.0, 0.0), 1.0) ** 2
    falloff = 0.02 * min(max(weather[9], 0.0), 10.0)
    start = max(weather[7], 0.0)
    other = 0.0045 * day.rain + 0.035 * day.dust**1.5
    share = other / (other + density) if other > 0.0 else 0.0
    return density + other, start * (1.0 - share), falloff * (1.0 - share) + 0.004 * share


def packed(light: Light) -> NDArray[np.float32]:
    """All numbers of a light in one array (LIGHT_COLUMNS,), as kernels take it."""
    return np.concatenate([np.ravel(part) for part in light]).astype(np.float32)


def light_of(weather: ArrayLike, time: float = 0.0) -> Light:
    """Light of a weather (14,) in the order of carla.WeatherParameters, at a moment (s of simulation time).

    Sources: the meaning of the parameters from CARLA's documentation of `carla.WeatherParameters` (0.9.16).
    """
    values = np.asarray(weather, np.float64)
    day = _day_of(values)
    azimuth, height = radians(values[4]), radians(day.altitude)
    sun = np.array([cos(height) * cos(azimuth), cos(height) * sin(azimuth), sin(height)])
    sunlight = _sunlight(day)
    zenith, horizon = _sky(day)
    above, below = _ambient(day, zenith, horizon, sunlight)
    clear = 1.0 - day.gloom
    glow = _mix([0.32, 0.31, 0.28], [0.75, 0.34, 0.10], day.low) * day.day * day.mie * (0.05 + 0.95 * clear)
    fog = _mix(_mix(horizon, np.full(3, _grey(horizon)), 0.6), DUST * (0.04 + 0.66 * day.day), 0.9 * day.dust)
    density, start, falloff = _fog(values, day)
    wind = min(max(values[3], 0.0), 100.0) * 0.12
    drift = wind * np.array([0.8, 0.6])
    shown = 1.0 if sunlight.max() > 0.004 else 0.0
    bright, dark = _clouds(day, sunlight, zenith, horizon)
    deposits, wetness = (min(max(values[k] / 100.0, 0.0), 1.0) for k in (2, 8))

    def rgb(colour: Colour) -> NDArray[np.float32]:
        return np.asarray(colour, np.float32)

    return Light(
        sun=rgb(sun), sunlight=rgb(sunlight * shown), sky_light=rgb(above), ground_light=rgb(below),
        zenith=rgb(zenith), horizon=rgb(horizon), glow=rgb(glow), disc=rgb(12.0 * sunlight * clear),
        cloud_bright=rgb(bright), cloud_dark=rgb(dark), cloud_cover=float(min(0.12 + 0.95 * day.cloud, 1.0)),
        cloud_shift=rgb(0.02 * drift * time), fog=rgb(fog), fog_density=float(density), fog_start=float(start),
        fog_falloff=float(falloff), haze=float(0.0005 * (0.5 + 0.5 * day.mie)),
        stars=float((1.0 - _ramp(day.altitude, -12.0, -4.0)) * max(1.0 - 1.3 * day.cloud, 0.0)),
        wet=float(max(wetness, 0.9 * _ramp(deposits, 0.0, 0.8), _ramp(day.rain, 0.0, 0.5))),
        puddles=float(0.75 * deposits**1.6), rain=float(day.rain), wind=rgb(drift),
        frame=float(round(time * TICKS) % (1 << 20)), night=float(1.0 - _ramp(day.altitude, -4.0, LAMPS_ON)),
        exposure=float(1.2 + 0.9 * (1.0 - day.day) + 0.1 * day.low + 0.1 * day.gloom * day.day),
    )  # fmt: skip


def _clouds(day: _Day, sunlight: Colour, zenith: Colour, horizon: Colour) -> tuple[Colour, Colour]:
    """Radiance of clouds where the sun lights them, and in their own shadow."""
    lit = _mix([0.95, 0.95, 0.95], [1.0, 0.55, 0.32], day.low) * (1.0 - 0.35 * day.low)
    bright = _mix(lit, _mix([0.60, 0.63, 0.67], [0.60, 0.42, 0.34], day.low), day.gloom)
    bright *= 1.0 - 0.5 * day.rain * day.gloom
    dark = _mix([0.50, 0.54, 0.60], [0.24, 0.20, 0.24], day.low)
    dark = _mix(dark, _mix([0.40, 0.43, 0.47], [0.23, 0.22, 0.26], day.low), day.gloom) * (1.0 - 0.45 * day.rain)
    bright, dark = _mix(bright, 0.9 * DUST, day.dust), _mix(dark, 0.7 * DUST, day.dust)
    night = np.array([0.012, 0.013, 0.018])
    return _mix(night, bright * (1.0 - 0.5 * day.low * day.gloom), day.day), _mix(0.6 * night, dark, day.day)
