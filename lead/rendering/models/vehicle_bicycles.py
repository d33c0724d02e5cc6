"""Bicycles with cyclists whose feet follow the pedals."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, box, merge, quad
from lead.rendering.models.figures import SPORTSWEAR, Outfit, Posture, bar, far_rider, hull, limb, rider, shoe
from lead.rendering.models.model import Joint, Model, Part
from lead.rendering.models.skins import Points, both, inside_out, left_of, strip
from lead.rendering.models.vehicle_size import VehicleSize, fitted
from lead.rendering.models.vehicle_wheels import fender, ring
from lead.roads.labels import Label

CRANK = 0.165  # m
THIGH, SHIN = 0.41, 0.42  # m, hip to knee, knee to pedal
HIP = (-0.17, 0.61)  # m, hip before and above the crank's axle
LEG_Y = 0.11  # m, of the plane in which a leg moves


@dataclass(frozen=True)
class BicycleStyle:
    """How a bicycle differs from another of its size."""

    frame: Material = Material.PAINT
    shoulder: tuple[float, float] = (0.4, 0.4)  # m before and above the hip
    head: tuple[float, float] = (0.14, 0.15)  # m before the shoulder; below the box's top
    grip: tuple[float, float] = (0.1, 0.98)  # x behind the front axle's, z
    step_through: bool = False
    fenders: bool = False
    rack: bool = False
    tyre: float = 0.025  # m
    outfit: Outfit = SPORTSWEAR


class Geometry(NamedTuple):
    """Where a bicycle's frame is, m."""

    axle: float  # x of the front axle; the rear one is as far behind
    radius: float
    crank: Points  # (3,) axle of the pedals
    head_tube: Points  # (3,) upper end of the steering head


def wheel(radius: float, tyre: float, sides: int = 16, spokes: int = 7) -> Mesh:
    """Tyre on a thin rim; one sees through between the spokes."""
    tread, inner = ring(radius, 0.0, sides), radius - 0.045
    right, left = ring(inner, tyre, sides), ring(inner, -tyre, sides)
    angle = 2.0 * np.pi * np.arange(spokes) / spokes
    spoke = [
        strip(
            [(0.0, 0.0, 0.0), (0.02 * np.sin(a), 0.0, -0.02 * np.cos(a))],
            [(inner * np.cos(a), 0.0, inner * np.sin(a)), (inner * np.cos(a) + 0.008, 0.0, inner * np.sin(a))],
            Material.RIM,
        )
        for a in angle
    ]
    flat = merge(*spoke)
    return merge(
        strip(tread, right, Material.TYRE),
        strip(left, tread, Material.TYRE),
        strip(right, left, Material.RIM),
        flat,
        inside_out(flat),
    )


def bicycle(size: VehicleSize, style: BicycleStyle) -> tuple[Model, Model]:
    """Near and far model."""
    radius, axle = max(size.wheel_radius), 0.5 * size.wheelbase
    crank = np.array([-axle + 0.44, 0.0, max(0.27, radius - 0.06)])
    bike = Geometry(axle, radius, crank, np.array([axle - 0.16, 0.0, radius + 0.36]))
    hip = (crank[0] + HIP[0], crank[2] + HIP[1])
    grip_y = size.extent[1] - 0.05
    posture = Posture(
        hip,
        (hip[0] + style.shoulder[0], hip[1] + style.shoulder[1]),
        (hip[0] + style.shoulder[0] + style.head[0], size.top - style.head[1]),
        (axle - style.grip[0], grip_y, style.grip[1] + 0.02),
    )
    body = merge(_frame(hip, bike, style).tagged(size.tag), rider(posture, style.outfit))
    fork = _fork(grip_y, bike, style).tagged(size.tag)
    spinning = wheel(radius, style.tyre).tagged(size.tag)
    pivot = bike.head_tube
    parts = [
        Part(body, Joint.BODY),
        Part(fork.moved(*(-pivot).tolist()), Joint.FORK, tuple(pivot.tolist())),
        Part(spinning, Joint.WHEEL_RL, (axle, 0.0, radius), 1),
        Part(spinning, Joint.WHEEL_RL, (-axle, 0.0, radius)),
        Part(_cranks().tagged(size.tag), Joint.CRANK, tuple(crank.tolist())),
    ]
    parts += _legs(hip, style.outfit)
    near = fitted(Model(tuple(parts), radius), size)
    return near, _far(size, style, posture, bike)


