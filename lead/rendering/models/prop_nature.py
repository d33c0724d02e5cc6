"""Props that grow, and what they grow in: trees, pots, flower beds, hay."""

from functools import partial
from math import pi

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, loft, make_mesh, merge, tube
from lead.rendering.models.prop_kit import Shape, disc, level_plate, lump, mound, rod, slab
from lead.roads.labels import Label

WHITE = Material.PLASTIC_WHITE


def _broad_tree(x: float, y: float, h: float) -> Mesh:
    """Tree with a wide crown of leaf lumps over a forked trunk."""
    rng = np.random.default_rng(7)
    parts = [tube([(0.4, 0.0), (0.26, 0.1 * h), (0.2, 0.36 * h)], Material.BARK, 7, capped=False)]
    for k in range(7):
        angle, share = 2.0 * pi * k / 6, 0.0 if k == 6 else 0.58
        middle = np.array(
            [share * x * np.cos(angle), share * y * np.sin(angle), h * (0.8 if k == 6 else 0.5 + 0.06 * (k % 3))]
        )
        radii = np.array([0.46 * x, 0.46 * y, 0.19 * h]) * rng.uniform(0.9, 1.1)
        parts.append(lump(radii, middle, Material.HEDGE, 20 + k, 6, 4))
        if k < 6:
            parts.append(rod((0.0, 0.0, 0.3 * h), middle, 0.12, Material.BARK, 3, 0.04))
    return merge(*parts)


def _broad_tree_far(x: float, y: float, h: float) -> Mesh:
    trunk = rod((0.0, 0.0, 0.0), (0.0, 0.0, 0.5 * h), 0.3, Material.BARK, 3)
    crown = tube([(0.55 * x, 0.32 * h), (x, 0.55 * h), (0.5 * x, h)], Material.HEDGE, 6)
    return merge(trunk, crown)


def _palm(x: float, y: float, h: float, fronds: int = 14, joints: int = 5) -> Mesh:
    """Bent trunk with fronds that hang over."""
    along = np.linspace(0.0, 1.0, joints)
    middle = np.column_stack([0.12 * x * along**2, 0.0 * along, 0.86 * h * along])
    trunk = [
        rod(a, b, 0.2 - 0.09 * s, Material.BARK, 6, 0.2 - 0.09 * t)
        for a, b, s, t in zip(middle, middle[1:], along, along[1:], strict=False)
    ]
    top, parts = middle[-1], []
    for k in range(fronds):
        angle = 2.0 * pi * (k + 0.3 * (k % 2)) / fronds
        out = np.array([np.cos(angle), np.sin(angle), 0.0])
        side = np.array([-np.sin(angle), np.cos(angle), 0.0])
        reach, rise = (0.62 * x, 0.14 * h) if k % 2 else (0.55 * x, 0.02 * h)
        bow = [
            top,
            top + 0.45 * reach * out + (0.0, 0.0, rise),
            top + reach * out * 1.6 + (0.0, 0.0, 0.3 * rise - 0.12 * h),
        ]
        width = (0.15, 0.85, 0.08)
        left = [p + w * side - (0.0, 0.0, 0.5 * w) for p, w in zip(bow, width, strict=True)]
        right = [p - w * side - (0.0, 0.0, 0.5 * w) for p, w in zip(bow, width, strict=True)]
        points = np.array([*bow, *left, *right])
        half = [(0, 1, 4), (0, 4, 3), (1, 2, 5), (1, 5, 4), (0, 6, 7), (0, 7, 1), (1, 7, 8), (1, 8, 2)]
        parts.append(make_mesh(points, [*half, *(f[::-1] for f in half)], Material.PLANT))
    return merge(*trunk, *parts)


def _cypress(x: float, y: float, h: float, sides: int = 9, rings: int = 8) -> Mesh:
    """Slim cone of leaves."""
    rng = np.random.default_rng(9)
    along = np.linspace(0.06, 1.0, rings)
    width = np.sin(pi * along**0.7) ** 0.6 * np.where(along > 0.98, 0.0, 1.0) + 0.02
    radii = width[:, None] * rng.uniform(0.86, 1.08, (rings, sides))
    angle = 2.0 * pi * (np.arange(sides) + 0.5) / sides
    points = np.stack(
        [x * radii * np.cos(angle), y * radii * np.sin(angle), np.repeat(along[:, None] * h, sides, axis=1)], axis=-1
    )
    trunk = rod((0.0, 0.0, 0.0), (0.0, 0.0, 0.15 * h), 0.25, Material.BARK, 5)
    return merge(loft(points, Material.HEDGE), trunk)


