"""Passenger cars, bus and Cybertruck by blueprint: how each differs from its body style. Lengths in m."""

from dataclasses import replace
from functools import partial

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, merge
from lead.rendering.models.vehicle_bus import BUS
from lead.rendering.models.vehicle_car import CarStyle
from lead.rendering.models.vehicle_extras import flares, light_bar, push_bar, roof_rails, spare_wheel, taxi_sign
from lead.rendering.models.vehicle_faces import Face, rectangle
from lead.rendering.models.vehicle_shape import BodyShape
from lead.rendering.models.vehicle_styles import (
    BLACK,
    BOXY,
    BUG_EYES,
    CHROME,
    CLASSIC,
    COUPE,
    EDGE_TAIL,
    HATCH,
    INTAKE,
    KIDNEYS,
    MASK,
    MINI,
    MUSCLE,
    OVAL,
    PATROL_CAR,
    SECOND,
    SEDAN,
    SUV,
    TRIM,
    UPRIGHT_TAIL,
    WIDE_TAIL,
    painted,
)  # fmt: skip


def _patrol_lights(shape: BodyShape, bar: float) -> Mesh:
    return merge(light_bar(shape), push_bar(shape, bar))


def _off_road(shape: BodyShape, spare: float) -> Mesh:
    return merge(flares(shape), spare_wheel(shape, spare))


_WRANGLER = SUV | BOXY | dict(
    behind=0.15, doors=2, screen=(0.55, 0.85), back=(0.12, 0.05), pillars=(0.72, 1.0), bow=(0.03, 0.03), house=BLACK,
    pillar=BLACK, belt=(0.58, 0.62, 0.62, 0.62), crease=(0.5, 0.52, 0.52, 0.52), roof_drop=(0.02, 0.02),
)  # fmt: skip
_BUBBLE = HATCH | dict(
    screen=(-0.2, 0.32), back=(0.55, 0.14), pillars=(0.5, 0.9), width=1.38, hinge=0.05, doors=2, house=SECOND,
    nose=((0.08, 0.4), (0.24, 0.75)), tail=((0.08, 0.4), (0.24, 0.75)), front_inset=(0.1, 0.0, 0.01, 0.08),
    roof_drop=(0.1, 0.2), belt=(0.56, 0.58, 0.58, 0.56), crease=(0.4, 0.44, 0.44, 0.42),
    tumble=0.2, bow=(0.12, 0.06), wheel_width=0.15,
)  # fmt: skip
_WEDGE = painted(Material.GALVANISED) | dict(
    edge=(0.2, 0.19, 0.19, 0.22), waist=(0.3, 0.28, 0.28, 0.3), crease=(0.48, 0.55, 0.55, 0.55), lower=TRIM,
    belt=(0.54, 0.62, 0.66, 0.67), screen=(-0.2, 1.6), back=(3.35, 0.05), pillars=(0.44, 0.72), screens="GP",
    nose=((0.02, 0.5), (0.14, 0.95)), tail=((0.01, 0.5), (0.04, 0.97)), inset=(0.0, 0.0, 0.0, 0.03), width=2.2,
    front_inset=(0.1, 0.0, 0.02, 0.08), rear_inset=(0.05, 0.0, 0.0, 0.02), tumble=0.26, roof_drop=(0.0, 0.0),
    rail=0.03, bow=(0.06, 0.0), crown=0.02, gap=0.07,
)  # fmt: skip

