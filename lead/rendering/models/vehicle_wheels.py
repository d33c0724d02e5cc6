"""Wheels: tyres with rims whose spokes show that they turn. They lie about the y axis around their own middle."""

from math import pi

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, make_mesh, merge
from lead.rendering.models.skins import Points, fan, inside_out, strip

SIDES = 12


def ring(radius: float, y: float, sides: int = SIDES, start: float = -0.5 * pi) -> Points:
    """Closed chain (sides + 1, 3) of a circle about the y axis, counted from the front over the bottom to the rear."""
    angle = start - 2.0 * pi * np.arange(sides + 1) / sides
    return np.column_stack([radius * np.cos(angle), np.full(sides + 1, y), radius * np.sin(angle)])


def car_wheel(
    radius: float,
    width: float,
    rim: float = 0.66,
    spokes: int = 5,
    material: Material = Material.RIM,
    sides: int = SIDES,
) -> Mesh:
    """Right wheel: outer face towards +y; `rim` is the rim's share of the radius."""
    half = 0.5 * width
    tread, shoulder = ring(radius, -half, sides), ring(0.97 * radius, half, sides)
    lip, disc = ring(rim * radius, half - 0.01, sides), ring(rim * radius, half - 0.02, sides)
    holes = []
    for k in range(spokes):
        angle = 2.0 * pi * (k + 0.5) / spokes
        gap = 0.62 * pi / spokes
        at = [(0.88, angle - gap), (0.88, angle + gap), (0.3, angle)]
        points = [(share * rim * radius * np.cos(a), half - 0.012, share * rim * radius * np.sin(a)) for share, a in at]
        holes.append(make_mesh(points[::-1], [[0, 1, 2]], Material.TRIM))
    return merge(
        strip(tread, shoulder, Material.TYRE),
        strip(shoulder, lip, Material.TYRE),
        fan(disc[:-1], material),
        fan(tread[:-1:2][::-1], Material.TYRE),
        *holes,
    )


def fender(
    x: float, radius: float, half: float, start: float, end: float, material: Material, gap: float = 0.03
) -> Mesh:
    """Guard around a wheel at x between two angles (rad above the horizontal), front first."""
    angle = np.linspace(start, end, 5)
    chain = np.column_stack([x + (radius + gap) * np.cos(angle), np.zeros(5), radius + (radius + gap) * np.sin(angle)])
    right, left = chain + [0.0, half, 0.0], chain - [0.0, half, 0.0]
    cover = strip(right, left, material)
    return merge(cover, inside_out(cover, Material.TRIM))