def _frame(hip: tuple[float, float], bike: Geometry, style: BicycleStyle) -> Mesh:
    axle, radius, crank, head_tube = bike
    saddle = np.array([hip[0], 0.0, hip[1] - 0.09])
    seat = crank + 0.8 * (saddle - crank)
    low_head = head_tube + [0.02, 0.0, -0.1]
    rear = np.array([-axle, 0.03, radius])
    top_end = crank + 0.3 * (saddle - crank) if style.step_through else seat - [0.0, 0.0, 0.04]
    tubes = [
        bar(crank, low_head, 0.022, style.frame),
        bar(top_end, head_tube, 0.018, style.frame),
        bar(crank, saddle, 0.018, style.frame),
    ]
    stays = both(
        bar(rear, crank + [0.0, 0.03, 0.0], 0.011, style.frame, 3),
        bar(rear, seat + [0.0, 0.02, 0.0], 0.01, style.frame, 3),
    )
    x, z = saddle[0], saddle[2]
    cushion = hull([(x - 0.13, z, 0.09, 0.02), (x, z, 0.06, 0.025), (x + 0.14, z, 0.015, 0.015)], Material.TRIM, 4)
    lamp_x = -axle - radius * 0.7 if style.fenders or style.rack else saddle[0] - 0.1
    lamp_z = radius * 1.85 if style.fenders or style.rack else saddle[2] - 0.1
    extras = [box((0.03, 0.06, 0.06), (lamp_x, 0.0, lamp_z), Material.TAIL_LAMP)]
    if style.fenders:
        extras.append(fender(-axle, radius, 0.035, 0.35, 2.9, style.frame, 0.02))
    if style.rack:
        extras.append(box((0.36, 0.13, 0.025), (-axle - 0.02, 0.0, 2.0 * radius + 0.06), Material.DARK_STEEL))
    return merge(*tubes, stays, cushion, *extras)


def _fork(grip_y: float, bike: Geometry, style: BicycleStyle) -> Mesh:
    axle, radius, _, head_tube = bike
    hub = np.array([axle, 0.045, radius])
    stem = np.array([axle - style.grip[0] - (0.02 if style.step_through else 0.06), 0.0, style.grip[1]])
    grip = np.array([axle - style.grip[0], grip_y + 0.05, style.grip[1]])
    inner = np.array([stem[0] + 0.04, 0.3 * grip_y, style.grip[1]])
    blades = both(
        bar(hub, head_tube + [0.02, 0.035, -0.12], 0.014, style.frame),
        bar(inner, grip, 0.014, Material.DARK_STEEL),
        bar(stem, inner, 0.014, Material.DARK_STEEL),
    )
    lamp = box((0.06, 0.07, 0.07), (head_tube[0] + 0.04, 0.0, head_tube[2] + 0.06), Material.HEAD_LAMP)
    return merge(blades, bar(head_tube + [0.02, 0.0, -0.14], stem, 0.018, style.frame), lamp)


def _cranks() -> Mesh:
    ring_mesh = strip(ring(0.09, 0.05, 8), ring(0.001, 0.052, 8), Material.DARK_STEEL)
    arms = [
        bar((0.0, 0.07, 0.0), (CRANK, 0.08, 0.0), 0.014, Material.DARK_STEEL),
        box((0.09, 0.09, 0.025), (CRANK, LEG_Y + 0.01, 0.0), Material.TRIM),
    ]
    right = merge(*arms)
    left = left_of(right).scaled(-1.0, 1.0, -1.0)
    return merge(right, left, ring_mesh, inside_out(ring_mesh))


