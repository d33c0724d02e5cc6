"""The European HGV and the drinks truck. Lengths in m, heights of cabs in shares of the roof's."""

from dataclasses import replace

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import merge
from lead.rendering.models.model import Model
from lead.rendering.models.skins import Side, both, decal
from lead.rendering.models.vehicle_car import CarStyle, car_shape
from lead.rendering.models.vehicle_crates import Crate, band, chassis, skirts
from lead.rendering.models.vehicle_faces import rectangle
from lead.rendering.models.vehicle_size import VehicleSize
from lead.rendering.models.vehicle_styles import CAB, CHROME, TRIM, TRUCK, WHITE
from lead.rendering.models.vehicle_truck import Load, truck

RED = Material.PAINT_RED


def european_hgv(size: VehicleSize) -> tuple[Model, Model]:
    """Cab-over with a box on three axles."""
    proportions = CAB | dict(
        behind=1.75 - size.rear, on_roof=0.28, width=2.48, screen=(-1.39, -1.32), pillars=(-0.07, 0.08)
    )
    style = CarStyle(proportions, TRUCK, rim=0.6, spokes=6, mirror_paint=TRIM, mirror_size=(0.12, 0.5))
    shape = car_shape(size, **proportions)
    crate = Crate(1.55, size.rear + 0.02, 1.25, 1.08, size.top)
    skin = crate.skin()
    stripe = band(skin, 1.4, size.rear + 0.2, 1.35, 1.8, Material.PAINT)
    wedge = decal(skin, [(1.4, 1.9), (1.4, 2.9), (-0.6, 1.9)], Side.RIGHT, Material.PAINT)
    near = merge(
        both(stripe, wedge),
        chassis(1.9, size.rear + 0.05, 0.5, 0.55, 1.08),
        skirts([(1.35, -1.15)], 1.15, 0.45, 0.95, Material.GALVANISED),
    )
    bumper = Crate(size.rear + 0.12, size.rear + 0.02, 1.22, 0.6, 0.95, 0.02, TRIM, TRIM)
    return truck(size, style, shape, Load(crate, bumper, (0.3, 0.9, 1.2, 1.5), (-1.85, -3.0), near, stripe))


def carlacola(size: VehicleSize) -> tuple[Model, Model]:
    """Red and white drinks truck."""
    proportions = CAB | dict(
        behind=0.85 - size.rear, on_roof=0.3, width=2.3, screen=(-1.05, -0.75), pillars=(-0.2, 0.05),
        nose=((0.06, 0.45), (0.26, 0.85)), roof_drop=(0.12, 0.02), belt=(0.56, 0.58, 0.58, 0.58),
        crease=(0.42, 0.46, 0.46, 0.46),
    )  # fmt: skip
    grille = (TRIM, ((0.0, 0.9), (0.5, 0.9), (0.42, 2.3), (0.0, 2.3)))
    face = replace(
        TRUCK,
        round_lamps=((0.74, 1.5, 0.12),),
        front_blinker=rectangle(0.6, 0.8, 2.3, 2.6),
        front=(grille, (CHROME, rectangle(0.0, 0.98, 0.1, 0.5))),
    )
    style = CarStyle(proportions, face, rim=0.6, rim_material=CHROME, mirror_paint=CHROME, mirror_size=(0.1, 0.3))
    shape = car_shape(size, **proportions)
    crate = Crate(0.75, size.rear + 0.02, 1.2, 0.98, size.top, 0.2, RED, WHITE)
    skin = crate.skin()
    wave = [(x, 1.5 + 0.28 * np.sin(2.2 * x + 0.6)) for x in np.linspace(0.7, size.rear + 0.06, 8)]
    ribbon = [
        decal(skin, [(a, p - 0.14), (b, q - 0.14), (b, q + 0.14), (a, p + 0.14)], Side.RIGHT, WHITE)
        for (a, p), (b, q) in zip(wave, wave[1:], strict=False)
    ]
    axle = -0.5 * size.wheelbase
    near = merge(
        both(*ribbon),
        chassis(1.0, size.rear + 0.05, 0.5, 0.45, 0.98),
        skirts([(0.7, axle + 0.55)], 1.18, 0.42, 0.98, RED),
    )
    bumper = Crate(axle - 0.55, size.rear + 0.03, 1.18, 0.42, 0.98, 0.02, RED, RED)
    far = band(skin, 0.7, size.rear + 0.06, 1.35, 1.65, WHITE)
    return truck(size, style, shape, Load(crate, bumper, (0.3, 0.85, 1.2, 1.5), (axle,), near, far))
