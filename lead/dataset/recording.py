"""What samples are made of: a recorded route, whatever the layout it lies in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lead.dataset.frame import Boxes, Cloud, Ego, Intent, Surroundings, View
from lead.dataset.header import RouteHeader


@dataclass(frozen=True)
class Seen:
    """What samples are made of: the parts of a frame that labels need, and one of its views."""

    tick: int
    ego: Ego
    position: NDArray[np.float64]  # (2,) of Fix
    intent: Intent
    target_speed: float  # of Reasons
    surroundings: Surroundings
    boxes: Boxes
    view: View
    cloud: Cloud | None
    moved: NDArray[np.float32] | None = None  # (2,) `Frame.moved`


class Recording(Protocol):
    """One drive's frames."""

    header: RouteHeader

    @property
    def path(self) -> Path:
        """Where it lies; for messages."""
        ...

    def __len__(self) -> int:
        """How many frames it has."""
        ...

    def seen(self, row: int, perturbed: bool, cloud: bool = True) -> Seen:
        """What a sample of a frame needs, with the points if they are asked for."""
        ...

    def ego_poses(self, rows: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """World poses (K, 6) of the ego and ticks (K,) in some frames."""
        ...

    def learner_drove(self, rows: Sequence[int]) -> NDArray[np.bool_]:
        """Whether a learner had the wheel (K,) since the frame before, for some frames."""
        ...

    def speeds(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """Speeds (K, 2) in some frames, m/s: the ego's, and that which the expert aims at."""
        ...
