"""Street furniture and machines: stops, benches, boxes for letters and money, fountains, kiosks, litter bins."""

from functools import partial
from math import pi

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, extrude, loft, merge, tube
from lead.rendering.models.prop_kit import Shape, disc, label, legs, level_plate, plate, rod, slab, wheel
from lead.roads.labels import Label

STEEL, DARK = Material.STEEL, Material.DARK_STEEL


def _advertisement(x: float, y: float, h: float, near: bool = True) -> Mesh:
    parts = [
        slab((-0.35 * x, 0.35 * x), (-y, y), (0.0, 0.12 * h), DARK),
        slab((-x, x), (-0.8 * y, 0.8 * y), (0.12 * h, h), DARK),
    ]
    for front, at in (("-y", -0.82 * y), ("+y", 0.82 * y)):
        step = -0.004 if at < 0.0 else 0.004
        parts += [
            plate(1.8 * x, 0.76 * h, Material.SIGN_WHITE, front, (0.0, at, 0.57 * h)),
            plate(1.7 * x, 0.36 * h, Material.SIGN_RED, front, (0.0, at + step, 0.74 * h)),
            plate(1.7 * x, 0.1 * h, Material.SIGN_BLUE, front, (0.0, at + step, 0.27 * h)),
        ]
        writing = [
            label("LEAD", 0.32, Material.SIGN_WHITE, front, (0.0, at + 2 * step, 0.74 * h)),
            label("THE NEXT STEP", 0.11, Material.SIGN_BLACK, front, (0.0, at + step, 0.44 * h)),
        ]
        parts += writing if near else []
    return merge(*parts)


def _cash_machine(x: float, y: float, h: float) -> Mesh:
    """Faces -x."""
    front = -0.82 * x
    parts = [
        slab((front, x), (-y, y), (0.0, 0.88 * h), Material.PLASTIC_GREY),
        slab((-x, x), (-y, y), (0.88 * h, h), Material.SIGN_BLUE),
        slab((-x, front), (-0.75 * y, 0.75 * y), (0.4 * h, 0.44 * h), DARK),
        plate(1.3 * y, 0.2 * h, Material.SCREEN, "-x", (front - 0.01, 0.0, 0.66 * h)),
        plate(0.7 * y, 0.05 * h, Material.SIGN_BLACK, "-x", (front - 0.01, 0.0, 0.5 * h)),
        plate(1.6 * y, 0.26 * h, Material.SIGN_BLUE, "-x", (front - 0.01, 0.0, 0.2 * h)),
        label("ATM", 0.19, Material.SIGN_WHITE, "-x", (-1.02 * x, 0.0, 0.94 * h)),
    ]
    return merge(*parts)


def _bench(x: float, y: float, h: float) -> Mesh:
    """Bench of slats with a back; who sits on it looks along -y."""
    parts = []
    for at in (-0.8 * x, 0.8 * x):
        parts += [
            slab((at - 0.03, at + 0.03), (-0.9 * y, -0.75 * y), (0.0, 0.44 * h), DARK),
            slab((at - 0.03, at + 0.03), (0.45 * y, 0.6 * y), (0.0, 0.46 * h), DARK),
            rod((at, 0.5 * y, 0.44 * h), (at, 0.92 * y, 0.98 * h), 0.03, DARK),
        ]
    for k in range(4):
        at = -0.95 * y + 0.4 * y * k
        parts.append(slab((-x, x), (at, at + 0.33 * y), (0.44 * h, 0.48 * h), Material.WOOD))
    for k in range(3):
        low, at = (0.56 + 0.15 * k) * h, (0.58 + 0.13 * k) * y
        parts.append(slab((-x, x), (at, at + 0.1 * y), (low, low + 0.12 * h), Material.WOOD))
    return merge(*parts)


def _low_bench(top: Material, foot: Material, x: float, y: float, h: float) -> Mesh:
    parts = [slab((at - 0.09, at + 0.09), (-0.8 * y, 0.8 * y), (0.0, 0.84 * h), foot) for at in (-0.7 * x, 0.7 * x)]
    for k in range(3):
        low = -y + 0.68 * y * k
        parts.append(slab((-x, x), (low, low + 0.62 * y), (0.84 * h, h), top))
    return merge(*parts)


