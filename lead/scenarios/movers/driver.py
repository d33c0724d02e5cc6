"""A driver for vehicles of a situation: follows a path at a speed, and brakes for what stands in it if told to.

Pure pursuit for the wheel (Coulter 1992), a proportional law for the pedals. In the situations it stands where the
official ones use CARLA's BasicAgent and ConstantVelocityAgent.
"""

from collections.abc import Callable, Iterable
from math import atan2, cos, hypot, sin

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.script import Script

LOOK_AHEAD, LEAST_LOOK = 0.7, 3.0  # s of travel and m to the point that is steered at
WHEELBASE = 2.9  # m, of the common car
FULL_LOCK = 1.2  # rad, steering angle at steer 1
PUSH, HOLD = 0.6, 0.03  # throttle per m/s that is missing, and per m/s that is held
BRAKING = 0.35  # brake per m/s that is too much
SEARCH = 30  # path points ahead in which the nearest is looked for
CLEARANCE = 2.0  # m beyond both half lengths at which it stands
HARD = 5.0  # m/s^2 at which it expects to brake


class PathDriver:
    """Drives one vehicle along a path.

    Args:
        vehicle: what is driven.
        path: (N, 2+) m, N >= 2, about a metre from point to point.
        speed: m/s.
        brakes_for: gives the actors that it may not hit, asked every tick; nobody if None.
    """

    def __init__(
        self, vehicle: carla.Vehicle, path: NDArray[np.float64], speed: float,
        brakes_for: Callable[[], Iterable[carla.Actor]] | None = None,
    ) -> None:  # fmt: skip
        self.vehicle, self.speed = vehicle, speed
        self._path = np.asarray(path, np.float64)[:, :2]
        self._brakes_for = brakes_for
        self._nearest = 0

    @property
    def done(self) -> bool:
        """Whether the path's end is reached."""
        return self._nearest >= len(self._path) - 2

    def control(self) -> carla.VehicleControl:
        """Pedals and wheel for this tick."""
        pose, velocity = self.vehicle.get_transform(), self.vehicle.get_velocity()
        speed = hypot(velocity.x, velocity.y)
        here = np.array([pose.location.x, pose.location.y])
        window = self._path[self._nearest : self._nearest + SEARCH]
        self._nearest += int(np.argmin(np.hypot(*(window - here).T)))
        steer = _steer(here, np.radians(pose.rotation.yaw), self._point_ahead(here, speed))
        wanted = 0.0 if self.done else min(self.speed, self._safe_speed(here, speed))
        missing = wanted - speed
        if wanted < 0.1:
            return carla.VehicleControl(steer=steer, brake=1.0 if speed < 1.0 else min(1.0, BRAKING * speed))
        if missing < -0.5:
            return carla.VehicleControl(steer=steer, brake=min(1.0, -BRAKING * missing))
        return carla.VehicleControl(steer=steer, throttle=float(np.clip(PUSH * missing + HOLD * wanted, 0.0, 1.0)))

    def drive(self) -> Script:
        """Drive to the end of the path."""
        while not self.done:
            self.vehicle.apply_control(self.control())
            yield

    def _point_ahead(self, here: NDArray[np.float64], speed: float) -> NDArray[np.float64]:
        far = max(LEAST_LOOK, LOOK_AHEAD * speed)
        rest = self._path[self._nearest :]
        beyond = np.flatnonzero(np.hypot(*(rest - here).T) >= far)
        return rest[beyond[0]] if len(beyond) else rest[-1]

    def _safe_speed(self, here: NDArray[np.float64], speed: float) -> float:
        """The most it may drive so as to stop before the first actor in its path."""
        if self._brakes_for is None:
            return self.speed
        reach = int(10.0 + speed + speed * speed / (2.0 * HARD))
        lane = self._path[self._nearest : self._nearest + reach]
        own, least = self.vehicle.bounding_box.extent, self.speed
        for actor in self._brakes_for():
            if actor.id == self.vehicle.id:
                continue
            place, box = actor.get_location(), actor.bounding_box.extent
            away = np.hypot(lane[:, 0] - place.x, lane[:, 1] - place.y)
            if len(away) == 0 or away.min() > own.y + max(box.y, 0.4) + 0.3:
                continue
            gap = float(np.argmin(away)) - own.x - box.x - CLEARANCE
            least = min(least, (2.0 * HARD * gap) ** 0.5 if gap > 0.0 else 0.0)
        return least


def _steer(here: NDArray[np.float64], yaw: float, target: NDArray[np.float64]) -> float:
    """Wheel in [-1, 1] that leads from a pose through a point on a circle."""
    east, south = target - here
    right = -sin(yaw) * east + cos(yaw) * south
    angle = atan2(2.0 * WHEELBASE * right, max(east * east + south * south, 1e-6))
    return float(np.clip(angle / FULL_LOCK, -1.0, 1.0))


def path_of(waypoints: Iterable[carla.Waypoint]) -> NDArray[np.float64]:
    """Places (N, 3) m of waypoints."""
    places = [waypoint.transform.location for waypoint in waypoints]
    return np.array([[place.x, place.y, place.z] for place in places]).reshape(-1, 3)


def lane_path(start: carla.Waypoint, metres: float, step: float = 1.0) -> NDArray[np.float64]:
    """The lane's middle (N, 3) m from a waypoint on, straight on through junctions, as far as the road goes."""
    waypoints, gone = [start], 0.0
    while gone < metres:
        following = waypoints[-1].next(step)
        if not following:
            break
        waypoints.append(following[0])
        gone += step
    return path_of(waypoints)
