"""What is fixed in a town and stops bodies: its solid boxes, ready for kernels, with those a client has switched off."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.grid import Grid
from lead.roads.town import Town


class Obstacles(NamedTuple):
    """Boxes of the scenery (B rows) without their names; `standing` says which are there at the moment."""

    centre: NDArray[np.float64]  # (B, 3) m
    extent: NDArray[np.float64]  # (B, 3) m
    yaw: NDArray[np.float64]  # (B,) rad
    label: NDArray[np.uint8]  # (B,) Label
    solid: NDArray[np.bool_]  # (B,)
    standing: NDArray[np.bool_]  # (B,) whether a client has left it enabled
    grid: Grid


def obstacles_of(town: Town) -> Obstacles:
    """The town's scenery with every box standing."""
    scenery = town.scenery
    return Obstacles(
        np.ascontiguousarray(scenery.centre, np.float64).reshape(-1, 3),
        np.ascontiguousarray(scenery.extent, np.float64).reshape(-1, 3),
        np.ascontiguousarray(scenery.yaw, np.float64),
        np.ascontiguousarray(scenery.label, np.uint8),
        np.ascontiguousarray(scenery.solid, np.bool_),
        np.ones(len(scenery.yaw), np.bool_),
        scenery.grid,
    )
