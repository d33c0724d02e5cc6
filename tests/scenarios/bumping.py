"""Whom the ego touches, and an ego that brakes for who has come before it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import carla
import numpy as np
from playing import Act, plan_along

RUN_OUT = 1.0  # s after a story in which it may still touch somebody


@contextmanager
def bumps_of(act: Act) -> Iterator[list[str]]:
    """Kinds of actors that the ego touches, one entry a touch and tick."""
    world, touched = act.stage.world, []
    blueprint = world.get_blueprint_library().find("sensor.other.collision")
    sensor = world.spawn_actor(blueprint, carla.Transform(), attach_to=act.stage.ego)
    sensor.listen(lambda event: touched.append(event.other_actor.type_id))
    try:
        yield touched
    finally:
        sensor.stop()
        sensor.destroy()


def speed_of(actor: carla.Actor) -> float:
    """Metres per second over the ground."""
    velocity = actor.get_velocity()
    return (velocity.x**2 + velocity.y**2) ** 0.5


def run_carefully(act: Act, until: Callable[[Act], bool], actors: Callable[[], list[carla.Actor]], seconds: float):
    """Drive, and brake while somebody moves; `actors` gives those who are alive."""
    for _ in range(int(seconds * 20)):
        if until(act):
            return True
        act.tick(ego_drives=not any(speed_of(actor) > 0.3 for actor in actors()))
    return until(act)


def turn_to(side: str) -> Callable[[list[carla.Waypoint]], carla.Waypoint]:
    """For `plan_along`: at a fork take the way that leads most to the "left", "straight" or "right"."""

    def chosen(ways: list[carla.Waypoint]) -> carla.Waypoint:
        def turned(way: carla.Waypoint) -> float:
            into = way.next(12.0)[0].transform.rotation.yaw - way.transform.rotation.yaw
            return (into + 180.0) % 360.0 - 180.0

        wanted = {"left": lambda way: turned(way), "straight": lambda way: abs(turned(way))}
        return min(ways, key=wanted.get(side, lambda way: -turned(way)))

    return chosen


def plan_through(town_map: carla.Map, start: carla.Waypoint, metres: float, side: str) -> np.ndarray:
    """Key points (N, 3) m along the lane from a waypoint, turning at its forks; none of them inside a junction."""
    points = plan_along(start, metres, turn_to(side))
    return np.array([point for point in points if not town_map.get_waypoint(carla.Location(*point)).is_junction])
