"""Asking the world: boxes of static things, rays, weather, gravity."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.server import wire
from lead.server.dispatch import Procedures
from lead.server.episode import Episode
from lead.server.wire import FARTHEST, boolean, integer, location, number, vector
from lead.simulator.drivetrain import GRAVITY

calls = Procedures()
Vector = NDArray[np.float64]  # (3,)


@calls.value("get_all_level_BBs", integer)
def level_boxes(episode: Episode, label: int) -> list[Any]:
    """World boxes of static things with a `Label`; 255 for all."""
    return [wire.bounding_box(centre, extent, yaw) for centre, extent, yaw in episode.world.level_boxes(label)]


@calls.value("get_environment_objects", integer)
def environment_objects(episode: Episode, label: int) -> list[Any]:
    """[transform, world box, id, name, label] of static things with a `Label`; 255 for all."""
    return [
        [
            wire.transform(np.array([*centre, 0.0, yaw, 0.0])),
            wire.bounding_box(centre, extent, yaw),
            int(identity),
            str(name),
            int(kind),
        ]
        for identity, name, kind, centre, extent, yaw in episode.world.environment_objects(label)
    ]


@calls.add("enable_environment_objects", wire.sequence_of(integer), boolean)
def enable_environment_objects(episode: Episode, identities: list[int], enabled: bool) -> None:
    """Show or hide static things."""
    episode.world.enable_environment_objects(identities, enabled)


@calls.value("get_names_of_all_objects")
def object_names(episode: Episode) -> list[str]:
    """Names of all static things."""
    return [str(name) for _, name, *_ in episode.world.environment_objects(255)]


@calls.value("cast_ray", location, location)
def cast_ray(episode: Episode, start: Vector, end: Vector) -> list[Any]:
    """[[point, label]] of all that the segment passes through, in order; m."""
    return [[list(map(float, point)), int(label)] for point, label in episode.world.cast_ray(start, end)]


@calls.value("project_point", location, vector, number)
def project_point(episode: Episode, start: Vector, direction: Vector, distance: float) -> list[Any]:
    """[found, [point, label]] of the first thing along a direction, m."""
    length = float(np.linalg.norm(direction))
    hit = episode.world.project(start, direction / length, min(distance, FARTHEST)) if length > 0.0 else None
    if hit is None:
        return [False, [[0.0, 0.0, 0.0], 0]]
    return [True, [list(map(float, hit[0])), int(hit[1])]]


@calls.value("get_weather_parameters")
def weather(episode: Episode) -> list[float]:
    """The 14 weather numbers; comes from the traffic manager's thread too."""
    return [float(value) for value in episode.world.weather]


@calls.add("set_weather_parameters", wire.weather)
def set_weather(episode: Episode, values: NDArray[np.float64]) -> None:
    """Change the weather (14,)."""
    episode.world.set_weather(values)


@calls.value("get_imui_gravity", harmless=lambda: GRAVITY)
def imu_gravity(episode: Episode) -> float:
    """Gravity in accelerometer readings, m/s2."""
    return episode.imu_gravity


@calls.add("set_imui_gravity", number)
def set_imu_gravity(episode: Episode, gravity: float) -> None:
    """Change the gravity in accelerometer readings, m/s2."""
    episode.imu_gravity = gravity
