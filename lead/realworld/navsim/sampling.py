"""From the poses of a plan to the 41 poses the tracker follows, and from a logged history to states every 0.1 s.

Times are whole microseconds by truncation, as in the devkit: the poses differ from exact interpolation by up to about
1e-5 m. Only x, y and heading of a plan count. Source: spec/benchmarks.md, 5.1, and fixtures (points 1 and 10).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead import InputError
from lead.realworld.frames import world_poses, wrapped
from lead.realworld.navsim.motion import POSE, STEP, STEPS, Array, StateIndex

HISTORY_INTERVAL = 0.5  # s between logged states
MICRO = 1e6  # microseconds per second
SECOND = 1e-6  # seconds per microsecond; a product, not a quotient, decides which microsecond is cut to
TURNING = (StateIndex.STEERING_RATE, StateIndex.ANGULAR_VELOCITY, StateIndex.ANGULAR_ACCELERATION)


def sample_plan(plan_ego: ArrayLike, ego: Array, start_us: int, interval: float = 0.5) -> Array:
    """Poses (41, 3) in the world of a plan (N, 3) x, y, heading in the ego's frame, one per `interval` (s).

    `ego` (11,) is the state at the time of planning. Where the plan ends early its last pose holds.
    """
    plan = np.asarray(plan_ego, np.float64)
    if plan.ndim != 2 or plan.shape[1] != 3 or not len(plan) or not np.isfinite(plan).all():
        raise InputError(f"found a plan of shape {plan.shape}, expected finite (poses, 3) with x, y, heading")
    start = start_us * SECOND
    known = np.array([start_us, *((np.arange(len(plan)) * interval + interval + start) * MICRO).astype(np.int64)])
    poses = np.concatenate([ego[None, POSE], world_poses(plan, ego[POSE])])
    return _interpolated(_sample_times(start), known, poses)


def sample_reference(reference: Array, start_us: int) -> Array:
    """Poses (41, 3) of a reference plan (41, 3) already in the world, at the times at which plans are sampled."""
    known = start_us + np.arange(len(reference)) * round(STEP * MICRO)
    return _interpolated(_sample_times(start_us * SECOND), known, reference)


def resample_history(history: Array) -> Array:
    """States (S, 11) every 0.1 s from logged ones (H, 11) every 0.5 s, the last of them at 0 s.

    Ends at -0.2 s: -0.1 s is missing, as officially. Yaw rate, yaw acceleration and steering rate are zero.
    """
    span = round((len(history) - 1) * HISTORY_INTERVAL * MICRO)
    times = np.arange(0, span, round(STEP * MICRO))[:-1]
    known = np.arange(len(history)) * round(HISTORY_INTERVAL * MICRO)
    states = np.stack([np.interp(times, known, column) for column in history.T], axis=1)
    states[:, POSE] = _interpolated(times, known, history[:, POSE])
    states[:, TURNING] = 0.0
    return states


def _sample_times(start: float) -> NDArray[np.int64]:
    return ((np.arange(STEPS + 1) * STEP + start) * MICRO).astype(np.int64)


def _interpolated(times: NDArray[np.int64], known: NDArray[np.int64], poses: Array) -> Array:
    """Poses (len(times), 3) between known ones (N, 3), the ends held; headings turn the short way."""
    since = known[0]
    columns = (poses[:, 0], poses[:, 1], np.unwrap(poses[:, 2]))
    x, y, heading = (np.interp(times - since, known - since, column) for column in columns)
    return np.stack([x, y, wrapped(heading)], axis=1)
