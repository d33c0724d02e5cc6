"""A driver for vehicles of a situation: follows a path at a speed, and brakes for what stands in it if told to.

Pure pursuit for the wheel (Coulter 1992), a proportional and integral law for the pedals. In the situations it stands
where the official ones use CARLA's BasicAgent and ConstantVelocityAgent.
"""

from collections.abc import Callable, Iterable
from math import atan2, cos, hypot, sin

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.script import Script
from lead.scenarios.ways import shifted

LOOK_AHEAD, LEAST_LOOK = 0.7, 3.0  # s of travel and m to the point that is steered at
WHEELBASE = 2.9  # m, of the common car
FULL_LOCK = 1.2  # rad, steering angle at steer 1
PUSH, HOLD = 0.6, 0.03  # throttle per m/s that is missing, and per m/s that is held
TRIM, MOST_TRIM = 0.02, 0.4  # throttle gained per m/s that is missing in each tick, near the speed, and its bounds
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
        margin: m beside both half widths within which it brakes.
    """

    def __init__(
        self, vehicle: carla.Vehicle, path: NDArray[np.float64], speed: float,
        brakes_for: Callable[[], Iterable[carla.Actor]] | None = None, *, margin: float = 0.3,
    ) -> None:  # fmt: skip
        self.vehicle, self.speed = vehicle, speed
        self._path = np.asarray(path, np.float64)[:, :2]
        self._brakes_for, self._margin = brakes_for, margin
        self._nearest, self._trim = 0, 0.0
        self._boxes: dict[int, carla.Vector3D] = {}  # half sizes by actor: each look at one asks the server

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
        if abs(missing) < 1.0:
            self._trim = float(np.clip(self._trim + TRIM * missing, -MOST_TRIM, MOST_TRIM))
        throttle = PUSH * missing + HOLD * wanted + self._trim
        return carla.VehicleControl(steer=steer, throttle=float(np.clip(throttle, 0.0, 1.0)))

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
        reach = 10.0 + speed + speed * speed / (2.0 * HARD)
        lane = self._path[self._nearest : self._nearest + int(reach)]
        own, least = self._half_size(self.vehicle), self.speed
        for actor in self._brakes_for():
            pose, box = actor.get_transform(), self._half_size(actor)
            place = np.array([pose.location.x, pose.location.y])
            if actor.id == self.vehicle.id or np.hypot(*(place - here)) > reach + box.x:
                continue
            k = int(np.argmin(np.hypot(*(lane - place).T)))
            along, beside, length, width = _seen_from(lane, k, place, np.radians(pose.rotation.yaw), box)
            if beside > own.y + width + self._margin or (k == 0 and along < 0.0):
                continue
            gap = k + along - own.x - length - CLEARANCE
            least = min(least, (2.0 * HARD * gap) ** 0.5 if gap > 0.0 else 0.0)
        return least

    def _half_size(self, actor: carla.Actor) -> carla.Vector3D:
        if actor.id not in self._boxes:
            self._boxes[actor.id] = actor.bounding_box.extent
        return self._boxes[actor.id]


def _seen_from(
    lane: NDArray[np.float64], k: int, place: NDArray[np.float64], yaw: float, box: carla.Vector3D
) -> tuple[float, float, float, float]:
    """Where a box (half sizes, m) lies beside point k of a path: m along and beside, half length and half width."""
    way = lane[min(k + 1, len(lane) - 1)] - lane[max(k - 1, 0)]
    size = hypot(*way)
    if size == 0.0:
        return 0.0, hypot(*(place - lane[k])), box.x, box.y
    (ahead, right), (east, south) = way / size, place - lane[k]
    turned = yaw - atan2(right, ahead)
    lengthwise, across = abs(cos(turned)), abs(sin(turned))
    length, width = lengthwise * box.x + across * box.y, across * box.x + lengthwise * box.y
    return ahead * east + right * south, abs(ahead * south - right * east), length, max(width, 0.4)


def _steer(here: NDArray[np.float64], yaw: float, target: NDArray[np.float64]) -> float:
    """Wheel in [-1, 1] that leads from a pose through a point on a circle."""
    east, south = target - here
    right = -sin(yaw) * east + cos(yaw) * south
    angle = atan2(2.0 * WHEELBASE * right, max(east * east + south * south, 1e-6))
    return float(np.clip(angle / FULL_LOCK, -1.0, 1.0))


def path_of(waypoints: Iterable[carla.Waypoint], aside: float = 0.0) -> NDArray[np.float64]:
    """Places (N, 3) m of waypoints, moved so far (m) to the right."""
    places = [shifted(waypoint, aside).location for waypoint in waypoints]
    return np.array([[place.x, place.y, place.z] for place in places]).reshape(-1, 3)


def lane_path(start: carla.Waypoint, metres: float, step: float = 1.0, aside: float = 0.0) -> NDArray[np.float64]:
    """The lane (N, 3) m from a waypoint on, `aside` (m) to the right of its middle, straight on through junctions,
    as far as the road goes."""
    waypoints, gone = [start], 0.0
    while gone < metres:
        following = waypoints[-1].next(step)
        if not following:
            break
        waypoints.append(following[0])
        gone += step
    return path_of(waypoints, aside)
