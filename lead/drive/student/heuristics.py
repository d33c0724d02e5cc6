"""What published students were helped with: stopping at stop signs, and creeping on after standing for long.

Source: spec/tfv6.md, 5.
"""

import numpy as np
from numpy.typing import NDArray

from lead.dataset.box_labels import BoxClass
from lead.geometry.poses import to_local, to_world
from lead.model.boxes import Box
from lead.model.lidar import EGO_HALF_LENGTH, EGO_HALF_WIDTH

SURE = 0.3  # score from which a box counts
AT_SIGN = 1.0  # m between the ego and a stop sign's box
STOPPED = 0.01  # m/s
COOLING = 120  # ticks after a stop in which none is made again
FORGOTTEN = 64.0  # m to a remembered sign

STANDING, PATIENCE = 0.1, 1100  # m/s, and ticks of it
PUSH, PUSHED = 0.4, 20  # least throttle, and ticks of it
BEFORE = ((2.45, 4.95), (-0.85, 0.85), (0.5, 1.5))  # m, x, y, z from the ground: where nothing must be


class StopSigns:
    """Stops once at each stop sign that is detected; remembers the nearest one when it is no longer seen."""

    def __init__(self) -> None:
        self._sign: tuple[NDArray[np.float64], float, float] | None = None  # place that stays (3,), half sizes
        self._stopping, self._cooling = False, 0

    def step(self, boxes: NDArray[np.floating] | None, speed: float, moved: NDArray[np.float64]) -> bool:
        """Whether to brake. One tick: boxes (N, 9) `Box`, ego frame, None if nothing was detected in this tick; the speed
        (m/s); and the ego's pose (6,) in a frame that stays."""
        self._cooling = max(0, self._cooling - 1)
        if boxes is not None:
            self._look(boxes, moved)
        if self._stopping and speed <= STOPPED:
            self._stopping, self._sign, self._cooling = False, None, COOLING
        if self._cooling == 0 and self._sign is not None and speed > STOPPED and self._gap(moved) < AT_SIGN:
            self._stopping = True
        return self._stopping

    def _look(self, boxes: NDArray[np.floating], moved: NDArray[np.float64]) -> None:
        signs = boxes[(boxes[:, Box.CLASS] == BoxClass.STOP_SIGN) & (boxes[:, Box.SCORE] > SURE)]
        if len(signs):
            box = signs[np.argmin(np.hypot(signs[:, Box.X], signs[:, Box.Y]))].astype(np.float64)
            place = to_world(np.array([[box[Box.X], box[Box.Y], 0.0]]), moved)[0]
            self._sign = place, float(box[Box.HALF_LENGTH]), float(box[Box.HALF_WIDTH])

    def _gap(self, moved: NDArray[np.float64]) -> float:
        """Metres between the ego's outline and the sign's box, taken as if both had the same heading."""
        assert self._sign is not None
        place, half_length, half_width = self._sign
        x, y, _ = to_local(place[None], moved)[0].tolist()
        if np.hypot(x, y) > FORGOTTEN:
            self._sign = None
            return np.inf
        ahead, aside = abs(x) - half_length - EGO_HALF_LENGTH, abs(y) - half_width - EGO_HALF_WIDTH
        return float(np.hypot(max(0.0, ahead), max(0.0, aside)))


class Creep:
    """Moves on a little after standing for long, if nothing is before the ego."""

    def __init__(self) -> None:
        self._standing, self._pushing = 0, 0

    def step(self, speed: float, points: NDArray[np.floating]) -> bool:
        """Whether to push on in this tick: the speed (m/s), and the points (N, 3) m, ego frame, z from the ground."""
        self._standing = self._standing + 1 if speed < STANDING else 0
        if self._standing > PATIENCE:
            self._standing, self._pushing = 0, PUSHED
        if self._pushing == 0:
            return False
        self._pushing -= 1
        inside = np.ones(len(points), bool)
        for axis, (low, high) in enumerate(BEFORE):
            inside &= (points[:, axis] > low) & (points[:, axis] < high)
        return not inside.any()
