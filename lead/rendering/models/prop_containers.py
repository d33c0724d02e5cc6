"""Containers for waste, glass and clothes, pallets of rubbish, and the food cart."""

from functools import partial
from math import pi

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, loft, merge, tube
from lead.rendering.models.prop_kit import Shape, label, lump, plate, plate_round, rod, slab, wheel
from lead.roads.labels import Label

GREEN, BLACK = Material.PLASTIC_GREEN, Material.PLASTIC_BLACK


def _tub(low: tuple[float, float, float], high: tuple[float, float, float], material: Material) -> Mesh:
    """Box with slanted sides between two levels (half width x, y, height), m."""
    return loft([[(-a, -b, z), (a, -b, z), (a, b, z), (-a, b, z)] for a, b, z in (low, high)], material)


def _dumpster(x: float, y: float, h: float) -> Mesh:
    """Steel waste container with ribs and two slanted lids; its front looks along -y."""
    parts = [_tub((0.88 * x, 0.72 * y, 0.1 * h), (0.95 * x, 0.96 * y, 0.78 * h), GREEN)]
    for at in np.linspace(-0.75 * x, 0.75 * x, 5):
        parts.append(slab((at - 0.03, at + 0.03), (-0.98 * y, 0.98 * y), (0.2 * h, 0.78 * h), Material.PLASTIC_GREEN))
    parts.append(slab((-x, x), (-y, y), (0.76 * h, 0.82 * h), Material.DARK_STEEL))
    for side in (-1, 1):
        a, b = sorted((side * 0.02 * x, side * 0.97 * x))
        low, high = 0.82 * h, h
        base = [(a, -0.98 * y, low), (b, -0.98 * y, low), (b, 0.98 * y, low), (a, 0.98 * y, low)]
        top = [(a, -0.98 * y, low + 0.02), (b, -0.98 * y, low + 0.02), (b, 0.98 * y, high), (a, 0.98 * y, high)]
        parts.append(loft([base, top], BLACK))
        parts += [wheel(0.05 * h + 0.02, 0.06, (side * 0.75 * x, j * 0.55 * y, 0.05 * h + 0.02), 6) for j in (-1, 1)]
    parts.append(plate(0.5 * x, 0.2 * h, Material.SIGN_YELLOW, "-y", (0.0, -1.0 * y, 0.55 * h)))
    return merge(*parts)


def _clothes_bank(x: float, y: float, h: float) -> Mesh:
    """Collection box for clothes; its flap looks along -x."""
    body = slab((-0.92 * x, 0.92 * x), (-0.97 * y, 0.97 * y), (0.04 * h, 0.82 * h), Material.WHITE_METAL)
    roof = _tub((0.92 * x, 0.97 * y, 0.82 * h), (0.5 * x, 0.9 * y, h), Material.PLASTIC_RED)
    base = slab((-x, x), (-y, y), (0.0, 0.05 * h), Material.DARK_STEEL)
    out = -0.93 * x
    parts = [
        slab((-x, -0.9 * x), (-0.6 * y, 0.6 * y), (0.64 * h, 0.78 * h), Material.DARK_STEEL),
        plate(1.7 * y, 0.3 * h, Material.PLASTIC_RED, "-x", (out, 0.0, 0.38 * h)),
        label("CLOTHES", 0.18, Material.SIGN_WHITE, "-x", (out - 0.01, 0.0, 0.38 * h)),
    ]
    for front, at in (("-y", -0.975 * y), ("+y", 0.975 * y)):
        parts.append(plate(1.5 * x, 0.3 * h, Material.PLASTIC_RED, front, (0.0, at, 0.38 * h)))
    return merge(body, roof, base, *parts)


def _bottle_bank(x: float, y: float, h: float) -> Mesh:
    """Round container for glass with openings on all sides and a lifting hook."""
    shell = [(0.85, 0.0), (1.0, 0.1), (1.0, 0.5), (0.85, 0.75), (0.5, 0.93), (0.2, 0.96)]
    parts = [tube(shell, GREEN, 8).scaled(x, y, h), rod((0.0, 0.0, 0.9 * h), (0.0, 0.0, h), 0.06, Material.STEEL)]
    for k, front in enumerate(("-x", "-y", "+x", "+y")):
        out = np.array([-np.cos(0.5 * pi * k) * x, -np.sin(0.5 * pi * k) * y, 0.0]) * np.cos(pi / 8)
        parts.append(plate_round(0.22, BLACK, front, 0.98 * out + (0.0, 0.0, 0.66 * h)))
        parts.append(plate(0.64, 0.22 * h, Material.SIGN_WHITE, front, 1.01 * out + (0.0, 0.0, 0.3 * h)))
        if k % 2 == 0:
            parts.append(label("GLASS", 0.13, Material.SIGN_GREEN, front, 1.02 * out + (0.0, 0.0, 0.3 * h)))
    return merge(*parts)


