"""Triangle meshes and the few solids that everything here is built of.

Frame: CARLA's (x forward, y right, z up, metres). A face is wound so that (b - a) x (c - a), computed by components,
points outwards; rays and cameras see outward sides only.
"""

from collections.abc import Sequence
from math import cos, pi, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.poses import rotation_matrix
from lead.rendering.materials import Material
from lead.roads.labels import Label


class Mesh(NamedTuple):
    """V vertices, F faces."""

    vertices: NDArray[np.float32]  # (V, 3) m
    faces: NDArray[np.int32]  # (F, 3)
    material: NDArray[np.uint8]  # (F,) Material
    tag: NDArray[np.uint8]  # (F,) Label

    def tagged(self, tag: Label) -> "Mesh":
        """The same mesh with one semantic class."""
        return self._replace(tag=np.full(len(self.faces), tag, np.uint8))

    def moved(
        self, x: float = 0.0, y: float = 0.0, z: float = 0.0, pitch: float = 0.0, yaw: float = 0.0, roll: float = 0.0
    ) -> "Mesh":
        """Turned by the angles (rad) about its origin, then moved (m)."""
        turned = self.vertices @ rotation_matrix(pitch, yaw, roll).T.astype(np.float32)
        return self._replace(vertices=turned + np.array([x, y, z], np.float32))

    def scaled(self, x: float, y: float, z: float) -> "Mesh":
        """Stretched about its origin; a mirroring (odd number of negative factors) keeps outsides out."""
        faces = self.faces[:, ::-1] if x * y * z < 0.0 else self.faces
        return self._replace(
            vertices=self.vertices * np.array([x, y, z], np.float32), faces=np.ascontiguousarray(faces)
        )

    def mirrored(self) -> "Mesh":
        """Its image on the other side of the plane y = 0."""
        return self.scaled(1.0, -1.0, 1.0)


def face_normals(mesh: Mesh) -> NDArray[np.float32]:
    """Unit normals (F, 3), outwards; zero for a face without area."""
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(np.float64) for k in range(3))
    normal = np.cross(b - a, c - a)
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    return (normal / np.maximum(length, 1e-12)).astype(np.float32)


def make_mesh(vertices: ArrayLike, faces: ArrayLike, material: Material, tag: Label = Label.NONE) -> Mesh:
    """Mesh of one material."""
    faces = np.asarray(faces, np.int32).reshape(-1, 3)
    return Mesh(
        np.asarray(vertices, np.float32).reshape(-1, 3),
        faces,
        np.full(len(faces), material, np.uint8),
        np.full(len(faces), tag, np.uint8),
    )


EMPTY = make_mesh(np.empty((0, 3)), np.empty((0, 3)), Material.ASPHALT)


def merge(*meshes: Mesh) -> Mesh:
    """All of them as one."""
    if not meshes:
        return EMPTY
    first = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes[:-1])])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([mesh.faces + np.int32(start) for mesh, start in zip(meshes, first, strict=True)]),
        np.concatenate([mesh.material for mesh in meshes]),
        np.concatenate([mesh.tag for mesh in meshes]),
    )


def quad(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, material: Material) -> Mesh:
    """Flat four-sided face; (b - a) x (d - a) points to the side it is seen from."""
    return make_mesh([a, b, c, d], [[0, 1, 2], [0, 2, 3]], material)


def box(size: Sequence[float], centre: Sequence[float], material: Material) -> Mesh:
    """Box of full edge lengths `size` (3) around `centre` (3), m."""
    return (
        loft(
            [
                [(-0.5, -0.5, -0.5), (0.5, -0.5, -0.5), (0.5, 0.5, -0.5), (-0.5, 0.5, -0.5)],
                [(-0.5, -0.5, 0.5), (0.5, -0.5, 0.5), (0.5, 0.5, 0.5), (-0.5, 0.5, 0.5)],
            ],
            material,
        )
        .scaled(*size)
        .moved(*centre)
    )


def loft(rings: ArrayLike, material: Material, capped: bool = True) -> Mesh:
    """Skin through R rings of N points, (R, N, 3) m; points run from x to y seen from the last ring (as for a box's top
    seen from above), and convex flat ends are closed if `capped`."""
    points = np.asarray(rings, np.float32)
    count, n = points.shape[:2]
    k, following = np.arange(n), (np.arange(n) + 1) % n
    faces = []
    for low in range(0, (count - 1) * n, n):
        high = low + n
        faces.append(np.stack([low + k, low + following, high + following], axis=1))
        faces.append(np.stack([low + k, high + following, high + k], axis=1))
    if capped:
        fan = np.stack([np.zeros(n - 2, np.int64), np.arange(1, n - 1), np.arange(2, n)], axis=1)
        faces.append(fan[:, ::-1])
        faces.append(fan + (count - 1) * n)
    return make_mesh(points.reshape(-1, 3), np.concatenate(faces), material)


def extrude(outline: ArrayLike, low: float, high: float, material: Material) -> Mesh:
    """Upright prism over a convex outline (N, 2) m, listed from x to y, between two heights."""
    points = np.asarray(outline, np.float32)
    rings = [np.column_stack([points, np.full(len(points), z, np.float32)]) for z in (low, high)]
    return loft(rings, material)


def circle(radius: float, sides: int) -> NDArray[np.float64]:
    """Outline (sides, 2) of a regular polygon from x to y."""
    angle = 2.0 * pi * (np.arange(sides) + 0.5) / sides
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def tube(
    profile: Sequence[tuple[float, float]], material: Material, sides: int = 8, axis: str = "z", capped: bool = True
) -> Mesh:
    """Solid of revolution about an axis: `profile` lists (radius, place along the axis) upwards. A cylinder is
    [(r, 0), (r, h)], a cone [(r, 0), (0.001, h)]."""
    rings = [np.column_stack([circle(radius, sides), np.full(sides, along)]) for radius, along in profile]
    mesh = loft(rings, material, capped)
    if axis == "x":
        return mesh._replace(vertices=mesh.vertices[:, [2, 0, 1]])
    if axis == "y":
        return mesh._replace(vertices=mesh.vertices[:, [1, 2, 0]])
    return mesh


def ball(radii: Sequence[float], centre: Sequence[float], material: Material, sides: int = 8, rings: int = 5) -> Mesh:
    """Ellipsoid of half axes `radii` (3) around `centre` (3), m."""
    bands = [(sin(pi * (k + 0.5) / rings), -cos(pi * (k + 0.5) / rings)) for k in range(rings)]
    return tube(bands, material, sides).scaled(*radii).moved(*centre)
