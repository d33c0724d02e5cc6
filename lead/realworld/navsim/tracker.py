"""How a vehicle would drive a plan: an LQR tracker steers a kinematic bicycle along it in steps of 0.1 s.

Speed and curvature of the plan are fitted to its poses by regularised least squares. Longitudinally the tracker then
aims at the plan's speed one second ahead with one constant acceleration; laterally it minimises position and heading
error after the same second with one constant steering rate. Both problems have closed forms, written out below.
Source: spec/benchmarks.md, 5.1; nuPlan's two-stage controller, whose weights these are.
"""

from functools import cache
from math import atan2, cos, pi, sin, tan

import numba
import numpy as np

from lead import InputError
from lead.realworld.frames import wrapped
from lead.realworld.navsim.motion import PACIFICA, STEP, Array, StateIndex, Vehicle

ACCELERATION_PENALTY = 1e-4  # of the speed fit
CURVATURE_RATE_PENALTY = 1e-2  # of the curvature fit
FIRST_CURVATURE_PENALTY = 1e-10  # keeps the fit unique for a plan that stands
HORIZON = 10  # steps that the tracker looks ahead
SPEED_WEIGHT, ACCELERATION_WEIGHT = 10.0, 1.0
LATERAL_WEIGHT, HEADING_WEIGHT, STEERING_RATE_WEIGHT = 1.0, 10.0, 1.0
STOPPING_SPEED = 0.2  # m/s below which plan and vehicle count as stopping
STOPPING_GAIN = 0.5  # 1/s
ACCELERATION_LAG, STEERING_LAG = 0.2, 0.05  # s, time constants of the actuators
LARGEST_STEERING = pi / 3  # rad
(
    X, Y, HEADING, SPEED, SIDE_SPEED, ACCELERATION, SIDE_ACCELERATION, STEERING, STEERING_RATE,
    YAW_RATE, YAW_ACCELERATION,
) = map(int, StateIndex)  # fmt: skip


def simulate(poses: Array, ego: Array, vehicle: Vehicle = PACIFICA) -> Array:
    """States (P, T, 11) of vehicles that start as `ego` (11,) and track the plans `poses` (P, T, 3), 0.1 s apart."""
    if poses.ndim != 3 or poses.shape[1] < 4 or poses.shape[2] != 3 or not np.isfinite(poses).all():
        raise InputError(f"found plans of shape {poses.shape}, expected finite (proposals, at least 4 poses, 3)")
    speed, curvature = fitted_profiles(poses)
    states = np.zeros((*poses.shape[:2], len(StateIndex)))
    states[:, 0] = ego
    _track(np.ascontiguousarray(poses, np.float64), speed, curvature, vehicle.wheel_base, states)
    return states


def fitted_profiles(poses: Array) -> tuple[Array, Array]:
    """Speed (m/s) and curvature (1/m) along plans (P, T, 3), each (P, T - 1).

    Speed: least squares of the displacements along the headings, smoothed by a penalty. Its normal matrix does not
    depend on the headings, as each step sees a unit vector, so that it is inverted once per number of poses.
    """
    steps = np.diff(poses, axis=1)
    heading = poses[:, :-1, 2]
    along = np.cos(heading) * steps[..., 0] + np.sin(heading) * steps[..., 1]
    speed = _integrated(along @ _speed_fit(along.shape[1]).T)

    turned = wrapped(steps[..., 2])
    count = turned.shape[1]
    design = speed[:, :, None] * _summation(count)
    penalty = np.full(count, CURVATURE_RATE_PENALTY)
    penalty[0] = FIRST_CURVATURE_PENALTY
    transposed = design.transpose(0, 2, 1)
    fit = np.linalg.solve(transposed @ design + np.diag(penalty), transposed @ turned[..., None])
    return speed, _integrated(fit[..., 0])


def _integrated(first_and_rates: Array) -> Array:
    """Values (P, N) from the first value and the N - 1 rates after it (P, N)."""
    scaled = first_and_rates * STEP
    scaled[:, 0] = first_and_rates[:, 0]
    return np.cumsum(scaled, axis=1)


@cache
def _summation(count: int) -> Array:
    """Matrix (N, N) that takes a first value and N - 1 rates to the N values, times the step."""
    matrix = np.tri(count) * STEP**2
    matrix[:, 0] = STEP
    return matrix


