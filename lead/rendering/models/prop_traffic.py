"""Props of road works and accidents: cones, barriers, warning signs, debris, street signs."""

from functools import partial
from math import cos, pi, sin

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, merge, tube
from lead.rendering.models.glyphs import polygon, ring, stroke
from lead.rendering.models.prop_kit import (
    FRONT,
    Shape,
    disc,
    label,
    level_plate,
    lump,
    mound,
    plate,
    plate_round,
    rod,
    slab,
    wheel,
)
from lead.roads.labels import Label

ORANGE, WHITE = Material.CONE_ORANGE, Material.REFLECTIVE_WHITE


def _banded(profile: list[tuple[float, float, Material]], sides: int = 8) -> Mesh:
    """Solid of revolution whose bands have their own material: (radius, height, material of the band above), top last."""
    pairs = zip(profile, profile[1:], strict=False)
    bands = [tube([(r, z), (r2, z2)], material, sides, capped=False) for (r, z, material), (r2, z2, _) in pairs]
    radius, height, material = profile[-1]
    return merge(*bands, disc(radius, height, material, sides))


def _small_cone(x: float, y: float, h: float, sides: int = 8) -> Mesh:
    base = slab((-x, x), (-y, y), (0.0, 0.05 * h), Material.PLASTIC_BLACK)
    cone = [
        (0.78 * x, 0.05 * h, ORANGE), (0.6 * x, 0.34 * h, WHITE), (0.42 * x, 0.56 * h, ORANGE),
        (0.34 * x, 0.68 * h, WHITE), (0.24 * x, 0.83 * h, ORANGE), (0.1 * x, h, ORANGE),
    ]  # fmt: skip
    return merge(base, _banded(cone, sides))


def _large_cone(x: float, y: float, h: float, sides: int = 10) -> Mesh:
    foot = tube([(1.08 * x, 0.0), (1.08 * x, 0.05 * h), (0.8 * x, 0.08 * h)], Material.PLASTIC_BLACK, min(sides, 8))
    cone = [
        (0.7 * x, 0.07 * h, ORANGE), (0.55 * x, 0.32 * h, WHITE), (0.42 * x, 0.52 * h, ORANGE),
        (0.35 * x, 0.64 * h, WHITE), (0.24 * x, 0.82 * h, ORANGE), (0.12 * x, h, ORANGE),
    ]  # fmt: skip
    return merge(foot, _banded(cone, sides))


def _post_cone(x: float, y: float, h: float, sides: int = 8) -> Mesh:
    base = slab((-x, x), (-y, y), (0.0, 0.06 * h), Material.PLASTIC_BLACK)
    cone = [
        (0.5 * y, 0.06 * h, ORANGE), (0.42 * y, 0.5 * h, WHITE), (0.4 * y, 0.62 * h, ORANGE),
        (0.39 * y, 0.7 * h, WHITE), (0.37 * y, 0.82 * h, ORANGE), (0.34 * y, h, ORANGE),
    ]  # fmt: skip
    return merge(base, _banded(cone, sides))


