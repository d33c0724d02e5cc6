"""Pieces that props are built of: bars, rods, lumps, plates, the fit into a blueprint's box, and the far stand-in.

A prop is built between z = 0 and its height around the z axis; whatever its first size was, `fitted` gives it the box.
"""

from collections.abc import Callable, Sequence
from math import pi
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, ball, box, circle, loft, make_mesh, merge
from lead.rendering.models.glyphs import polygon, text
from lead.roads.labels import Label

Build = Callable[[float, float, float], Mesh]
Span = tuple[float, float]
FRONT = {"+x": 0.0, "-x": pi, "+y": 0.5 * pi, "-y": -0.5 * pi}  # rad, turn of what faces +x


class Shape(NamedTuple):
    """How a prop looks: `build(x, y, height)` gets the half widths and the height (m) of its box, and so does `far`."""

    build: Build
    tag: Label = Label.DYNAMIC
    solid: bool = True  # far away a convex stand-in may replace it; not so for frames and tables
    far: Build | None = None  # what is seen from afar, where neither the near mesh nor a stand-in will do


def fitted(mesh: Mesh, extent: ArrayLike, centre: ArrayLike) -> Mesh:
    """The mesh stretched to fill the box of half sizes `extent` around `centre` (3,) m exactly."""
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    stretch = 2.0 * np.asarray(extent) / np.maximum(high - low, 1e-6)
    vertices = (mesh.vertices - 0.5 * (low + high)) * stretch + np.asarray(centre)
    return mesh._replace(vertices=vertices.astype(np.float32))


def slab(x: Span, y: Span, z: Span, material: Material) -> Mesh:
    """Upright box between bounds, m."""
    size = (x[1] - x[0], y[1] - y[0], z[1] - z[0])
    return box(size, (0.5 * (x[0] + x[1]), 0.5 * (y[0] + y[1]), 0.5 * (z[0] + z[1])), material)


def rod(
    a: ArrayLike, b: ArrayLike, radius: float, material: Material, sides: int = 4, end: float | None = None
) -> Mesh:
    """Round bar from point a to b (3,) m, open at both ends; `end` is the radius at b where it differs."""
    start, stop = np.asarray(a, np.float64), np.asarray(b, np.float64)
    along = (stop - start) / np.linalg.norm(stop - start)
    across = np.cross(along, (1.0, 0.0, 0.0) if abs(along[0]) < 0.7 else (0.0, 0.0, 1.0))
    across /= np.linalg.norm(across)
    angle = 2.0 * pi * (np.arange(sides) + 0.5) / sides
    around = np.outer(np.cos(angle), across) + np.outer(np.sin(angle), np.cross(along, across))
    return loft([start + radius * around, stop + (radius if end is None else end) * around], material, capped=False)


def legs(x: float, y: float, height: float, radius: float, material: Material) -> Mesh:
    """Four upright bars at (+-x, +-y) m."""
    corners = [(i * x, j * y) for i in (-1, 1) for j in (-1, 1)]
    return merge(*(rod((i, j, 0.0), (i, j, height), radius, material) for i, j in corners))


def lump(
    radii: Sequence[float], centre: Sequence[float], material: Material, seed: int, sides: int = 7, rings: int = 4
) -> Mesh:
    """Uneven ball of half axes `radii` (3) m; the seed says how uneven."""
    smooth = ball(radii, centre, material, sides, rings)
    rng = np.random.default_rng(seed)
    away = smooth.vertices - np.asarray(centre, np.float32)
    factor = rng.uniform(0.8, 1.15, (len(away), 1)).astype(np.float32)
    return smooth._replace(vertices=np.asarray(centre, np.float32) + away * factor)


def mound(x: float, y: float, height: float, material: Material, seed: int, sides: int = 10) -> Mesh:
    """Low heap with an uneven outline, half widths x, y and height in m; it has no underside."""
    rng = np.random.default_rng(seed)
    angle = 2.0 * pi * np.arange(sides) / sides
    rings = []
    for share, level in ((1.0, 0.0), (0.72, 0.45), (0.4, 0.85)):
        radius = share * rng.uniform(0.75, 1.1, sides)
        z = level * height * (rng.uniform(0.6, 1.2, sides) if level else 0.0)
        rings.append(np.column_stack([x * radius * np.cos(angle), y * radius * np.sin(angle), z + 0.0 * angle]))
    skin = loft(rings, material, capped=False)
    top = np.vstack([rings[-1], [0.0, 0.0, height]])
    return merge(skin, make_mesh(top, [[k, (k + 1) % sides, sides] for k in range(sides)], material))


