"""The weather as 14 numbers in the order of carla.WeatherParameters."""

from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.simulator.actors import WorldError


class Weather(IntEnum):
    """Places in the weather array; percentages unless a unit is given."""

    CLOUDINESS = 0
    PRECIPITATION = 1
    PRECIPITATION_DEPOSITS = 2
    WIND_INTENSITY = 3
    SUN_AZIMUTH_ANGLE = 4  # degrees
    SUN_ALTITUDE_ANGLE = 5  # degrees
    FOG_DENSITY = 6
    FOG_DISTANCE = 7  # m
    WETNESS = 8
    FOG_FALLOFF = 9
    SCATTERING_INTENSITY = 10
    MIE_SCATTERING_SCALE = 11
    RAYLEIGH_SCATTERING_SCALE = 12
    DUST_STORM = 13


LAMPS_ON = 4.0  # degrees of sun altitude below which street lamps and windows are lit

# A clear noon: light cloud, sun at 45 degrees, no fog; the scattering values are the client's defaults.
DEFAULT_WEATHER: NDArray[np.float64] = np.array([5, 0, 0, 10, -1, 45, 2, 0.75, 0, 0.1, 1, 0.03, 0.0331, 0], np.float64)


def sun_altitude(weather: NDArray[np.float64]) -> float:
    """Degrees from -90 to 90 by which the sun stands above the horizon in a weather (14,), whose angle may be any."""
    angle = float((weather[Weather.SUN_ALTITUDE_ANGLE] + 180.0) % 360.0 - 180.0)
    return 180.0 - angle if angle > 90.0 else -180.0 - angle if angle < -90.0 else angle


def lamps_lit(weather: NDArray[np.float64]) -> bool:
    """Whether it is so dark in a weather (14,) that street lamps burn."""
    return sun_altitude(weather) < LAMPS_ON


def checked_weather(values: ArrayLike) -> NDArray[np.float64]:
    """A copy of 14 finite weather values; raises WorldError for anything else."""
    weather = np.array(values, np.float64)
    if weather.shape != (len(Weather),) or not np.isfinite(weather).all():
        raise WorldError(f"weather {weather.tolist()}: expected {len(Weather)} finite numbers")
    return weather
