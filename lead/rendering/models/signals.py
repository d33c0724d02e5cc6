"""Traffic-light heads, traffic signs, and the poles and arms that carry them.

Heads and signs face +x, and their origin is `Signals.head`: the axis of the pole or the end of the arm. A pole's origin
is its foot; an arm runs from its origin along +x.
"""

from functools import cache
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, box, circle, merge, quad, tube
from lead.rendering.models.glyphs import polygon, ring, stroke, text
from lead.roads.labels import Label

LENS = 0.3  # m across, of an overhead head
PITCH = 0.33  # m between lenses
HOUSING_BACK, HOUSING_FRONT = 0.1, 0.22  # m before the pole's axis
VISOR = 0.17  # m, length of a visor
PLATE = 0.07  # m before the pole's axis, of a sign
PLATE_DROP = 0.15  # m from `Signals.head` down to the middle of a sign
POLE_TOP = 0.55  # m above a head that the pole of an arm rises; the arm leaves it at ARM_HEIGHT
ARM_HEIGHT = 0.48  # m above a head of its arm's axis
NEAR_SIDE = 0.8  # size of a head on a pole beside the road, of an overhead one
_LENSES = ((PITCH, Material.LENS_RED), (0.0, Material.LENS_YELLOW), (-PITCH, Material.LENS_GREEN))


@cache
def light_head(overhead: bool = True) -> tuple[Mesh, Mesh]:
    """Three-lens head, near and far: 1.0 m tall with a back-plate of 0.56 x 1.2 m, or a smaller one for a pole beside the
    road. Red is on top."""
    width, height, depth = 0.36, 1.0, HOUSING_FRONT - HOUSING_BACK
    middle = 0.5 * (HOUSING_BACK + HOUSING_FRONT)
    housing = box((depth, width, height), (middle, 0.0, 0.0), Material.HOUSING_BLACK)
    lenses = [polygon(circle(0.5 * LENS, 10), lens).moved(HOUSING_FRONT + 0.01, 0.0, z) for z, lens in _LENSES]
    visors = [_visor().moved(HOUSING_FRONT, 0.0, z) for z, _ in _LENSES]
    bracket = box((HOUSING_BACK + 0.02, 0.1, 0.08), (0.5 * HOUSING_BACK, 0.0, 0.3), Material.DARK_STEEL)
    near = [housing, *lenses, *visors, bracket, bracket.moved(z=-0.6)]
    simple = 0.48 * LENS
    square = np.array([(-simple, -simple), (simple, -simple), (simple, simple), (-simple, simple)])
    far = [housing, *(polygon(square, lens).moved(HOUSING_FRONT + 0.02, 0.0, z) for z, lens in _LENSES)]
    if overhead:
        plate = _two_sided_plate(0.28, 0.6, Material.HOUSING_BLACK).moved(middle)
        rim = ring(_rectangle(0.28, 0.6), _rectangle(0.25, 0.57), Material.HOUSING_YELLOW).moved(middle + 0.008)
        near, far = [*near, plate, rim], [*far, plate]
    scale = 1.0 if overhead else NEAR_SIDE
    shift = 0.0 if overhead else (1.0 - NEAR_SIDE) * HOUSING_BACK
    meshes = (merge(*parts).scaled(scale, scale, scale).moved(shift) for parts in (near, far))
    return tuple(mesh.tagged(Label.TRAFFIC_LIGHT) for mesh in meshes)


def signal_pole(height: float, radius: float = 0.1) -> tuple[Mesh, Mesh]:
    """Tapered pole with a foot, near and far; height and foot radius in m. It reaches 0.5 m into the ground, for slopes."""
    top = 0.7 * radius
    shaft = tube([(radius, -0.5), (radius, 0.0), (top, height)], Material.GALVANISED, 8)
    base = tube([(1.8 * radius, -0.1), (1.8 * radius, 0.06), (radius, 0.12)], Material.GALVANISED, 8, capped=False)
    far = tube([(radius, -0.5), (top, height)], Material.GALVANISED, 4)
    return merge(shaft, base).tagged(Label.POLES), far.tagged(Label.POLES)