def _arrow_trailer(x: float, y: float, h: float, near: bool = True) -> Mesh:
    """Trailer with an arrow board that faces -y, where scenarios have the oncoming traffic."""
    board, front = 0.6 * h, -0.16
    yellow, steel = Material.PLASTIC_YELLOW, Material.DARK_STEEL
    middle, half = 0.5 * (board + h), 0.5 * (h - board)
    parts = [
        slab((-0.55 * x, 0.55 * x), (-0.45 * y, 0.55 * y), (0.42, 0.62), yellow),
        rod((0.0, 0.1, 0.6), (0.0, 0.1, middle), 0.12, steel),
        slab((-x, x), (front, front + 0.1), (board, h), Material.SIGN_BLACK),
        plate(1.6 * x, 0.36, Material.HAZARD_RED, "-y", (0.0, front - 0.004, board - 0.24)),
        plate(1.7 * x, 0.3, Material.HAZARD_RED, "-y", (0.0, -y, 0.55)),
    ]
    if not near:
        arrow = [(-0.8, 0.0), (-0.3, 0.65), (-0.3, 0.18), (0.85, 0.18), (0.85, -0.18), (-0.3, -0.18), (-0.3, -0.65)]
        head, shaft = ([(r * x, u * half) for r, u in part] for part in ([*arrow[:2], arrow[6]], arrow[2:6]))
        lit = merge(polygon(head, Material.BEACON_ORANGE), polygon(shaft, Material.BEACON_ORANGE))
        foot = plate(0.1, 0.1, steel, "+y", (0.0, y, 0.05))
        return merge(*parts, lit.moved(0.0, front - 0.01, middle, yaw=FRONT["-y"]), foot)
    parts += [
        rod((0.0, 0.5 * y, 0.5), (0.0, y, 0.45), 0.06, steel),
        rod((0.0, 0.93 * y, 0.0), (0.0, 0.93 * y, 0.5), 0.05, steel),
        slab((-0.3, 0.3), (0.16 * y, 0.46 * y), (0.62, 1.05), yellow),
        plate(1.6 * x, 0.36, Material.SIGN_BACK, "+y", (0.0, front + 0.02, board - 0.24)),
        plate(1.7 * x, 0.3, Material.SIGN_BACK, "+y", (0.0, -y + 0.01, 0.55)),
        rod((-0.4 * x, -y, 0.5), (-0.4 * x, -0.45 * y, 0.5), 0.05, steel),
        rod((0.4 * x, -y, 0.5), (0.4 * x, -0.45 * y, 0.5), 0.05, steel),
    ]
    parts += [wheel(0.34, 0.2, (0.0, 0.0, 0.0)).moved(s * 0.66 * x, 0.05 * y, 0.34, yaw=0.5 * pi) for s in (-1, 1)]
    dots = [(right, 0.0) for right in np.linspace(-0.75, 0.8, 6)]
    dots += [(-0.5, 0.3), (-0.5, -0.3), (-0.22, 0.58), (-0.22, -0.58)]
    places = [(-right * x, front - 0.006, middle + up * half) for right, up in dots]
    return merge(*parts, *(plate_round(0.12, Material.BEACON_ORANGE, "-y", place, 6) for place in places))


def _tripod_sign(symbol: Mesh, x: float, y: float, h: float) -> Mesh:
    """Red-rimmed triangle with a symbol on a folding stand, the same from both sides."""
    low, radius = 0.4 * h, 2.0 * x / 3.0**0.5
    corners = radius * np.array([(cos(a), sin(a)) for a in (0.5 * pi, 0.5 * pi + 2 * pi / 3, 0.5 * pi - 2 * pi / 3)])
    outer = corners * (1.0, (h - low) / (1.5 * radius))
    inner, middle = 0.74 * outer, (0.0, 0.03, low + (h - low) / 3.0)
    face = [
        polygon(inner, Material.SIGN_WHITE), ring(outer, inner, Material.SIGN_RED), symbol.moved(0.01),
    ]  # fmt: skip
    sides = [merge(*face).moved(0.0, s * middle[1], middle[2], yaw=FRONT[f]) for f, s in (("+y", 1), ("-y", -1))]
    steel = Material.DARK_STEEL
    props = [rod((i * 0.6 * x, j * y, 0.0), (i * 0.4 * x, 0.0, low), 0.025, steel) for i in (-1, 1) for j in (-1, 1)]
    bars = [rod((-0.6 * x, j * y, 0.02), (0.6 * x, j * y, 0.02), 0.02, steel) for j in (-1, 1)]
    bars.append(rod((-0.9 * x, 0.0, low), (0.9 * x, 0.0, low), 0.03, steel))
    return merge(*sides, *props, *bars)


def _accident(x: float, y: float, h: float) -> Mesh:
    return _tripod_sign(label("!", 0.5, Material.SIGN_BLACK, "+x", (0.0, 0.0, 0.0)), x, y, h)


def _construction(x: float, y: float, h: float) -> Mesh:
    """The digging man: head, body, legs, arm with a shovel, and a heap."""
    black = Material.SIGN_BLACK
    man = [
        stroke([(-0.02, 0.2), (-0.1, -0.02)], 0.09, black),
        stroke([(-0.2, -0.22), (-0.1, -0.02), (-0.02, -0.22)], 0.06, black),
        stroke([(-0.02, 0.14), (0.1, 0.02)], 0.05, black),
        stroke([(-0.02, 0.1), (0.2, -0.16)], 0.03, black),
        polygon([(0.14, -0.22), (0.34, -0.22), (0.24, -0.08)], black),
        polygon([(0.02, 0.22), (0.07, 0.3), (0.0, 0.34), (-0.05, 0.27)], black),
    ]
    return _tripod_sign(merge(*man), x, y, h)


