"""Oncoming traffic of a situation: cars that come one after another along a path and brake for the ego.

Source: spec/benchmarks.md, 2.1 "Movers", OppositeActorFlow and InvadingActorFlow.
"""

from collections import deque

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.cast import Cast
from lead.scenarios.movers.driver import PathDriver
from lead.scenarios.script import Script
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.ways import shifted, told

KMH = 1.0 / 3.6  # m/s
AWAY, AWAY_PER_KMH = 30.0, 1.5  # m from the reference to source and sink, and m more per km/h of the ego's speed limit
INVADING_GAP = 40.0  # m
RETRY = 1.0  # s until the next look whether the source is free
FARTHEST = 1000.0  # m from a source to its sink


def opposite_flow(stage: Stage, reference: carla.Waypoint, interval: tuple[float, float]) -> Script:
    """Cars at the ego's speed limit along a lane, for ever.

    Args:
        stage: where.
        reference: on the lane; they come and vanish some way before and behind it, or at the next junctions.
        interval: m between which their spacing is drawn anew for each.
    """
    away = AWAY + AWAY_PER_KMH * stage.ego.get_speed_limit()
    lane = [*_until_junction(reference, away, back=True)[::-1], reference, *_until_junction(reference, away)]
    yield from _flow(stage, [waypoint.transform for waypoint in lane], interval, margin=0.3)


def invading_flow(stage: Stage, path: list[carla.Transform]) -> Script:
    """Cars at the ego's speed limit, one each 40 m, along a path, for ever.

    They brake only for what their own width meets, so that they pass an ego which keeps aside.
    """
    yield from _flow(stage, path, (INVADING_GAP, INVADING_GAP), margin=0.0)


def invading_path(source: carla.Waypoint, sink: carla.Waypoint, offset: float) -> list[carla.Transform]:
    """The way from a source to a sink, so far (m) to the left of the lane's middle, a metre from pose to pose.

    Raises:
        SetupFault: no lane leads there.
    """
    return [shifted(waypoint, -offset) for waypoint in _lane_between(source, sink)]


def _flow(stage: Stage, path: list[carla.Transform], interval: tuple[float, float], margin: float) -> Script:
    """Send cars along a path; each brakes for the ego and for the car before it."""
    places = np.array([[pose.location.x, pose.location.y] for pose in path])
    speed = KMH * stage.ego.get_speed_limit()
    cars: deque[PathDriver] = deque()
    spacing, look = 0.0, stage.time
    with Cast(stage) as cast:
        while True:
            for driver in cars:
                driver.vehicle.apply_control(driver.control())
            while cars and cars[0].done:
                cast.dismiss(cars.popleft().vehicle)
            gone = cars[-1].vehicle.get_location().distance(path[0].location) if cars else np.inf
            if gone > spacing and stage.time >= look:
                look = stage.time + RETRY
                before = cars[-1].vehicle if cars else None
                arrived = _arrive(cast, path[0])
                if arrived is not None:
                    cars.append(_driver(stage, arrived, before, places, speed, margin))
                    spacing, look = float(stage.random.uniform(min(interval), max(interval))), stage.time
            yield


def _arrive(cast: Cast, source: carla.Transform) -> carla.Vehicle | None:
    """A car that stands in the source, as the official ones do, and drives off; None while something else is there."""
    try:
        return cast.car(source, lights=True, special="")
    except SetupFault:
        return None


def _driver(
    stage: Stage, car: carla.Vehicle, before: carla.Vehicle | None, path: NDArray[np.float64], speed: float,
    margin: float,
) -> PathDriver:  # fmt: skip
    def in_the_way() -> list[carla.Actor]:
        return [stage.ego, before] if before is not None and before.is_alive else [stage.ego]

    return PathDriver(car, path, speed, in_the_way, margin=margin)


def _until_junction(
    start: carla.Waypoint, metres: float, step: float = 1.0, *, back: bool = False
) -> list[carla.Waypoint]:
    """Waypoints (m apart) along or back the lane after a start, so far or as long as there is no junction."""
    lane: list[carla.Waypoint] = []
    while len(lane) * step < metres:
        here = lane[-1] if lane else start
        following = here.previous(step) if back else here.next(step)
        if not following or following[0].is_junction:
            break
        lane.append(following[0])
    return lane


def _lane_between(source: carla.Waypoint, sink: carla.Waypoint, step: float = 1.0) -> list[carla.Waypoint]:
    """Waypoints (m apart) along the lane from a source to its sink."""
    lane, goal = [source], sink.transform.location
    while lane[-1].transform.location.distance(goal) > step:
        following = lane[-1].next(step)
        if not following or len(lane) * step > FARTHEST:
            raise SetupFault(f"oncoming traffic finds no way from {told(source)} to {told(sink)}")
        lane.append(min(following, key=lambda waypoint: waypoint.transform.location.distance(goal)))
    if len(lane) < 2:
        raise SetupFault(f"oncoming traffic has no room: it would come and vanish at {told(source)}")
    return lane
