"""Trees, bushes and hedges as low-poly models of unit size, to be copied and stretched."""

from typing import NamedTuple

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, ball, merge, tube
from lead.roads.labels import Label

LEAF_COLOURS = ("#3f6a2c", "#4b7a30", "#587a33", "#3a5f30", "#6b7f35", "#49692f")
NEEDLE_COLOURS = ("#2f5230", "#36592f", "#2a4a33")
TRUNK_SHARE = 0.35  # of a tree's height below its crown
ROOT = 0.05  # of a tree's height in the ground
VARIANTS = 4


class Plant(NamedTuple):
    """A plant seen near by and from far off; a tree's crown is 2 m across and its whole height 1 m."""

    near: Mesh
    far: Mesh


class Nursery(NamedTuple):
    """Plants to choose from."""

    broadleaf: tuple[Plant, ...]
    conifer: tuple[Plant, ...]
    bush: tuple[Plant, ...]  # 2 m across, 1 m high


def grow_nursery(rng: np.random.Generator) -> Nursery:
    """Some plants of each kind, all a little different."""
    return Nursery(
        tuple(_broadleaf(rng) for _ in range(VARIANTS)),
        tuple(_conifer(rng) for _ in range(2)),
        tuple(_bush(rng) for _ in range(3)),
    )


def _jittered(mesh: Mesh, amount: float, rng: np.random.Generator) -> Mesh:
    """Vertices moved at random by up to `amount` of their distance from the mesh's middle."""
    middle = mesh.vertices.mean(axis=0)
    stretch = 1.0 + rng.uniform(-amount, amount, (len(mesh.vertices), 1)).astype(np.float32)
    return mesh._replace(vertices=middle + (mesh.vertices - middle) * stretch)


def _fit(mesh: Mesh, half: float, low: float, high: float) -> Mesh:
    """Stretched to reach from `low` to `high` and `half` to every side."""
    bottom, top = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    middle, size = 0.5 * (bottom + top), top - bottom
    target = np.array([0.0, 0.0, 0.5 * (low + high)], np.float32)
    scale = np.array([2.0 * half, 2.0 * half, high - low], np.float32) / size
    return mesh._replace(vertices=(mesh.vertices - middle) * scale + target)


def _broadleaf(rng: np.random.Generator) -> Plant:
    """A trunk and a crown of three overlapping clumps."""
    turn = rng.uniform(0.0, 2.0 * np.pi)
    clumps = [ball((0.78, 0.78, 0.24), (0.0, 0.0, 0.78), Material.LEAVES, 7, 4)]
    for k, (size, out, up) in enumerate(((0.62, 0.42, 0.6), (0.58, 0.46, 0.57))):
        angle = turn + k * np.pi + rng.uniform(-0.5, 0.5)
        place = (out * float(np.cos(angle)), out * float(np.sin(angle)), up + float(rng.uniform(-0.03, 0.03)))
        clumps.append(ball((size, size, 0.2), place, Material.LEAVES, 6, 4))
    crown = _fit(merge(*(_jittered(clump, 0.14, rng) for clump in clumps)), 1.0, TRUNK_SHARE, 1.0)
    trunk = tube([(0.14, -ROOT), (0.1, 0.2), (0.07, 0.6)], Material.BARK, 5, capped=False)
    far_crown = _fit(
        _jittered(ball((1.0, 1.0, 0.3), (0.0, 0.0, 0.7), Material.LEAVES, 4, 3), 0.1, rng), 0.92, TRUNK_SHARE, 1.0
    )
    far_trunk = tube([(0.11, -ROOT), (0.08, 0.5)], Material.BARK, 3, capped=False)
    return Plant(merge(trunk, crown).tagged(Label.VEGETATION), merge(far_trunk, far_crown).tagged(Label.VEGETATION))


def _conifer(rng: np.random.Generator) -> Plant:
    """A trunk and a stack of drooping cones."""
    tiers = [(1.0, 0.22, 0.62), (0.78, 0.42, 0.8), (0.52, 0.62, 1.0)]
    cones = [
        tube([(r, low), (0.02, high)], Material.LEAVES, 7).moved(yaw=float(rng.uniform(0.0, 1.0)))
        for r, low, high in tiers
    ]
    crown = _fit(merge(*(_jittered(cone, 0.1, rng) for cone in cones)), 1.0, 0.18, 1.0)
    trunk = tube([(0.12, -ROOT), (0.08, 0.4)], Material.BARK, 5, capped=False)
    far = tube([(0.9, 0.18), (0.02, 1.0)], Material.LEAVES, 5)
    far_trunk = tube([(0.1, -ROOT), (0.1, 0.25)], Material.BARK, 3, capped=False)
    return Plant(merge(trunk, crown).tagged(Label.VEGETATION), merge(far_trunk, far).tagged(Label.VEGETATION))


def _bush(rng: np.random.Generator) -> Plant:
    """A low heap of leaves."""
    heap = _jittered(ball((1.0, 1.0, 0.6), (0.0, 0.0, 0.4), Material.LEAVES, 6, 3), 0.16, rng)
    far = ball((0.9, 0.9, 0.5), (0.0, 0.0, 0.4), Material.LEAVES, 4, 2)
    return Plant(
        _fit(heap, 1.0, -0.1, 1.0).tagged(Label.VEGETATION), _fit(far, 1.0, -0.1, 1.0).tagged(Label.VEGETATION)
    )