def _street_barrier(x: float, y: float, h: float) -> Mesh:
    parts = []
    for side in (-1, 1):
        at = side * 0.86 * x
        parts += [rod((at, j * y, 0.0), (at, 0.15 * j * y, 0.97 * h), 0.025, Material.PLASTIC_WHITE) for j in (-1, 1)]
        parts.append(rod((at, -y, 0.02), (at, y, 0.02), 0.02, Material.PLASTIC_WHITE))
    for low, high, out in ((0.68, 0.94, 0.28), (0.3, 0.5, 0.6)):
        parts.append(slab((-x, x), (-out * y, out * y), (low * h, high * h), Material.HAZARD_RED))
    parts.append(tube([(0.05, 0.93 * h), (0.05, h)], Material.BEACON_ORANGE, 6).moved(0.7 * x))
    return merge(*parts)


def _chain_post(x: float, y: float, h: float) -> Mesh:
    base = tube([(1.05 * y, 0.0), (0.9 * y, 0.06 * h)], Material.PLASTIC_BLACK, 8)
    post = [(0.35 * y, 0.05 * h, Material.PLASTIC_RED), (0.35 * y, 0.35 * h, Material.PLASTIC_WHITE)]
    post += [(0.35 * y, 0.6 * h, Material.PLASTIC_RED), (0.35 * y, 0.85 * h, Material.PLASTIC_WHITE)]
    return merge(base, _banded([*post, (0.3 * y, h, Material.PLASTIC_WHITE)], 6))


def _chain(x: float, y: float, h: float) -> Mesh:
    post = _chain_post(y, y, h).moved(x=y - x)
    along = np.linspace(y - x, x, 8)
    sag = 0.9 * h - 0.3 * h * (1.0 - ((along - y + x) / (2.0 * x - y) * 2.0 - 1.0) ** 2)
    points = np.column_stack([along, 0.0 * along, sag])
    kinds = (Material.PLASTIC_RED, Material.PLASTIC_WHITE)
    return merge(post, *(rod(points[k], points[k + 1], 0.022, kinds[k % 2], 3) for k in range(7)))


def _heap(seed: int, x: float, y: float, h: float) -> Mesh:
    return mound(x, y, h, Material.SOIL, seed, 9)


def _debris(seed: int, x: float, y: float, h: float) -> Mesh:
    """Heap of soil with stones and broken boards."""
    rng = np.random.default_rng(seed)
    parts = [_heap(seed, x, y, 0.8 * h)]
    for k in range(7):
        at, size = rng.uniform(-0.72, 0.72, 2) * (x, y), rng.uniform(0.05, 0.12)
        stone = (Material.STONE, Material.CLAY, Material.CONCRETE)[k % 3]
        parts.append(lump((size, 0.8 * size, 0.45 * h), (*at, 0.45 * h), stone, seed + k, 4, 3))
    for _ in range(3):
        at, turn = rng.uniform(-0.5, 0.5, 2) * (x, y), rng.uniform(0.0, pi)
        parts.append(slab((-0.2, 0.2), (-0.03, 0.03), (0.0, 0.03), Material.DARK_WOOD).moved(*at, 0.5 * h, 0.1, turn))
    return merge(*parts)


def _name_sign(x: float, y: float, h: float) -> Mesh:
    parts = [tube([(0.6 * y, 0.0), (0.6 * y, h)], Material.GALVANISED, 6)]
    parts.append(slab((-x, x), (-0.9 * y, 0.9 * y), (0.82 * h, 0.96 * h), Material.SIGN_BLUE))
    for front, side in (("-y", -1), ("+y", 1)):
        parts.append(label("MAIN STREET", 0.105, Material.SIGN_WHITE, front, (0.0, side * y, 0.89 * h)))
    return merge(*parts)


def _gantry_sign(x: float, y: float, h: float) -> Mesh:
    steel = Material.GALVANISED
    parts = [tube([(0.08, 0.0), (0.08, 0.98 * h)], steel, 6).moved(i * 0.6 * x, y - 0.08) for i in (-1, 1)]
    low, high, front = 0.56 * h, h, -0.8 * y
    middle = 0.5 * (low + high)
    parts.append(slab((-x, x), (-0.75 * y, 0.0), (low, high), Material.SIGN_BACK))
    parts.append(plate(2.0 * x, high - low, Material.SIGN_WHITE, "-y", (0.0, front, middle)))
    parts.append(plate(1.94 * x, high - low - 0.08, Material.SIGN_GREEN, "-y", (0.0, front - 0.01, middle)))
    for k, words in enumerate(("CENTRE", "STATION")):
        parts.append(label(words, 0.27, Material.SIGN_WHITE, "-y", (0.25, front - 0.02, middle + 0.38 - 0.76 * k)))
        arrow = merge(
            stroke([(0.0, -0.16), (0.0, 0.16)], 0.06, Material.SIGN_WHITE),
            stroke([(-0.12, 0.05), (0.0, 0.2), (0.12, 0.05)], 0.06, Material.SIGN_WHITE),
        ).moved(roll=0.0 if k else 0.5 * pi)
        parts.append(arrow.moved(-0.78 * x, front - 0.02, middle + 0.38 - 0.76 * k, yaw=FRONT["-y"]))
    return merge(*parts)


