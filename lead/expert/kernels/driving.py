"""How the ego steers, accelerates and moves: the controllers' laws and the fitted bicycle they are forecast with.

Source: spec/lead-expert-and-data.md, 1.7 (bicycle models) and 1.11 (controllers). Fitted to CARLA's Lincoln MKZ 2020.
"""

from math import atan, atan2, cos, degrees, pi, sin, tan

import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf
from lead.geometry.poses import wrap_angle

DT = 0.05  # s
KMH = 3.6  # km/h per m/s

FRONT_WHEELBASE, REAR_WHEELBASE = -0.090769, 1.417828  # m, fitted
STEERING_GAIN = 0.368483  # rad of wheel angle per unit of steering

LOOK_AHEAD_GAIN, LOOK_AHEAD_LEAST = 0.97553, 1.91529  # points per km/h, points
LOOK_AHEAD_LOW, LOOK_AHEAD_HIGH = 24.0, 105.0  # points of 0.1 m
RIGHT_ANGLE = 90.0  # degrees of heading error that count as 1
PROPORTIONAL, DERIVATIVE, INTEGRAL = 3.118357, 1.378251, 0.640607
ERRORS = 6  # heading errors that are remembered

FULL_THROTTLE = 1.89  # km/h below the target from which on the pedal is down
BRAKE_RATIO = 1.031267  # of speed to target from which on the brake is used
LEAST_TARGET = 0.278  # m/s
COASTING = 0.3  # throttle below which the forecast keeps its speed
LOOK = 40  # points ahead among which the next place on the path is looked for
PARKED = 1e-3  # m/s


@leaf
def slip(steer: float) -> float:
    """Angle (rad) between course and heading at a steering from -1 to 1."""
    return atan(REAR_WHEELBASE / (FRONT_WHEELBASE + REAR_WHEELBASE) * tan(STEERING_GAIN * steer))


@leaf
def next_index(points: NDArray[np.float64], index: int, x: float, y: float) -> int:
    """Index of the point (N, 3) nearest to (x, y) m within the next 4 m; never backwards."""
    nearest, least = index, 1e300
    for k in range(index, min(points.shape[0], index + LOOK + 1)):
        gap = (points[k, 0] - x) ** 2 + (points[k, 1] - y) ** 2
        if gap < least:
            nearest, least = k, gap
    return nearest


@leaf
def heading_error(points: NDArray[np.float64], index: int, x: float, y: float, yaw: float, speed: float) -> float:
    """Heading to the look-ahead point against the yaw, in right angles."""
    look = LOOK_AHEAD_GAIN * KMH * speed + LOOK_AHEAD_LEAST
    look = min(LOOK_AHEAD_HIGH, max(LOOK_AHEAD_LOW, look))
    k = min(points.shape[0] - 1, index + int(look))
    return degrees(wrap_angle(atan2(points[k, 1] - y, points[k, 0] - x) - yaw)) / RIGHT_ANGLE


@leaf
def steering(errors: NDArray[np.float64], count: int) -> float:
    """Steering from -1 to 1 of the last `count` heading errors, the newest last; 3 decimals."""
    newest = errors[count - 1]
    change = newest - errors[count - 2] if count > 1 else 0.0
    total = 0.0
    for k in range(count):
        total += errors[k]
    steer = PROPORTIONAL * newest + DERIVATIVE * change + INTEGRAL * total / count
    return round(min(1.0, max(-1.0, steer)), 3)


@leaf
def remember(errors: NDArray[np.float64], count: int, error: float) -> int:
    """Put an error behind `count` others (at most ERRORS are kept, the oldest goes); returns how many there are now."""
    if count == ERRORS:
        for k in range(ERRORS - 1):
            errors[k] = errors[k + 1]
        count -= 1
    errors[count] = error
    return count + 1


