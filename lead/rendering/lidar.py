"""LiDAR: the rays of one tick, their hits, and CARLA's rules of intensity, noise and lost points.

Source: ARayCastSemanticLidar and ARayCastLidar of CARLA 0.9.15; the points are exact hits on the triangles that cameras
see. A carrier's own body is hit like any other.
"""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from math import floor, fmod, inf, radians
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import rotation_matrix
from lead.rendering.attributes import check_range, parse_settings
from lead.rendering.beams import Bundle, cast_bundle, make_bundle
from lead.rendering.kernels.returns import lidar_points, semantic_points
from lead.rendering.kernels.scene import Items, Objects, Triangles

SEMANTIC_POINT = np.dtype(
    [("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("cosine", "<f4"), ("identity", "<u4"), ("tag", "<u4")]
)
MOST_RAYS = 2_000_000  # in one scan, whatever the step
KEPT_RAYS = 200_000  # scans of at most so many rays are kept laid out
_ROUNDING = 1e-9  # rad


@dataclass(frozen=True)
class LidarSettings:
    """CARLA's attributes of `sensor.lidar.ray_cast`, by their names; angles in degrees."""

    channels: int = 32
    range: float = 10.0  # m
    points_per_second: int = 56_000
    rotation_frequency: float = 10.0  # turns (of the horizontal field) per second
    upper_fov: float = 10.0  # degrees above the horizon of the first channel
    lower_fov: float = -30.0  # and of the last
    horizontal_fov: float = 360.0  # degrees, around the sensor's x axis
    atmosphere_attenuation_rate: float = 0.004  # 1/m
    dropoff_general_rate: float = 0.45  # share of rays that are never cast
    dropoff_intensity_limit: float = 0.8  # no other point above this intensity is lost
    dropoff_zero_intensity: float = 0.4  # share of points lost at intensity 0
    noise_stddev: float = 0.0  # m, along the ray
    noise_seed: int = 0

    def __post_init__(self) -> None:
        check_range("channels", self.channels, 1, 512)
        check_range("range", self.range, 0.0, 100_000.0, "m", above=True)
        check_range("points_per_second", self.points_per_second, 1, 20_000_000)
        check_range("rotation_frequency", self.rotation_frequency, 0.0, 10_000.0, "Hz")
        check_range("lower_fov", self.lower_fov, -90.0, 90.0, "degrees")
        check_range("upper_fov", self.upper_fov, -90.0, 90.0, "degrees")
        if self.channels > 1 and self.upper_fov <= self.lower_fov:
            raise ValueError(
                f"attribute upper_fov is {self.upper_fov:g}, expected more than lower_fov, {self.lower_fov:g}"
            )
        check_range("horizontal_fov", self.horizontal_fov, 0.0, 360.0, "degrees", above=True)
        check_range("atmosphere_attenuation_rate", self.atmosphere_attenuation_rate, 0.0, inf, "per m")
        check_range("dropoff_general_rate", self.dropoff_general_rate, 0.0, 1.0)
        check_range("dropoff_intensity_limit", self.dropoff_intensity_limit, 0.0, 1.0)
        check_range("dropoff_zero_intensity", self.dropoff_zero_intensity, 0.0, 1.0)
        check_range("noise_stddev", self.noise_stddev, 0.0, inf, "m")


class LidarScan(NamedTuple):
    """The points of one tick, channel by channel from the top, in order of time within each."""

    points: NDArray[np.float32]  # (N, 4) x, y, z in the sensor's frame (m), intensity
    counts: NDArray[np.uint32]  # (channels,)
    angle: float  # rad in [0, horizontal fov): where the next scan begins


class SemanticScan(NamedTuple):
    """As `LidarScan`, with the cosine of the angle of incidence, the object and its semantic class."""

    points: NDArray[np.void]  # (N,) SEMANTIC_POINT
    counts: NDArray[np.uint32]  # (channels,)
    angle: float  # rad


def lidar_settings(attributes: Mapping[str, str]) -> LidarSettings:
    """Settings from the attributes of a blueprint; raises ValueError that names the attribute at fault."""
    return parse_settings(LidarSettings, attributes)


def scan_lidar(
    triangles: Triangles,
    items: Items,
    pose: NDArray[np.float64],
    settings: LidarSettings,
    angle: float,
    duration: float,
    generator: np.random.Generator,
    pool: Executor | None = None,
) -> LidarScan:
    """Scan for `duration` (s) from `angle` (rad, where the last scan ended; 0 at first) at `pose` (6,).

    Intensity is exp(-attenuation * distance). A point is lost with the general rate, and below the intensity limit with
    a chance that grows linearly to `dropoff_zero_intensity` at intensity 0.
    """
    bundle, end = _rays(settings, angle, duration)
    rays = len(bundle.directions)
    luck = generator.random((2, rays), np.float32)
    noise = generator.normal(0.0, settings.noise_stddev, rays if settings.noise_stddev > 0.0 else 0)
    hits = cast_bundle(triangles, items, pose, bundle, settings.range, pool)
    points, counts = np.empty((rays, 4), np.float32), np.zeros(settings.channels, np.uint32)
    count = lidar_points(
        bundle.directions, hits.distance, hits.face, rays // settings.channels, settings.atmosphere_attenuation_rate,
        settings.dropoff_general_rate, settings.dropoff_intensity_limit, settings.dropoff_zero_intensity, luck, noise,
        points, counts,
    )  # fmt: skip
    return LidarScan(points[:count], counts, end)


def scan_semantic_lidar(
    triangles: Triangles,
    items: Items,
    objects: Objects,
    pose: NDArray[np.float64],
    settings: LidarSettings,
    angle: float,
    duration: float,
    pool: Executor | None = None,
) -> SemanticScan:
    """Scan for `duration` (s) from `angle` (rad) at `pose` (6,), without noise or loss."""
    bundle, end = _rays(settings, angle, duration)
    hits = cast_bundle(triangles, items, pose, bundle, settings.range, pool)
    rays = len(bundle.directions)
    points, counts = np.empty(rays, SEMANTIC_POINT), np.zeros(settings.channels, np.uint32)
    columns = points.view(np.float32).reshape(rays, 6)
    count = semantic_points(
        triangles, objects, rotation_matrix(pose[3], pose[4], pose[5]), bundle.directions, hits.distance, hits.face,
        rays // settings.channels, columns[:, :4], columns.view(np.uint32)[:, 4:], counts,
    )  # fmt: skip
    return SemanticScan(points[:count], counts, end)


def _rays(settings: LidarSettings, angle: float, duration: float) -> tuple[Bundle, float]:
    """The rays of one scan, channel by channel, and the angle (rad) it ends at; it stays if there are no rays."""
    per_channel = floor(settings.points_per_second * duration / settings.channels + 0.5)
    per_channel = min(per_channel, MOST_RAYS // settings.channels)
    field = radians(settings.horizontal_fov)
    swept = settings.rotation_frequency * field * duration
    end = fmod(angle + swept, field) if per_channel > 0 else angle
    end = 0.0 if field - end < _ROUNDING or end < _ROUNDING else end
    key = (settings.channels, settings.upper_fov, settings.lower_fov, field, per_channel, angle, swept)
    return (_kept_bundle if per_channel * settings.channels <= KEPT_RAYS else _lay_out)(*key), end


def _lay_out(
    channels: int, upper: float, lower: float, field: float, per_channel: int, angle: float, swept: float
) -> Bundle:
    """Rays of a scan: fov in degrees, other angles in rad."""
    pitch = np.radians(np.linspace(upper, lower, channels))[:, None]
    yaw = np.fmod(angle + swept * np.arange(per_channel) / max(per_channel, 1), field) - field / 2.0
    directions = np.empty((channels, per_channel, 3))
    directions[..., 0], directions[..., 1] = np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw)
    directions[..., 2] = np.sin(pitch)
    return make_bundle(directions.reshape(-1, 3))


_kept_bundle = lru_cache(maxsize=16)(_lay_out)
