"""What is drawn on a car body: lamps, grille, number plates, handles, mirrors.

Outlines are in shares: sideways of the half width, upwards in levels (0 lower edge, 1 waist, 2 crease, 3 belt there).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, merge
from lead.rendering.models.skins import Points, Side, decal, strip
from lead.rendering.models.vehicle_shape import BodyShape

Outline = tuple[tuple[float, float], ...]
Patch = tuple[Material, Outline]
Share = tuple[float, float, float, float]  # left, right, low, high of a quad

BLINKER = Material.RIGHT_BLINKER


def rectangle(left: float, right: float, low: float, high: float) -> Outline:
    """Outline with upright sides."""
    return (left, low), (right, low), (right, high), (left, high)


@dataclass(frozen=True)
class Face:
    """Outlines on the right half. Lamp clusters are quads: inner low, outer low, outer high, inner high corner."""

    lamp: Outline = ((0.52, 1.75), (0.97, 1.9), (0.98, 2.5), (0.52, 2.3))
    round_lamps: tuple[tuple[float, float, float], ...] = ()  # y share, height in levels, radius m; instead of `lamp`
    front_blinker: Outline = ((0.72, 0.75), (0.93, 0.75), (0.93, 0.98), (0.72, 0.95))
    front: tuple[Patch, ...] = (
        (Material.TRIM, ((0.0, 1.2), (0.42, 1.25), (0.48, 2.2), (0.0, 2.2))),
        (Material.TRIM, ((0.0, 0.25), (0.5, 0.25), (0.56, 0.75), (0.0, 0.75))),
    )
    front_plate: float | None = 0.95  # levels
    tail: Outline = ((0.5, 2.0), (0.99, 1.9), (0.99, 2.6), (0.5, 2.6))
    rear: tuple[Patch, ...] = ((Material.TRIM, ((0.0, 0.1), (0.7, 0.1), (0.7, 0.5), (0.0, 0.5))),)
    rear_plate: float = 1.5
    brake: Share = (0.4, 1.0, 0.5, 1.0)  # of the tail cluster
    position: Share = (0.4, 1.0, 0.0, 0.5)
    reverse: Share = (0.0, 0.4, 0.0, 0.5)
    blinker: Share = (0.0, 0.4, 0.5, 1.0)


def tail_lamps(face: Face) -> tuple[tuple[Share, Material], ...]:
    """The lamps of the tail cluster and their shares of it."""
    return (
        (face.brake, Material.BRAKE_LAMP),
        (face.position, Material.TAIL_LAMP),
        (face.reverse, Material.REVERSE_LAMP),
        (face.blinker, BLINKER),
    )


def part_of(quad: Outline, share: Share) -> Points:
    """Outline (4, 2) of a part of a quad: left, right, low, high in shares of it."""
    a, b, c, d = np.asarray(quad, np.float64)
    left, right, low, high = share
    return np.array(
        [
            (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c)
            for u, v in ((left, low), (right, low), (right, high), (left, high))
        ]
    )


def rounded(y: float, z: float, radius: float, sides: int = 8) -> Points:
    """Outline (sides, 2) of a round lamp."""
    angle = 2.0 * pi * (np.arange(sides) + 0.5) / sides
    return np.column_stack([y + radius * np.cos(angle), z + radius * np.sin(angle)])


class Fascia:
    """One end of a vehicle to draw on: the right half of its skin, and the heights (m) of the four levels there."""

    def __init__(self, surface: Mesh, side: Side, half_width: float, levels: Sequence[float]) -> None:
        self.surface, self.side, self.half_width, self.levels = surface, side, half_width, levels

    def place(self, outline: Sequence[Sequence[float]]) -> Points:
        """Outline in metres."""
        points = np.asarray(outline, np.float64)
        return np.column_stack([points[:, 0] * self.half_width, self.height(points[:, 1])])

    def height(self, level: float | Points) -> float | Points:
        """Metres of a height in levels."""
        return np.interp(level, [0.0, 1.0, 2.0, 3.0], self.levels)

    def draw(self, outline: Sequence[Sequence[float]], material: Material, lift: float = 0.005) -> Mesh:
        """A decal."""
        return decal(self.surface, self.place(outline), self.side, material, lift)

    def round(self, lamp: tuple[float, float, float], material: Material, lift: float = 0.006) -> Mesh:
        """A round decal: y share, height in levels, radius (m)."""
        y, level, radius = lamp
        return decal(self.surface, rounded(y * self.half_width, self.height(level), radius), self.side, material, lift)

    def plate(self, level: float, width: float = 0.52, height: float = 0.12) -> Mesh:
        """Right half of a number plate."""
        z = self.height(level)
        outline = [
            (0.0, z - 0.5 * height),
            (0.5 * width, z - 0.5 * height),
            (0.5 * width, z + 0.5 * height),
            (0.0, z + 0.5 * height),
        ]
        return decal(self.surface, outline, self.side, Material.NUMBER_PLATE, 0.012)


def body_ends(shape: BodyShape, surface: Mesh) -> tuple[Fascia, Fascia]:
    """Front and rear of a car body's right skin."""
    front, rear = ([group[end] for group in (shape.edge, shape.waist, shape.crease, shape.belt)] for end in (0, 3))
    return Fascia(surface, Side.FRONT, shape.half_width, front), Fascia(surface, Side.REAR, shape.half_width, rear)