# fmt: off
CARS = {
    "vehicle.audi.a2": CarStyle(HATCH, OVAL),
    "vehicle.audi.etron": CarStyle(SUV, Face(**WIDE_TAIL), extras=roof_rails),
    "vehicle.audi.tt": CarStyle(
        COUPE | dict(nose=((0.06, 0.45), (0.26, 0.85)), tail=((0.05, 0.5), (0.22, 0.85)), width=1.86, tumble=0.24),
        OVAL,
    ),
    "vehicle.bmw.grandtourer": CarStyle(
        HATCH | dict(screen=(0.15, 1.05), glass="GGG", width=1.92), KIDNEYS, extras=roof_rails,
    ),
    "vehicle.chevrolet.impala": CarStyle(
        SEDAN | BOXY | dict(
            screen=(0.6, 1.15), back=(1.75, 1.1), belt=(0.6, 0.65, 0.65, 0.62), crease=(0.52, 0.55, 0.55, 0.55),
        ),
        CLASSIC, rim_material=CHROME,
    ),
    "vehicle.citroen.c3": CarStyle(HATCH | dict(belt=(0.55, 0.64, 0.67, 0.66), width=1.75), OVAL, mirror_paint=TRIM),
    "vehicle.dodge.charger_2020": CarStyle(MUSCLE, MASK),
    "vehicle.dodge.charger_police": CarStyle(
        PATROL_CAR | dict(width=1.92), MASK, extras=light_bar, far_extras=light_bar, mirror_paint=BLACK,
    ),
    "vehicle.dodge.charger_police_2020": CarStyle(
        PATROL_CAR | dict(before=0.18), replace(MASK, front_plate=None), extras=partial(_patrol_lights, bar=0.18),
        far_extras=light_bar, mirror_paint=BLACK,
    ),
    "vehicle.ford.crown": CarStyle(
        SEDAN | BOXY | painted(Material.PAINT_YELLOW) | dict(on_roof=0.15, shift=0.2, crease=(0.5, 0.55, 0.56, 0.55)),
        extras=taxi_sign, far_extras=taxi_sign, mirror_paint=BLACK,
    ),
    "vehicle.ford.mustang": CarStyle(
        COUPE | BOXY | dict(screen=(0.75, 1.4), back=(1.7, 0.35), width=1.78, crease=(0.53, 0.56, 0.6, 0.6)),
        replace(CLASSIC, round_lamps=((0.8, 1.9, 0.1),), tail=rectangle(0.5, 0.95, 1.5, 2.3)), rim_material=CHROME,
    ),
    "vehicle.jeep.wrangler_rubicon": CarStyle(
        _WRANGLER,
        Face(
            round_lamps=((0.66, 2.1, 0.11),), front=((TRIM, rectangle(0.0, 0.48, 1.4, 2.7)),), rear=(), front_plate=0.6,
            rear_plate=1.2, **UPRIGHT_TAIL,
        ),
        extras=partial(_off_road, spare=0.15), mirror_paint=TRIM, rim=0.55,
    ),
    "vehicle.lincoln.mkz_2017": CarStyle(SEDAN | dict(width=1.87), Face(**WIDE_TAIL)),
    "vehicle.lincoln.mkz_2020": CarStyle(SEDAN, Face(**WIDE_TAIL)),
    "vehicle.mercedes.coupe": CarStyle(COUPE | dict(width=1.98)),
    "vehicle.mercedes.coupe_2020": CarStyle(COUPE),
    "vehicle.micro.microlino": CarStyle(
        _BUBBLE,
        Face(
            round_lamps=((0.66, 2.4, 0.075),), front=(), rear=(), tail=rectangle(0.4, 0.74, 2.1, 2.75),
            front_blinker=rectangle(0.5, 0.7, 1.0, 1.25),
        ),
        mirror_paint=SECOND,
    ),
    "vehicle.mini.cooper_s": CarStyle(MINI | dict(width=1.76), BUG_EYES, mirror_paint=SECOND),
    "vehicle.mini.cooper_s_2021": CarStyle(MINI | dict(width=1.98), BUG_EYES, mirror_paint=SECOND),
    "vehicle.mitsubishi.fusorosa": BUS,
    "vehicle.nissan.micra": CarStyle(
        HATCH | dict(nose=((0.07, 0.45), (0.24, 0.84)), roof_drop=(0.1, 0.14), width=1.7),
        Face(lamp=((0.5, 1.9), (0.85, 1.8), (0.85, 2.7), (0.6, 2.8))),
    ),
    "vehicle.nissan.patrol": CarStyle(
        SUV | BOXY | dict(behind=0.15, screen=(0.4, 0.95)), Face(**UPRIGHT_TAIL), extras=partial(_off_road, spare=0.15),
    ),
    "vehicle.nissan.patrol_2021": CarStyle(SUV | dict(width=2.02), Face(**UPRIGHT_TAIL), extras=flares),
    "vehicle.seat.leon": CarStyle(HATCH),
    "vehicle.tesla.cybertruck": CarStyle(
        _WEDGE,
        Face(
            lamp=rectangle(0.0, 0.97, 2.55, 2.85), front=((TRIM, rectangle(0.0, 0.98, 1.0, 1.6)),), front_plate=0.5,
            front_blinker=rectangle(0.8, 0.97, 1.7, 1.95), rear=(), rear_plate=0.6, **EDGE_TAIL,
        ),
        extras=flares, mirror_paint=TRIM, third_lamp=0.06, rim_material=Material.DARK_STEEL, spokes=6,
    ),
    "vehicle.tesla.model3": CarStyle(
        SEDAN | dict(house=BLACK, back=(1.5, 0.4), screen=(0.35, 1.25), width=1.88, roof_drop=(0.07, 0.1)),
        Face(
            lamp=((0.55, 1.9), (0.95, 2.05), (0.97, 2.6), (0.58, 2.15)), front=(INTAKE,), front_plate=1.3,
            tail=((0.52, 2.05), (0.99, 1.9), (0.99, 2.5), (0.52, 2.45)),
        ),
    ),
    "vehicle.toyota.prius": CarStyle(
        SEDAN | dict(
            screen=(0.2, 1.25), back=(1.35, 0.14), width=1.8, belt=(0.52, 0.62, 0.68, 0.7), pillars=(0.5, 0.97),
            roof_drop=(0.09, 0.12), glass="GGG",
        ),
        Face(lamp=((0.5, 1.5), (0.9, 1.7), (0.97, 2.75), (0.66, 2.3)), **UPRIGHT_TAIL),
    ),
}
# fmt: on
