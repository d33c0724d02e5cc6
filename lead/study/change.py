"""How one decision differs from another."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lead.expert.decision import Decision
from lead.expert.kernels.driving import DT, next_speed

SPEED_COUNTS = 0.5  # m/s of target speed from which decisions differ
PATH_COUNTS = 0.25  # m of the way from which they do
LOOKED_AT = 20  # m of the way ahead: what students' routes are made of (spec/tfv6.md, 3)


@dataclass(frozen=True)
class Change:
    """What the expert decided against what it would have decided knowing less.

    Attributes:
        speed: m/s, target speed of the expert less that of the other; negative where what it knew made it slower.
        path: m, the most by which the ways are apart in the next 20 m.
        acceleration: m/s^2 that follow from the pedals in this tick, likewise less the other's.
    """

    speed: float = 0.0
    path: float = 0.0
    acceleration: float = 0.0

    @cached_property
    def counts(self) -> bool:
        """Whether the decisions differ."""
        return abs(self.speed) >= SPEED_COUNTS or self.path >= PATH_COUNTS


NONE = Change()


def change(decided: Decision, other: Decision, speed: float) -> Change:
    """From another decision to the one that was made, for an ego at a speed (m/s)."""
    apart = 0.0
    if decided.path is not other.path:
        count = min(len(decided.path), len(other.path), LOOKED_AT)
        steps = decided.path[:count, :2] - other.path[:count, :2]
        apart = float(np.hypot(steps[:, 0], steps[:, 1]).max(initial=0.0))
    return Change(
        decided.target_speed - other.target_speed, apart, _acceleration(decided, speed) - _acceleration(other, speed)
    )


def _acceleration(decision: Decision, speed: float) -> float:
    start = max(0.0, speed)
    return float(next_speed(start, decision.control.throttle, decision.control.brake) - start) / DT