def _parking_sign(x: float, y: float, h: float) -> Mesh:
    parts = [tube([(0.7 * y, 0.0), (0.7 * y, h)], Material.GALVANISED, 6)]
    low, high = h - 2.0 * x, h
    parts.append(slab((-x, x), (-y, -0.72 * y), (low, high), Material.SIGN_BACK))
    parts.append(plate(1.9 * x, 1.9 * x, Material.SIGN_BLUE, "-y", (0.0, -1.05 * y, h - x)))
    parts.append(label("P", 1.2 * x, Material.SIGN_WHITE, "-y", (0.0, -1.15 * y, h - x)))
    return merge(*parts)


def _iron_plank(x: float, y: float, h: float) -> Mesh:
    sheet = slab((-x, x), (-y, y), (0.0, 0.6 * h), Material.STEEL)
    ribs = [
        slab((-0.95 * x, 0.95 * x), (s * y - 0.02, s * y + 0.02), (0.5 * h, h), Material.DARK_STEEL)
        for s in (-0.6, 0.0, 0.6)
    ]
    return merge(sheet, *ribs)


def _barrel(x: float, y: float, h: float) -> Mesh:
    blue, r = Material.PLASTIC_BLUE, x
    profile = [(r, 0.0), (0.92 * r, 0.05 * h), (0.92 * r, 0.32 * h), (r, 0.36 * h), (0.92 * r, 0.4 * h)]
    profile += [(0.92 * r, 0.62 * h), (r, 0.66 * h), (0.92 * r, 0.7 * h), (0.92 * r, 0.97 * h), (r, h)]
    return merge(tube(profile, blue, 8, capped=False), disc(0.96 * r, 0.97 * h, Material.DARK_STEEL, 8))


def _calibrator(x: float, y: float, h: float) -> Mesh:
    """Case with a chequered target on its lid."""
    parts = [slab((-x, x), (-y, y), (0.0, 0.99 * h), Material.PLASTIC_YELLOW)]
    parts.append(level_plate((-0.94 * x, 0.94 * x), (-0.94 * y, 0.94 * y), 0.995 * h, Material.SIGN_WHITE))
    across, along = np.linspace(-0.94 * x, 0.94 * x, 9), np.linspace(-0.94 * y, 0.94 * y, 5)
    cells = [(i, j) for i in range(8) for j in range(4) if (i + j) % 2]
    for i, j in cells:
        parts.append(level_plate(tuple(across[i : i + 2]), tuple(along[j : j + 2]), h, Material.SIGN_BLACK))
    return merge(*parts)


SIGNS = Label.TRAFFIC_SIGNS
SHAPES = {
    "constructioncone": Shape(_small_cone, far=partial(_small_cone, sides=3)),
    "trafficcone01": Shape(_large_cone, far=partial(_large_cone, sides=3)),
    "trafficcone02": Shape(_post_cone, far=partial(_post_cone, sides=3)),
    "trafficwarning": Shape(_arrow_trailer, far=partial(_arrow_trailer, near=False)),
    "warningaccident": Shape(_accident, solid=False),
    "warningconstruction": Shape(_construction, solid=False),
    "streetbarrier": Shape(_street_barrier, solid=False),
    "chainbarrier": Shape(_chain, solid=False),
    "chainbarrierend": Shape(_chain_post, solid=False),
    "dirtdebris01": Shape(partial(_debris, 1), far=partial(_heap, 1)),
    "dirtdebris02": Shape(partial(_debris, 2), far=partial(_heap, 2)),
    "dirtdebris03": Shape(partial(_debris, 3), far=partial(_heap, 3)),
    "streetsign": Shape(_name_sign, SIGNS, solid=False),
    "streetsign01": Shape(_gantry_sign, SIGNS, solid=False),
    "streetsign04": Shape(_parking_sign, SIGNS, solid=False),
    "ironplank": Shape(_iron_plank),
    "barrel": Shape(_barrel),
    "calibrator": Shape(_calibrator),
}
