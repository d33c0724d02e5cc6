"""An emergency vehicle that comes from behind. Source: spec/benchmarks.md, 2.3."""

from math import sqrt

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.cast import LIFT, UNDER, Cast, Lights, blink, show
from lead.scenarios.catalogue import plays
from lead.scenarios.conditions import drives, idle, near
from lead.scenarios.movers.constant_speed import constant_speed
from lead.scenarios.movers.driver import path_of
from lead.scenarios.order import Order
from lead.scenarios.script import Script, race, until
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.ways import told

HASTE = 25.0  # m/s that it drives faster than the ego
LEAST_GAP = 1.0  # m that it keeps from an ego in its way
LEAST_ROOM = 0.3  # m beside an ego that it passes
BRAKING = 10.0  # m/s^2 at which it comes down to the ego's speed
CLOSE, CLOSE_TIME = 50.0, 10.0  # m from which on the ego has so many s to let it pass
BESIDE = 15.0  # m between them within which it can get past
PASSED_WAY = 50.0  # m that it drives on before the ego
WAY = 1500.0  # m of its lane that it knows
LOOK_INTO_FORK = 10.0  # m after which ways that fork are told apart


@plays("YieldToEmergencyVehicle")
def yield_to_emergency_vehicle(stage: Stage, order: Order) -> Script:
    """An emergency vehicle comes up in the ego's lane, and is to be in front of the ego when this ends."""
    start = _lane_behind(order.waypoint, order.situation.number("distance", 140.0))
    way = _way_with_route(stage, start, WAY)
    with Cast(stage, order) as cast:
        pose = start.transform
        below = carla.Transform(pose.location - carla.Location(z=UNDER), pose.rotation)
        car = cast.car(below, role="scenario no lights", special="emergency")
        car.set_simulate_physics(False)
        blink(car, Lights.Special1, Lights.Special2)

        yield from order.triggered()
        stage.traffic.remove_lane(order.waypoint)
        show(car, carla.Transform(pose.location + carla.Location(z=LIFT), pose.rotation))
        yield
        try:
            yield from race(_comes_up(stage, car, way), _held_up(stage, car), _gets_past(stage, car))
        finally:  # a route that ends meanwhile is judged too
            if not in_front(stage, car):
                stage.referee.failed_to_yield.append(order.name)
            stage.traffic.readd_lane()


def _comes_up(stage: Stage, car: carla.Vehicle, way: NDArray[np.float64]) -> Script:
    """Drive at the ego's speed and 25 m/s, or behind an ego that is in the way; never ends by itself."""
    with constant_speed(car, way) as driver:
        while True:
            driver.go(min(stage.speed + HASTE, _speed_behind_ego(stage, car)))
            yield


def _held_up(stage: Stage, car: carla.Vehicle) -> Script:
    yield from until(lambda: near(stage, car.get_location(), CLOSE))
    yield from idle(stage, CLOSE_TIME)


def _gets_past(stage: Stage, car: carla.Vehicle) -> Script:
    yield from until(lambda: near(stage, car.get_location(), BESIDE) and in_front(stage, car, both_lengths=True))
    yield from drives(car, PASSED_WAY)


def in_front(stage: Stage, car: carla.Vehicle, *, both_lengths: bool = False) -> bool:
    """The car's middle is before the ego's, by both half lengths if so asked."""
    along, _ = _seen_from(stage.heading, car.get_location() - stage.place)
    return along > (stage.half_size(car).x + stage.half_size(stage.ego).x if both_lengths else 0.0)


def _speed_behind_ego(stage: Stage, car: carla.Vehicle) -> float:
    """The most (m/s) at which it does not run into the ego; infinite if the ego is not before it."""
    pose, own, egos = car.get_transform(), stage.half_size(car), stage.half_size(stage.ego)
    along, across = _seen_from(pose.get_forward_vector(), stage.place - pose.location)
    ahead, aside = (abs(part) for part in _seen_from(pose.get_forward_vector(), stage.heading))
    if along <= 0.0 or abs(across) > own.y + ahead * egos.y + aside * egos.x + LEAST_ROOM:
        return np.inf
    gap = along - own.x - egos.x - LEAST_GAP
    return sqrt(stage.speed**2 + 2.0 * BRAKING * gap) if gap > 0.0 else stage.speed * max(0.0, 1.0 + gap / LEAST_GAP)


def _seen_from(heading: carla.Vector3D, way: carla.Vector3D) -> tuple[float, float]:
    """Metres of a way along a level heading and to its right."""
    return heading.x * way.x + heading.y * way.y, heading.x * way.y - heading.y * way.x


def _lane_behind(waypoint: carla.Waypoint, metres: float) -> carla.Waypoint:
    found = waypoint.previous(metres)
    if not found:
        raise SetupFault(f"the road begins less than {metres:.0f} m before {told(waypoint)}")
    return found[0]


def _way_with_route(stage: Stage, start: carla.Waypoint, metres: float) -> NDArray[np.float64]:
    """The lane (N, 3) m from a waypoint on, and where it forks the way that lies nearer to the route."""

    def off_route(waypoint: carla.Waypoint) -> float:
        place = (waypoint.next(LOOK_INTO_FORK) or [waypoint])[0].transform.location
        return float(np.hypot(stage.plan.pose[:, 0] - place.x, stage.plan.pose[:, 1] - place.y).min())

    waypoints = [start]
    while len(waypoints) <= metres:
        following = waypoints[-1].next(1.0)
        if not following:
            break
        waypoints.append(following[0] if len(following) == 1 else min(following, key=off_route))
    return path_of(waypoints)
