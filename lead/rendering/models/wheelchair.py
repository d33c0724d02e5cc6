"""A pedestrian who sits in a wheelchair: the standing one's parts, folded, on a chair."""

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, box, circle, merge, tube
from lead.rendering.models.glyphs import polygon
from lead.rendering.models.model import Joint, Model, Part, posed
from lead.roads.labels import Label

SEAT = 0.52  # m of the hips above the ground
HIP = 0.89  # m of the hips above the sole of who stands
BACK = -0.12  # m of the hips behind the middle
_FOLD = {
    Joint.HIP_L: 1.45, Joint.HIP_R: 1.45, Joint.KNEE_L: -1.35, Joint.KNEE_R: -1.35,
    Joint.SHOULDER_L: 0.35, Joint.SHOULDER_R: 0.35, Joint.ELBOW_L: 0.9, Joint.ELBOW_R: 0.9,
}  # fmt: skip


def wheelchair_models(near: list[Part], far: list[Part], scale: float, floor: float) -> tuple[Model, Model]:
    """Near and far model, without moving parts, of a walker whose parts (adult metres above the sole) are folded to sit;
    `floor` is the capsule's centre above the ground (m)."""
    angles = np.zeros((len(Joint), 2))
    for joint, pitch in _FOLD.items():
        angles[joint, 1] = pitch
    sitting = merge(posed(Model(tuple(near)), angles).moved(BACK, 0.0, SEAT - HIP), _chair())
    lap = box((0.5, 0.26, 0.14), (0.15, 0.0, SEAT), Material.TROUSERS)
    wheels = box((0.6, 0.56, 0.5), (-0.15, 0.0, 0.25), Material.WHEELCHAIR)
    simple = merge(far[0].mesh.moved(BACK, 0.0, SEAT - HIP), lap, wheels)
    whole = (mesh.scaled(scale, scale, scale).moved(z=-floor).tagged(Label.PEDESTRIANS) for mesh in (sitting, simple))
    return tuple(Model((Part(mesh, Joint.BODY),)) for mesh in whole)


def _chair() -> Mesh:
    wheel = tube([(0.3, -0.015), (0.3, 0.015)], Material.TYRE, 8, axis="y")
    disc = polygon(circle(0.25, 6), Material.RIM)
    side = merge(wheel.moved(y=0.26), disc.moved(y=0.278, yaw=0.5 * np.pi)).moved(-0.15, 0.0, 0.3)
    caster = box((0.14, 0.03, 0.14), (0.28, 0.2, 0.07), Material.TYRE)
    back = box((0.05, 0.44, 0.5), (-0.34, 0.0, 0.72), Material.WHEELCHAIR)
    seat = box((0.46, 0.46, 0.06), (-0.1, 0.0, SEAT - 0.1), Material.WHEELCHAIR)
    rest = box((0.18, 0.34, 0.03), (0.42, 0.0, 0.1), Material.WHEELCHAIR)
    return merge(side, side.mirrored(), caster, caster.moved(y=-0.4), back, seat, rest)
