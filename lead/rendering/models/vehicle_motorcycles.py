"""Motorcycles and the scooter, with their riders."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import EMPTY, Mesh, circle, merge, quad
from lead.rendering.models.figures import LEATHER, Outfit, Posture, Section, bar, far_rider, gem, hull, rider
from lead.rendering.models.model import Joint, Model, Part
from lead.rendering.models.skins import both, fan, inside_out, left_of, strip
from lead.rendering.models.vehicle_motorcycle_bodies import (
    cruiser_body,
    cruiser_front,
    scooter_body,
    scooter_front,
    sport_body,
    sport_front,
)  # fmt: skip
from lead.rendering.models.vehicle_size import VehicleSize, fitted
from lead.rendering.models.vehicle_wheels import ring

PAINT, CHROME, TRIM, STEEL = Material.PAINT, Material.CHROME, Material.TRIM, Material.DARK_STEEL


@dataclass(frozen=True)
class MotorcycleStyle:
    """How a motorcycle is built; x from the middle between the axles, z from the ground, m."""

    body: Callable[[float, float], Mesh]  # of the axle's x and the wheels' radius: tank, seat, engine, exhaust
    steered: Callable[[float, float], Mesh]  # what turns with the fork besides blades and bar
    posture: Posture  # whose hands are at the grips, as far out as the box allows
    head: tuple[float, float]  # place of the steering head
    lamp: tuple[float, float, float]  # x, z, radius of the head lamp
    lamp_turns: bool
    tail: tuple[float, float]  # x, z of the tail lamp
    trunk: tuple[Section, ...] = (
        (-0.75, 0.86, 0.1, 0.08),
        (-0.05, 0.6, 0.2, 0.35),
        (0.7, 0.86, 0.12, 0.12),
    )  # from afar
    tyre: float = 0.07  # half width, m
    blades: Material = CHROME
    outfit: Outfit = LEATHER


def wheel(radius: float, half: float, spokes: int = 5, rim: float = 0.66, sides: int = 10) -> Mesh:
    """Tyre with a rounded tread and a disc with openings on both sides."""
    tread, lip = ring(radius, 0.0, sides), ring(0.93 * radius, half, sides)
    disc = ring(rim * radius, 0.8 * half, sides)
    holes = []
    for k in range(spokes):
        angle, gap, reach = 2.0 * np.pi * (k + 0.5) / spokes, 0.6 * np.pi / spokes, rim * radius
        corners = [(0.9, angle - gap), (0.3, angle), (0.9, angle + gap)]
        holes.append(
            fan([(s * reach * np.cos(a), 0.8 * half + 0.004, s * reach * np.sin(a)) for s, a in corners], TRIM)
        )
    right = merge(
        strip(tread, lip, Material.TYRE), strip(lip, disc, Material.TYRE), fan(disc[:-1], Material.RIM), *holes
    )
    return merge(right, left_of(right))


def motorcycle(size: VehicleSize, style: MotorcycleStyle) -> tuple[Model, Model]:
    """Near and far model."""
    radius, axle = max(size.wheel_radius), 0.5 * size.wheelbase
    x, _, z = style.posture.hand
    posture = replace(style.posture, hand=(x, size.extent[1] - 0.06, z))
    pivot = (style.head[0], 0.0, style.head[1])
    still, turning = (EMPTY, _front_lamps(style)) if style.lamp_turns else (_front_lamps(style), EMPTY)
    body = merge(style.body(axle, radius), _rear_lamps(style), still).tagged(size.tag)
    fork = merge(_fork(style, axle, radius, posture), style.steered(axle, radius), turning)
    spinning = wheel(radius, style.tyre).tagged(size.tag)
    parts = (
        Part(merge(body, rider(posture, style.outfit)), Joint.BODY),
        Part(fork.moved(-pivot[0], 0.0, -pivot[2]).tagged(size.tag), Joint.FORK, pivot),
        Part(spinning, Joint.WHEEL_RL, (axle, 0.0, radius), 1),
        Part(spinning, Joint.WHEEL_RL, (-axle, 0.0, radius)),
    )
    return fitted(Model(parts, radius), size), _far(size, style, posture, axle, radius)


def _front_lamps(style: MotorcycleStyle) -> Mesh:
    x, z, radius = style.lamp
    rim = circle(radius, 8)
    rear, front = (np.column_stack([np.full(8, at), rim[:, 0], z + rim[:, 1]]) for at in (x, x + 0.05))
    shell = strip(np.vstack([rear, rear[:1]]), np.vstack([front, front[:1]]), CHROME)
    blinker = gem((0.07, 0.09, 0.06), (x - 0.04, radius + 0.1, z - 0.02), Material.RIGHT_BLINKER)
    return merge(shell, fan(front, Material.HEAD_LAMP), both(blinker))


def _rear_lamps(style: MotorcycleStyle) -> Mesh:
    """With the number plate."""
    x, z = style.tail
    brake = gem((0.1, 0.22, 0.08), (x, 0.0, z), Material.BRAKE_LAMP)
    tail = gem((0.1, 0.2, 0.06), (x, 0.0, z - 0.055), Material.TAIL_LAMP)
    blinker = gem((0.07, 0.09, 0.06), (x + 0.02, 0.14, z - 0.04), Material.RIGHT_BLINKER)
    foot = np.array([(x - 0.02, 0.1, z - 0.22), (x - 0.02, -0.1, z - 0.22)])
    plate = strip(foot, foot + [0.01, 0.0, 0.14], Material.NUMBER_PLATE)
    return merge(brake, tail, both(blinker), plate, inside_out(plate, TRIM))


def _fork(style: MotorcycleStyle, axle: float, radius: float, posture: Posture) -> Mesh:
    top = np.array([style.head[0], 0.09, style.head[1]])
    hub = np.array([axle, 0.09, radius])
    hand = np.array(posture.hand)
    crown = np.array([style.head[0] - 0.04, 0.06, style.head[1] + 0.04])
    return both(
        bar(hub, top, 0.028, style.blades, 5),
        bar(crown, hand * [1.0, 0.4, 1.0] + [0.02, 0.0, 0.0], 0.014, STEEL),
        bar(hand * [1.0, 0.4, 1.0] + [0.02, 0.0, 0.0], hand + [0.0, 0.06, 0.0], 0.018, TRIM),
        gem((0.05, 0.16, 0.1), hand + [0.1, -0.04, 0.12], TRIM),
    )


def _far(size: VehicleSize, style: MotorcycleStyle, posture: Posture, axle: float, radius: float) -> Model:
    trunk = hull(style.trunk, PAINT, 4)
    wheels = []
    for x in (axle, -axle):
        side = fan(ring(radius, style.tyre, 6)[:-1], Material.TYRE)
        tread = strip(ring(radius, -style.tyre, 6), ring(radius, style.tyre, 6), Material.TYRE)
        wheels.append(merge(side, left_of(side), tread).moved(x, z=radius))
    hand = np.array(posture.hand)
    grip = np.array([hand * [1.0, 0.0, 1.0], hand + [0.0, 0.06, 0.0]])
    grips = both(strip(grip, grip + [0.0, 0.0, 0.05], TRIM))
    lamp = quad((0.0, -0.08, -0.07), (0.0, 0.08, -0.07), (0.0, 0.08, 0.07), (0.0, -0.08, 0.07), Material.HEAD_LAMP)
    half = quad((0.0, 0.0, -0.04), (0.0, 0.08, -0.04), (0.0, 0.08, 0.04), (0.0, 0.0, 0.04), Material.RIGHT_BLINKER)
    lamps = [lamp.moved(style.lamp[0] + 0.06, z=style.lamp[1])]
    x, z = style.tail
    lamps += [
        inside_out(lamp, kind).scaled(1.0, 1.0, 0.5).moved(x - 0.04, z=z + up)
        for kind, up in ((Material.BRAKE_LAMP, 0.0), (Material.TAIL_LAMP, -0.07))
    ]
    lamps += [
        both(half.moved(style.lamp[0] + 0.02, 0.12, style.lamp[1])),
        both(inside_out(half).moved(x - 0.03, 0.1, z - 0.04)),
    ]
    mesh = merge(trunk, *wheels, grips, *lamps).tagged(size.tag)
    return fitted(Model((Part(merge(mesh, far_rider(posture, style.outfit)), Joint.BODY),), radius), size)


# fmt: off
MOTORCYCLES = {
    "vehicle.harley-davidson.low_rider": MotorcycleStyle(
        cruiser_body, cruiser_front,
        Posture((-0.3, 0.84), (-0.22, 1.35), (-0.16, 1.5), (0.28, 0.0, 1.1), (0.25, 0.23, 0.76), (0.42, 0.24, 0.33)),
        head=(0.5, 0.92), lamp=(0.56, 0.9, 0.09), lamp_turns=True, tail=(-1.02, 0.72), tyre=0.08,
        trunk=((-0.8, 0.78, 0.12, 0.08), (0.0, 0.58, 0.2, 0.32), (0.5, 0.85, 0.12, 0.1)),
    ),
    "vehicle.kawasaki.ninja": MotorcycleStyle(
        sport_body, sport_front,
        Posture((-0.3, 0.9), (0.1, 1.24), (0.24, 1.37), (0.42, 0.0, 0.95), (0.08, 0.22, 0.74), (-0.2, 0.2, 0.4)),
        head=(0.46, 0.88), lamp=(0.74, 0.82, 0.06), lamp_turns=False, tail=(-0.82, 0.97), blades=STEEL,
    ),
    "vehicle.vespa.zx125": MotorcycleStyle(
        scooter_body, scooter_front,
        Posture((-0.4, 0.86), (-0.3, 1.33), (-0.25, 1.44), (0.34, 0.0, 1.02), (0.06, 0.16, 0.82), (0.12, 0.12, 0.37)),
        head=(0.44, 0.9), lamp=(0.53, 0.97, 0.07), lamp_turns=True, tail=(-0.88, 0.68), tyre=0.06, blades=STEEL,
        trunk=((-0.86, 0.55, 0.18, 0.2), (-0.1, 0.5, 0.25, 0.3), (0.45, 0.7, 0.18, 0.4)),
        outfit=Outfit(Material.BAG, TRIM, Material.SKIN, Material.PAINT_SECOND, True),
    ),
    "vehicle.yamaha.yzf": MotorcycleStyle(
        partial(sport_body, belly=Material.PAINT_SECOND), sport_front,
        Posture((-0.3, 0.9), (0.12, 1.24), (0.26, 1.38), (0.46, 0.0, 0.95), (0.08, 0.22, 0.74), (-0.2, 0.2, 0.4)),
        head=(0.5, 0.88), lamp=(0.74, 0.82, 0.06), lamp_turns=False, tail=(-0.82, 0.97), blades=STEEL,
    ),
}
# fmt: on
