"""Things that people carry, lose or throw away: boxes, bags, cases, carts, litter, helmets."""

from functools import partial
from math import pi

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, extrude, loft, merge, tube
from lead.rendering.models.prop_kit import Shape, disc, legs, level_plate, lump, plate, rod, slab, wheel

CARD, BLACK, WHITE, STEEL = Material.CARDBOARD, Material.PLASTIC_BLACK, Material.PLASTIC_WHITE, Material.STEEL


def _carton(tape: Material, x: float, y: float, h: float) -> Mesh:
    """Closed cardboard box with tape and a printed mark."""
    parts = [slab((-x, x), (-y, y), (0.0, 0.99 * h), CARD)]
    parts.append(level_plate((-x, x), (-0.1 * y, 0.1 * y), h, tape))
    for side, at in (("-x", -1.0), ("+x", 1.0)):
        parts.append(plate(0.2 * y, 0.3 * h, tape, side, (at * 1.003 * x, 0.0, 0.84 * h)))
        parts.append(plate(0.5 * y, 0.16 * h, Material.SIGN_BLACK, side, (at * 1.003 * x, 0.5 * y, 0.2 * h)))
    return merge(*parts)


def _open_carton(x: float, y: float, h: float) -> Mesh:
    """Cardboard box with its flaps up."""
    low = 0.72 * h
    parts = [slab((-0.8 * x, 0.8 * x), (-0.8 * y, 0.8 * y), (0.0, low), CARD)]
    parts.append(level_plate((-0.76 * x, 0.76 * x), (-0.76 * y, 0.76 * y), low + 0.003, Material.SIGN_BLACK))
    for i, j in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        side = np.array([-j * 0.8 * x, i * 0.8 * y, 0.0])
        inner = np.array([i * 0.8 * x, j * 0.8 * y, low])
        outer = np.array([i * x, j * y, h])
        flap = np.array([inner - side, inner + side, outer + side, outer - side])
        out = np.array([i, j, 0.0]) * 0.008
        parts.append(loft([flap - out, flap + out], CARD))
    return merge(*parts)


def _creased(seed: int, x: float, y: float, h: float) -> Mesh:
    """Flattened box: creased panels of cardboard."""
    rng = np.random.default_rng(seed)
    n = 4
    across = np.linspace(-x, x, n + 1)
    up = rng.uniform(0.15, 1.0, (2, n + 1)) * h
    up[:, 0] = up[:, -1] = 0.3 * h
    skew = rng.uniform(0.8, 1.0, (2, n + 1)) * y
    parts = []
    for k in range(n):
        corners = [(across[k], -skew[0, k], up[0, k]), (across[k + 1], -skew[0, k + 1], up[0, k + 1])]
        corners += [(across[k + 1], skew[1, k + 1], up[1, k + 1]), (across[k], skew[1, k], up[1, k])]
        top = np.array(corners)
        parts.append(loft([top * (1.0, 1.0, 0.0), top], CARD))
    return merge(*parts)


def _tile(seed: int, x: float, y: float, h: float) -> Mesh:
    """Piece of a broken roof tile."""
    rng = np.random.default_rng(seed)
    angle = 2.0 * pi * (np.arange(6) + rng.uniform(-0.3, 0.3, 6)) / 6
    radius = rng.uniform(0.75, 1.1, 6)
    return extrude(np.column_stack([x * radius * np.cos(angle), y * radius * np.sin(angle)]), 0.0, h, Material.CLAY)


def _can(body: Material, x: float, y: float, h: float) -> Mesh:
    profile = [(0.8, 0.0), (1.0, 0.05), (1.0, 0.9), (0.8, 1.0)]
    band = tube([(1.01, 0.4), (1.01, 0.62)], WHITE, 8, capped=False)
    return merge(tube(profile, body, 8, capped=False), disc(0.8, 1.0, STEEL, 8), band).scaled(x, y, h)


def _crushed(body: Material, seed: int, x: float, y: float, h: float) -> Mesh:
    return lump((x, y, 0.5 * h), (0.0, 0.0, 0.5 * h), body, seed, 8)


