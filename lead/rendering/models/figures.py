"""Round bodies between points: limbs, hulls, and riders on two wheels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, ball, loft, make_mesh, merge
from lead.rendering.models.skins import Side, decal, left_of
from lead.roads.labels import Label

Section = tuple[float, float, float, float]  # x, z of the middle, half width, half height, m


def limb(start: ArrayLike, end: ArrayLike, radii: tuple[float, float], material: Material, sides: int = 5) -> Mesh:
    """Round bar between two points (3,) m with a radius at each."""
    first, last = np.asarray(start, np.float64), np.asarray(end, np.float64)
    axis = (last - first) / np.linalg.norm(last - first)
    across = np.cross(axis, (0.0, 1.0, 0.0) if abs(axis[1]) < 0.9 else (1.0, 0.0, 0.0))
    across /= np.linalg.norm(across)
    up = np.cross(axis, across)
    angle = 2.0 * np.pi * np.arange(sides) / sides
    ring = np.outer(np.cos(angle), across) + np.outer(np.sin(angle), up)
    return loft([first + radii[0] * ring, last + radii[1] * ring], material)


def bar(start: ArrayLike, end: ArrayLike, radius: float, material: Material, sides: int = 4) -> Mesh:
    """Thin open bar: a tube of a frame."""
    mesh = limb(start, end, (radius, radius), material, sides)
    count = 2 * sides
    return mesh._replace(faces=mesh.faces[:count], material=mesh.material[:count], tag=mesh.tag[:count])


def hull(sections: Sequence[Section], material: Material, sides: int = 6) -> Mesh:
    """Skin along x through elliptic sections, from the rear forwards."""
    angle = 2.0 * np.pi * (np.arange(sides) + 0.5) / sides
    rings = [
        np.column_stack([np.full(sides, x), wide * np.cos(angle), z + tall * np.sin(angle)])
        for x, z, wide, tall in sections
    ]
    return loft(rings, material)


def gem(size: Sequence[float], centre: ArrayLike, material: Material) -> Mesh:
    """Small rounded thing of full lengths `size` (3) around `centre` (3), m: eight faces."""
    corners = np.vstack([np.eye(3), -np.eye(3)]) * 0.5 * np.array(size) + np.asarray(centre)
    faces = [(0, 1, 2), (1, 3, 2), (3, 4, 2), (4, 0, 2), (1, 0, 5), (3, 1, 5), (4, 3, 5), (0, 4, 5)]
    return make_mesh(corners, faces, material)


@dataclass(frozen=True)
class Posture:
    """Places (x, z) m of a rider's joints; y where the hands and feet are."""

    hip: tuple[float, float]
    shoulder: tuple[float, float]
    head: tuple[float, float]
    hand: tuple[float, float, float]
    knee: tuple[float, float, float] | None = None  # none: the legs are parts of their own
    foot: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Outfit:
    """What a rider wears."""

    jacket: Material
    trousers: Material
    hands: Material
    helmet: Material
    full_face: bool
    neck: Material = Material.SKIN
    shoes: Material = Material.SHOES


LEATHER = Outfit(Material.SEAT, Material.TRIM, Material.TRIM, Material.PAINT, True, Material.TRIM)
SPORTSWEAR = Outfit(Material.SHIRT, Material.SEAT, Material.SKIN, Material.PLASTIC_WHITE, False)


def rider(posture: Posture, outfit: Outfit) -> Mesh:
    """Torso, head, arms, and legs where the posture has them."""
    right = [_arm(posture, outfit)]
    if posture.knee is not None and posture.foot is not None:
        right.append(_leg(posture, outfit))
    (x, z), (head_x, head_z) = posture.shoulder, posture.head
    neck = bar((x, 0.0, z), (head_x, 0.0, head_z - 0.03), 0.055, outfit.neck, 5)
    middle = (_torso(posture, _TORSO, outfit.jacket, 7), neck, head(posture.head, outfit))
    return merge(*middle, *right, *(left_of(mesh) for mesh in right)).tagged(Label.RIDER)


