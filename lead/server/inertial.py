"""GNSS and IMU: where the sensor is on the globe, and how it is accelerated and turned."""

from collections.abc import Mapping
from math import atan, cos, exp, log, pi, radians, tan
from typing import TYPE_CHECKING

import msgpack
import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import PoseIndex, rotation_matrix
from lead.server.sensors import Payload, Sensor
from lead.simulator.finite import number

if TYPE_CHECKING:
    from lead.server.episode import Episode

EARTH_RADIUS = 6_378_137.0  # m, equator; the leaderboard's constant


def geo_location(position: NDArray[np.float64], reference: tuple[float, float]) -> list[float]:
    """Latitude, longitude (degrees) and altitude (m) of a position (3,) for the town's origin (degrees).

    Spherical Mercator as in the leaderboard and CARLA 0.9.15: north is -y. (The 0.9.16 client's own
    `transform_to_geolocation` has the sign of y turned; spec/benchmarks.md, section 3.5.)
    """
    latitude, longitude = reference
    scale = cos(radians(latitude)) * EARTH_RADIUS
    east = scale * radians(longitude) + position[0]
    north = scale * log(tan((90.0 + latitude) * pi / 360.0)) - position[1]
    return [360.0 * atan(exp(north / scale)) / pi - 90.0, float(east) * 180.0 / (pi * scale), float(position[2])]


def compass(yaw: float) -> float:
    """Heading in [0, 2 pi): 0 facing north (0, -1, 0), growing clockwise."""
    return (yaw + pi / 2.0) % (2.0 * pi)


class Gnss(Sensor):
    """Latitude, longitude, altitude, each with bias and normal noise."""

    def __init__(self, type_number: int, attributes: Mapping[str, str]) -> None:
        super().__init__(type_number, attributes)
        self._noise = np.random.default_rng(int(number(attributes, "noise_seed", 0.0)) & 0xFFFFFFFF)
        axes = ("lat", "lon", "alt")
        self._bias = np.array([number(attributes, f"noise_{axis}_bias", 0.0) for axis in axes])
        self._deviation = np.array([abs(number(attributes, f"noise_{axis}_stddev", 0.0)) for axis in axes])

    def measure(self, episode: "Episode") -> list[Payload]:
        """Degrees, degrees, metres."""
        pose = episode.world.table.pose[episode.world.row(self.actor)]
        place = np.array(geo_location(pose[:3], episode.town.geo_reference))
        place += self._bias + self._noise.normal(0.0, self._deviation)
        return [[msgpack.packb(place.tolist())]]


class Imu(Sensor):
    """Accelerometer (m/s2, with gravity) and gyroscope (rad/s) in the sensor's frame, and compass (rad)."""

    def __init__(self, type_number: int, attributes: Mapping[str, str]) -> None:
        super().__init__(type_number, attributes)
        self._noise = np.random.default_rng(int(number(attributes, "noise_seed", 0.0)) & 0xFFFFFFFF)

        def axes(name: str) -> NDArray[np.float64]:
            return np.array([number(attributes, f"noise_{name}_{axis}", 0.0) for axis in "xyz"])

        self._accelerometer_deviation = np.abs(axes("accel_stddev"))
        self._gyroscope_deviation = np.abs(axes("gyro_stddev"))
        self._gyroscope_bias = axes("gyro_bias")

    def measure(self, episode: "Episode") -> list[Payload]:
        """What the parent's motion gives at the sensor's orientation; the lever arm is left out."""
        table = episode.world.table
        pose = table.pose[episode.world.row(self.actor)]
        carrier = episode.world.row(self.parent(episode))
        to_sensor = rotation_matrix(*pose[PoseIndex.PITCH :]).T
        acceleration = to_sensor @ (table.acceleration[carrier] + (0.0, 0.0, episode.imu_gravity))
        turning = to_sensor @ table.angular_velocity[carrier]
        acceleration += self._noise.normal(0.0, self._accelerometer_deviation)
        turning += self._gyroscope_bias + self._noise.normal(0.0, self._gyroscope_deviation)
        return [[msgpack.packb([acceleration.tolist(), turning.tolist(), compass(float(pose[PoseIndex.YAW]))])]]
