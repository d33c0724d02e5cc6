"""Props of gardens, parks and playgrounds: furniture, play equipment, ornaments."""

from math import pi

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, ball, loft, merge, tube
from lead.rendering.models.prop_kit import Shape, disc, legs, level_plate, plate, rod, slab, wheel
from lead.roads.labels import Label

WHITE, WOOD, DARK = Material.PLASTIC_WHITE, Material.WOOD, Material.DARK_STEEL


def _barbecue(x: float, y: float, h: float) -> Mesh:
    black = Material.PLASTIC_BLACK
    kettle = tube([(0.45, 0.6), (1.0, 0.72), (1.0, 0.78), (0.85, 0.92), (0.3, 1.0)], black, 10).scaled(
        0.55 * x, 0.95 * y, h
    )
    parts = [kettle, legs(0.35 * x, 0.7 * y, 0.68 * h, 0.02, Material.STEEL)]
    parts.append(slab((0.5 * x, x), (-0.7 * y, 0.7 * y), (0.7 * h, 0.73 * h), WOOD))
    parts.append(slab((-x, -0.5 * x), (-0.7 * y, 0.7 * y), (0.7 * h, 0.73 * h), WOOD))
    parts.append(level_plate((-0.4 * x, 0.4 * x), (-0.75 * y, 0.75 * y), 0.2 * h, Material.STEEL))
    parts += [wheel(0.1, 0.05, (0.35 * x, i * 0.85 * y, 0.1), 6) for i in (-1, 1)]
    return merge(*parts)


def _clothes_line(x: float, y: float, h: float) -> Mesh:
    """Two T-shaped poles, lines between them, and washing."""
    parts = []
    for side in (-1, 1):
        parts.append(rod((side * 0.97 * x, 0.0, 0.0), (side * 0.97 * x, 0.0, h), 0.05, WHITE, 6))
        parts.append(slab((side * 0.97 * x - 0.04, side * 0.97 * x + 0.04), (-y, y), (0.94 * h, h), WHITE))
    cloths = (Material.PLASTIC_RED, Material.SIGN_WHITE, Material.PLASTIC_BLUE, Material.PLASTIC_YELLOW)
    for at in (-0.85 * y, 0.0, 0.85 * y):
        parts.append(rod((-0.97 * x, at, 0.97 * h), (0.97 * x, at, 0.97 * h), 0.008, DARK, 3))
    rng = np.random.default_rng(5)
    for k, middle in enumerate(np.linspace(-0.75 * x, 0.75 * x, 6)):
        width, low, at = rng.uniform(0.5, 0.85), rng.uniform(0.35, 0.55), (-0.85 * y, 0.85 * y)[k % 2]
        for front in ("-y", "+y"):
            place = (middle, at, 0.5 * (low + 0.97) * h)
            parts.append(plate(width, (0.97 - low) * h, cloths[k % 4], front, place))
    return merge(*parts)


def _dog_house(x: float, y: float, h: float) -> Mesh:
    low, ridge = 0.6 * h, h
    walls = [(-0.85 * x, -0.9 * y), (0.85 * x, -0.9 * y), (0.85 * x, 0.9 * y), (-0.85 * x, 0.9 * y)]
    house = loft([[(a, b, 0.0) for a, b in walls], [(a, b, low) for a, b in walls]], WOOD)
    gable = [[(-0.85 * x, b, low), (0.85 * x, b, low), (0.0, b, 0.96 * ridge)] for b in (0.9 * y, -0.9 * y)]
    slope = np.hypot(x, ridge - 0.55 * h)
    pitch = np.arctan2(ridge - 0.55 * h, x)
    roof = slab((0.0, slope), (-y, y), (-0.03, 0.03), Material.PLASTIC_RED)
    right = roof.moved(0.0, 0.0, 0.97 * ridge, pitch=-pitch)
    left = right.scaled(-1.0, 1.0, 1.0)
    door = plate(0.7 * x, 0.5 * h, Material.SIGN_BLACK, "-y", (0.0, -0.91 * y, 0.27 * h))
    return merge(house, loft(gable, WOOD), right, left, door)


