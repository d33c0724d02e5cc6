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


@calls.value("get_all_level_BBs", integer, note="what stands along the roads: ground and woods have no boxes")
def level_boxes(episode: Episode, label: int) -> list[Any]:
    """World boxes of static things with a `Label`; 255 for all."""
    return episode.pictures.level(episode).boxes(label)


@calls.value("get_environment_objects", integer, note="what stands along the roads")
def environment_objects(episode: Episode, label: int) -> list[Any]:
    """[transform, world box, id, name, label] of static things with a `Label`; 255 for all."""
    return episode.pictures.level(episode).objects(label)


@calls.add("enable_environment_objects", wire.sequence_of(integer), boolean)
def enable_environment_objects(episode: Episode, identities: list[int], enabled: bool) -> None:
    """Show or hide static things."""
    episode.pictures.level(episode).enable(identities, enabled)


@calls.value("get_names_of_all_objects")
def object_names(episode: Episode) -> list[str]:
    """Names of all static things."""
    return episode.pictures.level(episode).names()


@calls.value("cast_ray", location, location)
def cast_ray(episode: Episode, start: Vector, end: Vector) -> list[Any]:
    """[[point, label]] of all surfaces that the segment enters, in order; m."""
    return [[hit.point.tolist(), hit.tag] for hit in episode.pictures.level(episode).cast(start, end)]


@calls.value("project_point", location, vector, number)
def project_point(episode: Episode, start: Vector, direction: Vector, distance: float) -> list[Any]:
    """[found, [point, label]] of the first surface along a direction, m."""
    hit = episode.pictures.level(episode).project(start, direction, min(distance, FARTHEST))
    return [False, [[0.0, 0.0, 0.0], 0]] if hit is None else [True, [hit.point.tolist(), hit.tag]]


@calls.value("get_weather_parameters")
def weather(episode: Episode) -> list[float]:
    """The 14 weather numbers; comes from the traffic manager's thread too."""
    return [float(value) for value in episode.world.weather]


@calls.add("set_weather_parameters", wire.weather)
def set_weather(episode: Episode, values: NDArray[np.float64]) -> None:
    """Change the weather (14,)."""
    episode.world.set_weather(values)
    episode.street_lamps.follow(episode.world.weather)


@calls.value("get_imui_gravity", harmless=lambda: GRAVITY)
def imu_gravity(episode: Episode) -> float:
    """Gravity in accelerometer readings, m/s2."""
    return episode.imu_gravity


@calls.add("set_imui_gravity", number)
def set_imu_gravity(episode: Episode, gravity: float) -> None:
    """Change the gravity in accelerometer readings, m/s2."""
    episode.imu_gravity = gravity
