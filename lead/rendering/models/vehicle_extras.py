"""What some cars carry: light bars, roof signs, push bars, spare wheels, roof rails, arch flares."""

from collections.abc import Sequence
from math import pi

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, box, merge
from lead.rendering.models.skins import both, fan, inside_out, strip
from lead.rendering.models.vehicle_shape import BodyShape
from lead.rendering.models.vehicle_wheels import ring


def light_bar(shape: BodyShape, height: float = 0.12, place: float = 0.35, width: float = 1.1) -> Mesh:
    """Blue (left) and red (right) beacons across the roof, `place` of its length behind its front."""
    x = shape.screen[1] + place * (shape.back[0] - shape.screen[1])
    z = shape.roof_height(x) - 0.03
    return both(box((0.26, 0.5 * width, height + 0.02), (x, 0.25 * width, z + 0.5 * height), Material.BEACON_RED))


def far_light_bar(shape: BodyShape, height: float = 0.12, place: float = 0.35, width: float = 1.1) -> Mesh:
    """The light bar as two plates, for the front and the rear."""
    x = shape.screen[1] + place * (shape.back[0] - shape.screen[1])
    z = shape.roof_height(x) - 0.03
    feet = np.array([(x, 0.0, z), (x, 0.5 * width, z)])
    plate = strip(feet, feet + [0.0, 0.0, height + 0.03], Material.BEACON_RED)
    return both(plate.moved(x=0.13), inside_out(plate).moved(x=-0.13))


def lid(size: Sequence[float], foot: Sequence[float], material: Material) -> Mesh:
    """Box of edge lengths `size` (3) without underside, its lower face centred at `foot` (3), m."""
    (a, b, c), (x, y, z) = (0.5 * size[0], 0.5 * size[1], size[2]), foot
    low = np.array([(x + a, y - b, z), (x + a, y + b, z), (x - a, y + b, z), (x - a, y - b, z), (x + a, y - b, z)])
    high = low + [0.0, 0.0, c]
    return merge(strip(low, high, material), strip(high[[0, 1]], high[[3, 2]], material))


def taxi_sign(shape: BodyShape, height: float = 0.15) -> Mesh:
    """Lit box on the roof with a dark band."""
    x, z = 0.5 * (shape.screen[1] + shape.back[0]), shape.roof - 0.05
    rings = [
        [(x + dx, dy, z + dz) for dx, dy in ((-a, -b), (a, -b), (a, b), (-a, b))]
        for a, b, dz in ((0.12, 0.34, 0.0), (0.05, 0.28, height + 0.05))
    ]
    sides = strip([*rings[0], rings[0][0]], [*rings[1], rings[1][0]], Material.SIGN_WHITE)
    cap = strip([rings[1][0], rings[1][1]], [rings[1][3], rings[1][2]], Material.SIGN_WHITE)
    return merge(sides, cap, *(_band(x, z, sign, height) for sign in (1.0, -1.0)))


def _band(x: float, z: float, sign: float, height: float) -> Mesh:
    low, high = z + 0.05 + 0.35 * height, z + 0.05 + 0.75 * height
    ends = [(x + sign * 0.101, 0.25 * sign, low), (x + sign * 0.101, -0.25 * sign, low)]
    tops = [(x + sign * 0.076, 0.25 * sign, high), (x + sign * 0.076, -0.25 * sign, high)]
    return strip(ends[::-1], tops[::-1], Material.SIGN_BLACK)


def push_bar(shape: BodyShape, reach: float) -> Mesh:
    """Steel bars before the nose, `reach` m long."""
    x, low, high = shape.front + 0.5 * reach, shape.edge[0] + 0.12, shape.belt[0]
    post = lid((reach, 0.07, high - low), (x, 0.33, low), Material.DARK_STEEL)
    rail = lid((0.08, 0.6, 0.14), (shape.front + reach - 0.06, 0.0, 0.5 * (low + high)), Material.DARK_STEEL)
    return merge(both(post), rail)


def spare_wheel(shape: BodyShape, depth: float, y: float = 0.0) -> Mesh:
    """Covered spare wheel upright behind the tail, `depth` m thick."""
    radius = 0.75 * shape.hub
    low, high, cap = (ring(r, d, 10) for r, d in ((radius, 0.0), (radius, 0.7 * depth), (0.75 * radius, depth)))
    wheel = merge(strip(low, high, Material.TYRE), strip(high, cap, Material.TYRE), fan(cap[:-1], Material.TRIM))
    return wheel.moved(shape.rear, y, shape.crease[3], yaw=0.5 * pi)


def roof_rails(shape: BodyShape, material: Material = Material.CHROME) -> Mesh:
    """Bars along both edges of the roof."""
    front, rear = shape.screen[1] - 0.15, shape.back[0] + 0.1
    y = shape.half_width - shape.inset[3] - shape.tumble - 0.06
    return both(lid((front - rear, 0.03, 0.06), (0.5 * (front + rear), y, shape.roof - 0.05), material))


def flares(shape: BodyShape, width: float = 0.07) -> Mesh:
    """Plastic lips around the wheel arches."""
    rise = np.array([0.0, 0.008, 0.0])
    lips = [strip(shape.arch_edge(x) + rise, shape.arch_edge(x, width) + rise, Material.TRIM) for x in shape.axles]
    return both(*lips)
