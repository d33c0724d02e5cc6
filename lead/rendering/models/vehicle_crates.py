"""What trucks carry: boxes with bevelled tops, chassis, skirts, and the lamps on their rears."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import EMPTY, Mesh, merge
from lead.rendering.models.skins import Side, decal, fan, strip
from lead.rendering.models.vehicle_extras import lid
from lead.rendering.models.vehicle_faces import Face, Fascia, draw_rear, part_of, rectangle, tail_lamps


@dataclass(frozen=True)
class Crate:
    """A box on a truck; measures in the actor's frame (m)."""

    front: float
    rear: float
    half_width: float
    low: float
    high: float
    bevel: float = 0.06
    material: Material = Material.PAINT_WHITE
    top: Material = Material.PAINT_WHITE

    def skin(self) -> Mesh:
        """Right half."""
        y, z, bevel = self.half_width, self.high, self.bevel
        section = np.array([(0.0, self.low), (y, self.low), (y, z - bevel), (y - bevel, z), (0.0, z)])
        front, rear = (np.column_stack([np.full(len(section), x), section]) for x in (self.front, self.rear))
        kinds = (Material.TRIM, self.material, self.top, self.top)
        sides = [strip([front[k], rear[k]], [front[k + 1], rear[k + 1]], kinds[k]) for k in range(4)]
        return merge(*sides, fan(front, self.material), fan(rear[::-1], self.material))

    def far_skin(self, faced: bool) -> Mesh:
        """Right half without bevel and underside; `faced`: with a front, which cabs may hide."""
        section = np.array([(self.half_width, self.low), (self.half_width, self.high), (0.0, self.high)])
        front, rear = (np.column_stack([np.full(3, x), section]) for x in (self.front, self.rear))
        centre = np.array([0.0, self.low])
        ends = [np.array([(x, *centre), *chain]) for x, chain in ((self.front, front), (self.rear, rear))]
        return merge(
            strip([front[0], rear[0]], [front[1], rear[1]], self.material),
            strip([front[1], rear[1]], [front[2], rear[2]], self.top),
            fan(ends[0], self.material) if faced else EMPTY,
            fan(ends[1][::-1], self.material),
        )

    def far_panels(self) -> Mesh:
        """Right side and the right half of the rear."""
        low, high = (
            [(self.front, self.half_width, z), (self.rear, self.half_width, z), (self.rear, 0.0, z)]
            for z in (self.low, self.high)
        )
        return strip(low, high, self.material)


def far_tail(x: float, half_width: float, heights: Sequence[float], face: Face) -> Mesh:
    """Tail lamps of the right half as single quads just behind x; heights: of the four levels (m)."""
    quads = []
    for share, material in tail_lamps(face):
        y, z = part_of(face.tail, share).T
        corners = np.column_stack([np.full(4, x - 0.015), y * half_width, np.interp(z, range(4), heights)])
        quads.append(fan(corners[::-1], material))
    return merge(*quads)


def band(
    surface: Mesh, front: float, rear: float, low: float, high: float, material: Material, lift: float = 0.005
) -> Mesh:
    """Upright rectangle on the right side of a surface."""
    return decal(surface, rectangle(rear, front, low, high), Side.RIGHT, material, lift)


def chassis(front: float, rear: float, half_width: float, low: float, high: float) -> Mesh:
    """Dark frame between the wheels, both sides."""
    centre = 0.5 * (front + rear)
    return lid((front - rear, 2.0 * half_width, high - low), (centre, 0.0, low), Material.TRIM)


def skirts(
    spans: Sequence[tuple[float, float]], half_width: float, low: float, high: float, material: Material
) -> Mesh:
    """Closed panels below a crate, between x = front and rear of each span, both sides."""
    panels = [
        lid((front - rear, 2.0 * half_width, high - low), (0.5 * (front + rear), 0.0, low), material)
        for front, rear in spans
    ]
    return merge(*panels)


def rear_lamps(surface: Mesh, half_width: float, heights: Sequence[float], face: Face) -> Mesh:
    """Lamps, bumper and number plate on the rear of a right half; `heights`: of the four levels (m)."""
    return draw_rear(Fascia(surface, Side.REAR, half_width, heights), face)


def high_brake_lamp(surface: Mesh, z: float, half: float = 0.15) -> Mesh:
    """Right half of the third brake lamp."""
    return decal(surface, rectangle(0.0, half, z - 0.025, z + 0.025), Side.REAR, Material.BRAKE_LAMP)
