"""Pedestrians: a torso with a head, two-piece arms and legs, dressed by blueprint id, and the sitting variant.

Frame: the capsule's centre, x forward, feet at -extent z. Lengths below are those of an adult 1.86 m tall; y is a share
of the box's half width, because CARLA's boxes are narrow.
"""

from functools import cache

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, ball, box, circle, loft, merge, quad, tube
from lead.rendering.models.gait import HEIGHT, LEG
from lead.rendering.models.model import Joint, Model, Part
from lead.rendering.models.walker_outfits import POLICE, Outfit, outfit_of
from lead.rendering.models.wheelchair import wheelchair_models
from lead.roads.labels import Label

KNEE, SHOULDER, ELBOW, WAIST, CHIN = 0.47, 1.5, 1.17, 1.06, 1.62  # m above the sole
HIP_SIDE, SHOULDER_SIDE = 0.43, 0.8  # of the half width
_LEGS = ((-1.0, Joint.HIP_L, Joint.KNEE_L), (1.0, Joint.HIP_R, Joint.KNEE_R))
_ARMS = ((-1.0, Joint.SHOULDER_L, Joint.ELBOW_L), (1.0, Joint.SHOULDER_R, Joint.ELBOW_R))


@cache
def walker_model(
    uid: str, extent: tuple[float, float, float], age: str, gender: str, wheelchair: bool = False
) -> tuple[Model, Model]:
    """Near and far model of a walker blueprint; `extent` is half its box (m). Tints: 0 shirt, 1 trousers, 2 skin.

    Standing, it fills the box's height and stays inside its width; a wheelchair is wider than the box."""
    outfit = outfit_of(uid, age, gender)
    scale, width = 2.0 * extent[2] / HEIGHT, extent[1] / (2.0 * extent[2] / HEIGHT)
    width = min(width, 0.25)
    bulk = 0.85 + 0.15 * width / 0.19
    head = {"adult": 1.0, "teenager": 1.08, "child": 1.4 if extent[2] < 0.6 else 1.3}[age]
    near = _near(outfit, gender, width, bulk, head, uid in POLICE)
    far = _far(outfit, width, bulk, head)
    if wheelchair:
        return wheelchair_models(near, far, scale, extent[2])
    return _placed(near, scale, extent[2]), _placed(far, scale, extent[2])


def _placed(parts: list[Part], scale: float, floor: float) -> Model:
    """Parts given in adult metres above the sole, scaled and moved into the capsule's frame."""
    return Model(
        tuple(
            Part(
                part.mesh.scaled(scale, scale, scale).tagged(Label.PEDESTRIANS),
                part.joint,
                (scale * part.pivot[0], scale * part.pivot[1], scale * part.pivot[2] - floor),
                part.parent,
            )
            for part in parts
        )
    )


def _near(outfit: Outfit, gender: str, width: float, bulk: float, head: float, police: bool) -> list[Part]:
    parts = [Part(_trunk(outfit, gender, width, head, police), Joint.BODY)]
    bare = outfit.bottom in ("shorts", "skirt")
    shin = Material.SKIN if bare else Material.TROUSERS
    thigh = Material.SKIN if outfit.bottom == "skirt" else Material.TROUSERS
    side = HIP_SIDE * width
    for sign, hip, knee in _LEGS:
        upper = _limb((0.072 * bulk, 0.054 * bulk), LEG - KNEE + 0.04, 6, thigh)
        lower = merge(_limb((0.06 * bulk, 0.04 * bulk), KNEE - 0.05, 6, shin), _shoe())
        parts.append(Part(upper, hip, (0.0, sign * side, LEG)))
        parts.append(Part(lower, knee, (0.0, sign * side, KNEE), len(parts) - 1))
    side = SHOULDER_SIDE * width
    sleeve = Material.SHIRT if outfit.sleeves else Material.SKIN
    for sign, shoulder, elbow in _ARMS:
        upper = tube([(0.032, ELBOW - SHOULDER), (0.037, -0.04), (0.008, 0.03)], Material.SHIRT, 5, capped=False)
        hand = tube([(0.006, -0.34), (0.027, -0.28), (0.022, -0.2)], Material.SKIN, 4, capped=False)
        lower = merge(tube([(0.024, -0.23), (0.033, 0.01)], sleeve, 5, capped=False), hand)
        parts.append(Part(upper, shoulder, (0.0, sign * side, SHOULDER)))
        parts.append(Part(lower, elbow, (0.0, sign * side, ELBOW), len(parts) - 1))
    return parts


