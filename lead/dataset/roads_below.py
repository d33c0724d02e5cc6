"""The roads under any frame: tiles of the towns that are met, made when first needed."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lead.dataset.bev_grid import BevWindow
from lead.dataset.recording import Recording
from lead.dataset.road_tiles import RoadShapes, RoadTiles
from lead.roads.town import load_town


def shapes_of(town: str) -> RoadShapes:
    """What is painted of a town by name. Raises MapNotFoundError, which says how to fetch it, if it is not there."""
    return RoadShapes.of(load_town(town))


class RoadsBelow:
    """Answers `lead.dataset.sample.Roads` by the town's map; one per process, for it keeps what it painted.

    Args:
        shapes: from a town's name to what is painted.
    """

    def __init__(self, shapes: Callable[[str], RoadShapes] = shapes_of) -> None:
        self._shapes = shapes
        self._towns: dict[str, RoadTiles] = {}

    def __call__(self, recording: Recording, pose: NDArray[np.float64], window: BevWindow) -> NDArray[np.uint8]:
        """Roads and marks (rows, columns) of a window seen from a world pose (6,)."""
        town = recording.header.town
        if town not in self._towns:
            self._towns[town] = RoadTiles(self._shapes(town))
        return self._towns[town].seen_from(pose, window)

    def __getstate__(self) -> dict[str, object]:
        return {"_shapes": self._shapes, "_towns": {}}  # another process paints for itself