def _legs(hip: tuple[float, float], outfit: Outfit) -> list[Part]:
    """Thighs and shins, hanging straight down at rest."""
    thigh = limb((0.0, 0.0, 0.0), (0.0, 0.0, -THIGH), (0.09, 0.06), outfit.trousers).tagged(Label.RIDER)
    shin = merge(
        limb((0.0, 0.0, 0.0), (0.0, 0.0, -SHIN + 0.06), (0.058, 0.04), outfit.hands),
        shoe((-0.03, 0.0, -SHIN + 0.07), outfit.shoes),
    ).tagged(Label.RIDER)
    parts = []
    for y, hip_joint, knee_joint in ((-LEG_Y, Joint.HIP_L, Joint.KNEE_L), (LEG_Y, Joint.HIP_R, Joint.KNEE_R)):
        parts.append(Part(thigh, hip_joint, (hip[0], y, hip[1])))
        parts.append(Part(shin, knee_joint, (hip[0], y, hip[1] - THIGH), 4 + len(parts)))
    return parts


def far_wheel(x: float, radius: float, share: float = 0.8, sides: int = 8) -> Mesh:
    """Flat ring seen from both sides."""
    tread, inner = ring(radius, 0.0, sides), ring(share * radius, 0.0, sides)
    side = strip(tread, inner, Material.TYRE)
    return merge(side, inside_out(side)).moved(x=x, z=radius)


def _far(size: VehicleSize, style: BicycleStyle, posture: Posture, bike: Geometry) -> Model:
    axle, radius, crank, head_tube = bike
    x, z = posture.hip
    posture = replace(posture, knee=(x + 0.33, LEG_Y, z - 0.25), foot=(crank[0] + 0.05, LEG_Y, crank[2] - 0.05))
    front, rear = np.array([axle, 0.0, radius]), np.array([-axle, 0.0, radius])
    up = np.array([0.0, 0.0, 0.05])
    tubes = merge(
        strip([crank, crank + up], [head_tube - 2.0 * up, head_tube - up], style.frame),
        strip([front, front + [0.03, 0.0, 0.0]], [head_tube, head_tube + [0.03, 0.0, 0.0]], style.frame),
        strip([rear - 0.5 * up, crank], [rear, crank + 0.5 * up], style.frame),
    )
    hand = np.array(posture.hand)
    grips = np.array([hand * [1.0, 0.0, 1.0] + [0.0, y, 0.0] for y in (size.extent[1], -size.extent[1])])
    handlebar = strip(grips, grips + [0.03, 0.0, 0.0], Material.DARK_STEEL)
    lamp = quad((0.0, -0.04, -0.04), (0.0, 0.04, -0.04), (0.0, 0.04, 0.04), (0.0, -0.04, 0.04), Material.HEAD_LAMP)
    head_lamp = lamp.moved(head_tube[0] + 0.06, z=head_tube[2] + 0.06)
    tail_lamp = inside_out(lamp, Material.TAIL_LAMP).moved(x - 0.12, z=z - 0.19)
    wheels = (far_wheel(axle, radius), far_wheel(-axle, radius))
    mesh = merge(tubes, inside_out(tubes), handlebar, head_lamp, tail_lamp, *wheels).tagged(size.tag)
    return fitted(Model((Part(merge(mesh, far_rider(posture, style.outfit)), Joint.BODY),), radius), size)


BICYCLES = {
    "vehicle.bh.crossbike": BicycleStyle(shoulder=(0.34, 0.45), grip=(0.14, 0.95), head=(0.1, 0.15), tyre=0.035),
    "vehicle.diamondback.century": BicycleStyle(shoulder=(0.42, 0.4), grip=(0.06, 0.94), head=(0.12, 0.15), tyre=0.018),
    "vehicle.gazelle.omafiets": BicycleStyle(
        Material.PAINT_BLACK, (0.14, 0.57), (0.04, 0.15), (0.3, 1.1), step_through=True, fenders=True, rack=True,
        outfit=replace(SPORTSWEAR, helmet=Material.HAIR, hands=Material.SEAT),
    ),
}  # fmt: skip
