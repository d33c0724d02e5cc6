"""Which points of the sparse plan the ego is told: the one last reached, the next and the one after.

Source: spec/lead-expert-and-data.md, 2.3; spec/tfv6.md, 2.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

REACH = 50.0  # m along the plan to the last point that is looked at, but one
CLOSE = 1e-3  # m: consecutive points nearer than that are one


class PlanFollower:
    """Pops the plan's points as the ego reaches them, for several pop distances at once.

    Attributes:
        reached: (D,) int16, row of the point last reached for each pop distance.

    Args:
        places: (P, 2 or 3) m, world; at least one.
        pop_distances: (D,) m: a point nearer than that is reached.
    """

    def __init__(self, places: NDArray[np.floating], pop_distances: Sequence[float]) -> None:
        self._places = np.asarray(places, np.float64)[:, :2]
        steps = np.linalg.norm(np.diff(self._places, axis=0), axis=1)
        self._metres = np.concatenate([[0.0], np.cumsum(steps)])
        self._pop_distances = np.asarray(pop_distances, np.float64)
        self._last = max(0, len(self._places) - 2)  # two points are always left
        self.reached = np.zeros(len(self._pop_distances), np.int16)

    def step(self, position: NDArray[np.floating]) -> NDArray[np.int16]:
        """The ego is at `position` (2,) m, world; call it every tick. Returns a copy of `reached`.

        Looked at are the points up to the first that is more than 50 m on along the plan. Of those nearer than the pop
        distance the one farthest away is reached, and all before it; two points are always left.
        """
        first = int(self.reached.min(initial=self._last)) + 1
        end = 1 + int(np.searchsorted(self._metres, self._metres[self.reached].max(initial=0.0) + REACH, side="right"))
        away = np.linalg.norm(self._places[first:end] - np.asarray(position, np.float64)[:2], axis=1)
        if away.min(initial=np.inf) > self._pop_distances.max(initial=0.0):
            return self.reached.copy()
        row_K = first + np.arange(len(away))
        reached_D1 = self.reached[:, None].astype(np.int64)
        looked_at_DK = (row_K > reached_D1) & (self._metres[row_K - 1] - self._metres[reached_D1] <= REACH)
        popped_DK = looked_at_DK & (away <= self._pop_distances[:, None])
        farthest_D = first + np.where(popped_DK, away, -1.0).argmax(axis=1)
        now_D = np.where(popped_DK.any(axis=1), farthest_D, self.reached)
        self.reached = np.minimum(now_D, self._last).astype(np.int16)
        return self.reached.copy()


def told_points(
    places: NDArray[np.floating], commands: Sequence[int], reached: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The previous, current and next target point (3, 2) m, world, and their commands (3,), from the row last reached.

    Consecutive points at the same place count once; where the plan ends, the next is the current, and at its very end all
    three are the last.
    """
    left = np.asarray(places, np.float64)[reached:, :2]
    kept = np.flatnonzero(np.concatenate([[True], np.linalg.norm(np.diff(left, axis=0), axis=1) > CLOSE]))
    rows = kept[np.minimum([0, 1, 2], len(kept) - 1)]
    return left[rows], np.asarray(commands, np.int64)[reached:][rows]