def plate(width: float, height: float, material: Material, front: str, place: Sequence[float]) -> Mesh:
    """Flat rectangle of full sizes (m) seen from one side (a key of FRONT), its middle at `place` (3,)."""
    w, h = 0.5 * width, 0.5 * height
    return polygon([(-w, -h), (w, -h), (w, h), (-w, h)], material).moved(*place, yaw=FRONT[front])


def level_plate(x: Span, y: Span, z: float, material: Material) -> Mesh:
    """Flat rectangle seen from above, between bounds, m."""
    return make_mesh(
        [(x[0], y[0], z), (x[1], y[0], z), (x[1], y[1], z), (x[0], y[1], z)], [[0, 1, 2], [0, 2, 3]], material
    )


def disc(radius: float, z: float, material: Material, sides: int = 8) -> Mesh:
    """Flat regular polygon around the z axis seen from above, m."""
    points = np.column_stack([circle(radius, sides), np.full(sides, z)])
    return make_mesh(points, [[0, k, k + 1] for k in range(1, sides - 1)], material)


def label(words: str, height: float, material: Material, front: str, place: Sequence[float]) -> Mesh:
    """Writing with letters `height` m high, seen from one side, its middle at `place` (3,)."""
    return text(words, height, material).moved(*place, yaw=FRONT[front])


def wheel(radius: float, width: float, place: Sequence[float], sides: int = 8) -> Mesh:
    """Wheel on an axle along y, its middle at `place` (3,) m."""
    x, y, z = place
    tread = rod((x, y - 0.5 * width, z), (x, y + 0.5 * width, z), radius, Material.TYRE, sides)
    discs = [
        plate_round(radius, Material.TYRE, front, (x, y + s * 0.5 * width, z)) for front, s in (("+y", 1), ("-y", -1))
    ]
    return merge(tread, *discs)


def plate_round(radius: float, material: Material, front: str, place: Sequence[float], sides: int = 8) -> Mesh:
    """Flat regular polygon seen from one side, its middle at `place` (3,) m."""
    return polygon(circle(radius, sides), material).moved(*place, yaw=FRONT[front])


def stand_in(mesh: Mesh, bands: int = 3) -> Mesh:
    """Stack of boxes with slanted sides in the mesh's outline and main colours: 10 triangles a band and 2."""
    corners = mesh.vertices[mesh.faces].astype(np.float64)
    levels = np.linspace(corners[..., 2].min(), corners[..., 2].max(), bands + 1)
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    middle = corners[..., 2].mean(axis=1)
    floor, ceiling = corners[..., :2].min(axis=(0, 1)), corners[..., :2].max(axis=(0, 1))
    parts = []
    for low, high in zip(levels, levels[1:], strict=False):
        inside = (middle >= low) & (middle <= high)
        weight = np.bincount(mesh.material, np.where(inside, area, 1e-6 * area))
        first, last = (_cut(corners, low + share * (high - low)) for share in (0.15, 0.85))
        slope = (last - first) * 0.15 / 0.7
        ends = [(np.clip(cut, floor, ceiling), z) for cut, z in ((first - slope, low), (last + slope, high))]
        rings = [[(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)] for ((x0, y0), (x1, y1)), z in ends]
        whole = loft(rings, Material(int(weight.argmax())))
        kept = slice(0, 12) if low == levels[0] else [*range(8), 10, 11]
        parts.append(whole._replace(faces=whole.faces[kept], material=whole.material[kept], tag=whole.tag[kept]))
    return merge(*parts)


def _cut(corners: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Lowest and highest (x, y), (2, 2) m, of where triangles (F, 3, 3) cross a height; of all of them where none does."""
    points = []
    for k in range(3):
        a, b = corners[:, k], corners[:, (k + 1) % 3]
        crossing = (a[:, 2] - level) * (b[:, 2] - level) < 0.0
        a, b = a[crossing], b[crossing]
        points.append((a + ((level - a[:, 2]) / (b[:, 2] - a[:, 2]))[:, None] * (b - a))[:, :2])
    found = np.concatenate(points)
    found = found if len(found) else corners.reshape(-1, 3)[:, :2]
    return np.array([found.min(axis=0), found.max(axis=0)])