def _garden_lamp(x: float, y: float, h: float) -> Mesh:
    parts = [
        tube([(0.9 * x, 0.0), (0.9 * x, 0.06 * h)], DARK, 6),
        tube([(0.25 * x, 0.06 * h), (0.25 * x, 0.5 * h)], DARK, 6),
    ]
    parts.append(tube([(0.55 * x, 0.5 * h), (0.8 * x, 0.82 * h)], Material.STREET_LAMP, 6))
    parts.append(tube([(1.15 * x, 0.82 * h), (0.1 * x, h)], DARK, 6))
    return merge(*parts)


def _gnome(x: float, y: float, h: float) -> Mesh:
    body = tube([(0.75, 0.12), (0.8, 0.3), (0.55, 0.52), (0.35, 0.56)], Material.PLASTIC_BLUE, 8)
    head = ball((0.55, 0.55, 0.1), (0.0, 0.0, 0.62), Material.PLASTIC_YELLOW, 7, 4)
    hat = tube([(0.62, 0.66), (0.35, 0.82), (0.02, 1.0)], Material.PLASTIC_RED, 8)
    beard = tube([(0.05, 0.36), (0.42, 0.54), (0.3, 0.62)], WHITE, 6).moved(0.0, -0.35, 0.0)
    boots = [ball((0.28, 0.42, 0.1), (i * 0.38, -0.25, 0.07), Material.PLASTIC_BLACK, 5, 3) for i in (-1, 1)]
    arms = [ball((0.2, 0.25, 0.13), (i * 0.8, -0.1, 0.42), Material.PLASTIC_BLUE, 5, 3) for i in (-1, 1)]
    return merge(body, head, hat, beard, *boots, *arms).scaled(x, y, h)


def _pergola(x: float, y: float, h: float) -> Mesh:
    parts = []
    for i in (-0.85, 0.85):
        for j in (-0.85, 0.85):
            parts.append(slab((i * x - 0.08, i * x + 0.08), (j * y - 0.08, j * y + 0.08), (0.0, 0.88 * h), WOOD))
        parts.append(slab((i * x - 0.05, i * x + 0.05), (-y, y), (0.86 * h, 0.93 * h), WOOD))
    for at in np.linspace(-0.95 * y, 0.95 * y, 9):
        parts.append(slab((-x, x), (at - 0.03, at + 0.03), (0.93 * h, h), WOOD))
    return merge(*parts)


def _chair(x: float, y: float, h: float) -> Mesh:
    """Garden chair with arms; who sits on it looks along -y."""
    parts = [slab((-0.8 * x, 0.8 * x), (-0.85 * y, 0.75 * y), (0.44 * h, 0.48 * h), WHITE)]
    feet = [(i * 0.95 * x, j * 0.98 * y) for i in (-1, 1) for j in (-1, 1)]
    parts += [rod((i, j, 0.0), (0.84 * i, 0.8 * j, 0.48 * h), 0.025, WHITE) for i, j in feet]
    for at in np.linspace(-0.65 * x, 0.65 * x, 5):
        parts.append(rod((at, 0.68 * y, 0.46 * h), (at * 1.05, 0.95 * y, 0.96 * h), 0.03, WHITE))
    parts.append(slab((-0.8 * x, 0.8 * x), (0.88 * y, y), (0.92 * h, h), WHITE))
    for side in (-1, 1):
        at = side * 0.9 * x
        parts.append(slab((at - 0.1 * x, at + 0.1 * x), (-0.75 * y, 0.9 * y), (0.68 * h, 0.71 * h), WHITE))
        parts.append(rod((at, -0.65 * y, 0.46 * h), (at, -0.65 * y, 0.69 * h), 0.025, WHITE))
    return merge(*parts)


def _parasol_table(x: float, y: float, h: float) -> Mesh:
    table = tube([(0.52 * x, 0.29 * h), (0.52 * x, 0.31 * h)], WHITE, 12)
    pole = rod((0.0, 0.0, 0.0), (0.0, 0.0, h), 0.03, WHITE, 6)
    feet = legs(0.3 * x, 0.3 * y, 0.3 * h, 0.035, WHITE)
    foot = tube([(0.2 * x, 0.0), (0.2 * x, 0.03 * h)], Material.CONCRETE, 8)
    cloth, turn = [], 2.0 * pi / 8
    for k in range(8):
        kind = (Material.PLASTIC_RED, Material.PLASTIC_WHITE)[k % 2]
        a, b = ((1.08 * x * np.cos(t), 1.08 * y * np.sin(t), 0.8 * h) for t in ((k - 0.5) * turn, (k + 0.5) * turn))
        top = (0.0, 0.0, 0.99 * h)
        cloth.append(loft([[a, b, top], [a, b, top]], kind, capped=True))
    return merge(table, pole, feet, foot, *cloth)