@cache
def _speed_fit(count: int) -> Array:
    """Matrix (N, N) that takes displacements along the heading to the first speed and N - 1 accelerations.

    The benchmark means to penalise jerk; what it does penalise are the accelerations, but for the last two, of which
    it takes the difference. Scores depend on it.
    """
    design = _summation(count)
    penalised = np.zeros((count - 2, count))
    rows = np.arange(count - 2)
    penalised[rows, rows + 1] = -1.0
    penalised[-1, -1] = 1.0
    return np.linalg.solve(design.T @ design + ACCELERATION_PENALTY * penalised.T @ penalised, design.T)


@numba.njit(cache=True)
def _track(poses: Array, speed: Array, curvature: Array, wheel_base: float, states: Array) -> None:
    """Fill the states after the first, from step to step."""
    span = HORIZON * STEP
    gain = SPEED_WEIGHT * span / (SPEED_WEIGHT * span * span + ACCELERATION_WEIGHT)
    for p in range(states.shape[0]):
        for t in range(1, states.shape[1]):
            here = states[p, t - 1]
            aim = speed[p, min(t - 1 + HORIZON, speed.shape[1] - 1)]
            if aim <= STOPPING_SPEED and here[SPEED] <= STOPPING_SPEED:
                acceleration, steering_rate = -STOPPING_GAIN * (here[SPEED] - aim), 0.0
            else:
                acceleration = -gain * (here[SPEED] - aim)
                steering_rate = _steering_rate(here, poses[p, t - 1], acceleration, curvature[p], t - 1, wheel_base)
            _drive(here, acceleration, steering_rate, wheel_base, states[p, t])


@numba.njit(cache=True)
def _steering_rate(
    state: Array, pose: Array, acceleration: float, curvature: Array, step: int, wheel_base: float
) -> float:
    """The constant steering rate (rad/s) that leaves the least error after the horizon.

    The errors there are linear in it: they are followed once without steering and once as the response to a unit rate.
    """
    dx, dy = state[X] - pose[X], state[Y] - pose[Y]
    lateral = dy * cos(pose[HEADING]) - dx * sin(pose[HEADING])
    heading = (state[HEADING] - pose[HEADING] + pi) % (2.0 * pi) - pi
    lateral_unit, heading_unit, steering_unit = 0.0, 0.0, 0.0
    for k in range(HORIZON):
        way = (state[SPEED] + acceleration * STEP * k) * STEP
        bend = state[STEERING] / wheel_base - curvature[min(step + k, len(curvature) - 1)]
        lateral, heading = lateral + way * heading, heading + way * bend
        lateral_unit, heading_unit = lateral_unit + way * heading_unit, heading_unit + way * steering_unit / wheel_base
        steering_unit += STEP
    heading = atan2(sin(heading), cos(heading))
    weight = LATERAL_WEIGHT * lateral_unit**2 + HEADING_WEIGHT * heading_unit**2 + STEERING_RATE_WEIGHT
    return -(LATERAL_WEIGHT * lateral_unit * lateral + HEADING_WEIGHT * heading_unit * heading) / weight


@numba.njit(cache=True)
def _drive(here: Array, acceleration: float, steering_rate: float, wheel_base: float, there: Array) -> None:
    """One step of the bicycle about its rear axle; the commands pass first-order lags, then Euler integrates."""
    speed, steering = here[SPEED], here[STEERING]
    lagged = here[ACCELERATION] + STEP / (STEP + ACCELERATION_LAG) * (acceleration - here[ACCELERATION])
    rate = STEP / (STEP + STEERING_LAG) * steering_rate
    there[X] = here[X] + speed * cos(here[HEADING]) * STEP
    there[Y] = here[Y] + speed * sin(here[HEADING]) * STEP
    there[HEADING] = (here[HEADING] + speed * tan(steering) / wheel_base * STEP + pi) % (2.0 * pi) - pi
    there[SPEED] = speed + lagged * STEP
    there[SIDE_SPEED] = 0.0
    there[ACCELERATION] = lagged
    there[SIDE_ACCELERATION] = 0.0
    there[STEERING] = min(max(steering + rate * STEP, -LARGEST_STEERING), LARGEST_STEERING)
    there[STEERING_RATE] = rate
    there[YAW_RATE] = there[SPEED] * tan(there[STEERING]) / wheel_base
    there[YAW_ACCELERATION] = (there[YAW_RATE] - here[YAW_RATE]) / STEP
