"""What a town's tiles are made of."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.rendering.materials import linear
from lead.rendering.mesh import Mesh
from lead.roads.labels import Label


class Thing(NamedTuple):
    """A static thing in world coordinates (m), with what is drawn of it near by and from further off."""

    near: Mesh
    far: Mesh | None  # beyond about 100 m; None: as near, EMPTY: nothing
    name: str
    label: Label  # what it counts as: most of its faces carry this class
    tint: NDArray[np.float32] | None = None  # (3, 3) linear RGB of its colour slots
    origin: tuple[float, float, float] | None = None  # m, where patterns hang: middle of a building's ground floor
    signal: int = -1  # row of Town.signals whose light it shows
    lamp_post: int = -1  # number of the street lamp, in the order of the town's scenery


def tints(*colours: str) -> NDArray[np.float32]:
    """Colour slots (3, 3), linear RGB, from up to three sRGB hex colours; the last one fills what is left."""
    slots = [linear(colours[min(k, len(colours) - 1)]) for k in range(3)]
    return np.array(slots, np.float32)
