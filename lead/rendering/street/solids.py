"""Many boxes and many copies of one mesh at once: what a tile needs to be built in milliseconds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.rendering.materials import Material
from lead.rendering.mesh import EMPTY, Mesh
from lead.roads.labels import Label

_CORNERS = np.array(
    [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)], np.float32
)
_FACES = np.array(
    [
        *((4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4), (1, 2, 6), (1, 6, 5)),
        *((2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7), (0, 2, 1), (0, 3, 2)),
    ],
    np.int32,
)  # the bottom last
Row = tuple[float, float, float, float, float, float, int]  # low x, y, z, high x, y, z (m), Material


def boxes(rows: Sequence[Row], tag: Label, bottom: bool = False) -> Mesh:
    """Upright boxes from their low and high corners; without `bottom` they are open below, as on the ground."""
    if not rows:
        return EMPTY
    table = np.array(rows, np.float32)
    low, high = table[:, None, 0:3], table[:, None, 3:6]
    faces = _FACES if bottom else _FACES[:10]
    vertices = low + _CORNERS * (high - low)
    numbers = faces + 8 * np.arange(len(table), dtype=np.int32)[:, None, None]
    material = np.repeat(table[:, 6].astype(np.uint8), len(faces))
    return Mesh(vertices.reshape(-1, 3), numbers.reshape(-1, 3), material, np.full(len(material), tag, np.uint8))


def copies(mesh: Mesh, place: ArrayLike, scale: ArrayLike | None = None) -> Mesh:
    """One copy of a mesh per row of `place` (n, 4): x, y, z (m), yaw (rad), stretched by `scale` (n, 3) before."""
    place = np.asarray(place, np.float64).reshape(-1, 4)
    n, v = len(place), len(mesh.vertices)
    if n == 0:
        return EMPTY
    points = np.broadcast_to(mesh.vertices, (n, v, 3))
    if scale is not None:
        points = points * np.asarray(scale, np.float32)[:, None, :]
    c, s = (np.asarray(f(place[:, 3]), np.float32)[:, None] for f in (np.cos, np.sin))
    turned = np.empty((n, v, 3), np.float32)
    turned[:, :, 0] = c * points[:, :, 0] - s * points[:, :, 1] + place[:, 0:1]
    turned[:, :, 1] = s * points[:, :, 0] + c * points[:, :, 1] + place[:, 1:2]
    turned[:, :, 2] = points[:, :, 2] + place[:, 2:3]
    faces = mesh.faces + v * np.arange(n, dtype=np.int32)[:, None, None]
    return Mesh(turned.reshape(-1, 3), faces.reshape(-1, 3), np.tile(mesh.material, n), np.tile(mesh.tag, n))


def placed(mesh: Mesh, place: Sequence[float]) -> Mesh:
    """A mesh turned and moved to x, y, z (m), yaw (rad)."""
    return copies(mesh, [place])


def quads(corners: NDArray[np.floating], material: Material | NDArray[np.uint8], tag: Label) -> Mesh:
    """Four-sided faces (n, 4, 3) m, each seen from the side to which (b - a) x (d - a) points."""
    n = len(corners)
    if n == 0:
        return EMPTY
    first = 4 * np.arange(n, dtype=np.int32)[:, None, None]
    faces = (np.array([[0, 1, 2], [0, 2, 3]], np.int32) + first).reshape(-1, 3)
    stuff = np.repeat(np.broadcast_to(np.asarray(material, np.uint8), n), 2)
    return Mesh(np.ascontiguousarray(corners, np.float32).reshape(-1, 3), faces, stuff, np.full(2 * n, tag, np.uint8))
