"""Bodies as they are drawn from afar: the same outline, windows and lamps with a tenth of the triangles."""

from math import pi

import numpy as np
from numpy.typing import ArrayLike

from lead.rendering.materials import Material
from lead.rendering.mesh import EMPTY, Mesh, merge
from lead.rendering.models.skins import Points, both, fan, strip
from lead.rendering.models.vehicle_faces import BLINKER, Face, Outline, part_of, tail_lamps
from lead.rendering.models.vehicle_shape import BodyShape


def far_sides(shape: BodyShape) -> Mesh:
    """Right half below the belt, with hood and deck; cabs are open behind."""
    s = shape
    cab = len(s.axles) == 1
    nose, tail = s.ends()
    chains = []
    for level in (0, 2, 3):
        chain = [s.end(level, *nose[0]), s.end(level, *nose[-1])]
        chain += [s.belt_at(x) for x in (s.screen[0], s.back[1])] if level == 3 else [s.side(level, s.hinge)]
        chains.append(chain + ([s.side(level, s.rear)] if cab else [s.end(level, *tail[-1]), s.end(level, *tail[0])]))
    edge, crease, belt = chains
    hood = [belt[0], belt[2] * [1.0, 0.0, 1.0] + [s.bow[0], 0.0, s.crown]]
    deck = [belt[3] * [1.0, 0.0, 1.0] - [s.bow[1], 0.0, -s.crown], belt[-1]]
    return merge(
        strip(edge, crease, s.middle),
        strip(crease, belt, s.upper),
        _far_door(s),
        strip(belt[:3], hood, s.hood),
        EMPTY if cab else strip(belt[3:], deck, s.deck),
    )


def _far_door(s: BodyShape) -> Mesh:
    """The side doors as one plate, where they differ from the body."""
    if s.door is None:
        return EMPTY
    low, high = ([s.side(level, x) + [0.0, 0.02, 0.0] for x in (s.hinge, s.door_end)] for level in (1, 3))
    return strip(low, high, s.door)


def far_house(shape: BodyShape) -> Mesh:
    """Right half of the glasshouse."""
    s = shape
    base, header, _, rail = s.house_rings()
    low = header if s.header < 0.85 else rail  # windows reach the roof of low cars only
    painted_from = s.glass.index("P") if "P" in s.glass else 3
    keep = [0, 2, *([2 + painted_from] if painted_from < 3 else []), 5, *([] if len(s.axles) == 1 else [7])]
    meshes = []
    for i, j in zip(keep, keep[1:], strict=False):
        glass = s.screens[0] == "G" if i == 0 else s.screens[1] == "G" if j == 7 else i < 2 + painted_from
        meshes.append(strip(base[[i, j]], low[[i, j]], Material.WINDOW if glass else s.pillar))
    around = [0, 2, 5] if len(s.axles) == 1 else [0, 2, 5, 7]
    meshes.append(strip(low[around], rail[around], s.house))
    x = 0.5 * (s.screen[1] + s.back[0])
    spine = [rail[0], np.array([x, 0.0, s.roof]), rail[7]]
    return merge(*meshes, strip(rail[[0, 2, 5, 7]], spine, s.house))


def far_wheel(x: float, y: float, radius: float, sides: int) -> Mesh:
    """Outer face of a right wheel, standing on the ground at x, its outside at y."""
    angle = -2.0 * pi * (np.arange(sides) + 0.5) / sides - 0.5 * pi + pi / sides
    disc = np.column_stack([x + radius * np.cos(angle), np.full(sides, y), radius + radius * np.sin(angle)])
    return fan(disc, Material.TYRE)


def far_wheels(places: list[tuple[float, float]], radius: float, width: float, sides: int = 8) -> Mesh:
    """All wheels of one radius at (x, y of the outside), seen from the sides, the front and the rear; both sides."""
    faces = [far_wheel(x, y, radius, sides) for x, y in places]
    (front, y), (rear, _) = max(places), min(places)
    for x, first, last in ((front + 0.6 * radius, -width, 0.0), (rear - 0.6 * radius, 0.0, -width)):
        feet = np.array([(x, y + first, 0.0), (x, y + last, 0.0)])
        faces.append(strip(feet, feet + [0.0, 0.0, 0.8 * radius], Material.TYRE))
    return both(*faces)


def far_mirror(x: float, y: float, z: float, outer: float, paint: Material) -> Mesh:
    """Right outside mirror from y to `outer` (m): a plate seen from the front and the rear."""
    plate = np.array([(x, y, z - 0.06), (x, outer, z - 0.06), (x, outer, z + 0.06), (x, y, z + 0.06)])
    return merge(fan(plate, paint), fan(plate[::-1], Material.TRIM))


def far_face(shape: BodyShape, face: Face) -> Mesh:
    """Lamps and grille, right half, one quad each."""
    lamp = _square(shape, face.round_lamps[0]) if face.round_lamps else face.lamp
    front = [(Material.HEAD_LAMP, lamp), (BLINKER, face.front_blinker), *face.front[:1]]
    meshes = [fan(_thrown(shape, outline[:4], 1.0), material) for material, outline in front]
    for share, material in tail_lamps(face) if len(shape.axles) > 1 else ():
        meshes.append(fan(_thrown(shape, part_of(face.tail, share), -1.0)[::-1], material))
    return merge(*meshes)


def _square(shape: BodyShape, lamp: tuple[float, float, float]) -> Outline:
    y, level, radius = lamp
    across, up = radius / shape.half_width, radius / max(0.1, shape.belt[0] - shape.waist[0])
    return ((y - across, level - up), (y + across, level - up), (y + across, level + up), (y - across, level + up))


def _thrown(shape: BodyShape, outline: ArrayLike, forward: float) -> Points:
    """Points (N, 3) just before one end of a body; outline in shares of the half width and in levels."""
    nose, tail = shape.ends()
    ends = nose if forward > 0.0 else tail
    middle, corner = ([shape.end(level, *station) for level in (0, 1, 2, 3)] for station in (ends[0], ends[-1]))
    points = []
    for y, level in np.asarray(outline, np.float64):
        low = min(int(level), 2)
        inner, outer = (c[low] + (level - low) * (c[low + 1] - c[low]) for c in (middle, corner))
        share = min(1.0, y * shape.half_width / outer[1])
        points.append(inner + share * (outer - inner) + [0.03 * forward, 0.0, 0.0])
    return np.array(points)
