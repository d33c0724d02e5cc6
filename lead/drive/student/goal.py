"""What the student is told of its way: three points of the sparse plan, and a command.

Source: spec/tfv6.md, 2 and 5; spec/lead-expert-and-data.md, 2.3.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lead.dataset.sample import command_index
from lead.dataset.target_points import PlanFollower, told_points
from lead.dataset.viewpoint import seen_from_above

PUBLISHED_POP, DENSE_POP = 5.0, 4.0  # m, of published weights, and where points are dense
DENSE = 10.0  # m between points that are dense, and to the nearer of them
FARTHEST_NEXT = 50.0  # m, beyond which published weights are told the current point in place of the next


class Goal:
    """Follows the plan.

    Args:
        places: (P, 2 or 3) m, world; at least one.
        commands: (P,) lead.scenarios.lane_graph.Command.
        pop_distance: m, at which a point is reached; None does as published weights were driven.
    """

    def __init__(self, places: NDArray[np.floating], commands: Sequence[int], pop_distance: float | None) -> None:
        self._places, self._commands = np.asarray(places, np.float64), commands
        self._published = pop_distance is None
        pops = (PUBLISHED_POP, DENSE_POP) if pop_distance is None else (pop_distance,)
        self._follower = PlanFollower(self._places, pops)

    def step(self, position: NDArray[np.floating]) -> None:
        """The ego is at `position` (2,) m, world; call it every tick."""
        self._follower.step(position)

    def told(self, pose: NDArray[np.float64]) -> tuple[NDArray[np.float32], int]:
        """The previous, current and next point (3, 2) m as they lie from a world pose (6,), and the command's index."""
        points, commands = told_points(self._places, self._commands, int(self._follower.reached[0]))
        if self._published:
            if _dense(points, pose[:2]):
                points, commands = told_points(self._places, self._commands, int(self._follower.reached[1]))
            if np.linalg.norm(points[2] - pose[:2]) > FARTHEST_NEXT:
                points[2] = points[1]
        return seen_from_above(points, pose).astype(np.float32), command_index(int(commands[0]))


def _dense(points: NDArray[np.float64], here: NDArray[np.float64]) -> bool:
    """Whether the told points (3, 2) lie close together, and near."""
    previous, current, following = points
    close = np.linalg.norm(following - current) < DENSE or np.linalg.norm(current - previous) < DENSE
    return bool(close and min(np.linalg.norm(previous - here), np.linalg.norm(current - here)) < DENSE)