def far_rider(posture: Posture, outfit: Outfit) -> Mesh:
    """The same with few triangles; its legs are still."""
    shoulder, hand = np.array([posture.shoulder[0], 0.17, posture.shoulder[1] - 0.03]), np.array(posture.hand)
    hip, knee, foot = ([posture.hip[0], 0.09, posture.hip[1]], posture.knee, posture.foot)
    right = [bar(shoulder, hand, 0.05, outfit.jacket, 3)]
    if knee is not None and foot is not None:
        right += [bar(hip, knee, 0.075, outfit.trousers, 3), bar(knee, foot, 0.06, outfit.trousers, 3)]
    x, z = posture.head
    skull = ball((0.13, 0.11, 0.15 / np.cos(np.pi / 6.0)), (x, 0.0, z), outfit.helmet, 4, 3)
    middle = (_torso(posture, _TORSO[::2], outfit.jacket, 4), skull)
    return merge(*middle, *right, *(left_of(mesh) for mesh in right)).tagged(Label.RIDER)


_TORSO = ((-0.08, 0.13, 0.1), (0.35, 0.14, 0.1), (0.8, 0.2, 0.12), (1.0, 0.17, 0.08), (1.08, 0.06, 0.05))


def _torso(posture: Posture, rings: Sequence[tuple[float, float, float]], material: Material, sides: int) -> Mesh:
    """Skin from hip to neck; rings: share of the way, half width, half depth."""
    spine = np.array(posture.shoulder) - posture.hip
    length, lean = float(np.linalg.norm(spine)), float(np.arctan2(spine[0], spine[1]))
    angle = 2.0 * np.pi * (np.arange(sides) + 0.5) / sides
    chains = [
        np.column_stack([deep * np.cos(angle), wide * np.sin(angle), np.full(sides, share * length)])
        for share, wide, deep in rings
    ]
    return loft(chains, material).moved(posture.hip[0], 0.0, posture.hip[1], pitch=-lean)


def head(place: tuple[float, float], outfit: Outfit) -> Mesh:
    """Head with a helmet, whose top is 0.15 m above `place` (x, z)."""
    x, z = place
    sides, rings = 8, 4
    if outfit.full_face:
        helmet = ball((0.15, 0.13, 0.15 / np.cos(0.5 * np.pi / rings)), (x, 0.0, z), outfit.helmet, sides, rings)
        visor = [(-0.1, z - 0.02), (0.1, z - 0.02), (0.1, z + 0.06), (-0.1, z + 0.06)]
        return merge(helmet, decal(helmet, visor, Side.FRONT, Material.WINDOW, 0.006))
    face = ball((0.1, 0.08, 0.13), (x, 0.0, z - 0.03), Material.SKIN, 6, rings)
    section = [(-0.03, 0.125, 0.105), (0.06, 0.13, 0.105), (0.15, 0.07, 0.05)]
    angle = 2.0 * np.pi * (np.arange(sides) + 0.5) / sides
    shell = loft(
        [np.column_stack([a * np.cos(angle), b * np.sin(angle), np.full(sides, h)]) for h, a, b in section],
        outfit.helmet,
    )
    return merge(face, shell.moved(x - 0.01, 0.0, z, pitch=-0.05))


def _arm(posture: Posture, outfit: Outfit) -> Mesh:
    shoulder = np.array([posture.shoulder[0], 0.19, posture.shoulder[1] - 0.03])
    hand = np.array(posture.hand)
    elbow = 0.5 * (shoulder + hand) + [-0.04, 0.06, -0.06]
    return merge(
        limb(shoulder, elbow, (0.06, 0.045), outfit.jacket),
        limb(elbow, hand, (0.045, 0.035), outfit.jacket),
        gem((0.12, 0.11, 0.11), hand.tolist(), outfit.hands),
    )


def _leg(posture: Posture, outfit: Outfit) -> Mesh:
    hip = np.array([posture.hip[0], 0.09, posture.hip[1]])
    knee, foot = np.array(posture.knee), np.array(posture.foot)
    return merge(
        limb(hip, knee, (0.095, 0.065), outfit.trousers),
        limb(knee, foot, (0.065, 0.05), outfit.trousers),
        shoe(foot.tolist(), outfit.shoes),
    )


def shoe(ankle: Sequence[float], material: Material) -> Mesh:
    """Shoe under an ankle (3,) m."""
    x, y, z = ankle
    return hull(
        [(x - 0.08, z - 0.02, 0.04, 0.045), (x + 0.06, z - 0.03, 0.045, 0.035), (x + 0.17, z - 0.045, 0.035, 0.02)],
        material,
        4,
    ).moved(y=y)
