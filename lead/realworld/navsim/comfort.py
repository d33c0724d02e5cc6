"""Comfort of a plan (C, HC), and of two plans made half a second apart (EC).

Accelerations, jerks and yaw rates come from Savitzky-Golay filters, which are linear: each is a matrix over the steps,
made once per length. All limits of C and HC are exclusive, those of EC inclusive. Source: spec/benchmarks.md, 5.2.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.realworld.navsim.motion import STEP, Array, StateIndex, Vehicle

DECIMALS = 8  # to which the benchmark rounds the signals
ORDER = 2  # degree of the filters' polynomials
ACCELERATION_WINDOW, JERK_WINDOW, YAW_WINDOW = 8, 15, 5  # samples
PARTS = ("lon_acceleration", "lat_acceleration", "jerk", "lon_jerk", "yaw_acceleration", "yaw_rate")
LIMITS = np.array(
    [[-4.05, 2.40], [-4.89, 4.89], [-8.37, 8.37], [-4.13, 4.13], [-1.93, 1.93], [-0.95, 0.95]]
)  # m/s^2, m/s^2, m/s^3, m/s^3, rad/s^2, rad/s per part
DIFFERENCES = ("acceleration", "jerk", "yaw_rate", "yaw_acceleration")
LARGEST_DIFFERENCE = np.array([0.7, 0.5, 0.1, 0.1])  # m/s^2, m/s^3, rad/s, rad/s^2, root mean square per name
LONGEST_INTERVAL = 0.55  # s between two frames that can be compared


@dataclass(frozen=True)
class ComfortRules:
    """What the versions of the benchmark differ in."""

    whole_windows: bool  # acceleration and jerk are fitted over all steps at once
    at_centre: bool  # longitudinal acceleration at the box's centre, not the rear axle


V1 = ComfortRules(whole_windows=True, at_centre=False)
V2 = ComfortRules(whole_windows=False, at_centre=True)


def comfort_parts(states: Array, rules: ComfortRules, vehicle: Vehicle) -> NDArray[np.bool_]:
    """(P, 6) whether all steps of states (P, T, 11) are within the limits, in the order of PARTS."""
    count = states.shape[1]
    lon, lat = states[..., StateIndex.ACCELERATION_X], states[..., StateIndex.ACCELERATION_Y]
    magnitude = np.hypot(lon, lat)
    if rules.at_centre:
        turning = states[..., StateIndex.ANGULAR_VELOCITY] ** 2 + states[..., StateIndex.ANGULAR_ACCELERATION]
        lon = lon + vehicle.rear_axle_to_centre * turning
    acceleration_window, jerk_window = (count, count) if rules.whole_windows else (ACCELERATION_WINDOW, JERK_WINDOW)
    heading = _unwrapped(states[..., StateIndex.HEADING])
    signals = (
        _filtered(lon, acceleration_window),
        _filtered(lat, acceleration_window),
        _filtered(_filtered(magnitude, ACCELERATION_WINDOW), jerk_window, derivative=1),
        _filtered(_filtered(lon, ACCELERATION_WINDOW), jerk_window, derivative=1),
        _filtered(heading, YAW_WINDOW, derivative=2, order=3),
        _filtered(heading, YAW_WINDOW, derivative=1),
    )
    within = [np.all((signal > least) & (signal < most), axis=1) for signal, (least, most) in zip(signals, LIMITS)]
    return np.stack(within, axis=1)


def with_history(states: Array, history: Array) -> Array:
    """States (P, H + T, 11) with the same history (H, 11) ahead of each."""
    return np.concatenate([np.broadcast_to(history, (len(states), *history.shape)), states], axis=1)


def frame_differences(now: Array, previous: Array, interval: float) -> Array:
    """Root mean squares (4,) of the differences between two simulated plans (T, 11), in the order of DIFFERENCES.

    `interval` (s) is how much later `now` begins; compared is the time that both cover.
    """
    if not 0.0 < interval < LONGEST_INTERVAL or now.shape != previous.shape:
        raise InputError(
            f"found plans of shapes {now.shape} and {previous.shape}, {interval} s apart; "
            f"expected the same shape and more than 0 and less than {LONGEST_INTERVAL} s"
        )
    shift = round(interval / STEP)
    both = np.stack([now[:-shift], previous[shift:]])
    magnitude = np.hypot(both[..., StateIndex.ACCELERATION_X], both[..., StateIndex.ACCELERATION_Y])
    acceleration = _filtered(magnitude, ACCELERATION_WINDOW)
    heading = _unwrapped(both[..., StateIndex.HEADING])
    signals = (
        acceleration,
        _filtered(acceleration, JERK_WINDOW, derivative=1),
        _filtered(heading, YAW_WINDOW, derivative=1),
        _filtered(heading, YAW_WINDOW, derivative=2),
    )
    return np.array([np.sqrt(np.mean((signal[0] - signal[1]) ** 2)) for signal in signals])


def extended_comfort(now: Array, previous: Array, interval: float) -> float:
    """EC: 1 where all differences between two frames' simulated plans (T, 11) are within their limits, else 0."""
    return float(np.all(frame_differences(now, previous, interval) <= LARGEST_DIFFERENCE))


def _filtered(signal: Array, window: int, derivative: int = 0, order: int = ORDER) -> Array:
    """Smoothed signal or its derivative (P, T)."""
    count = signal.shape[1]
    return np.round(signal @ _filter(count, min(window, count), order, derivative), DECIMALS)


@cache
def _filter(count: int, window: int, order: int, derivative: int) -> Array:
    """The filter as a matrix (T, T): its response to each unit sample, a row each."""
    from scipy.signal import savgol_filter

    return savgol_filter(np.eye(count), window, order, deriv=derivative, delta=STEP, axis=1)


def _unwrapped(headings: Array) -> Array:
    turns = np.zeros(headings.shape)
    turns[:, 1:] = np.cumsum(np.round(np.diff(headings, axis=1) / (2.0 * np.pi)), axis=1)
    return headings - 2.0 * np.pi * turns
