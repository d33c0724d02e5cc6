"""From a model's waypoints to the 20 way-points of the challenge, in Waymo's axes."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from lead import InputError
from lead.realworld.frames import iso_points
from lead.realworld.waymo.frame import FUTURE, STATE_RATE


def challenge_plan(waypoints_carla: ArrayLike, speed: float, interval: float = 0.5) -> NDArray[np.float64]:
    """The plan (20, 2) m, x forward, y left, at 0.25 ... 5 s, through waypoints (W, 2) in CARLA's axes.

    A cubic spline that begins at the origin with the present speed (m/s) and goes through every waypoint: its values at
    3 s and at 5 s are the model's own. Raises InputError if the waypoints end before 5 s or are not finite.
    """
    points = np.asarray(waypoints_carla, np.float64)
    times = interval * np.arange(len(points) + 1)
    asked = np.arange(1, FUTURE + 1) / STATE_RATE
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all() or times[-1] < asked[-1] - 1e-9:
        raise InputError(
            f"found waypoints of shape {points.shape}, {interval:g} s apart; expected finite ones up to {asked[-1]:g} s"
        )
    places = np.concatenate([np.zeros((1, 2)), iso_points(points)])
    ends = ((1, np.array([speed, 0.0])), (2, np.zeros(2)))  # the present velocity; no curvature at the end
    return CubicSpline(times, places, bc_type=ends)(asked)
