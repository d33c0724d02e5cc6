"""Follows the route and sees nothing: the least an agent can do, and what a score is worth without eyes."""

from typing import Any

import carla
import numpy as np
from numpy.typing import NDArray

from lead.drive.agent import PRIVILEGED, Observation, Task
from lead.scenarios.movers.driver import PathDriver
from lead.scenarios.stage import Stage

LEAST, MOST = 30.0, 72.0  # km/h between which the speed limit is kept
SIDEWAYS, BRAKING = 3.0, 2.0  # m/s^2 in bends, and before them
RUN_OUT = 30  # m driven towards beyond the route's end
CHORD = 3  # points on either side of one, whose circle tells the bend there


class Blind:
    """Drives along the plan at the speed limit, slower in bends, through lights and everybody in its way."""

    track = PRIVILEGED

    def sensors(self) -> list[dict[str, Any]]:
        """None."""
        return []

    def begin(self, stage: Stage, task: Task) -> None:
        """Look at the route's bends."""
        self._stage = stage
        self._driver = PathDriver(stage.ego, run_out(stage.plan.pose[:, :2]), 0.0)
        self._bends = bend_speeds(stage.plan.pose[:, :2])

    def control(self, observation: Observation) -> carla.VehicleControl:
        """Pedals and wheel along the plan."""
        self._driver.speed = min(kept_limit(self._stage.ego) / 3.6, float(self._bends[self._stage.nearest]))
        return self._driver.control()

    def end(self) -> None:
        """Nothing to take away."""


def run_out(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """A path (N, 2) m that goes straight on beyond its end, which must be passed for the route to be completed."""
    onward = path[-1] - path[max(0, len(path) - 1 - CHORD)]
    onward = onward / max(np.linalg.norm(onward), 1e-6)
    return np.concatenate([path, path[-1] + np.arange(1, RUN_OUT + 1)[:, None] * onward])


def kept_limit(ego: carla.Vehicle) -> float:
    """The speed limit where the ego is, as it is kept (km/h)."""
    return min(max(ego.get_speed_limit(), LEAST), MOST)


def bend_speeds(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """The most (N,) m/s at each point of a path (N, 2) m at which its bends are driven, braking in time for them."""
    index = np.arange(len(path))
    before, after = path[np.maximum(index - CHORD, 0)], path[np.minimum(index + CHORD, len(path) - 1)]
    back, ahead, across = path - before, after - path, after - before
    area = np.abs(back[:, 0] * ahead[:, 1] - back[:, 1] * ahead[:, 0])
    sides = np.linalg.norm(back, axis=1) * np.linalg.norm(ahead, axis=1) * np.linalg.norm(across, axis=1)
    curvature = 2.0 * area / np.maximum(sides, 1e-9)  # of the circle through the three points
    speed = np.minimum(np.sqrt(SIDEWAYS / np.maximum(curvature, 1e-6)), MOST / 3.6)
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    for k in range(len(path) - 2, -1, -1):
        speed[k] = min(speed[k], np.sqrt(speed[k + 1] ** 2 + 2.0 * BRAKING * steps[k]))
    return speed