@leaf
def pedals(speed: float, target: float) -> tuple[float, float]:
    """Throttle from 0 to 1 and brake (0 or 1) that take a speed (m/s) to a target (m/s); a regression over km/h."""
    v, goal = KMH * speed, KMH * max(target, LEAST_TARGET)
    error = goal - v
    if error > FULL_THROTTLE:
        return 1.0, 0.0
    if v / goal > BRAKE_RATIO:
        return 0.0, 1.0
    e = max(0.0, error)
    throttle = (
        1.199034 * v / 1e2 - 0.805760 * v * v / 1e4 + 1.710819 * e + 0.921890 * e * e / 1e4 + 1.556498 * v * e / 1e4
        - 0.701348 * v * v * e / 1e6
    )  # fmt: skip
    return min(1.0, max(0.0, throttle)), 0.0


@leaf
def next_speed(speed: float, throttle: float, brake: float) -> float:
    """Speed (m/s) a tick later; a polynomial over km/h."""
    v = KMH * speed
    if brake > 0.0:
        v = v * (9.31711e-3 + v * (8.20967e-2 + v * (-2.83832e-3 + v * (5.06587e-5 + v * (
            -4.90357e-7 + v * (2.44419e-9 - v * 4.91382e-12))))))  # fmt: skip
    elif throttle >= COASTING:
        t, v2 = throttle, v * v
        v = (
            0.963873 * v + 4.3754e-4 * v2 - 0.380193 * t + 1.749501 * t * t + 0.0916787 * v * t - 0.0705462 * v * t * t
            - 1.05996e-3 * v2 * t + 6.71079e-4 * v2 * t * t
        )  # fmt: skip
    return max(0.0, v) / KMH


@leaf
def accelerate(speed: float, target: float, gone: NDArray[np.float64]) -> None:
    """Write the metres `gone` (H,) after each tick by one who drives at a speed toward a target (m/s)."""
    way = 0.0
    for h in range(gone.shape[0]):
        throttle, brake = pedals(speed, target)
        speed = next_speed(speed, throttle, brake)
        way += speed * DT
        gone[h] = way


@leaf
def forecast_follower(
    start: NDArray[np.float64], points: NDArray[np.float64], index: int, errors: NDArray[np.float64], count: int,
    target: float, pose: NDArray[np.float64], speeds: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write `pose` (H, 3) x, y, yaw and `speeds` (H,) m/s of the ego as it follows a path (N, 3) toward a target (m/s).

    `start` (4,) is x, y, yaw and forward speed now; `errors` (ERRORS,) the controller's memory of `count` values, which
    is changed.
    """
    x, y, yaw, speed = start[0], start[1], start[2], start[3]
    for h in range(pose.shape[0]):
        index = next_index(points, index, x, y)
        count = remember(errors, count, heading_error(points, index, x, y, yaw, speed))
        course = slip(steering(errors, count))
        throttle, brake = pedals(speed, target)
        x += speed * cos(yaw + course) * DT
        y += speed * sin(yaw + course) * DT
        yaw += speed / REAR_WHEELBASE * sin(course) * DT
        speed = next_speed(speed, throttle, brake) if speed >= 0.0 else speed + DT
        pose[h, 0], pose[h, 1], pose[h, 2] = x, y, wrap_angle(yaw)
        speeds[h] = speed


@leaf
def forecast_steady(
    start: NDArray[np.float64], course: NDArray[np.float64], acceleration: NDArray[np.float64],
    pose: NDArray[np.float64], speeds: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write `pose` (A, H, 3) and `speeds` (A, H) of those that keep steering and acceleration.

    `start` (A, 4) is x, y, yaw and forward speed (m/s), `course` (A,) the slip angle (rad), `acceleration` (A,) m/s^2.
    Who brakes comes to a stand, and who rolls backwards does not turn round.
    """
    for i in range(pose.shape[0]):
        x, y, yaw, speed = start[i, 0], start[i, 1], start[i, 2], start[i, 3]
        turn = sin(course[i]) / REAR_WHEELBASE
        for h in range(pose.shape[1]):
            x += speed * cos(yaw + course[i]) * DT
            y += speed * sin(yaw + course[i]) * DT
            yaw += speed * turn * DT
            after = speed + acceleration[i] * DT
            if speed * after < 0.0 or (abs(speed) < PARKED and acceleration[i] < 0.0):
                after = 0.0
            speed = after
            pose[i, h, 0], pose[i, h, 1], pose[i, h, 2] = x, y, (yaw + pi) % (2.0 * pi) - pi
            speeds[i, h] = abs(speed)