def mast_arm(length: float) -> tuple[Mesh, Mesh]:
    """Arm from the axis of its pole to the head it carries, near and far; length in m."""
    profile = [(0.085, 0.0), (0.055, length + 0.1)]
    near, far = (tube(profile, Material.GALVANISED, sides, axis="x") for sides in (6, 3))
    hanger = box((0.08, 0.08, ARM_HEIGHT), (length, 0.0, -0.5 * ARM_HEIGHT), Material.DARK_STEEL)
    return merge(near, hanger).tagged(Label.POLES), merge(far).tagged(Label.POLES)


@cache
def stop_sign() -> tuple[Mesh, Mesh]:
    """Red octagon 0.75 m across with STOP, near and far."""
    outer, inner = circle(0.405, 8), circle(0.37, 8)
    near = [
        polygon(inner, Material.SIGN_RED),
        ring(outer, inner, Material.SIGN_WHITE),
        text("STOP", 0.185, Material.SIGN_WHITE).moved(0.006),
        polygon(outer, Material.SIGN_BACK).moved(-0.012, yaw=pi),
    ]
    bar = text("I", 0.2, Material.SIGN_WHITE)
    word = merge(*(bar.moved(0.01, y) for y in (-0.2, -0.07, 0.07, 0.2)))
    far = [polygon(outer, Material.SIGN_RED), word, polygon(outer, Material.SIGN_BACK).moved(-0.012, yaw=pi)]
    return _mounted(near), _mounted(far)


@cache
def yield_sign() -> tuple[Mesh, Mesh]:
    """White triangle on its tip, 0.9 m wide, with a red border, near and far."""
    outer, inner = _triangle(0.52), _triangle(0.32)
    front = [polygon(inner, Material.SIGN_WHITE), ring(outer, inner, Material.SIGN_RED)]
    back = polygon(outer, Material.SIGN_BACK).moved(-0.012, yaw=pi)
    return _mounted([*front, back]), _mounted([*front, back])


@cache
def speed_sign(limit: float) -> tuple[Mesh, Mesh]:
    """Round white sign 0.75 m across with a red ring and the limit (km/h, rounded to a whole number), near and far."""
    words = f"{limit:.0f}"
    outer, inner = circle(0.375, 16), circle(0.285, 16)
    height = 0.3 if len(words) < 3 else 0.23
    near = [
        polygon(inner, Material.SIGN_WHITE),
        ring(outer, inner, Material.SIGN_RED),
        text(words, height, Material.SIGN_BLACK).moved(0.006),
        polygon(circle(0.375, 12), Material.SIGN_BACK).moved(-0.012, yaw=pi),
    ]
    outer, inner = circle(0.385, 6), circle(0.28, 6)
    bars = [stroke([(y, -0.13), (y, 0.13)], 0.07, Material.SIGN_BLACK) for y in (-0.1, 0.1)]
    far = [
        polygon(inner, Material.SIGN_WHITE),
        ring(outer, inner, Material.SIGN_RED),
        *(bar.moved(0.01) for bar in bars),
        polygon(outer, Material.SIGN_BACK).moved(-0.012, yaw=pi),
    ]
    return _mounted(near), _mounted(far)


def _mounted(parts: list[Mesh]) -> Mesh:
    return merge(*parts).moved(PLATE, 0.0, -PLATE_DROP).tagged(Label.TRAFFIC_SIGNS)


def _triangle(radius: float) -> NDArray[np.float64]:
    angle = -0.5 * pi + 2.0 * pi / 3.0 * np.arange(3)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)]) + (0.0, 0.13)


def _rectangle(half_width: float, half_height: float) -> NDArray[np.float64]:
    return np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (half_width, half_height)


def _two_sided_plate(half_width: float, half_height: float, material: Material) -> Mesh:
    front = polygon(_rectangle(half_width, half_height), material)
    return merge(front, front.moved(yaw=pi))


def _visor() -> Mesh:
    """Hood over the upper two thirds of a lens, seen from inside and outside."""
    angles = np.linspace(-0.15 * pi, 1.15 * pi, 7)
    radius = 0.5 * LENS + 0.01
    back, front = ([(x, -radius * cos(a), radius * sin(a)) for a in angles] for x in (0.0, VISOR))
    strips = []
    for k in range(len(angles) - 1):
        corners = (back[k], back[k + 1], front[k + 1], front[k])
        strips += [quad(*corners, Material.HOUSING_BLACK), quad(*corners[::-1], Material.HOUSING_BLACK)]
    return merge(*strips)
