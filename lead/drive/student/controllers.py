"""From a plan to pedals and wheel, with the published constants. Source: spec/tfv6.md, 5."""

from collections import deque
from math import atan, atan2, degrees, hypot

import numpy as np
from numpy.typing import NDArray

from lead.expert.kernels.driving import (
    ERRORS,
    FRONT_WHEELBASE,
    KMH,
    LOOK_AHEAD_GAIN,
    LOOK_AHEAD_HIGH,
    LOOK_AHEAD_LEAST,
    LOOK_AHEAD_LOW,
    REAR_WHEELBASE,
    RIGHT_ANGLE,
    STEERING_GAIN,
    pedals,
    remember,
    steering,
)

POINTS_PER_METRE = 10.0  # in which the look-ahead is counted
SKIPPED = 2.0  # m of look-ahead before the route's first point
FARTHEST = 9  # index of the farthest point that the speed alone asks for
PER_BEND, MOST_FOR_BEND = 3.5, 2  # points farther per rad of mean bearing, and at most

PURSUIT_LEAST, PURSUIT_SECONDS, PURSUIT_MOST = 4.5, 0.4, 10.0  # m, m per m/s, m to the point that is pursued

STOP = 0.01  # m/s; a target below is a full stop
OVER = 1.1  # of speed to target from which on the brake is used
WHEEL_RESTS = 0.01  # m/s, below which the wheel is straight while braking

SPEED_GAINS, STEER_GAINS, WINDOW = (1.75, 1.0, 2.0), (1.25, 0.75, 0.3), 20  # proportional, integral, derivative; ticks
MOST_SPEED_ERROR = 0.99  # m/s
STOP_BY_WAYPOINTS = 0.4  # m/s
MEASURED_FROM, MEASURED_TO = 0.5, 1.0  # s ahead, of the waypoints between which the speed is measured
AIM_NEAR, AIM_FAR, FAST = 2.25, 3.0, 5.5  # m to the waypoint aimed at below and above a speed (m/s)


class RouteSteering:
    """Steers towards a point of the route that is the farther the faster the ego, and the bendier the way."""

    def __init__(self) -> None:
        self._errors, self._count = np.zeros(ERRORS), 0

    def step(self, route: NDArray[np.floating], speed: float) -> float:
        """Steering from -1 to 1 for a route (R, 2) m, ego frame, 1 m from point to point, at a speed (m/s)."""
        x, y = route[look_ahead(route, speed)].tolist()
        self._count = remember(self._errors, self._count, degrees(atan2(y, x)) / RIGHT_ANGLE)
        return steering(self._errors, self._count)


class PursuitSteering:
    """Steers along the arc to a point of the route that is the farther the faster the ego (pure pursuit; Coulter 1992).

    The published controller steers to the route's first metres, where what is predicted is hardly more than its error: an
    expert that follows its own way to the centimetre can, a student turns out too late.
    """

    def step(self, route: NDArray[np.floating], speed: float) -> float:
        """Steering from -1 to 1 for a route (R, 2) m, ego frame, at a speed (m/s)."""
        far = min(PURSUIT_MOST, PURSUIT_LEAST + PURSUIT_SECONDS * max(0.0, speed))
        away = np.linalg.norm(route, axis=1)
        x, y = route[min(int(np.searchsorted(away, far)), len(route) - 1)].tolist()
        x += REAR_WHEELBASE  # the rear axle goes where it points
        bend = 2.0 * y / (x * x + y * y)  # 1/m
        return min(1.0, max(-1.0, atan(bend * (FRONT_WHEELBASE + REAR_WHEELBASE)) / STEERING_GAIN))


def look_ahead(route: NDArray[np.floating], speed: float) -> int:
    """Index of the point of a route (R, 2) that is steered to; never beyond its last, unlike the published."""
    wanted = min(LOOK_AHEAD_HIGH, max(LOOK_AHEAD_LOW, LOOK_AHEAD_GAIN * KMH * speed + LOOK_AHEAD_LEAST))
    index = int(min(wanted / POINTS_PER_METRE - SKIPPED, FARTHEST))
    bend = float(np.abs(np.arctan2(route[:, 1], route[:, 0])).mean())
    return min(index + min(int(PER_BEND * bend), MOST_FOR_BEND), len(route) - 1)


def target_speed_pedals(speed: float, target: float) -> tuple[float, float]:
    """Throttle from 0 to 1 and brake (0 or 1) that take a speed (m/s) to a target (m/s)."""
    if target < STOP or speed / target > OVER:
        return 0.0, 1.0
    return pedals(max(0.0, speed), target)


class Pid:
    """A controller whose integral is the mean of its last errors."""

    def __init__(self, gains: tuple[float, float, float], window: int) -> None:
        self._gains = gains
        self._errors: deque[float] = deque([0.0] * window, maxlen=window)

    def step(self, error: float) -> float:
        """What to do about an error, of one tick."""
        proportional, integral, derivative = self._gains
        change = error - self._errors[-1]
        self._errors.append(error)
        return proportional * error + integral * sum(self._errors) / len(self._errors) + derivative * change


class WaypointControl:
    """Drives by waypoints `interval` s apart: to where they lie, as fast as they follow one another."""

    def __init__(self, interval: float) -> None:
        self._first, self._last = (round(ahead / interval) - 1 for ahead in (MEASURED_FROM, MEASURED_TO))
        self._seconds = (self._last - self._first) * interval
        self._pedal, self._wheel = Pid(SPEED_GAINS, WINDOW), Pid(STEER_GAINS, WINDOW)

    def speed(self, waypoints: NDArray[np.floating]) -> float:
        """How fast (m/s) waypoints (W, 2) m follow one another."""
        return float(np.linalg.norm(waypoints[self._last] - waypoints[self._first])) / self._seconds

    def pedals(self, waypoints: NDArray[np.floating], speed: float) -> tuple[float, float]:
        """Throttle from 0 to 1 and brake (0 or 1) at a speed (m/s)."""
        wanted = self.speed(waypoints)
        throttle = self._pedal.step(min(MOST_SPEED_ERROR, max(0.0, wanted - speed)))
        if wanted < STOP_BY_WAYPOINTS or speed / wanted > OVER:
            return 0.0, 1.0
        return min(1.0, max(0.0, throttle)), 0.0

    def steer(self, waypoints: NDArray[np.floating]) -> float:
        """Steering from -1 to 1, to the first waypoint (W, 2) m, ego frame, that is far enough."""
        far = AIM_NEAR if self.speed(waypoints) < FAST else AIM_FAR
        aim = next((point for point in waypoints.tolist() if hypot(*point) >= far), waypoints[-1].tolist())
        return min(1.0, max(-1.0, self._wheel.step(degrees(atan2(aim[1], aim[0])) / RIGHT_ANGLE)))
