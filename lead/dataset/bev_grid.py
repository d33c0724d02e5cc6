"""The bird's-eye window of a student: which part of the ego's surroundings it is, and its pixels.

Rows are y (right is down), columns x (forward is right); pixel (r, c) covers from min_y + r / 4 and min_x + c / 4 on.
Source: spec/tfv6.md, 1.1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PIXELS_PER_METRE = 4.0


@dataclass(frozen=True)
class BevWindow:
    """A rectangle in the ego frame, m."""

    min_x: float
    max_x: float
    min_y: float
    max_y: float

    @property
    def columns(self) -> int:
        """Pixels along x."""
        return round((self.max_x - self.min_x) * PIXELS_PER_METRE)

    @property
    def rows(self) -> int:
        """Pixels along y."""
        return round((self.max_y - self.min_y) * PIXELS_PER_METRE)

    def pixels(self, places: NDArray[np.floating]) -> NDArray[np.float64]:
        """Column and row (..., 2) of places (..., 2 or more) m, ego; whole numbers are the low corners of pixels."""
        return (np.asarray(places, np.float64)[..., :2] - (self.min_x, self.min_y)) * PIXELS_PER_METRE

    def holds(self, places: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Which places (N, 2 or more) m, ego, lie in it."""
        x, y = places[:, 0], places[:, 1]
        return (x >= self.min_x) & (x < self.max_x) & (y >= self.min_y) & (y < self.max_y)


CARLA = BevWindow(-32.0, 64.0, -40.0, 40.0)
NAVSIM = BevWindow(-32.0, 32.0, -32.0, 32.0)
WAYMO = BevWindow(0.0, 64.0, -32.0, 32.0)
