"""Weather along a route: one for all of it, or several that blend with the share of the route driven."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import carla
import numpy as np
from numpy.typing import NDArray

FIELDS = (
    "cloudiness", "precipitation", "precipitation_deposits", "wind_intensity", "sun_azimuth_angle",
    "sun_altitude_angle", "fog_density", "fog_distance", "wetness", "fog_falloff", "scattering_intensity",
    "mie_scattering_scale", "rayleigh_scattering_scale", "dust_storm",
)  # fmt: skip  # of carla.WeatherParameters, in the order of its arguments


class WeatherPoint(NamedTuple):
    """The weather when a share of the route is driven."""

    percentage: float
    values: NDArray[np.float64]  # (14,) in the order of FIELDS

    @classmethod
    def of(cls, percentage: float, given: Mapping[str, float]) -> "WeatherPoint":
        """What is not given is as in the leaderboard: sun at 70 degrees, half the sky in clouds, else CARLA's defaults."""
        usual = carla.WeatherParameters(cloudiness=50.0, sun_altitude_angle=70.0)
        return cls(percentage, np.array([given.get(field, getattr(usual, field)) for field in FIELDS], np.float64))


def weather_at(points: Sequence[WeatherPoint], percentage: float) -> NDArray[np.float64]:
    """Weather (14,) at a share of the route: each field linear between the points (by percentage), constant beyond.

    Source: the leaderboard's weather behaviour (RouteWeatherBehavior).
    """
    values = np.array([point.values for point in points])
    at = [point.percentage for point in points]
    return np.array([np.interp(percentage, at, column) for column in values.T])


def to_carla(values: NDArray[np.float64]) -> carla.WeatherParameters:
    """Weather (14,) as the client takes it."""
    return carla.WeatherParameters(**dict(zip(FIELDS, values.tolist(), strict=True)))