def draw_front(fascia: Fascia, face: Face) -> Mesh:
    """Grille, head lamp, blinker and number plate of the right half."""
    meshes = [fascia.draw(outline, material, 0.004) for material, outline in face.front]
    if face.round_lamps:
        meshes += [fascia.round(lamp, Material.HEAD_LAMP, 0.008) for lamp in face.round_lamps]
    else:
        meshes.append(fascia.draw(face.lamp, Material.HEAD_LAMP, 0.006))
    if face.front_plate is not None:
        meshes.append(fascia.plate(face.front_plate))
    return merge(*meshes, fascia.draw(face.front_blinker, BLINKER, 0.008))


def draw_rear(fascia: Fascia, face: Face) -> Mesh:
    """Lamp cluster, bumper and number plate of the right half."""
    meshes = [fascia.draw(outline, material, 0.004) for material, outline in face.rear]
    meshes += [fascia.draw(part_of(face.tail, share), material, 0.007) for share, material in tail_lamps(face)]
    return merge(*meshes, fascia.plate(face.rear_plate))


def third_brake_lamp(house: Mesh, z: float, half: float = 0.13) -> Mesh:
    """Right half of the high brake lamp on the rear of a glasshouse, at height z m."""
    outline = [(0.0, z - 0.02), (half, z - 0.02), (half, z + 0.02), (0.0, z + 0.02)]
    return decal(house, outline, Side.REAR, Material.BRAKE_LAMP, 0.01)


def mirror(
    x: float,
    y: float,
    z: float,
    outer: float,
    size: tuple[float, float] = (0.09, 0.13),
    paint: Material = Material.PAINT,
) -> Mesh:
    """Right outside mirror from y to `outer` (m), its glass towards the rear at x; size: depth, height."""
    depth, height = size
    low, high = z - 0.5 * height, z + 0.5 * height
    rear = np.array([(x, y, low), (x, outer, low + 0.02), (x, outer, high), (x, y, high - 0.02)])
    front = rear + [depth, -0.02, 0.0]
    front[1:3, 1] -= 0.02
    shell = strip(np.vstack([rear, rear[:1]]), np.vstack([front, front[:1]]), paint)
    glass = strip(rear[[1, 0]], rear[[2, 3]], Material.GLASS)
    cover = strip(front[[0, 1]], front[[3, 2]], paint)
    return merge(shell, glass, cover)


def handle(surface: Mesh, x: float, z: float, material: Material = Material.TRIM) -> Mesh:
    """Door handle that ends at x (m) on the right skin."""
    return decal(
        surface,
        [(x, z - 0.015), (x + 0.16, z - 0.015), (x + 0.16, z + 0.015), (x, z + 0.015)],
        Side.RIGHT,
        material,
        0.008,
    )