def _wheelie_bin(x: float, y: float, h: float) -> Mesh:
    """Bin on two wheels with a lid; its front looks along -x."""
    green = Material.PLASTIC_GREEN
    levels = ((0.62 * x, 0.7 * y, 0.05 * h), (0.88 * x, 0.95 * y, 0.9 * h))
    body = loft([[(-a, -b, z), (a, -b, z), (a, b, z), (-a, b, z)] for a, b, z in levels], green)
    lid = slab((-x, 0.95 * x), (-y, y), (0.9 * h, h), green)
    handle = rod((x, -0.6 * y, 0.9 * h), (x, 0.6 * y, 0.9 * h), 0.02, Material.PLASTIC_BLACK)
    wheels = [wheel(0.1, 0.05, (0.75 * x, i * 0.75 * y, 0.1), 6) for i in (-1, 1)]
    band = plate(1.2 * y, 0.12 * h, Material.PLASTIC_WHITE, "-x", (-0.86 * x, 0.0, 0.62 * h))
    return merge(body, lid, handle, *wheels, band)


def _shelter(x: float, y: float, h: float) -> Mesh:
    """Bus shelter, open to -y: glass back and side, bench, poster, stop sign."""
    parts = [slab((-x, x), (-y, y), (0.94 * h, h), DARK)]
    parts.append(level_plate((-0.97 * x, 0.97 * x), (-0.95 * y, 0.95 * y), 1.001 * h, Material.PLASTIC_GREY))
    for i, j in ((-0.96, 0.85), (0.0, 0.85), (0.96, 0.85), (-0.96, -0.7)):
        parts.append(slab((i * x - 0.04, i * x + 0.04), (j * y - 0.04, j * y + 0.04), (0.0, 0.94 * h), DARK))
    for side in (-1, 1):
        at = (side * 0.48 * x, 0.85 * y, 0.48 * h)
        parts += [plate(0.88 * x, 0.76 * h, Material.GLASS, front, at) for front in ("-y", "+y")]
    parts += [plate(1.4 * y, 0.76 * h, Material.GLASS, f, (-0.96 * x, 0.08 * y, 0.48 * h)) for f in ("-x", "+x")]
    parts.append(slab((-0.7 * x, 0.3 * x), (0.3 * y, 0.7 * y), (0.16 * h, 0.19 * h), Material.WOOD))
    parts += [slab((i * x - 0.03, i * x + 0.03), (0.45 * y, 0.55 * y), (0.0, 0.16 * h), DARK) for i in (-0.6, 0.2)]
    parts.append(slab((0.9 * x, 0.98 * x), (-0.55 * y, 0.8 * y), (0.08 * h, 0.85 * h), DARK))
    for front, at in (("-x", 0.895), ("+x", 0.985)):
        parts.append(plate(1.1 * y, 0.66 * h, Material.SIGN_YELLOW, front, (at * x, 0.12 * y, 0.48 * h)))
        parts.append(
            label("BUS", 0.3, Material.SIGN_BLACK, front, ((at + np.sign(at - 0.94) * 0.004) * x, 0.12 * y, 0.6 * h))
        )
    parts.append(plate(1.6 * x, 0.055 * h, Material.SIGN_BLUE, "-y", (0.0, -1.01 * y, 0.97 * h)))
    parts.append(label("BUS STOP", 0.11, Material.SIGN_WHITE, "-y", (0.0, -1.015 * y, 0.97 * h)))
    return merge(*parts)


def _turned_shelter(x: float, y: float, h: float) -> Mesh:
    return _shelter(y, x, h).moved(yaw=0.5 * pi)


def _arched(x: float, y: float, low: float, high: float, material: Material) -> Mesh:
    """Box along y with a rounded top, m."""
    angle = pi * np.arange(6) / 5.0
    top = high - x
    outline = [(-x, low), (x, low), *zip(x * np.cos(angle), top + x * np.sin(angle), strict=True)]
    mesh = extrude([(a, b) for a, b in outline], -y, y, material)
    return mesh._replace(vertices=mesh.vertices[:, [0, 2, 1]] * np.array([1.0, -1.0, 1.0], np.float32))