def _pizza_box(x: float, y: float, h: float) -> Mesh:
    base = slab((-x, x), (-y, y), (0.0, 0.5 * h), CARD)
    lid = slab((-x, x), (-y, y), (0.5 * h, 0.52 * h), WHITE)
    slices = tube([(0.85 * x, 0.53 * h), (0.8 * x, 0.7 * h)], Material.PLASTIC_YELLOW, 8)
    crumbs = [
        lump((0.012, 0.012, 0.15 * h), (i * 0.03, j * 0.04, 0.85 * h), Material.PLASTIC_RED, 1, 5, 3)
        for i, j in ((1, 1), (-1, 0), (0, -1))
    ]
    return merge(base, lid, slices, *crumbs)


def _bottle(x: float, y: float, h: float) -> Mesh:
    profile = [(0.8, -1.0), (1.0, -0.95), (1.0, 0.25), (0.35, 0.6), (0.32, 0.95), (0.35, 1.0)]
    lying = tube(profile, Material.GLASS, 8, axis="x").scaled(x, 0.35 * y, 0.5 * h).moved(z=0.5 * h, yaw=0.4)
    label = tube([(1.02, -0.6), (1.02, -0.1)], Material.PLASTIC_RED, 8, axis="x", capped=False)
    return merge(lying, label.scaled(x, 0.35 * y, 0.5 * h).moved(z=0.5 * h, yaw=0.4))


def _helmet(shell: Material, closed: bool, x: float, y: float, h: float) -> Mesh:
    """Helmet that looks along -y, its visor or vents in black."""
    dome = tube([(0.82, 0.0), (1.0, 0.3), (0.95, 0.62), (0.6, 0.92), (0.1, 1.0)], shell, 10)
    parts = [dome.scaled(x, y, h)]
    if closed:
        visor = tube([(1.03, 0.32), (0.99, 0.62)], BLACK, 10, capped=False)
        front = visor.vertices[visor.faces].mean(axis=1)[:, 1] < -0.3
        visor = visor._replace(faces=visor.faces[front], material=visor.material[front], tag=visor.tag[front])
        parts.append(visor.scaled(x, y, h))
    else:
        vents = [
            slab((i * 0.3 * x - 0.06 * x, i * 0.3 * x + 0.06 * x), (-0.6 * y, 0.6 * y), (0.8 * h, 0.97 * h), BLACK)
            for i in (-1, 0, 1)
        ]
        parts += vents
    return merge(*parts)


def _briefcase(x: float, y: float, h: float) -> Mesh:
    body = slab((-x, x), (-y, y), (0.0, 0.82 * h), Material.DARK_WOOD)
    seam = slab((-1.01 * x, 1.01 * x), (-0.08 * y, 0.08 * y), (0.0, 0.83 * h), Material.CHROME)
    arch = [(-0.25 * x, 0.0, 0.82 * h), (-0.2 * x, 0.0, h), (0.2 * x, 0.0, h), (0.25 * x, 0.0, 0.82 * h)]
    handle = [rod(a, b, 0.012, BLACK) for a, b in zip(arch, arch[1:], strict=False)]
    locks = [
        slab((i * 0.6 * x - 0.02, i * 0.6 * x + 0.02), (-1.02 * y, -y), (0.66 * h, 0.76 * h), Material.CHROME)
        for i in (-1, 1)
    ]
    return merge(body, seam, *handle, *locks)


def _guitar_case(x: float, y: float, h: float) -> Mesh:
    """Case standing on its edge along x, outlined by the guitar in it."""
    width = [(-1.0, 0.55), (-0.8, 0.95), (-0.5, 0.95), (-0.3, 0.68), (-0.1, 0.7), (0.05, 0.3), (0.8, 0.22), (1.0, 0.3)]
    rings = [
        [
            (a * x, -y, 0.5 * h * (1 - w)),
            (a * x, y, 0.5 * h * (1 - w)),
            (a * x, y, 0.5 * h * (1 + w)),
            (a * x, -y, 0.5 * h * (1 + w)),
        ]
        for a, w in width
    ]
    return merge(loft(rings, BLACK), slab((-0.5 * x, -0.4 * x), (-1.02 * y, -y), (0.8 * h, 0.95 * h), Material.CHROME))


def _phone(x: float, y: float, h: float) -> Mesh:
    return merge(
        slab((-x, x), (-y, y), (0.0, h), BLACK),
        plate(1.8 * x, 0.84 * h, Material.SCREEN, "-y", (0.0, -1.1 * y, 0.5 * h)),
    )


