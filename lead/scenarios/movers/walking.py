"""Who waits beside the road and then goes straight across it: walkers, and bicycles that are pushed along.

Source: spec/benchmarks.md, 2.1 "Movers" (KeepVelocity) and 2.4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import carla
import numpy as np

from lead.scenarios.cast import STANDING, Cast, hide, show
from lead.scenarios.conditions import drives, idle
from lead.scenarios.script import Script, race
from lead.scenarios.stage import SetupFault, Stage
from lead.scenarios.ways import shifted, side_sign, sidewalk_side

ATTEMPTS, ATTEMPT_STEP = 6, 0.4  # places that are tried, and m between them
SHOULDER, KERB = 0.3, 3.0  # m to either side and ahead in which nothing may stand before one who is to cross
RAYS = 13  # side by side, 5 cm apart: closer than a pole is wide
SOLID = frozenset((
    carla.CityObjectLabel.Poles, carla.CityObjectLabel.TrafficSigns, carla.CityObjectLabel.TrafficLight,
    carla.CityObjectLabel.Fences, carla.CityObjectLabel.Walls, carla.CityObjectLabel.GuardRail,
    carla.CityObjectLabel.Buildings,
))  # fmt: skip

Placed = TypeVar("Placed")


@dataclass(frozen=True)
class Waiting:
    """A walker out of sight, and where it is to stand."""

    walker: carla.Walker
    pose: carla.Transform  # of its feet; it looks where it will go

    @classmethod
    def at(cls, cast: Cast, pose: carla.Transform) -> "Waiting":
        """Spawn a walker and hide it. Raises SetupFault where something stands."""
        walker = cast.walker(pose)
        hide(walker, pose.location)
        return cls(walker, pose)

    def appear(self) -> Script:
        """Stand beside the road from the next tick on."""
        show(self.walker, carla.Transform(self.pose.location + carla.Location(z=STANDING), self.pose.rotation))
        yield


def first_free(place: Callable[[float], Placed]) -> Placed:
    """What `place`, told how many metres farther on, puts where nothing stands yet; it raises SetupFault otherwise.

    Raises:
        SetupFault: of the last place tried.
    """
    for attempt in range(ATTEMPTS - 1):
        try:
            return place(attempt * ATTEMPT_STEP)
        except SetupFault:
            continue
    return place((ATTEMPTS - 1) * ATTEMPT_STEP)


def needs_free_way(world: carla.World, pose: carla.Transform) -> None:
    """See that no pole, sign or wall stands before one who is to cross a road.

    Raises:
        SetupFault: something does.
    """
    waist = pose.location + carla.Location(z=STANDING)
    for aside in np.linspace(-SHOULDER, SHOULDER, RAYS).tolist():
        start = waist + aside * pose.get_right_vector()
        for met in world.cast_ray(start, start + KERB * pose.get_forward_vector()):
            if met.label in SOLID:
                place = met.location
                raise SetupFault(f"{met.label} at ({place.x:.1f}, {place.y:.1f}) is in the way of one who is to cross")


def beside_road(lane: carla.Waypoint, direction: str, *, off: float, turned: float = 0.0) -> carla.Transform:
    """Abreast of a lane: the middle of the sidewalk on that side, else so far (m) beyond the outermost lane.

    Args:
        lane: waypoint on the ego's lane.
        direction: "right" or "left".
        off: m from the outermost lane's middle where there is no sidewalk.
        turned: degrees clockwise from the lane's direction.
    """
    outer = sidewalk_side(lane, direction)
    mirrored = outer.lane_id * lane.lane_id < 0  # a lane of the other direction: its right is on the ego's left
    beyond = 0.0 if outer.lane_type == carla.LaneType.Sidewalk else off
    place = shifted(outer, -side_sign(direction) * beyond if mirrored else side_sign(direction) * beyond).location
    return carla.Transform(place, carla.Rotation(yaw=lane.transform.rotation.yaw + turned))


def towards_road(direction: str, angle: float = 0.0) -> float:
    """Degrees clockwise from the ego's direction in which one looks who crosses from that side.

    `angle` (degrees) turns it against the ego's direction.
    """
    return -side_sign(direction) * (90.0 + angle)


def keeps_velocity(stage: Stage, actor: carla.Actor, pose: carla.Transform, speed: float, metres: float) -> Script:
    """Go straight on where a pose looks, for so many metres or as long as that should take; then stand.

    Args:
        stage: whose clock counts.
        actor: a walker, who walks, or a vehicle, which is moved.
        pose: of which the heading counts.
        speed: m/s.
        metres: the way.
    """
    yaw = np.radians(pose.rotation.yaw)
    heading = carla.Vector3D(float(np.cos(yaw)), float(np.sin(yaw)), 0.0)
    try:
        yield from race(_going(actor, heading, speed), drives(actor, metres), idle(stage, metres / speed))
    finally:
        if actor.is_alive:
            _go(actor, heading, 0.0)


def _going(actor: carla.Actor, heading: carla.Vector3D, speed: float) -> Script:
    while True:
        _go(actor, heading, speed)
        yield


def _go(actor: carla.Actor, heading: carla.Vector3D, speed: float) -> None:
    if isinstance(actor, carla.Walker):
        actor.apply_control(carla.WalkerControl(heading, speed))
    else:
        actor.set_target_velocity(speed * heading)
