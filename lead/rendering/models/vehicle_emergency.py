"""Fire engine and ambulance. Lengths in m, heights of cabs in shares of the roof's."""

from dataclasses import replace
from functools import partial

import numpy as np

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, box, merge
from lead.rendering.models.model import Model
from lead.rendering.models.skins import Side, both, decal, strip
from lead.rendering.models.vehicle_car import CarStyle, car_shape
from lead.rendering.models.vehicle_crates import Crate, band, chassis, skirts
from lead.rendering.models.vehicle_extras import far_light_bar, lid, light_bar
from lead.rendering.models.vehicle_faces import Face, rectangle
from lead.rendering.models.vehicle_size import VehicleSize
from lead.rendering.models.vehicle_styles import CAB, CHROME, LOW_TAIL, TRIM, TRUCK, WHITE, painted
from lead.rendering.models.vehicle_truck import Load, truck
from lead.rendering.models.vehicle_vans import rear_doors

RED, GALVANISED = Material.PAINT_RED, Material.GALVANISED


def fire_engine(size: VehicleSize) -> tuple[Model, Model]:
    """Red with a white stripe, shutters, a ladder on top and beacons."""
    proportions = CAB | painted(RED) | dict(
        behind=0.05 - size.rear, before=0.3, on_roof=0.55, width=2.5, screen=(-1.04, -0.94), pillars=(0.31, 0.46),
        glass="GGP", belt=(0.5, 0.52, 0.52, 0.52), crease=(0.4, 0.41, 0.41, 0.41), doors=4, upper=WHITE,
    )  # fmt: skip
    warning = (Material.HAZARD_RED, rectangle(0.0, 0.8, 1.0, 2.8))
    face = replace(TRUCK, front=TRUCK.front[:1], front_plate=None, rear=(warning,), **LOW_TAIL)
    bar = dict(height=0.2, place=0.1, width=1.9)
    style = CarStyle(
        proportions, face, rim=0.6, rim_material=CHROME, wheel_sides=10, mirror_paint=CHROME, mirror_size=(0.12, 0.4),
        extras=partial(light_bar, **bar), far_extras=partial(far_light_bar, **bar),
    )  # fmt: skip
    shape = car_shape(size, **proportions)
    crate = Crate(0.0, size.rear + 0.02, 1.25, 1.2, shape.roof + 0.1, 0.05, RED, GALVANISED)
    skin = crate.skin()
    shutters = [band(skin, x, x - 1.3, 1.75, 2.85, GALVANISED) for x in (-0.15, -1.6, -3.05)]
    stripe = band(skin, -0.05, size.rear + 0.05, shape.crease[2], shape.belt[2], WHITE)
    near = merge(
        both(*shutters, stripe),
        chassis(0.6, size.rear + 0.05, 0.6, 0.5, 1.2),
        skirts([(0.0, -1.8)], 1.24, 0.5, 1.2, RED),
        lid((0.3, 2.4, 0.4), (size.front - 0.15, 0.0, 0.45), CHROME),
        ladder(0.3, size.rear + 0.2, crate.high - 0.02, size.top),
    )
    bumper = Crate(-3.2, size.rear + 0.03, 1.24, 0.5, 1.2, 0.02, RED, RED)
    far = merge(stripe, far_ladder(0.3, size.rear + 0.2, size.top))
    return truck(size, style, shape, Load(crate, bumper, (0.5, 0.9, 1.3, 1.7), (-0.5 * size.wheelbase,), near, far))


def ladder(front: float, rear: float, low: float, high: float, rungs: int = 5) -> Mesh:
    """Two rails with rungs between, on a stand, m."""
    rail = box((front - rear, 0.08, 0.16), (0.5 * (front + rear), 0.38, high - 0.08), GALVANISED)
    stand = lid((0.4, 0.8, high - 0.16 - low), (rear + 0.9, 0.0, low), Material.DARK_STEEL)
    step = np.array([(0.04, -0.36, high - 0.06), (0.04, 0.36, high - 0.06)])
    rung = strip(step, step - [0.08, 0.0, 0.0], Material.STEEL)
    steps = [rung.moved(x) for x in np.linspace(front - 0.25, rear + 0.25, rungs).tolist()]
    return merge(both(rail), stand, *steps)


def far_ladder(front: float, rear: float, high: float) -> Mesh:
    """Right half of the ladder from afar."""
    edge = np.array([(front, 0.42, high), (rear, 0.42, high)])
    side = strip(edge - [0.0, 0.0, 0.16], edge, GALVANISED)
    return merge(side, strip(edge, edge * [1.0, 0.0, 1.0], GALVANISED))


def ambulance(size: VehicleSize) -> tuple[Model, Model]:
    """White box van with a red stripe, crosses and beacons."""
    proportions = CAB | painted(WHITE) | dict(
        behind=0.55 - size.rear, on_roof=0.4, width=1.96, screen=(0.1, 0.85), pillars=(0.33, 0.345), doors=2,
        edge=(0.13, 0.15, 0.15, 0.15), waist=(0.27, 0.27, 0.27, 0.27), crease=(0.42, 0.44, 0.44, 0.44),
        belt=(0.5, 0.6, 0.62, 0.62), header=0.9, screen_header=0.95, front_inset=(0.03, 0.0, 0.03, 0.2), tumble=0.12,
        wheel_width=0.22, roof_drop=(0.06, 0.02), inset=(0.02, 0.0, 0.0, 0.04), bow=(0.12, 0.0), rail=0.06,
    )  # fmt: skip
    face = Face(lamp=((0.56, 1.7), (0.95, 1.8), (0.96, 2.6), (0.58, 2.4)), front_plate=0.7, rear=(), **LOW_TAIL)
    bar = dict(height=0.14, place=0.5, width=1.3)
    style = CarStyle(
        proportions, face, mirror_paint=TRIM, mirror_size=(0.09, 0.28),
        extras=partial(light_bar, **bar), far_extras=partial(far_light_bar, **bar),
    )  # fmt: skip
    shape = car_shape(size, **proportions)
    crate = Crate(0.5, size.rear + 0.03, 1.08, 0.78, size.top - 0.08, 0.1)
    skin = crate.skin()
    stripe = band(skin, crate.front, crate.rear, shape.waist[1] + 0.35, shape.waist[1] + 0.6, RED)
    cross = [band(skin, a - 1.4, -a - 1.4, 1.72 - b, 1.72 + b, RED) for a, b in ((0.3, 0.1), (0.1, 0.3))]
    lens = lid((0.25, 0.3, 0.09), (0.3, 0.7, crate.high - 0.01), Material.BEACON_RED)
    opening = rectangle(0.0, 0.84, 0.85, crate.high - 0.2)
    near = merge(
        both(stripe, *cross, lens, lens.moved(x=-3.5), decal(skin, opening, Side.REAR, TRIM)),
        chassis(0.9, crate.rear + 0.05, 0.7, 0.3, 0.78),
        skirts([(0.5, -1.42)], 1.07, 0.32, 0.78, WHITE),
    )
    bumper = Crate(-2.35, crate.rear + 0.01, 1.07, 0.32, 0.78, 0.02, WHITE, WHITE)
    doors = tuple(rear_doors(crate.rear - 0.015, opening, (1.45, 1.95), WHITE))
    load = Load(crate, bumper, (0.35, 0.6, 1.1, 1.6), (-0.5 * size.wheelbase,), near, stripe, doors)
    return truck(size, style, shape, load)
