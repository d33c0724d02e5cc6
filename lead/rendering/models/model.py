"""Things made of moving parts: meshes that hang on joints."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.poses import rotation_matrix
from lead.rendering.mesh import Mesh, merge


class Joint(IntEnum):
    """What moves a part, and the row of its two angles (rad): a turn about z, then a pitch about the part's own y
    (positive lifts what points forward). Left is y < 0."""

    BODY = 0  # never moves
    WHEEL_FL = 1
    WHEEL_FR = 2
    WHEEL_RL = 3  # spins and never steers: also both wheels of two-wheelers, which FORK steers
    WHEEL_RR = 4
    DOOR_FL = 5
    DOOR_FR = 6
    DOOR_RL = 7
    DOOR_RR = 8
    FORK = 9  # handlebar and fork
    CRANK = 10
    HIP_L = 11
    HIP_R = 12
    KNEE_L = 13
    KNEE_R = 14
    SHOULDER_L = 15
    SHOULDER_R = 16
    ELBOW_L = 17
    ELBOW_R = 18


class Part(NamedTuple):
    """A rigid piece. `pivot`: where its own origin rests in the actor's frame (m); `parent`: index of the earlier part
    that carries it, -1 for the actor itself."""

    mesh: Mesh  # in the part's own frame
    joint: Joint
    pivot: tuple[float, float, float] = (0.0, 0.0, 0.0)
    parent: int = -1


class Model(NamedTuple):
    """A thing at one level of detail."""

    parts: tuple[Part, ...]
    wheel_radius: float = 0.0  # m, what turns travelled distance into wheel spin; 0 for things without wheels

    @property
    def triangles(self) -> int:
        """How many triangles it has."""
        return sum(len(part.mesh.faces) for part in self.parts)


def posed(model: Model, angles: ArrayLike) -> Mesh:
    """The whole model in the actor's frame with its joints at `angles` (len(Joint), 2) rad."""
    angles = np.asarray(angles, np.float64)
    rotations: list[NDArray[np.float64]] = []
    places: list[NDArray[np.float64]] = []
    meshes = []
    for part in model.parts:
        turn, pitch = angles[part.joint]
        rotation, place = rotation_matrix(pitch, turn, 0.0), np.array(part.pivot, np.float64)
        if part.parent >= 0:
            carrier = model.parts[part.parent]
            place = places[part.parent] + rotations[part.parent] @ (place - np.array(carrier.pivot))
            rotation = rotations[part.parent] @ rotation
        rotations.append(rotation)
        places.append(place)
        vertices = part.mesh.vertices @ rotation.T.astype(np.float32) + place.astype(np.float32)
        meshes.append(part.mesh._replace(vertices=vertices))
    return merge(*meshes)


def resting(model: Model) -> Mesh:
    """The whole model in the actor's frame, every joint at zero: what a parked car is."""
    return posed(model, np.zeros((len(Joint), 2)))


def bounds(mesh: Mesh) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Lowest and highest corner (3,) m of the axis-aligned box around a mesh."""
    return mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
