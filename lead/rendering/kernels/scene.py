"""What kernels see of the world: triangles in world space, the objects they belong to, and the items they come in."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Triangles(NamedTuple):
    """World-space triangles at full capacity (V vertices, F faces); CARLA's frame, m."""

    x: NDArray[np.float32]  # (V,)
    y: NDArray[np.float32]  # (V,)
    z: NDArray[np.float32]  # (V,)
    faces: NDArray[np.int32]  # (F, 3)
    normal: NDArray[np.float32]  # (F, 3) unit, outwards
    material: NDArray[np.uint8]  # (F,) Material
    tag: NDArray[np.uint8]  # (F,) Label
    owner: NDArray[np.int32]  # (F,) row of Objects


class Objects(NamedTuple):
    """Things that triangles belong to, at full capacity (R rows); row 0 is the ground and everything without identity."""

    identity: NDArray[np.uint32]  # (R,) actor id, or number of a static object; 0 none
    tint: NDArray[np.float32]  # (R, 3, 3) linear RGB of three colour slots
    lamps: NDArray[np.uint32]  # (R,) Lamp bits that are on
    velocity: NDArray[np.float32]  # (R, 3) m/s, world
    origin: NDArray[np.float32]  # (R, 3) m, world: patterns on movers hang on the body
    heading: NDArray[np.float32]  # (R, 2) cos and sin of the yaw
    moving: NDArray[np.bool_]  # (R,) whether it is an actor


class Items(NamedTuple):
    """Runs of triangles that are drawn or skipped together (I rows)."""

    first_vertex: NDArray[np.int64]
    vertices: NDArray[np.int64]  # how many
    first_face: NDArray[np.int64]
    faces: NDArray[np.int64]  # how many
    centre: NDArray[np.float32]  # (I, 3) m, of a sphere around it
    radius: NDArray[np.float32]
    least: NDArray[np.float32]  # m from the eye to the centre from which it is drawn ...
    most: NDArray[np.float32]  # ... and to which: levels of detail
