"""What situations wait for, asked once per tick.

Source: spec/benchmarks.md, 2.1.
"""

from collections.abc import Callable

import carla

from lead.scenarios.script import Script, race, until
from lead.scenarios.stage import Stage

TIME_LIMIT = 240.0  # s for which most situations last at most
ALMOST_STANDING = 1e-3  # m/s below which nobody arrives


def near(stage: Stage, place: carla.Location, metres: float) -> bool:
    """The ego is nearer to a place than that."""
    return stage.place.distance(place) < metres


def arrives(stage: Stage, place: carla.Location, seconds: float) -> bool:
    """The ego, going straight at its present speed, would be at a place in less than that."""
    return stage.speed > ALMOST_STANDING and stage.place.distance(place) / stage.speed < seconds


def cut_trigger(stage: Stage, place: carla.Location, seconds: float, metres: float) -> bool:
    """The ego arrives soon or is near: the moment at which something crosses its way."""
    return arrives(stage, place, seconds) or near(stage, place, metres)


def beyond(stage: Stage, pose: carla.Transform, metres: float = 10.0) -> bool:
    """The ego is in front of a pose, and nearer to it than that (m)."""
    heading, place = pose.get_forward_vector(), pose.location
    away = stage.place - place
    return heading.x * away.x + heading.y * away.y > 0.0 and stage.place.distance(place) < metres


def ahead_of(stage: Stage, actor: carla.Vehicle, metres: float = 10.0) -> bool:
    """The ego is in front of a vehicle by more than both half lengths, and nearer than `metres` to that point."""
    pose = actor.get_transform()
    gap = stage.half_size(actor).x + stage.half_size(stage.ego).x
    front = pose.location + gap * pose.get_forward_vector()
    return beyond(stage, carla.Transform(front, pose.rotation), metres)


def idle(stage: Stage, seconds: float) -> Script:
    """Wait so long in simulated time."""
    end = stage.time + seconds
    yield from until(lambda: stage.time >= end - 1e-6)


def drives(actor: carla.Actor, metres: float) -> Script:
    """Wait until an actor has gone more than that, along its path, from now on."""
    gone, before = 0.0, actor.get_location()
    while gone <= metres:
        yield
        here = actor.get_location()
        gone, before = gone + here.distance(before), here


def leaves_junction(stage: Stage, junction: int | None = None) -> Script:
    """Wait until the ego has been in a junction (that one, if given) and is in none any more."""
    inside = False
    while True:
        waypoint = stage.map.get_waypoint(stage.place)
        if waypoint is not None:
            if waypoint.is_junction and junction in (None, waypoint.junction_id):
                inside = True
            elif inside and not waypoint.is_junction:
                return
        yield


def within_limit(stage: Stage, name: str, story: Script, seconds: float = TIME_LIMIT) -> Script:
    """Run a situation's story until it ends or its time is over, which is reported; standing is allowed meanwhile."""
    with stage.no_blocked_test():
        if (yield from race(story, idle(stage, seconds))) == 1:
            stage.referee.timeouts.append(name)


def alongside(story: Script, each_tick: Callable[[], None]) -> Script:
    """Run a story, doing something in every tick before it."""

    def doing() -> Script:
        while True:
            each_tick()
            yield

    yield from race(doing(), story)
