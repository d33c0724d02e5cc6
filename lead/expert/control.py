"""From a target speed and a path to pedals and wheel.

Source: spec/lead-expert-and-data.md, 1.11.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead.expert.decision import Control
from lead.expert.kernels.driving import ERRORS, heading_error, pedals, remember, steering
from lead.expert.path import Path
from lead.expert.scene import Scene

STANDING = 0.1  # m/s
BLOCKED = 170  # ticks of standing after which the vehicle is moved a little: it would be counted as blocked
STOP = 0.01  # m/s; a target below is a full stop


@dataclass(frozen=True)
class PedalMemory:
    """What the controllers remember. Empty before the first tick.

    Attributes:
        errors: the last heading errors (right angles), the newest last, at most 6.
        standing: ticks since the ego last moved.
    """

    errors: tuple[float, ...] = ()
    standing: int = 0

    def buffer(self) -> tuple[NDArray[np.float64], int]:
        """The errors in an array (6,) that may be written to, and how many there are."""
        result = np.zeros(ERRORS)
        result[: len(self.errors)] = self.errors
        return result, len(self.errors)


def control(
    scene: Scene, path: Path, index: int, target: float, memory: PedalMemory, noise: float
) -> tuple[Control, PedalMemory]:
    """Pedals and wheel to follow a path from `index` on at a target speed (m/s).

    `noise` is the standard deviation of what is added to the steering; it is drawn from the scene itself, so that the
    same scene gives the same control.
    """
    ego = scene.ego
    errors, count = memory.buffer()
    x, y, yaw = float(ego.pose[0]), float(ego.pose[1]), float(ego.pose[4])
    count = remember(errors, count, heading_error(path.points, index, x, y, yaw, max(0.0, ego.speed)))
    steer = steering(errors, count)
    if noise > 0.0:
        seed = [round(1e3 * scene.time) & 0xFFFFFFFF, *np.frombuffer(ego.pose[:2].tobytes(), np.uint32).tolist()]
        steer = min(1.0, max(-1.0, steer + noise * np.random.default_rng(seed).standard_normal()))
    throttle, brake = (0.0, 1.0) if target < STOP else pedals(max(0.0, ego.speed), target)
    standing = memory.standing + 1 if abs(ego.speed) < STANDING else 0
    if standing >= BLOCKED:
        throttle, brake = 1.0, 0.0
    return Control(float(steer), throttle, brake), PedalMemory(tuple(errors[:count].tolist()), standing)
