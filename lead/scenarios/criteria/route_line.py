"""The route as criteria measure it: planes across it, and the metres along it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.scenarios.plan import Plan


@dataclass(frozen=True)
class RouteLine:
    """The N points of a plan."""

    places: NDArray[np.float64]  # (N, 3) m
    forward: NDArray[np.float64]  # (N, 3) unit vectors along the lane
    metres: NDArray[np.float64]  # (N,) from the first point, from point to point

    @classmethod
    def of(cls, plan: Plan) -> "RouteLine":
        """The line of a plan. Raises InputError if it leads nowhere."""
        if len(plan) < 2 or plan.length <= 0.0:
            raise InputError(f"the route has {len(plan)} points and {plan.length:.1f} m; expected a way to drive")
        places, pitch, yaw = plan.pose[:, :3], plan.pose[:, 3], plan.pose[:, 4]
        forward = np.column_stack([np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), np.sin(pitch)])
        return cls(places, forward, plan.metres)

    @property
    def length(self) -> float:
        """Metres from the first point to the last."""
        return float(self.metres[-1])

    def passed(self, place: NDArray[np.float64], first: int, count: int) -> list[int]:
        """Which of `count` rows from `first` on have their plane behind a place (3,) m, in order."""
        rows = slice(first, first + count)
        ahead = ((place - self.places[rows]) * self.forward[rows]).sum(axis=1)
        return (first + np.flatnonzero(ahead > 0.0)).tolist()