def _mailbox(x: float, y: float, h: float) -> Mesh:
    blue = Material.PLASTIC_BLUE
    body = _arched(0.95 * y, 0.95 * x, 0.16 * h, h, blue).moved(yaw=0.5 * pi)
    feet = legs(0.75 * x, 0.75 * y, 0.17 * h, 0.03, DARK)
    parts = [body, feet, slab((-0.7 * x, 0.7 * x), (-y, -0.9 * y), (0.62 * h, 0.66 * h), Material.SIGN_BLACK)]
    parts.append(plate(1.3 * x, 0.2 * h, Material.SIGN_WHITE, "-y", (0.0, -0.96 * y, 0.42 * h)))
    parts.append(label("MAIL", 0.085, Material.SIGN_BLUE, "-y", (0.0, -0.97 * y, 0.42 * h)))
    return merge(*parts)


def _kiosk(x: float, y: float, h: float) -> Mesh:
    """Eight-sided news stand with a counter, an awning and a pointed roof; open to -x."""
    body = tube([(0.88 * x, 0.0), (0.88 * x, 0.7 * h)], Material.PLASTIC_GREEN, 8)
    roof = tube([(1.08 * x, 0.7 * h), (1.0 * x, 0.76 * h), (0.3 * x, 0.92 * h), (0.05 * x, h)], Material.DARK_WOOD, 8)
    parts = [body, roof]
    out = -0.885 * x * np.cos(pi / 8)
    for turn in (0.0, 0.25 * pi, -0.25 * pi):
        window = [
            plate(0.6 * x, 0.28 * h, Material.SHOP_WINDOW, "-x", (out, 0.0, 0.5 * h)),
            slab((out - 0.1, out), (-0.32 * x, 0.32 * x), (0.32 * h, 0.345 * h), Material.WOOD),
            plate(0.6 * x, 0.22 * h, Material.PLASTIC_YELLOW, "-x", (out, 0.0, 0.18 * h)),
        ]
        parts.append(merge(*window).moved(yaw=turn))
    parts.append(label("NEWS", 0.14, Material.SIGN_WHITE, "-x", (out - 0.01, 0.0, 0.665 * h)))
    return merge(*parts)


def _fountain(x: float, y: float, h: float) -> Mesh:
    stone, water = Material.STONE, Material.WATER
    edge = [(1.0, 0.0), (1.0, 0.1), (0.9, 0.1), (0.88, 0.075)]
    parts = [tube([(x * r, h * z) for r, z in edge], stone, 16, capped=False), disc(0.89 * x, 0.078 * h, water, 16)]
    column = [(0.22, 0.06), (0.12, 0.14), (0.1, 0.4), (0.16, 0.42)]
    parts.append(tube([(x * r, h * z) for r, z in column], stone, 8, capped=False))
    for radius, level in ((0.5, 0.42), (0.28, 0.7)):
        bowl = [
            (0.25 * radius, level),
            (radius, level + 0.07),
            (0.92 * radius, level + 0.075),
            (0.88 * radius, level + 0.06),
        ]
        parts.append(tube([(x * r, h * z) for r, z in bowl], stone, 12, capped=False))
        parts.append(disc(0.9 * radius * x, (level + 0.062) * h, water, 12))
    parts.append(tube([(0.1 * x, 0.46 * h), (0.06 * x, 0.72 * h)], stone, 8, capped=False))
    finial = [(0.05, 0.74), (0.03, 0.9), (0.05, 0.94), (0.005, 1.0)]
    parts.append(tube([(x * r, h * z) for r, z in finial], stone, 8, capped=False))
    return merge(*parts)


