"""Boxes in the world as the kernels take them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.expert.kernels.sight import place_boxes
from lead.geometry.poses import compose, rotation_matrix


class Bodies(NamedTuple):
    """Boxes (B rows)."""

    centre: NDArray[np.float64]  # (B, 3) m
    axes: NDArray[np.float64]  # (B, 3, 3) unit vectors of forward, right and up, one per row
    half: NDArray[np.float64]  # (B, 3) m


class Eye(NamedTuple):
    """A sensor's place."""

    place: NDArray[np.float64]  # (3,) m
    axes: NDArray[np.float64]  # (3, 3) unit vectors of forward, right and up, one per row


def boxes(pose: NDArray[np.float64], centre: NDArray[np.float64], half: NDArray[np.float64]) -> Bodies:
    """Boxes of half sizes (B, 3) whose middles are at `centre` (B, 3) in the frames of poses (B, 6)."""
    middle, axes = np.empty((len(pose), 3)), np.empty((len(pose), 3, 3))
    place_boxes(np.ascontiguousarray(pose, np.float64), np.ascontiguousarray(centre, np.float64), middle, axes)
    return Bodies(middle, axes, np.ascontiguousarray(half, np.float64))


def joined(*parts: Bodies) -> Bodies:
    """All boxes of several parts."""
    return Bodies(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def eye_of(carrier: NDArray[np.float64], mount: tuple[float, ...]) -> Eye:
    """The place of a sensor on a carrier at a pose (6,)."""
    pose = compose(carrier, np.array(mount))
    return Eye(pose[:3].copy(), np.ascontiguousarray(rotation_matrix(pose[3], pose[4], pose[5]).T))


NOBODY = Bodies(np.empty((0, 3)), np.empty((0, 3, 3)), np.empty((0, 3)))
"""No boxes at all."""
