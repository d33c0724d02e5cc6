"""Where the ego's own sensors say that it is: GNSS on the map, and a Kalman filter over it.

Source: spec/lead-expert-and-data.md, 3.3 and 3.4. Compass and speedometer count as exact there (variance 1e-15), so
that of the published unscented filter only the place is uncertain: a filter per axis with one gain.
"""

from math import cos, log, pi, radians, sin, tan

import numpy as np
from numpy.typing import NDArray

from lead.expert.kernels.driving import slip
from lead.scenarios.stage import TICK
from lead.server.inertial import EARTH_RADIUS

FIRST_VARIANCE, NOISE, DRIFT = 0.5, 0.5, 1e-4  # m2: of the first place, of a fix, and added per tick


def place_of(latitude: float, longitude: float, reference: tuple[float, float]) -> NDArray[np.float64]:
    """World x, y (m) of degrees, for a map whose origin is at `reference` (degrees); inverts `geo_location`."""
    scale = cos(radians(reference[0])) * EARTH_RADIUS

    def north(degrees: float) -> float:
        return scale * log(tan((90.0 + degrees) * pi / 360.0))

    return np.array([scale * radians(longitude - reference[1]), north(reference[0]) - north(latitude)])


class PositionFilter:
    """The place, from fixes and from how the ego moves."""

    def __init__(self) -> None:
        self._place: NDArray[np.float64] | None = None
        self._variance = FIRST_VARIANCE

    def step(self, fix: NDArray[np.float64], yaw: float, speed: float, steer: float) -> NDArray[np.float64]:
        """One tick: world x, y (m) of a fix (2,), heading (rad), speed (m/s), and the steering of the tick before.

        Returns (4,): x, y, yaw, speed.
        """
        if self._place is None:
            self._place = np.array(fix, np.float64)
        else:
            course = yaw + slip(steer)
            self._place = self._place + speed * TICK * np.array([cos(course), sin(course)])
            self._variance += DRIFT
            gain = self._variance / (self._variance + NOISE)
            self._place = self._place + gain * (fix - self._place)
            self._variance *= 1.0 - gain
        return np.array([*self._place, yaw, speed])