def _slide(x: float, y: float, h: float) -> Mesh:
    """Slide along y: ladder at +y, chute down to -y."""
    deck, back = 0.7 * h, 0.55 * y
    steel, red = Material.PLASTIC_BLUE, Material.PLASTIC_RED
    parts = [slab((-0.8 * x, 0.8 * x), (back - 0.25 * y, back), (deck - 0.04, deck), Material.PLASTIC_YELLOW)]
    foot, top = np.array([0.0, -0.95 * y, 0.12 * h]), np.array([0.0, back - 0.25 * y, deck])
    chute = [[(-0.7 * x, *foot[1:]), (0.7 * x, *foot[1:]), (0.7 * x, *top[1:]), (-0.7 * x, *top[1:])]]
    parts.append(loft([np.array(chute[0]) - (0.0, 0.0, 0.04), chute[0]], Material.PLASTIC_YELLOW))
    for side in (-1, 1):
        at = side * 0.8 * x
        parts.append(loft(_side_board(at, foot, top, 0.22), red))
        for along in (back - 0.25 * y, back):
            parts.append(rod((at, along, 0.0), (at, along, h), 0.04, steel))
        parts.append(rod((at, y, 0.0), (at, back, deck), 0.04, steel))
        parts.append(rod((at, back - 0.25 * y, 0.97 * h), (at, back, 0.97 * h), 0.03, steel))
        parts.append(rod((at, foot[1] + 0.1, 0.0), (at, foot[1] + 0.1, 0.15 * h), 0.04, steel))
    for share in (0.2, 0.4, 0.6, 0.8):
        along, up = y + share * (back - y), share * deck
        parts.append(slab((-0.8 * x, 0.8 * x), (along - 0.06, along + 0.06), (up - 0.02, up + 0.02), steel))
    return merge(*parts)


def _side_board(x: float, foot: np.ndarray, top: np.ndarray, height: float) -> np.ndarray:
    """Rings of a plank on edge along a chute."""
    rings = [[(x - 0.04, *p[1:]), (x + 0.04, *p[1:])] for p in (foot, top)]
    low = np.array([rings[0][0], rings[0][1], rings[1][1], rings[1][0]])
    return np.stack([low - (0.0, 0.0, 0.05), low + (0.0, 0.0, height)])


def _swing(x: float, y: float, h: float) -> Mesh:
    steel, parts = (
        Material.PLASTIC_RED,
        [rod((-0.98 * x, 0.0, 0.97 * h), (0.98 * x, 0.0, 0.97 * h), 0.05, Material.PLASTIC_RED, 6)],
    )
    for i in (-1, 1):
        parts += [rod((i * x, j * y, 0.0), (i * 0.9 * x, 0.0, h), 0.05, steel, 6) for j in (-1, 1)]
    for middle, kind in ((-0.42 * x, Material.PLASTIC_YELLOW), (0.42 * x, Material.PLASTIC_BLUE)):
        parts.append(slab((middle - 0.25, middle + 0.25), (-0.1, 0.1), (0.2 * h, 0.22 * h), kind))
        for i in (-0.22, 0.22):
            parts.append(rod((middle + i, 0.0, 0.21 * h), (middle + i, 0.0, 0.96 * h), 0.015, Material.STEEL, 3))
    return merge(*parts)


def _swing_couch(x: float, y: float, h: float) -> Mesh:
    """Hollywood swing along y with a canopy; who sits on it looks along -x."""
    parts = [slab((-0.8 * x, 0.9 * x), (-0.98 * y, 0.98 * y), (0.94 * h, 0.97 * h), Material.PLASTIC_BLUE)]
    parts.append(slab((-0.5 * x, 0.5 * x), (-0.9 * y, 0.9 * y), (0.97 * h, h), Material.PLASTIC_BLUE))
    for j in (-0.95 * y, 0.95 * y):
        parts += [rod((i * x, j, 0.0), (0.1 * x, j, 0.95 * h), 0.03, DARK) for i in (-1, 1)]
        parts.append(slab((-x, x), (j - 0.05 * y, j + 0.05 * y), (0.0, 0.02 * h), DARK))
        parts.append(rod((0.0, 0.85 * j, 0.25 * h), (0.1 * x, 0.9 * j, 0.93 * h), 0.012, DARK, 3))
    parts.append(slab((-0.6 * x, 0.35 * x), (-0.82 * y, 0.82 * y), (0.2 * h, 0.27 * h), Material.PLASTIC_BLUE))
    back = slab((-0.05, 0.05), (-0.82 * y, 0.82 * y), (0.0, 0.3 * h), Material.PLASTIC_BLUE)
    parts.append(back.moved(0.38 * x, 0.0, 0.24 * h, pitch=-0.2))
    return merge(*parts)