def _bag(body: Material, handles: Material, soft: float, x: float, y: float, h: float) -> Mesh:
    """Carrier bag: `soft` says how much its sides bulge."""
    rings = []
    for share, level in ((0.9, 0.0), (1.0 + soft, 0.35), (1.0, 0.68)):
        rings.append([(i * x * share, j * y * share, level * h) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
    parts = [loft(rings, body)]
    for side in (-0.6, 0.6):
        arch = [
            (-0.4 * x, side * y, 0.68 * h),
            (-0.25 * x, side * y, h),
            (0.25 * x, side * y, h),
            (0.4 * x, side * y, 0.68 * h),
        ]
        parts += [rod(a, b, 0.012, handles) for a, b in zip(arch, arch[1:], strict=False)]
    return merge(*parts)


def _printed_bag(x: float, y: float, h: float) -> Mesh:
    marks = [
        plate(1.1 * x, 0.25 * h, Material.PLASTIC_RED, f, (0.0, s * 1.05 * y, 0.36 * h))
        for f, s in (("-y", -1), ("+y", 1))
    ]
    return merge(_bag(WHITE, BLACK, 0.0, x, y, h), *marks)


def _purse(x: float, y: float, h: float) -> Mesh:
    """Hand bag along y with a strap."""
    body = loft(
        [
            [(i * x * s, j * y * s, z * h) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
            for s, z in ((1.0, 0.0), (0.75, 0.5))
        ],
        Material.BAG,
    )
    flap = slab((-0.95 * x, -0.8 * x), (-0.75 * y, 0.75 * y), (0.25 * h, 0.5 * h), Material.DARK_WOOD)
    arch = [
        (0.0, -0.6 * y, 0.48 * h),
        (0.0, -0.45 * y, 0.85 * h),
        (0.0, 0.0, h),
        (0.0, 0.45 * y, 0.85 * h),
        (0.0, 0.6 * y, 0.48 * h),
    ]
    return merge(body, flap, *(rod(a, b, 0.012, Material.BAG) for a, b in zip(arch, arch[1:], strict=False)))


def _tied_bag(body: Material, seed: int, x: float, y: float, h: float) -> Mesh:
    """Full bag with a knot."""
    sack = lump((1.0, 1.0, 0.42), (0.0, 0.0, 0.4), body, seed, 9)
    neck = tube([(0.3, 0.74), (0.1, 0.84), (0.28, 1.0)], body, 6)
    return merge(sack, neck).scaled(x, y, h)


def _cart(x: float, y: float, h: float) -> Mesh:
    """Supermarket cart along y, pushed from +y."""
    top, bottom = 0.92 * h, 0.5 * h
    corners = np.array([(-0.8, -1.0), (0.8, -1.0), (0.95, 0.75), (-0.95, 0.75)]) * (x, y)
    floor = corners * (0.85, 0.8)
    parts = []
    for level, outline in ((top, corners), (0.5 * (top + bottom), 0.5 * (corners + floor)), (bottom, floor)):
        ring = [(*p, level) for p in outline]
        parts += [rod(a, b, 0.012, STEEL, 3) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
    for k in range(4):
        for share in np.linspace(0.0, 1.0, 5)[:-1]:
            a = corners[k] + share * (corners[(k + 1) % 4] - corners[k])
            b = floor[k] + share * (floor[(k + 1) % 4] - floor[k])
            parts.append(rod((*a, top), (*b, bottom), 0.008, STEEL, 3))
    parts.append(level_plate((-0.7 * x, 0.7 * x), (-0.8 * y, 0.6 * y), bottom, Material.GALVANISED))
    for i in (-1, 1):
        parts.append(rod((i * 0.9 * x, 0.7 * y, 0.12 * h), (i * 0.9 * x, y, h), 0.02, STEEL))
        parts.append(rod((i * 0.9 * x, 0.7 * y, 0.12 * h), (i * 0.7 * x, -0.8 * y, 0.12 * h), 0.02, STEEL))
        parts += [wheel(0.055 * h, 0.03, (a * i * x, b * y, 0.055 * h), 6) for a, b in ((0.9, 0.7), (0.7, -0.8))]
    parts.append(rod((-x, 0.98 * y, 0.98 * h), (x, 0.98 * y, 0.98 * h), 0.022, Material.PLASTIC_RED, 5))
    return merge(*parts)


def _trolley(x: float, y: float, h: float) -> Mesh:
    """Shopping bag on two wheels, pulled from +x."""
    sack = slab((-x, 0.1 * x), (-0.9 * y, 0.9 * y), (0.1 * h, 0.68 * h), Material.PLASTIC_RED)
    lid = slab((-x, 0.15 * x), (-0.95 * y, 0.95 * y), (0.66 * h, 0.73 * h), BLACK)
    bars = [rod((0.15 * x, j * 0.7 * y, 0.08 * h), (0.6 * x, j * 0.7 * y, 0.96 * h), 0.015, STEEL) for j in (-1, 1)]
    grip = [
        rod((0.6 * x, -0.72 * y, 0.96 * h), (0.6 * x, 0.72 * y, 0.96 * h), 0.018, BLACK),
        rod((0.6 * x, 0.0, 0.96 * h), (x, 0.0, h), 0.018, BLACK),
    ]
    wheels = [wheel(0.09 * h, 0.03, (0.15 * x, j * 0.92 * y, 0.09 * h), 8) for j in (-1, 1)]
    return merge(sack, lid, *bars, *grip, *wheels)


def _travel_case(x: float, y: float, h: float) -> Mesh:
    """Upright case on wheels with a pull-out handle."""
    body = slab((-x, x), (-0.9 * y, 0.9 * y), (0.07 * h, 0.72 * h), Material.PLASTIC_BLUE)
    ribs = [
        slab((i * x - 0.02, i * x + 0.02), (-y, y), (0.1 * h, 0.7 * h), Material.PLASTIC_BLUE)
        for i in (-0.6, -0.2, 0.2, 0.6)
    ]
    bars = [rod((i * 0.4 * x, 0.7 * y, 0.7 * h), (i * 0.4 * x, 0.7 * y, 0.98 * h), 0.012, STEEL) for i in (-1, 1)]
    grip = slab((-0.45 * x, 0.45 * x), (0.6 * y, 0.8 * y), (0.96 * h, h), BLACK)
    wheels = legs(0.8 * x, 0.7 * y, 0.08 * h, 0.03, BLACK)
    return merge(body, *ribs, *bars, grip, wheels)


SHAPES = {
    "bike helmet": Shape(partial(_helmet, Material.PLASTIC_RED, False)),
    "motorhelmet": Shape(partial(_helmet, Material.PLASTIC_BLUE, True)),
    "box01": Shape(_open_carton),
    "box02": Shape(partial(_carton, WHITE)),
    "box03": Shape(partial(_carton, Material.PLASTIC_RED)),
    "creasedbox01": Shape(partial(_creased, 51)),
    "creasedbox02": Shape(partial(_creased, 52)),
    "creasedbox03": Shape(partial(_creased, 53)),
    "brokentile01": Shape(partial(_tile, 61)),
    "brokentile02": Shape(partial(_tile, 62)),
    "brokentile03": Shape(partial(_tile, 63)),
    "brokentile04": Shape(partial(_tile, 64)),
    "colacan": Shape(partial(_can, Material.PLASTIC_RED)),
    "garbage01": Shape(partial(_can, Material.PLASTIC_GREEN)),
    "garbage02": Shape(partial(_crushed, STEEL, 71)),
    "garbage03": Shape(partial(_crushed, Material.PLASTIC_RED, 72)),
    "garbage04": Shape(partial(_crushed, WHITE, 73)),
    "garbage05": Shape(_pizza_box),
    "garbage06": Shape(_bottle),
    "briefcase": Shape(_briefcase),
    "guitarcase": Shape(_guitar_case),
    "mobile": Shape(_phone),
    "plasticbag": Shape(partial(_bag, WHITE, WHITE, 0.1)),
    "shoppingbag": Shape(_printed_bag),
    "purse": Shape(_purse),
    "trashbag": Shape(partial(_tied_bag, Material.RUBBISH, 81)),
    "shoppingcart": Shape(_cart, solid=False),
    "shoppingtrolley": Shape(_trolley),
    "travelcase": Shape(_travel_case),
}