def _far(outfit: Outfit, width: float, bulk: float, head: float) -> list[Part]:
    """Five boxes' worth of triangles: body and head, straight legs and arms, stouter so that few pixels still show them."""
    low = 0.5 if outfit.bottom in ("coat", "skirt") else LEG - 0.06
    skirt = Material.SHIRT if outfit.bottom == "coat" else Material.TROUSERS
    rings = [_ring(0.14, 0.74 * width, low), _ring(0.13, 0.72 * width, WAIST)]
    chest = [_ring(0.13, 0.72 * width, WAIST), _ring(0.12, 0.78 * width, 1.55)]
    centre, radii = _head_shape(head)
    hair = Material.SKIN if outfit.hair == "bald" and not outfit.hat else Material.HAIR
    trunk = merge(
        loft([_square(ring) for ring in rings], skirt, capped=False),
        _lidded([_square(ring) for ring in chest], Material.SHIRT),
        tube([(0.6, -1.5), (1.1, 0.2)], Material.SKIN, 4, capped=False).scaled(*radii).moved(*centre),
        _lidded([np.column_stack([circle(r, 4), np.full(4, z)]) for r, z in ((1.15, 0.2), (0.7, 1.0))], hair)
        .scaled(*radii)
        .moved(*centre),
    )
    parts = [Part(trunk, Joint.BODY)]
    for sign, hip, _ in _LEGS:
        leg = tube([(0.085, -LEG), (0.1 * bulk, 0.0)], Material.TROUSERS, 3, capped=False)
        parts.append(Part(leg, hip, (0.0, sign * HIP_SIDE * width, LEG)))
    for sign, shoulder, _ in _ARMS:
        arm = tube([(0.03, -0.68), (0.04, 0.0)], Material.SHIRT, 3, capped=False)
        parts.append(Part(arm, shoulder, (0.0, sign * SHOULDER_SIDE * width, SHOULDER)))
    return parts


def _trunk(outfit: Outfit, gender: str, width: float, head: float, police: bool) -> Mesh:
    """Pelvis, chest, neck, head and what is worn on them."""
    female = gender == "female"
    hips, waist, chest, shoulders = (0.76, 0.58, 0.66, 0.7) if female else (0.7, 0.64, 0.74, 0.82)
    pelvis = [_ring(0.075, 0.55 * width, LEG - 0.08), _ring(0.1, hips * width, LEG + 0.04)]
    meshes = [loft([*pelvis, _ring(0.09, (waist + 0.03) * width, WAIST)], Material.TROUSERS, capped=False)]
    rings = [
        _ring(0.094, (waist + 0.05) * width, WAIST - 0.05),
        _ring(0.115 if female else 0.108, chest * width, 1.34),
        _ring(0.085, shoulders * width, SHOULDER),
        _ring(0.045, 0.3 * width, 1.56),
    ]
    meshes.append(loft(rings, Material.SHIRT, capped=False))
    meshes.append(tube([(0.05, 1.53), (0.045, CHIN + 0.04)], Material.SKIN, 4, capped=False))
    if outfit.bottom == "skirt":
        hem = [
            _ring(0.187, 0.95 * width, 0.56),
            _ring(0.13, 0.92 * width, LEG - 0.02),
            _ring(0.09, waist * width, WAIST),
        ]
        meshes[0] = loft(hem, Material.TROUSERS, capped=False)
    if outfit.bottom == "coat":
        hem = [_ring(0.187, 0.96 * width, 0.6), _ring(0.135, 0.94 * width, LEG - 0.02)]
        meshes[0] = loft([*hem, rings[0]], Material.SHIRT, capped=False)
    if outfit.backpack:
        meshes.append(box((0.1, 1.0 * width, 0.4), (-0.13, 0.0, 1.27), Material.BAG))
    if police:
        belt = [_ring(0.1, (waist + 0.08) * width, WAIST - 0.09), _ring(0.1, (waist + 0.08) * width, WAIST - 0.03)]
        meshes.append(loft(belt, Material.SHOES, capped=False))
    return merge(*meshes, _head(outfit, head, police))


