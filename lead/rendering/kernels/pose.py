"""Models put into the world: parts turned at their joints, placed at their actors, written as world-space triangles."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import rotation_matrix
from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.scene import Items, Triangles


class Templates(NamedTuple):
    """All models known so far: their parts (P rows) and the triangles of these, in the parts' own frames (m)."""

    x: NDArray[np.float32]  # (V,)
    y: NDArray[np.float32]
    z: NDArray[np.float32]
    faces: NDArray[np.int32]  # (F, 3) vertices counted from the part's first
    normal: NDArray[np.float32]  # (F, 3)
    material: NDArray[np.uint8]  # (F,)
    tag: NDArray[np.uint8]  # (F,)
    first_vertex: NDArray[np.int64]  # (P + 1,)
    first_face: NDArray[np.int64]  # (P + 1,)
    joint: NDArray[np.int64]  # (P,) Joint
    pivot: NDArray[np.float64]  # (P, 3) m from the pivot of the part it hangs on, or from the actor's origin
    parent: NDArray[np.int64]  # (P,) row of the part it hangs on, -1 the actor
    first_part: NDArray[np.int64]  # (models + 1,)


@kernel
def place_part(pose: NDArray[np.float64], pivot: NDArray[np.float64], turn: float, pitch: float) -> NDArray[np.float64]:
    """Matrix (3, 4) of a part that hangs at `pivot` in the frame `pose` (3, 4), turned about z, then pitched about y."""
    local = rotation_matrix(pitch, turn, 0.0)
    placed = np.empty((3, 4))
    for a in range(3):
        for b in range(3):
            placed[a, b] = pose[a, 0] * local[0, b] + pose[a, 1] * local[1, b] + pose[a, 2] * local[2, b]
        placed[a, 3] = pose[a, 0] * pivot[0] + pose[a, 1] * pivot[1] + pose[a, 2] * pivot[2] + pose[a, 3]
    return placed


@kernel
def write_part(
    templates: Templates, part: int, m: NDArray[np.float64], owner: int, triangles: Triangles, vertex: int, face: int
) -> None:
    """Write one part by its matrix (3, 4), from vertex row and face row on."""
    low, count = templates.first_vertex[part], templates.first_vertex[part + 1] - templates.first_vertex[part]
    for k in range(count):
        x, y, z = np.float64(templates.x[low + k]), np.float64(templates.y[low + k]), np.float64(templates.z[low + k])
        triangles.x[vertex + k] = m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3]
        triangles.y[vertex + k] = m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3]
        triangles.z[vertex + k] = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3]
    low = templates.first_face[part]
    for k in range(templates.first_face[part + 1] - low):
        for a in range(3):
            triangles.faces[face + k, a] = templates.faces[low + k, a] + vertex
            n = templates.normal[low + k]
            triangles.normal[face + k, a] = m[a, 0] * n[0] + m[a, 1] * n[1] + m[a, 2] * n[2]
        triangles.material[face + k] = templates.material[low + k]
        triangles.tag[face + k] = templates.tag[low + k]
        triangles.owner[face + k] = owner


@kernel
def pose_models(
    templates: Templates, model: NDArray[np.int64], pose: NDArray[np.float64], angles: NDArray[np.float64],
    owner: NDArray[np.int32], triangles: Triangles, items: Items, vertex: int, face: int,
) -> None:  # fmt: skip
    """Write A actors and the items that hold them, one each, from vertex row and face row on.

    model (A,) numbers; pose (A, 6) m, rad; angles (A, joints, 2) turn and pitch (rad); owner (A,) rows of Objects.
    `items` has A rows, whose level-of-detail limits are left alone.
    """
    actor_matrix = np.empty((3, 4))
    placed = np.empty((64, 3, 4))
    for a in range(model.shape[0]):
        actor_matrix[:, :3] = rotation_matrix(pose[a, 3], pose[a, 4], pose[a, 5])
        actor_matrix[:, 3] = pose[a, :3]
        first, last = templates.first_part[model[a]], templates.first_part[model[a] + 1]
        items.first_vertex[a], items.first_face[a] = vertex, face
        for part in range(first, last):
            joint, parent = templates.joint[part], templates.parent[part]
            base = actor_matrix if parent < 0 else placed[parent - first]
            placed[part - first] = place_part(base, templates.pivot[part], angles[a, joint, 0], angles[a, joint, 1])
            write_part(templates, part, placed[part - first], owner[a], triangles, vertex, face)
            vertex += templates.first_vertex[part + 1] - templates.first_vertex[part]
            face += templates.first_face[part + 1] - templates.first_face[part]
        items.vertices[a], items.faces[a] = vertex - items.first_vertex[a], face - items.first_face[a]
        bound(triangles, items, a)


@kernel
def bound(triangles: Triangles, items: Items, item: int) -> None:
    """Set the sphere of an item from its vertices."""
    first = items.first_vertex[item]
    low, high = np.full(3, np.inf, np.float32), np.full(3, -np.inf, np.float32)
    for v in range(first, first + items.vertices[item]):
        x, y, z = triangles.x[v], triangles.y[v], triangles.z[v]
        low[0], high[0] = min(low[0], x), max(high[0], x)
        low[1], high[1] = min(low[1], y), max(high[1], y)
        low[2], high[2] = min(low[2], z), max(high[2], z)
    square = np.float32(0.0)
    for k in range(3):
        items.centre[item, k] = np.float32(0.5) * (low[k] + high[k])
        square += (high[k] - low[k]) ** 2
    items.radius[item] = np.float32(0.5) * sqrt(square) + np.float32(0.01) if items.vertices[item] > 0 else -1.0