def _hay_bale(x: float, y: float, h: float) -> Mesh:
    """Round bale lying on its side, along x."""
    straw = tube([(0.94, -1.0), (1.0, -0.9), (1.0, 0.9), (0.94, 1.0)], Material.SAND, 12, axis="x")
    ends = [tube([(0.6, at), (0.6, at + 0.001)], Material.CARDBOARD, 12, axis="x") for at in (-1.004, 1.003)]
    bands = [tube([(1.01, a), (1.01, a + 0.04)], Material.SOIL, 12, axis="x", capped=False) for a in (-0.45, 0.4)]
    return merge(straw, *ends, *bands).scaled(x, y, 0.5 * h)


def _leaves(x: float, y: float, low: float, high: float, seed: int, flowers: bool) -> list[Mesh]:
    """Bushy plant filling a low box, m."""
    rng = np.random.default_rng(seed)
    count = int(np.clip(round(x / y), 1, 4))
    half, parts = x / count, []
    for k in range(count):
        middle = (-x + (2 * k + 1) * half, 0.0, 0.5 * (low + high))
        parts.append(lump((half, y, 0.5 * (high - low)), middle, Material.PLANT, seed + k, 6))
        for _ in range(3 if flowers else 0):
            at = rng.uniform(-0.6, 0.6, 2) * (half, y)
            size = 0.25 * min(half, y)
            parts.append(lump((size, size, size), (middle[0] + at[0], at[1], high - size), Material.FLOWER, seed, 4, 3))
    return parts


def _trough(material: Material, flowers: bool, seed: int, x: float, y: float, h: float) -> Mesh:
    """Long pot with plants."""
    rings = [
        [(-a, -b, z), (a, -b, z), (a, b, z), (-a, b, z)] for a, b, z in ((0.85 * x, 0.75 * y, 0.0), (x, y, 0.5 * h))
    ]
    soil = level_plate((-0.94 * x, 0.94 * x), (-0.9 * y, 0.9 * y), 0.501 * h, Material.SOIL)
    return merge(loft(rings, material), soil, *_leaves(0.92 * x, 0.9 * y, 0.45 * h, h, seed, flowers))


def _round_pot(material: Material, flowers: bool, seed: int, x: float, y: float, h: float) -> Mesh:
    pot = tube([(0.65, 0.0), (0.95, 0.48), (1.0, 0.48), (1.0, 0.55), (0.88, 0.55)], material, 8, capped=False)
    soil = disc(0.9, 0.54, Material.SOIL, 8)
    return merge(merge(pot, soil).scaled(x, y, h), *_leaves(0.85 * x, 0.85 * y, 0.5 * h, h, seed, flowers))


def _flower_bed(x: float, y: float, h: float) -> Mesh:
    """Flat bed with a stone edge."""
    edge = slab((-x, x), (-y, y), (0.0, 0.5 * h), Material.STONE)
    soil = level_plate((-0.97 * x, 0.97 * x), (-0.85 * y, 0.85 * y), 0.51 * h, Material.SOIL)
    plants = []
    for k, at in enumerate(np.linspace(-0.85 * x, 0.85 * x, 7)):
        kind = Material.FLOWER if k % 2 else Material.PLANT
        plants.append(mound(0.3, 0.7 * y, 0.5 * h, kind, k, 6).moved(at, 0.0, 0.5 * h))
    return merge(edge, soil, *plants)


GREEN, FIXED = Label.VEGETATION, Label.STATIC
CLAY, STONE = Material.CLAY, Material.STONE
SHAPES = {
    "aporosatree": Shape(_broad_tree, GREEN, far=_broad_tree_far),
    "coconutpalm": Shape(_palm, GREEN, far=partial(_palm, fronds=5, joints=2)),
    "cypresstree": Shape(_cypress, GREEN, far=partial(_cypress, sides=4, rings=5)),
    "haybale": Shape(_hay_bale),
    "haybalelb": Shape(_hay_bale),
    "plantpot01": Shape(partial(_trough, CLAY, True, 11)),
    "plantpot02": Shape(partial(_trough, WHITE, True, 12)),
    "plantpot03": Shape(partial(_trough, Material.DARK_WOOD, False, 13)),
    "plantpot04": Shape(_flower_bed, FIXED),
    "plantpot05": Shape(partial(_round_pot, CLAY, True, 15)),
    "plantpot06": Shape(partial(_round_pot, STONE, False, 16), FIXED),
    "plantpot07": Shape(partial(_round_pot, CLAY, False, 17)),
    "plantpot08": Shape(partial(_round_pot, WHITE, True, 18)),
}