def _head_shape(size: float) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Centre above the sole and half axes (m) of a head whose top is the crown of the box."""
    radii = (0.1 * min(size, 1.2), 0.078 * min(size, 1.25), 0.122 * size)
    return (0.01, 0.0, HEIGHT - radii[2]), radii


def _head(outfit: Outfit, size: float, police: bool) -> Mesh:
    centre, radii = _head_shape(size)
    meshes = [ball(radii, centre, Material.SKIN, 6, 4)]
    crown = Material.TROUSERS if police else (Material.BAG if outfit.hat == "cap" else Material.SHIRT)
    if outfit.hair != "bald" or outfit.hat:
        cover = crown if outfit.hat else Material.HAIR
        shell = tube([(1.12, 0.2), (0.95, 0.82), (0.05, 1.0)], cover, 6, capped=False)
        meshes.append(shell.scaled(*radii).moved(centre[0] - 0.012, 0.0, centre[2]))
    if outfit.hair != "bald":
        low = -2.2 if outfit.hair == "long" else -0.55
        back = [_ring(0.4, 0.8, low), _ring(0.62, 1.0, 0.2), _ring(0.5, 0.8, 0.6)]
        hair = loft([_square(ring) for ring in back], Material.HAIR, capped=False)
        meshes.append(hair.scaled(*radii).moved(centre[0] - 0.55 * radii[0], 0.0, centre[2]))
    if outfit.hair == "bun" and not outfit.hat:
        meshes.append(box((0.07, 0.07, 0.07), (centre[0] - radii[0] - 0.02, 0.0, centre[2] + 0.05), Material.HAIR))
    if outfit.hat == "cap":
        brim = [(0.16, -0.05), (0.16, 0.05), (0.05, 0.08), (0.05, -0.08)]
        points = [(x, y, z) for z in (0.2 * radii[2], 0.35 * radii[2]) for x, y in brim]
        meshes.append(loft(np.reshape(points, (2, 4, 3)), crown).moved(0.0, 0.0, centre[2]))
    return merge(*meshes)


def _ring(half_x: float, half_y: float, z: float) -> np.ndarray:
    """Six points around the body (6, 3) m."""
    return np.column_stack([circle(1.0, 6) * (half_x, half_y), np.full(6, z)])


def _square(ring: np.ndarray) -> np.ndarray:
    """The same ring with four corners (4, 3)."""
    half = 0.9 * np.abs(ring[:, :2]).max(axis=0)
    return np.column_stack([circle(np.sqrt(2.0), 4) * half, np.full(4, ring[0, 2])])


def _lidded(rings: list[np.ndarray], material: Material) -> Mesh:
    """Skin through rings of four points, closed at the top alone."""
    return merge(loft(rings, material, capped=False), quad(*rings[-1], material))


def _limb(radii: tuple[float, float], length: float, sides: int, material: Material) -> Mesh:
    """Hanging limb from the origin down, its top and end radius in m."""
    return tube([(radii[1], -length), (radii[0], 0.03)], material, sides, capped=False)


def _shoe() -> Mesh:
    """Shoe below a lower leg whose origin is the knee."""
    sole, ankle = -KNEE, -KNEE + 0.1
    low = [(-0.075, -0.036, sole), (0.165, -0.04, sole), (0.165, 0.04, sole), (-0.075, 0.036, sole)]
    high = [(-0.06, -0.03, ankle), (0.05, -0.035, ankle), (0.05, 0.035, ankle), (-0.06, 0.03, ankle)]
    return loft([low, high], Material.SHOES)
