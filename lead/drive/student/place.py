"""Where the student believes to be: GNSS, compass and speedometer, with a Kalman filter where one is asked for.

Source: spec/tfv6.md, 5; spec/lead-expert-and-data.md, 3.4.
"""

from dataclasses import dataclass
from math import cos, degrees, pi, radians, sin

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from lead.drive.recording.position import PositionFilter, place_of
from lead.drive.sensors.geodesy import TELLING, Degrees, latitude_turned_back
from lead.expert.kernels.driving import slip
from lead.geometry.poses import wrap_angle
from lead.scenarios.stage import TICK
from lead.server.inertial import EARTH_RADIUS

NEAR_ORIGIN = 1.0  # degrees of latitude, within which a place is from its map's origin


@dataclass(frozen=True)
class Place:
    """Where the ego is in a tick; m, rad.

    Attributes:
        fix: (2,) world x, y as GNSS says them.
        filtered: (2,) the same after the Kalman filter; equal to `fix` without one.
        yaw: world heading.
        moved: (6,) pose in a frame that begins where the drive does, from speed and heading alone: smooth, and it drifts.
    """

    fix: NDArray[np.float64]
    filtered: NDArray[np.float64]
    yaw: float
    moved: NDArray[np.float64]

    def pose(self, exact: bool) -> NDArray[np.float64]:
        """World pose (6,), on the ground: by the filtered place, or by the fix unless it is to be `exact`."""
        x, y = self.filtered if exact else self.fix
        return np.array([x, y, 0.0, 0.0, self.yaw, 0.0])


class Localiser:
    """Follows the ego, tick by tick.

    Args:
        reference: latitude and longitude (degrees) of the map's origin.
        start: (2,) m, world: where the ego is in the first tick, roughly. CARLA 0.9.16 turns latitudes round, which shows
            by it.
        filtered: whether the place is filtered.
    """

    def __init__(self, reference: Degrees, start: NDArray[np.floating], filtered: bool) -> None:
        self._reference, self._start = reference, np.asarray(start, np.float64)[:2]
        self._filter = PositionFilter() if filtered else None
        self._turned: bool | None = None
        self._moved = np.zeros(6)
        self._yaw: float | None = None
        self._speed = 0.0

    def step(self, gnss: NDArray[np.floating], compass: float, speed: float, steer: float) -> Place:
        """One tick: latitude, longitude (degrees), heading from north (rad), m/s, and the steering of the tick before."""
        if np.isfinite(compass):  # CARLA's compass says nothing in some ticks
            yaw = wrap_angle(float(compass) - 0.5 * pi)
        else:
            yaw = self._yaw or 0.0
        before = yaw if self._yaw is None else self._yaw
        # It went on as it was in the tick before: spec/lead-expert-and-data.md, 1.7.
        aside = slip(steer)
        pace, course = self._speed / cos(aside), before + aside
        self._moved = self._moved + pace * TICK * np.array([cos(course), sin(course), 0.0, 0.0, 0.0, 0.0])
        self._moved[4] = yaw
        fix = self._fix(float(gnss[0]), float(gnss[1]))
        filtered = fix if self._filter is None else self._filter.step(fix, before, pace, steer)[:2]
        self._yaw, self._speed = yaw, speed
        return Place(fix, filtered, yaw, self._moved.copy())

    def _fix(self, latitude: float, longitude: float) -> NDArray[np.float64]:
        said = place_of(latitude, longitude, self._reference)
        if self._turned is False:
            return said
        other = place_of(latitude_turned_back(latitude, self._reference), longitude, self._reference)
        expected = self._start[1] + self._moved[1]
        turned = bool(abs(other[1] - expected) < abs(said[1] - expected))
        if self._turned is None and abs(expected) > 2.0 * TELLING:
            self._turned = turned
        return other if (turned if self._turned is None else self._turned) else said


def reference_of(latitude: float, longitude: float, x: float, y: float) -> Degrees:
    """Latitude and longitude (degrees) of a map's origin, from those of one of its places (m); inverts `place_of`."""

    def off(origin: float) -> float:
        return float(place_of(latitude, longitude, (origin, 0.0))[1]) - y

    origin = brentq(off, latitude - NEAR_ORIGIN, latitude + NEAR_ORIGIN, xtol=1e-13)
    return origin, longitude - degrees(x / (cos(radians(origin)) * EARTH_RADIUS))
