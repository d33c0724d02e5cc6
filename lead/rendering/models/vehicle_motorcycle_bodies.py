"""What motorcycles are made of between their wheels. x is from the middle between the axles, z from the ground, m.

Every function takes the x of the front axle (the rear one is as far behind) and the radius of the wheels.
"""

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, box, merge
from lead.rendering.models.figures import bar, hull, limb
from lead.rendering.models.skins import both, inside_out, strip
from lead.rendering.models.vehicle_wheels import fender

PAINT, CHROME, TRIM, STEEL = Material.PAINT, Material.CHROME, Material.TRIM, Material.DARK_STEEL


def cruiser_body(axle: float, radius: float) -> Mesh:
    """Long and low: teardrop tank, low seat, V engine and exhausts of chrome."""
    tank = hull(
        [(-0.12, 0.78, 0.06, 0.05), (0.05, 0.84, 0.15, 0.1), (0.3, 0.88, 0.15, 0.12), (0.48, 0.9, 0.05, 0.06)], PAINT
    )
    seat = hull([(-0.75, 0.82, 0.1, 0.05), (-0.45, 0.74, 0.14, 0.05), (-0.1, 0.72, 0.12, 0.06)], Material.SEAT)
    engine = both(
        bar((0.12, 0.02, 0.42), (0.3, 0.03, 0.82), 0.12, CHROME, 6),
        bar((0.0, 0.02, 0.42), (-0.16, 0.03, 0.76), 0.12, CHROME, 6),
    )
    case = box((0.5, 0.28, 0.24), (0.05, 0.0, 0.36), STEEL)
    pipes = [
        limb((0.2, 0.17, 0.5), (-0.1, 0.2, 0.26), (0.04, 0.04), CHROME),
        limb((-0.1, 0.2, 0.26), (-1.05, 0.2, 0.3), (0.045, 0.055), CHROME),
    ]
    frame = bar((0.5, 0.0, 0.85), (0.3, 0.0, 0.25), 0.03, STEEL)
    return merge(tank, seat, engine, case, *pipes, frame, fender(-axle, radius, 0.1, 0.9, 2.7, PAINT))


def cruiser_front(axle: float, radius: float) -> Mesh:
    """Front fender."""
    return fender(axle, radius, 0.08, 0.4, 2.4, PAINT)


def sport_body(axle: float, radius: float, belly: Material = PAINT) -> Mesh:
    """Fairing, windshield, high tail; `belly`: material of the fairing."""
    tank = hull([(-0.12, 0.78, 0.08, 0.06), (0.1, 0.87, 0.16, 0.12), (0.3, 0.88, 0.15, 0.1)], PAINT)
    tail = hull([(-0.8, 1.0, 0.05, 0.03), (-0.5, 0.9, 0.11, 0.07), (-0.1, 0.76, 0.13, 0.08)], PAINT)
    seat = hull([(-0.5, 0.97, 0.09, 0.03), (-0.12, 0.83, 0.12, 0.04)], Material.SEAT, 4)
    fairing = hull(
        [(-0.1, 0.48, 0.14, 0.2), (0.2, 0.6, 0.22, 0.32), (0.5, 0.8, 0.2, 0.2), (0.76, 0.84, 0.09, 0.09)], belly
    )
    screen = hull([(0.34, 1.02, 0.13, 0.09), (0.56, 0.96, 0.12, 0.08), (0.72, 0.9, 0.05, 0.03)], Material.WINDOW)
    engine = box((0.5, 0.26, 0.3), (0.0, 0.0, 0.4), STEEL)
    arm = both(bar((-0.1, 0.1, 0.42), (-axle, 0.05, radius), 0.035, STEEL))
    pipe = limb((-0.1, 0.16, 0.3), (-0.72, 0.19, 0.52), (0.045, 0.07), CHROME)
    return merge(tank, tail, seat, fairing, screen, engine, arm, pipe)


def sport_front(axle: float, radius: float) -> Mesh:
    """Front fender."""
    return fender(axle, radius, 0.07, 0.5, 2.3, PAINT, 0.02)


def scooter_body(axle: float, radius: float) -> Mesh:
    """Leg shield, floor, rounded rear."""
    rear = hull(
        [(-0.86, 0.55, 0.1, 0.1), (-0.65, 0.55, 0.2, 0.2), (-0.35, 0.55, 0.21, 0.22), (-0.12, 0.5, 0.14, 0.2)], PAINT, 8
    )
    seat = hull([(-0.75, 0.8, 0.12, 0.05), (-0.4, 0.8, 0.14, 0.06), (-0.08, 0.78, 0.1, 0.04)], Material.SEAT)
    floor = box((0.5, 0.32, 0.06), (0.12, 0.0, 0.27), PAINT)
    outline = np.array([(0.36, 0.0, 0.26), (0.34, 0.2, 0.28), (0.42, 0.24, 0.6), (0.46, 0.14, 0.88), (0.5, 0.0, 0.92)])
    nose = outline * [1.0, 0.0, 1.0] + [0.1, 0.0, 0.0]
    shield = both(strip(nose, outline, PAINT), inside_out(strip(nose, outline, TRIM)))
    return merge(rear, seat, floor, shield, fender(-axle, radius, 0.08, 1.2, 3.0, PAINT))


def scooter_front(axle: float, radius: float) -> Mesh:
    """Front fender and the cowl of the handlebar."""
    cowl = hull([(0.36, 0.98, 0.06, 0.06), (0.46, 0.98, 0.12, 0.07), (0.54, 0.97, 0.08, 0.06)], PAINT)
    return merge(fender(axle, radius, 0.09, 0.2, 2.9, PAINT), cowl)
