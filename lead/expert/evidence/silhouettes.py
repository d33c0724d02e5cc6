"""Boxes that hide about as much as the bodies in the actors' boxes do: one sees over bonnets and past limbs."""

import numpy as np
from numpy.typing import NDArray

from lead.expert.evidence.bodies import Bodies
from lead.expert.scene import Kind

TALL = 0.95  # m, half height from which a vehicle is a van, a lorry or a bus
Part = tuple[tuple[float, float], float, tuple[float, float]]
"""Length from and to, half width, and height from and to, in half sizes of the box."""

BODY: Part = ((-0.97, 0.97), 0.95, (-1.0, 0.2))
CABIN: Part = ((-0.85, 0.40), 0.85, (0.2, 0.97))
BONNET: Part = ((0.75, 0.97), 0.95, (-1.0, 0.0))
BOX: Part = ((-0.97, 0.75), 0.95, (-1.0, 0.97))
CAR, VAN = (BODY, CABIN), (BONNET, BOX)
SINGLE = {
    Kind.BICYCLE: ((-0.4, 0.4), 0.4, (-1.0, 0.9)),
    Kind.WALKER: ((-0.8, 0.8), 0.8, (-1.0, 1.0)),
    Kind.OBSTACLE: ((-0.7, 0.7), 0.7, (-1.0, 0.9)),
}


def silhouettes(actors: Bodies, kind: NDArray[np.int8]) -> tuple[Bodies, NDArray[np.int64]]:
    """The parts that hide of actors' boxes with their kinds (A,), and the row of the actor of each."""
    car, tall = kind == Kind.CAR, actors.half[:, 2] > TALL
    parts = [(np.flatnonzero(car & ~tall), part) for part in CAR]
    parts += [(np.flatnonzero(car & tall), part) for part in VAN]
    parts += [(np.flatnonzero(kind == one), part) for one, part in SINGLE.items()]
    owner = np.concatenate([rows for rows, _ in parts])
    low = np.concatenate([np.tile((x[0], -y, z[0]), (len(rows), 1)) for rows, (x, y, z) in parts])
    high = np.concatenate([np.tile((x[1], y, z[1]), (len(rows), 1)) for rows, (x, y, z) in parts])
    axes, half = actors.axes[owner], actors.half[owner]
    middle = actors.centre[owner] + np.einsum("bi,bij->bj", 0.5 * (low + high) * half, axes)
    return Bodies(middle, axes, 0.5 * (high - low) * half), owner
