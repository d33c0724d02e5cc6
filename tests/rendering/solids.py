"""A town of closed solids on flat ground, made to try rays on: no open surfaces, so that sidedness does not matter."""

from typing import NamedTuple

import numpy as np

from lead.rendering.kernels.pose import bound
from lead.rendering.kernels.scene import Items, Objects, Triangles
from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, ball, box, make_mesh, merge, tube
from lead.rendering.triangles import ObjectStore, TriangleStore, empty_items, join_items
from lead.roads.labels import Label

TILE = 32.0  # m


class Solids(NamedTuple):
    """What kernels see."""

    triangles: Triangles
    items: Items
    objects: Objects
    faces: int


def ground(size: float, cell: float) -> Mesh:
    """Square of ground from the origin on, in cells (m)."""
    n = round(size / cell)
    x, y = np.meshgrid(np.arange(n + 1) * cell, np.arange(n + 1) * cell, indexing="ij")
    vertices = np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)])
    i, j = (part.ravel() for part in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    a, b, c, d = i * (n + 1) + j, (i + 1) * (n + 1) + j, (i + 1) * (n + 1) + j + 1, i * (n + 1) + j + 1
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    return make_mesh(vertices, faces, Material.ASPHALT, Label.ROADS)


def car() -> Mesh:
    """Two boxes and four wheels on the origin."""
    wheels = [
        tube([(0.33, -0.1), (0.33, 0.1)], Material.TYRE, 12, "y").moved(x, y, 0.33)
        for x in (-1.4, 1.4)
        for y in (-0.8, 0.8)
    ]
    body = box((4.6, 1.8, 0.7), (0.0, 0.0, 0.75), Material.PAINT)
    return merge(body, box((2.4, 1.6, 0.6), (-0.2, 0.0, 1.4), Material.WINDOW), *wheels).tagged(Label.CAR)


def tree(generator: np.random.Generator, sides: int) -> Mesh:
    """A trunk with a few balls of leaves."""
    trunk = tube([(0.2, -0.1), (0.15, 3.0)], Material.BARK, 8).tagged(Label.VEGETATION)
    crowns = [
        ball(generator.uniform(0.8, 1.6, 3), generator.normal((0, 0, 4.0), 0.6), Material.LEAVES, sides, sides // 2 + 2)
        for _ in range(3)
    ]
    return merge(trunk, *(crown.tagged(Label.VEGETATION) for crown in crowns))


def build(tiles: int, things: int, seed: int, cell: float = 4.0, sides: int = 8) -> Solids:
    """`tiles` squared tiles of ground from the origin on, with `things` solids on each; objects are numbered from 100."""
    generator = np.random.default_rng(seed)
    store, objects, items = TriangleStore(), ObjectStore(), []
    number = 100
    for ix in range(tiles):
        for iy in range(tiles):
            meshes = [(ground(TILE, cell).moved(ix * TILE, iy * TILE), 0)]
            for _ in range(things):
                x, y = generator.uniform(0.0, TILE, 2) + (ix * TILE, iy * TILE)
                yaw, kind = generator.uniform(0.0, 6.28), generator.integers(5)
                if kind == 0:
                    size = generator.uniform(3.0, 9.0, 3)
                    mesh = box(size, (0.0, 0.0, size[2] / 2 - 0.1), Material.FACADE).tagged(Label.BUILDINGS)
                elif kind == 1:
                    mesh = tube([(0.08, -0.1), (0.06, 6.0)], Material.STEEL, 8).tagged(Label.POLES)
                elif kind == 2:
                    mesh = tree(generator, sides)
                else:
                    mesh = car()
                row = objects.add(number, None)
                objects.objects.velocity[row] = generator.uniform(-15.0, 15.0, 3) if kind > 2 else 0.0
                meshes.append((mesh.moved(x, y, yaw=yaw), row))
                number += 1
            item = empty_items(1)
            owner = np.concatenate([np.full(len(mesh.faces), row, np.int32) for mesh, row in meshes])
            item[0][0], item[1][0], item[2][0], item[3][0] = store.add(merge(*(m for m, _ in meshes)), owner)
            bound(store.triangles, item, 0)
            items.append(item)
    return Solids(store.triangles, join_items(items), objects.objects, store.faces)


def corners(solids: Solids) -> np.ndarray:
    """Vertices (V, 3) of all triangles, m."""
    count = int(solids.items.first_vertex[-1] + solids.items.vertices[-1])
    return np.stack(solids.triangles[:3], axis=1)[:count].astype(np.float64)


def open_places(solids: Solids, count: int, height: float, seed: int) -> np.ndarray:
    """Poses (count, 6), a little tilted, so far from every vertex off the ground that none is inside a solid."""
    generator = np.random.default_rng(seed)
    points = corners(solids)
    points = points[points[:, 2] != 0.0]
    low, high = points[:, :2].min(axis=0) + 40.0, points[:, :2].max(axis=0) - 40.0
    poses = []
    while len(poses) < count:
        place = generator.uniform(low, high)
        if np.min(np.linalg.norm(points[:, :2] - place, axis=1)) > 6.6:
            pitch, yaw, roll = generator.uniform((-0.08, -3.0, -0.08), (0.08, 3.0, 0.08))
            poses.append([*place, height, pitch, yaw, roll])
    return np.array(poses)


def try_triangles(solids: Solids, start: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances (n,) and rows (n,) of all triangles whose outward side a ray of unit direction hits, nearest first."""
    faces = solids.triangles.faces[: solids.faces]
    a, b, c = (corners(solids)[faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    facing = normal @ direction < 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.einsum("fk,fk->f", normal, a - start) / (normal @ direction)
        place = start + distance[:, None] * direction
    inside = facing & (distance >= 0.0)
    for one, two in ((a, b), (b, c), (c, a)):
        inside &= np.einsum("fk,fk->f", np.cross(two - one, place - one), normal) >= 0.0
    hit = np.flatnonzero(inside)
    hit = hit[np.argsort(distance[hit], kind="stable")]
    return distance[hit], hit
