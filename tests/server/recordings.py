"""Recordings of five cars, and where the cars are."""

import carla
import numpy as np

CARS = 5
TICKS = 100  # 5 s
STEP = 0.05  # s


def pose(actor: carla.Actor) -> np.ndarray:
    """x, y, z m and yaw deg as of the last tick."""
    place = actor.get_transform()
    return np.array([place.location.x, place.location.y, place.location.z, place.rotation.yaw])


def by_role(world: carla.World) -> dict[str, carla.Actor]:
    return {actor.attributes["role_name"]: actor for actor in world.get_actors().filter("vehicle.*")}


def assert_near(found: np.ndarray, expected: np.ndarray) -> None:
    turn = (found[3] - expected[3] + 180.0) % 360.0 - 180.0
    assert np.linalg.norm(found[:3] - expected[:3]) < 0.05, (found, expected)
    assert abs(turn) < 0.5, (found, expected)