def _drinking_fountain(x: float, y: float, h: float) -> Mesh:
    post = slab((-0.85 * x, 0.85 * x), (0.3 * y, y), (0.0, h), Material.PLASTIC_GREEN)
    bowl = tube([(0.4, 0.0), (1.0, 0.7), (1.0, 1.0), (0.85, 0.9)], STEEL, 8, capped=False)
    bowl = bowl.scaled(x, 0.62 * y, 0.18 * h).moved(0.0, -0.38 * y, 0.55 * h)
    water = disc(1.0, 0.0, Material.WATER, 8).scaled(0.88 * x, 0.55 * y, 1.0).moved(0.0, -0.38 * y, 0.715 * h)
    spout = merge(
        rod((0.0, 0.35 * y, 0.86 * h), (0.0, -0.2 * y, 0.88 * h), 0.025, Material.CHROME),
        rod((0.0, -0.2 * y, 0.88 * h), (0.0, -0.25 * y, 0.8 * h), 0.025, Material.CHROME),
    )
    foot = slab((-x, x), (-0.4 * y, y), (0.0, 0.04 * h), Material.STONE)
    leg = rod((0.0, -0.1 * y, 0.0), (0.0, -0.38 * y, 0.56 * h), 0.05, STEEL)
    return merge(post, bowl, water, spout, foot, leg)


def _round_bin(body: Material, top: Material, x: float, y: float, h: float) -> Mesh:
    """Litter bin with a lid on four short posts over its opening."""
    shell = tube([(0.82, 0.0), (0.95, 0.72), (1.0, 0.75), (1.0, 0.78)], body, 10, capped=False).scaled(x, y, h)
    hole = disc(1.0, 0.77, Material.SIGN_BLACK, 10).scaled(0.98 * x, 0.98 * y, h)
    posts = legs(0.55 * x, 0.55 * y, 0.16 * h, 0.02, DARK).moved(z=0.75 * h)
    lid = tube([(0.95, 0.9), (1.0, 0.92), (0.5, 1.0)], top, 10).scaled(x, y, h)
    return merge(shell, hole, posts, lid)


def _slatted_bin(x: float, y: float, h: float) -> Mesh:
    shell = tube([(0.9, 0.04), (0.9, 0.92)], Material.DARK_STEEL, 8, capped=False).scaled(x, y, h)
    rim = tube([(1.0, 0.92), (1.0, 1.0), (0.85, 1.0), (0.85, 0.93)], Material.DARK_STEEL, 8, capped=False).scaled(
        x, y, h
    )
    hole = disc(0.9, 0.94, Material.SIGN_BLACK, 8).scaled(x, y, h)
    slats = []
    for k in range(8):
        slats.append(slab((0.9 * x, x), (-0.13, 0.13), (0.02 * h, 0.88 * h), Material.WOOD).moved(yaw=k * pi / 4.0))
    return merge(shell, rim, hole, *(slat.scaled(1.0, y / x, 1.0) for slat in slats))


def _square_bin(body: Material, x: float, y: float, h: float) -> Mesh:
    """Cabinet for rubbish with a flap in its front, which looks along -y."""
    parts = [
        slab((-0.92 * x, 0.92 * x), (-0.9 * y, 0.9 * y), (0.04 * h, 0.88 * h), body),
        slab((-x, x), (-y, y), (0.88 * h, h), Material.PLASTIC_BLACK),
        slab((-0.8 * x, 0.8 * x), (-0.7 * y, 0.7 * y), (0.0, 0.05 * h), Material.PLASTIC_BLACK),
        plate(1.3 * x, 0.14 * h, Material.SIGN_BLACK, "-y", (0.0, -0.91 * y, 0.74 * h)),
        plate(0.6 * x, 0.2 * h, Material.PLASTIC_WHITE, "-y", (0.0, -0.91 * y, 0.4 * h)),
    ]
    return merge(*parts)


def _map_table(x: float, y: float, h: float) -> Mesh:
    board = slab((-x, x), (-0.72 * y, 0.72 * y), (-0.03, 0.03), Material.DARK_WOOD)
    sheet = level_plate((-0.94 * x, 0.94 * x), (-0.66 * y, 0.66 * y), 0.034, Material.SIGN_WHITE)
    land = level_plate((-0.88 * x, 0.3 * x), (-0.58 * y, 0.5 * y), 0.037, Material.PLANT)
    sea = level_plate((0.3 * x, 0.88 * x), (-0.58 * y, 0.5 * y), 0.037, Material.SIGN_BLUE)
    road = level_plate((-0.88 * x, 0.88 * x), (-0.1 * y, 0.02 * y), 0.04, Material.SIGN_YELLOW)
    top = merge(board, sheet, land, sea, road).moved(0.0, 0.0, 0.84 * h, roll=-0.5)
    posts = [slab((i * x - 0.05, i * x + 0.05), (-0.1, 0.1), (0.0, 0.84 * h), Material.DARK_WOOD) for i in (-0.8, 0.8)]
    return merge(top, *posts)


