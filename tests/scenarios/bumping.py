"""What the tests of crossing road users share: roads that turn, whom the ego touches, an ego that brakes."""

from collections.abc import Callable

import carla
import numpy as np
from playing import Act, plan_along

from lead.scenarios.director import Part

MOVES = 0.3  # m/s
STREET = ("vehicle.*", "walker.*", "static.prop.*")


def begin(act: Act) -> None:
    """Drive until the situation has been triggered and stands in its place."""
    assert act.run(lambda act: act.played.part in (Part.PLAYING, Part.LEFT_OUT), 40.0)
    assert act.played.part is Part.PLAYING, act.played.reason
    act.tick()


def drive_on(act: Act, actors: list[carla.Actor], *, careful: bool, seconds: float = 60.0) -> None:
    """Drive until the situation is over; a careful ego stands while one of the actors moves."""
    for _ in range(int(seconds * 20)):
        if act.over:
            break
        act.tick(ego_drives=not (careful and any(present(act, actor) and speed_of(actor) > MOVES for actor in actors)))
    assert act.over and not act.played.reason
    act.tick()


def on_the_street(act: Act) -> list[carla.Actor]:
    """All vehicles, walkers and props but the ego."""
    return [actor for kind in STREET for actor in act.actors(kind)]


def present(act: Act, actor: carla.Actor) -> bool:
    """Whether an actor still is in the world; a handle of one destroyed by another still calls itself alive."""
    return act.stage.world.get_snapshot().has_actor(actor.id)


def speed_of(actor: carla.Actor) -> float:
    """Metres per second over the ground."""
    velocity = actor.get_velocity()
    return float(np.hypot(velocity.x, velocity.y))


def seen_from(pose: carla.Transform, what: carla.Location | carla.Actor) -> tuple[float, float]:
    """Metres ahead and to the right of a pose, over the ground, at which a place or an actor lies."""
    place = what.get_location() if isinstance(what, carla.Actor) else what
    ahead, right, away = pose.get_forward_vector(), pose.get_right_vector(), place - pose.location
    return away.x * ahead.x + away.y * ahead.y, away.x * right.x + away.y * right.y


def turn_to(side: str) -> Callable[[list[carla.Waypoint]], carla.Waypoint]:
    """For `plan_along`: at a fork the way that leads most to the "left" or "right", or "straight" on."""

    def turned(way: carla.Waypoint) -> float:
        into = way.next(12.0)[0].transform.rotation.yaw - way.transform.rotation.yaw
        return (into + 180.0) % 360.0 - 180.0

    costs = {"left": turned, "straight": lambda way: abs(turned(way)), "right": lambda way: -turned(way)}
    return lambda ways: min(ways, key=costs[side])


def plan_through(town_map: carla.Map, start: carla.Waypoint, metres: float, side: str) -> np.ndarray:
    """Key points (N, 3) m along the lane from a waypoint, turning at its forks; none of them inside a junction."""
    points = plan_along(start, metres, turn_to(side))
    return np.array([point for point in points if not town_map.get_waypoint(carla.Location(*point)).is_junction])
