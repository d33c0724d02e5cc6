"""Skins between chains of points, and decals cut out of a skin: what bodies are made of.

Bodies are built as their right half (y > 0). Chains run from the middle of the front over the right side to the rear's
middle; the chain listed first is the lower (or outer) one, so that skins face outwards.
"""

from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.rendering.materials import Material
from lead.rendering.mesh import EMPTY, Mesh, make_mesh, merge

Points = NDArray[np.float64]

FLAT = 1e-6  # m2, doubled area below which a triangle is none
FACING = 0.2  # cosine; what is turned away more than that takes no decal


class Side(Enum):
    """From where a decal is thrown: plane axes, looking axis and its sign."""

    FRONT = (1, 2, 0, 1.0)
    REAR = (1, 2, 0, -1.0)
    RIGHT = (0, 2, 1, 1.0)
    TOP = (0, 1, 2, 1.0)


def strip(lower: ArrayLike, upper: ArrayLike, material: Material) -> Mesh:
    """Skin between two chains (M, 3) and (N, 3) m, which may have different counts; shorter diagonals are preferred."""
    low, high = np.asarray(lower, np.float64), np.asarray(upper, np.float64)
    faces, i, k = [], 0, 0
    while i < len(low) - 1 or k < len(high) - 1:
        along_low = np.linalg.norm(low[i + 1] - high[k]) if i < len(low) - 1 else np.inf
        along_high = np.linalg.norm(high[k + 1] - low[i]) if k < len(high) - 1 else np.inf
        if along_low <= along_high:
            faces.append([i, i + 1, len(low) + k])
            i += 1
        else:
            faces.append([i, len(low) + k + 1, len(low) + k])
            k += 1
    return _solid_faces(make_mesh(np.concatenate([low, high]), faces, material))


def fan(outline: ArrayLike, material: Material) -> Mesh:
    """Convex face over an outline (N, 3) m, counted so that it faces along (b - a) x (c - a)."""
    points = np.asarray(outline, np.float64)
    return make_mesh(points, [[0, k, k + 1] for k in range(1, len(points) - 1)], material)


def _solid_faces(mesh: Mesh) -> Mesh:
    a, b, c = (mesh.vertices[mesh.faces[:, k]].astype(np.float64) for k in range(3))
    keep = np.linalg.norm(np.cross(b - a, c - a), axis=1) > FLAT
    return mesh._replace(faces=mesh.faces[keep], material=mesh.material[keep], tag=mesh.tag[keep])


def inside_out(mesh: Mesh, material: Material | None = None) -> Mesh:
    """The same faces seen from the other side, of one material if given."""
    faces = np.ascontiguousarray(mesh.faces[:, ::-1])
    kinds = mesh.material if material is None else np.full(len(faces), material, np.uint8)
    return mesh._replace(faces=faces, material=kinds)


_OTHER_SIDE = {
    Material.RIGHT_BLINKER: Material.LEFT_BLINKER,
    Material.LEFT_BLINKER: Material.RIGHT_BLINKER,
    Material.BEACON_RED: Material.BEACON_BLUE,
    Material.BEACON_BLUE: Material.BEACON_RED,
}


def left_of(mesh: Mesh) -> Mesh:
    """Mirror image of a right part; right lamps become left ones."""
    material = mesh.material.copy()
    for right, left in _OTHER_SIDE.items():
        material[mesh.material == right] = left
    return mesh.mirrored()._replace(material=material)


def both(*meshes: Mesh) -> Mesh:
    """Right parts and their mirror images."""
    right = merge(*meshes)
    return merge(right, left_of(right))


def decal(surface: Mesh, outline: ArrayLike, side: Side, material: Material, lift: float = 0.005) -> Mesh:
    """The piece of a surface that lies inside a convex outline (N, 2) m thrown on it from one side, raised by `lift` m.

    Outlines are in (y, z) from the front and rear, (x, z) from the right, (x, y) from the top.
    """
    u, v, w, sign = side.value
    polygon = _counter_clockwise(np.asarray(outline, np.float64))
    corners = surface.vertices[surface.faces].astype(np.float64)  # (F, 3, 3)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    flat = corners[:, :, [u, v]]
    near = (flat.max(axis=1) > polygon.min(axis=0)).all(axis=1) & (flat.min(axis=1) < polygon.max(axis=0)).all(axis=1)
    pieces = []
    for face in np.flatnonzero(near & (sign * normals[:, w] > FACING)):
        piece = _clipped(corners[face], polygon, u, v)
        if len(piece) >= 3:
            pieces.append(_solid_faces(fan(piece + lift * normals[face], material)))
    return merge(*pieces) if pieces else EMPTY


def _counter_clockwise(polygon: Points) -> Points:
    following = np.roll(polygon, -1, axis=0)
    area = np.sum(polygon[:, 0] * following[:, 1] - polygon[:, 1] * following[:, 0])
    return polygon if area > 0.0 else polygon[::-1]


def _clipped(corners: Points, polygon: Points, u: int, v: int) -> Points:
    """Sutherland-Hodgman: a triangle (3, 3) cut by a convex polygon (N, 2) in the plane of axes u and v."""
    points = list(corners)
    for (ax, ay), (bx, by) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        heights = [(bx - ax) * (p[v] - ay) - (by - ay) * (p[u] - ax) for p in points]
        kept = []
        for k, (point, height) in enumerate(zip(points, heights, strict=True)):
            before, was = points[k - 1], heights[k - 1]
            if (height >= 0.0) != (was >= 0.0):
                kept.append(before + (point - before) * (was / (was - height)))
            if height >= 0.0:
                kept.append(point)
        points = kept
        if len(points) < 3:
            break
    return np.array(points).reshape(-1, 3)