def _picnic_table(x: float, y: float, h: float) -> Mesh:
    """Table with a bench along two sides."""
    parts = [slab((-x, x), (-0.42 * y, 0.42 * y), (0.93 * h, h), WOOD)]
    for side in (-1, 1):
        parts.append(
            slab((-x, x), (side * 0.84 * y - 0.16 * y, side * 0.84 * y + 0.16 * y), (0.52 * h, 0.58 * h), WOOD)
        )
        at = side * 0.7 * x
        parts += [rod((at, j * 0.75 * y, 0.0), (at, j * 0.3 * y, 0.93 * h), 0.05, Material.DARK_WOOD) for j in (-1, 1)]
        parts.append(slab((at - 0.04, at + 0.04), (-0.95 * y, 0.95 * y), (0.44 * h, 0.52 * h), Material.DARK_WOOD))
    return merge(*parts)


def _trampoline(x: float, y: float, h: float) -> Mesh:
    """Round trampoline with a safety net on eight poles."""
    parts, bed = [], 0.32 * h
    rim = tube([(0.97, bed - 0.06), (0.97, bed)], Material.PLASTIC_BLUE, 16, capped=False)
    parts.append(rim.scaled(x, y, 1.0))
    parts.append(tube([(0.97, bed), (0.8, bed + 0.01)], Material.PLASTIC_BLUE, 16, capped=False).scaled(x, y, 1.0))
    parts.append(disc(0.81, bed + 0.005, Material.PLASTIC_BLACK, 16).scaled(x, y, 1.0))
    angles = 2.0 * pi * (np.arange(8) + 0.5) / 8
    posts = [(0.98 * x * np.cos(a), 0.98 * y * np.sin(a)) for a in angles]
    for k, (i, j) in enumerate(posts):
        parts.append(rod((i, j, 0.0), (i, j, h), 0.035, Material.STEEL, 4))
        a, b = posts[k], posts[(k + 1) % 8]
        parts += [rod((*a, z), (*b, z), 0.012, Material.PLASTIC_BLACK, 3) for z in (0.99 * h, 0.66 * h)]
    return merge(*parts)


def _watering_can(x: float, y: float, h: float) -> Mesh:
    green = Material.PLASTIC_GREEN
    body = tube([(1.0, 0.0), (0.9, 0.6)], green, 8).scaled(x, 0.5 * y, h).moved(y=-0.1 * y)
    spout = rod((0.0, 0.3 * y, 0.15 * h), (0.0, 0.9 * y, 0.75 * h), 0.008, green, 5)
    rose = rod((0.0, 0.88 * y, 0.72 * h), (0.0, y, 0.85 * h), 0.012, green, 6, 0.022)
    arch = [(0.0, -0.9 * y, 0.3 * h), (0.0, -0.9 * y, 0.9 * h), (0.0, -0.4 * y, h), (0.0, 0.2 * y, 0.6 * h)]
    handle = [rod(a, b, 0.006, green, 4) for a, b in zip(arch, arch[1:], strict=False)]
    return merge(body, spout, rose, *handle)


FIXED = Label.STATIC
SHAPES = {
    "barbeque": Shape(_barbecue),
    "clothesline": Shape(_clothes_line, FIXED, solid=False),
    "doghouse": Shape(_dog_house),
    "gardenlamp": Shape(_garden_lamp, FIXED),
    "gnome": Shape(_gnome),
    "pergola": Shape(_pergola, FIXED, solid=False),
    "plasticchair": Shape(_chair, solid=False),
    "plastictable": Shape(_parasol_table, solid=False),
    "slide": Shape(_slide, FIXED, solid=False),
    "swing": Shape(_swing, FIXED, solid=False),
    "swingcouch": Shape(_swing_couch, solid=False),
    "table": Shape(_picnic_table, solid=False),
    "trampoline": Shape(_trampoline, solid=False),
    "wateringcan": Shape(_watering_can),
}
