"""Where everybody will be in the next two seconds, and how large a space is kept around them.

Source: spec/lead-expert-and-data.md, 1.7.
"""

import numpy as np
from numpy.typing import NDArray

from lead.expert.control import PedalMemory
from lead.expert.kernels.driving import REAR_WHEELBASE, forecast_follower, forecast_steady, slip
from lead.expert.scene import Kind
from lead.expert.view import Forecast, View

HORIZON, HORIZON_LANE_CHANGE = 40, 22  # ticks of 0.05 s
EGO_FAST = 5.0  # m/s from which on
EGO_MARGIN = (1.3, 1.2)  # times its length and width are kept free

BRAKING, THROTTLE = -4.952399, 0.563384  # m/s^2 at full pedals
SLOW = 1.0  # m/s of the forecast below which a vehicle has no margins
LENGTH, LENGTH_LANE_CHANGE = 1.2, 2.0  # least factor of a vehicle's length
LENGTH_GROWTH, WIDTH_GROWTH = 1.2, 1.3  # factors at the end of the horizon

WALKER_HALF = 1.5  # m, least half length and half width kept free
WALKER_SPEED = 0.5  # m/s, least of one who has a direction
CREEP = 1e-3  # m/s below which there is no direction
TURNING = 0.5  # m/s below which a yaw rate says nothing of the steering


def horizon(view: View) -> int:
    """Ticks that are looked ahead."""
    return HORIZON_LANE_CHANGE if view.near_lane_change else HORIZON


def forecast_ego(view: View, pedals: PedalMemory, target: float | None = None) -> Forecast:
    """The ego (one row) as it follows its path and accelerates to a target (m/s), the limit if none is told."""
    ego, ticks = view.scene.ego, horizon(view)
    errors, count = pedals.buffer()
    pose, speed = np.empty((1, ticks, 3)), np.empty((1, ticks))
    start = np.array([ego.pose[0], ego.pose[1], ego.pose[4], ego.speed])
    wanted = view.limit if target is None else target
    forecast_follower(start, view.path.points, view.index, errors, count, wanted, pose[0], speed[0])
    _move(pose, ego.centre[None])
    factors = EGO_MARGIN if ego.speed >= EGO_FAST else (1.0, 1.0)
    half = np.broadcast_to(ego.extent[:2] * factors, (1, ticks, 2)).copy()
    return Forecast(pose, half, speed)


def forecast_actors(view: View, factors: NDArray[np.float64]) -> Forecast:
    """Everybody else: vehicles keep steering and pedals, walkers their direction, obstacles their place.

    `factors` (A, 2) are what the half length and half width are multiplied by; NaN for the usual margins.
    """
    actors, ticks = view.actors, horizon(view)
    pose, speed = np.empty((len(actors), ticks, 3)), np.empty((len(actors), ticks))
    start = np.concatenate([actors.pose[:, [0, 1, 4]], np.zeros((len(actors), 1))], axis=1)
    course, acceleration = np.zeros(len(actors)), np.zeros(len(actors))
    vehicle = (actors.kind == Kind.CAR) | (actors.kind == Kind.BICYCLE)
    heading = actors.pose[:, 4]
    forward = actors.velocity[:, 0] * np.cos(heading) + actors.velocity[:, 1] * np.sin(heading)
    start[vehicle, 3] = forward[vehicle]
    course[vehicle], acceleration[vehicle] = _steady(view, vehicle, forward[vehicle])
    walker = actors.kind == Kind.WALKER
    start[walker, 2], start[walker, 3] = _walking(view, walker)
    forecast_steady(start, course, acceleration, pose, speed)
    pose[walker, :, 2] = heading[walker, None]
    _move(pose, actors.centre)
    return Forecast(pose, _kept_free(view, speed, factors), speed)


def _steady(
    view: View, vehicle: NDArray[np.bool_], speed: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slip angles (rad) and accelerations (m/s^2) of vehicles: of their controls, or of how they moved so far."""
    if view.settings.motion == "controls":
        throttle, steer, brake = view.actors.control[vehicle].T
        return np.array([slip(value) for value in steer]), THROTTLE * throttle * (brake == 0.0) + BRAKING * brake
    bend = REAR_WHEELBASE * view.yaw_rate[vehicle] / np.where(np.abs(speed) < TURNING, np.inf, speed)
    return np.arcsin(np.clip(bend, -1.0, 1.0)), view.acceleration[vehicle]


def _walking(view: View, walker: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Directions (rad) and speeds (m/s) of walkers; one who stands without having moved has none, and stays."""
    actors = view.actors
    if view.settings.motion == "controls":
        wish = actors.walking[walker]
        direction, known = np.arctan2(wish[:, 1], wish[:, 0]), np.hypot(wish[:, 0], wish[:, 1]) > CREEP
    else:
        direction, known = view.course[walker], ~np.isnan(view.course[walker])
    speed = np.maximum(np.hypot(actors.velocity[walker, 0], actors.velocity[walker, 1]), WALKER_SPEED)
    return np.where(known, direction, 0.0), np.where(known, speed, 0.0)


def _kept_free(view: View, speed: NDArray[np.float64], factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half sizes (A, H, 2) m with margins that grow with the time that is looked ahead."""
    actors, ticks = view.actors, speed.shape[1]
    growth = np.arange(ticks) / ticks
    least = LENGTH_LANE_CHANGE if view.near_lane_change else LENGTH
    moving = (speed >= SLOW) & (actors.kind != Kind.WALKER)[:, None]
    margin = np.ones((*speed.shape, 2))
    margin[..., 0] = np.where(moving, np.maximum(least, LENGTH_GROWTH * growth), 1.0)
    margin[..., 1] = np.where(moving, np.maximum(1.0, WIDTH_GROWTH * growth), 1.0)
    told = factors[:, None, :]
    half = actors.extent[:, None, :2] * np.where(np.isnan(told), margin, told)
    walker = actors.kind == Kind.WALKER
    half[walker] = np.maximum(half[walker], WALKER_HALF)
    return half


def _move(pose: NDArray[np.float64], centre: NDArray[np.float64]) -> None:
    """Move the poses (A, H, 3) of actors to the middles of their boxes, `centre` (A, 3) m in their frames."""
    c, s = np.cos(pose[..., 2]), np.sin(pose[..., 2])
    x, y = centre[:, 0, None], centre[:, 1, None]
    pose[..., 0] += c * x - s * y
    pose[..., 1] += s * x + c * y