def _rubbish_platform(x: float, y: float, h: float) -> Mesh:
    """Wooden platform with flattened boxes, bags and tins on it."""
    rng = np.random.default_rng(31)
    deck = 0.28 * h
    parts = [
        slab((-x, x), (j * y - 0.05, j * y + 0.05), (0.0, 0.7 * deck), Material.DARK_WOOD) for j in (-0.92, 0.0, 0.92)
    ]
    for at in np.linspace(-0.9 * x, 0.9 * x, 9):
        parts.append(slab((at - 0.09 * x, at + 0.09 * x), (-y, y), (0.7 * deck, deck), Material.WOOD))
    for k in range(5):
        at, turn = rng.uniform(-0.75, 0.75, 2) * (x, 0.7 * y), rng.uniform(0.0, pi)
        if k % 2:
            size = rng.uniform(0.16, 0.24, 2)
            boxed = slab(
                (-size[0], size[0]), (-size[1], size[1]), (deck, rng.uniform(0.55, 0.8) * h), Material.CARDBOARD
            )
            parts.append(boxed.moved(*at, yaw=turn))
        else:
            parts.append(lump((0.28, 0.24, 0.5 * (h - deck)), (*at, 0.5 * (h + deck)), Material.RUBBISH, 40 + k, 7))
    return merge(*parts)


def _food_cart(x: float, y: float, h: float, near: bool = True) -> Mesh:
    """Food trailer along y, sold from towards -x under an awning."""
    low, high, front = 0.16 * h, 0.86 * h, -0.62 * x
    white, red = Material.WHITE_METAL, Material.PLASTIC_RED
    parts = [
        slab((front, 0.95 * x), (-0.88 * y, 0.88 * y), (0.3 * h, high), white),
        slab((front - 0.03, x), (-0.9 * y, 0.9 * y), (high, 0.9 * h), red),
        slab((front - 0.02, 0.97 * x), (-0.885 * y, 0.885 * y), (low, 0.3 * h), red),
        slab((front, front + 0.12), (-0.62 * y, 0.62 * y), (0.9 * h, h), Material.SIGN_YELLOW),
        plate(1.3 * y, 0.26 * h, Material.SHOP_WINDOW, "-x", (front - 0.01, 0.0, 0.6 * h)),
    ]
    edges = np.linspace(-0.66 * y, 0.66 * y, 9 if near else 2)
    for k, (a, b) in enumerate(zip(edges, edges[1:], strict=False)):
        up = np.array([(-x, a, 0.72 * h), (front, a, 0.82 * h), (front, b, 0.82 * h), (-x, b, 0.72 * h)])
        parts.append(loft([up - (0.0, 0.0, 0.02), up], red if k % 2 else Material.SIGN_WHITE))
    if not near:
        ground = [slab((-0.7 * x, 0.7 * x), (-0.4 * y, 0.25 * y), (0.0, low), Material.TYRE)]
        tips = [
            slab((-0.1, 0.1), (min(0.88 * j * y, j * y), max(0.88 * j * y, j * y)), (low, 0.2 * h), red)
            for j in (-1, 1)
        ]
        return merge(*parts, *ground, *tips)
    parts += [
        slab((-0.85 * x, front), (-0.65 * y, 0.65 * y), (0.44 * h, 0.46 * h), Material.STEEL),
        slab((-0.2 * x, 0.3 * x), (-0.25 * y, 0.25 * y), (0.9 * h, 0.93 * h), Material.SIGN_YELLOW),
        rod((0.0, 0.88 * y, 0.18 * h), (0.0, y, 0.14 * h), 0.05, Material.DARK_STEEL),
        rod((0.0, 0.97 * y, 0.0), (0.0, 0.97 * y, 0.16 * h), 0.04, Material.DARK_STEEL),
        slab((0.1 * x, 0.14 * x), (-y, -0.88 * y), (0.2 * h, 0.3 * h), Material.DARK_STEEL),
        label("HOT DOGS", 0.24, Material.SIGN_RED, "-x", (front - 0.01, 0.0, 0.95 * h)),
        label("FOOD", 0.5, red, "+x", (0.97 * x, 0.0, 0.6 * h)),
    ]
    tyre = wheel(0.12 * h, 0.2, (0.0, 0.0, 0.0)).moved(z=0.12 * h, yaw=0.5 * pi)
    return merge(*parts, *(tyre.moved(i * 0.72 * x, j * y) for i in (-1, 1) for j in (-0.25, 0.1)))


SHAPES = {
    "container": Shape(_dumpster),
    "clothcontainer": Shape(_clothes_bank, Label.STATIC),
    "glasscontainer": Shape(_bottle_bank, Label.STATIC),
    "platformgarbage01": Shape(_rubbish_platform),
    "foodcart": Shape(_food_cart, far=partial(_food_cart, near=False)),
}
