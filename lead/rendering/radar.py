"""Radar: random rays in a cone, what they hit, and how fast that comes or goes.

Source: ARadar of CARLA 0.9.15. Its velocity is positive for what moves away from the sensor. What is hit counts with
the velocity of its origin, so that the turning of a body does not show (as in CARLA).
"""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import IntEnum
from math import floor, pi, radians, tan

import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import rotation_matrix
from lead.rendering.attributes import check_range, parse_settings
from lead.rendering.beams import cast_bundle, make_bundle
from lead.rendering.kernels.returns import radar_detections
from lead.rendering.kernels.scene import Items, Objects, Triangles

MOST_RAYS = 200_000  # in one scan, whatever the step


class RadarIndex(IntEnum):
    """Columns of detections."""

    VELOCITY = 0  # m/s along the ray, positive when the distance grows
    AZIMUTH = 1  # rad, to the right
    ALTITUDE = 2  # rad, upwards
    DEPTH = 3  # m along the ray


@dataclass(frozen=True)
class RadarSettings:
    """CARLA's attributes of `sensor.other.radar`, by their names."""

    horizontal_fov: float = 30.0  # degrees
    vertical_fov: float = 30.0  # degrees
    range: float = 100.0  # m along the sensor's x axis: rays end on the plane there
    points_per_second: int = 1500
    noise_seed: int = 0

    def __post_init__(self) -> None:
        check_range("horizontal_fov", self.horizontal_fov, 0.0, 179.0, "degrees")
        check_range("vertical_fov", self.vertical_fov, 0.0, 179.0, "degrees")
        check_range("range", self.range, 0.0, 100_000.0, "m", above=True)
        check_range("points_per_second", self.points_per_second, 1, 2_000_000)


def radar_settings(attributes: Mapping[str, str]) -> RadarSettings:
    """Settings from the attributes of a blueprint; raises ValueError that names the attribute at fault."""
    return parse_settings(RadarSettings, attributes)


def scan_radar(
    triangles: Triangles,
    items: Items,
    objects: Objects,
    pose: NDArray[np.float64],
    velocity: NDArray[np.float64],
    settings: RadarSettings,
    duration: float,
    generator: np.random.Generator,
    pool: Executor | None = None,
) -> NDArray[np.float32]:
    """Detections (N, 4: `RadarIndex`) of `duration` (s) of a radar at `pose` (6,) that moves with `velocity` (3,), m/s.

    Rays are drawn by a uniform radius and angle in the ellipse of the two fields of view, so they are denser inside.
    """
    count = min(floor(settings.points_per_second * duration + 1e-6), MOST_RAYS)
    radius, angle = generator.random(count), 2.0 * pi * generator.random(count)
    rays = np.ones((count, 3))
    rays[:, 1] = tan(radians(settings.horizontal_fov / 2.0)) * radius * np.cos(angle)
    rays[:, 2] = tan(radians(settings.vertical_fov / 2.0)) * radius * np.sin(angle)
    reach = (settings.range * np.linalg.norm(rays, axis=1)).astype(np.float32)
    bundle = make_bundle(rays)
    hits = cast_bundle(triangles, items, pose, bundle, reach, pool)
    detections = np.empty((count, len(RadarIndex)), np.float32)
    seen = radar_detections(
        triangles, objects, rotation_matrix(pose[3], pose[4], pose[5]), np.asarray(velocity, np.float64),
        bundle.directions, hits.distance, hits.face, detections,
    )  # fmt: skip
    return detections[:seen]