def _vending_machine(x: float, y: float, h: float) -> Mesh:
    """Red drinks machine with a lit front towards -x and a smaller picture on its sides."""
    front = -0.96 * x
    parts = [
        slab((front, x), (-y, y), (0.03 * h, h), Material.PLASTIC_RED),
        slab((-0.85 * x, 0.9 * x), (-0.9 * y, 0.9 * y), (0.0, 0.03 * h), DARK),
        plate(1.3 * y, 0.56 * h, Material.SCREEN, "-x", (front - 0.004, -0.25 * y, 0.64 * h)),
        slab((-x, front), (0.5 * y, 0.9 * y), (0.4 * h, 0.75 * h), DARK),
        plate(0.28 * y, 0.06 * h, Material.SIGN_GREEN, "-x", (-1.01 * x, 0.7 * y, 0.68 * h)),
        plate(1.2 * y, 0.1 * h, Material.SIGN_BLACK, "-x", (front - 0.004, -0.2 * y, 0.15 * h)),
        label("COLA", 0.14, Material.SIGN_WHITE, "-x", (front - 0.006, -0.1 * y, 0.955 * h)),
    ]
    cans = (Material.SIGN_RED, Material.SIGN_YELLOW, Material.SIGN_GREEN, Material.SIGN_WHITE)
    for row in range(4):
        for column in range(5):
            at = (front - 0.008, (-0.75 + 0.25 * column) * y, (0.43 + 0.135 * row) * h)
            parts.append(plate(0.14 * y, 0.075 * h, cans[(row + column) % 4], "-x", at))
    for side, at in (("-y", -1.0), ("+y", 1.0)):
        parts.append(plate(1.2 * x, 0.5 * h, Material.SIGN_WHITE, side, (0.0, at * (y + 0.003), 0.62 * h)))
        parts.append(label("COLA", 0.16, Material.SIGN_RED, side, (0.0, at * (y + 0.006), 0.62 * h)))
    return merge(*parts)


FIXED = Label.STATIC
SHAPES = {
    "advertisement": Shape(_advertisement, FIXED, far=partial(_advertisement, near=False)),
    "atm": Shape(_cash_machine, FIXED),
    "bench01": Shape(_bench, FIXED, solid=False),
    "bench02": Shape(partial(_low_bench, Material.WOOD, Material.DARK_STEEL), FIXED, solid=False),
    "bench03": Shape(partial(_low_bench, Material.DARK_WOOD, Material.STONE), FIXED, solid=False),
    "bin": Shape(_wheelie_bin),
    "busstop": Shape(_shelter, FIXED, solid=False),
    "busstoplb": Shape(_turned_shelter, FIXED, solid=False),
    "fountain": Shape(_fountain, FIXED, solid=False),
    "kiosk_01": Shape(_kiosk, FIXED),
    "mailbox": Shape(_mailbox, FIXED),
    "maptable": Shape(_map_table, FIXED, solid=False),
    "streetfountain": Shape(_drinking_fountain, FIXED),
    "trashcan01": Shape(partial(_round_bin, Material.PLASTIC_GREEN, Material.PLASTIC_BLACK)),
    "trashcan02": Shape(_slatted_bin),
    "trashcan03": Shape(partial(_round_bin, Material.PLASTIC_GREY, Material.STEEL)),
    "trashcan04": Shape(partial(_square_bin, Material.PLASTIC_BLUE)),
    "trashcan05": Shape(partial(_square_bin, Material.PLASTIC_GREEN)),
    "vendingmachine": Shape(_vending_machine, FIXED),
}
