"""How far one sees into a junction, without pictures.

The score of spec/lead-expert-and-data.md, 1.5, in closed form: seen from a height h, the ground between the distances
r and r + dr fills focal * h / r^2 dr rows of a picture's column, and what stands at r fills focal / r rows up to 1 m.
"""

import numpy as np
from numpy.typing import NDArray

from lead.expert.evidence.bodies import Bodies, Eye
from lead.expert.evidence.paved import Paved
from lead.expert.evidence.rig import Camera
from lead.expert.kernels.sight import free_ways

NEAR, FAR, HEIGHT = 6.0, 48.0, 1.0  # m: what counts is so far away, and not higher
FAR_SHARE = 0.9  # quantile of the distances
AZIMUTHS = 24  # columns that are looked along
ROWS = 32
DISTANCES = 1.0 / (1.0 / NEAR + (np.arange(ROWS) + 0.5) / ROWS * (1.0 / FAR - 1.0 / NEAR))
"""Metres (ROWS,) in the middles of as many picture rows each."""


def junction_sight(eye: Eye, camera: Camera, level: Bodies, paved: Paved | None = None) -> float:
    """How far and how freely a camera sees along paved ground, 0 to 1; all ground is taken to be paved if it is not told.

    Vehicles and people are left out: they count as ground in the pictures.
    """
    azimuths = 0.5 * camera.fov * (2.0 * (np.arange(AZIMUTHS) + 0.5) / AZIMUTHS - 1.0)
    azimuths += np.arctan2(eye.axes[0, 1], eye.axes[0, 0])
    ways = np.stack([np.cos(azimuths), np.sin(azimuths)], axis=1)
    free = _free(eye, ways, camera.mount[2], level)
    seen = free[:, None] > DISTANCES
    ground = seen & paved.at(eye.place[:2] + DISTANCES[:, None] * ways[:, None]) if paved else seen
    if not ground.any():
        return 0.0
    row = camera.mount[2] * (1.0 / NEAR - 1.0 / FAR) / ROWS
    walls = (HEIGHT / free[(free > NEAR) & (free < FAR)]).sum()
    rows = ground.sum(axis=0)
    far = np.interp(FAR_SHARE * rows.sum(), np.cumsum(rows) - 0.5 * rows, DISTANCES)
    return float(far / FAR * row * rows.sum() / (row * seen.sum() + walls))


def _free(eye: Eye, ways: NDArray[np.float64], height: float, level: Bodies) -> NDArray[np.float64]:
    """Metres (N,) that one sees in directions (N, 2), at most `FAR`, along lines that fall from the eye to the ground."""
    ends = eye.place + FAR * np.column_stack([ways, np.full(len(ways), -height / FAR)])
    free = np.empty(len(ways))
    free_ways(eye.place, ends, *level, free)
    return FAR * free
