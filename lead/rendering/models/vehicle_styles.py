"""Body styles and faces that several vehicles share. Heights are shares of the roof's, lengths are in m.

Proportions are keyword arguments of `vehicle_car.car_shape`; outlines are those of `vehicle_faces.Face`.
"""

from typing import Any

from lead.rendering.materials import Material
from lead.rendering.models.vehicle_faces import Face, Patch, rectangle

Proportions = dict[str, Any]

TRIM, CHROME = Material.TRIM, Material.CHROME
BLACK, WHITE, SECOND = Material.PAINT_BLACK, Material.PAINT_WHITE, Material.PAINT_SECOND


def painted(material: Material) -> Proportions:
    """A body of one fixed colour."""
    return dict.fromkeys(("lower", "middle", "upper", "hood", "deck", "pillar", "house"), material)


SEDAN: Proportions = dict(
    edge=(0.13, 0.15, 0.15, 0.17), waist=(0.31, 0.33, 0.33, 0.34), crease=(0.44, 0.54, 0.56, 0.55),
    belt=(0.5, 0.635, 0.66, 0.67), screen=(0.5, 1.2), back=(1.45, 0.6), pillars=(0.54, 0.97),
)  # fmt: skip
HATCH: Proportions = SEDAN | dict(
    crease=(0.44, 0.53, 0.58, 0.56), belt=(0.52, 0.62, 0.67, 0.66), screen=(0.3, 1.05), back=(0.5, 0.16),
    pillars=(0.56, 1.0), roof_drop=(0.06, 0.1), crown=0.015,
)  # fmt: skip
COUPE: Proportions = SEDAN | dict(
    crease=(0.46, 0.54, 0.58, 0.58), belt=(0.54, 0.66, 0.7, 0.69), screen=(0.62, 1.32), back=(1.5, 0.55),
    pillars=(0.72, 0.9), doors=2, tumble=0.2,
)  # fmt: skip
SUV: Proportions = SEDAN | dict(
    edge=(0.15, 0.15, 0.15, 0.17), waist=(0.26, 0.25, 0.25, 0.27), crease=(0.48, 0.52, 0.54, 0.54),
    belt=(0.56, 0.61, 0.62, 0.62), screen=(0.35, 1.05), back=(0.45, 0.14), pillars=(0.53, 0.95), glass="GGG",
    tumble=0.15, lower=TRIM, gap=0.06, inset=(0.0, 0.0, 0.0, 0.05),
)  # fmt: skip
BOXY: Proportions = dict(
    nose=((0.02, 0.5), (0.06, 0.93)), tail=((0.01, 0.5), (0.04, 0.95)), front_inset=(0.03, 0.0, 0.0, 0.04),
    rear_inset=(0.03, 0.0, 0.0, 0.03),
)  # fmt: skip
MUSCLE: Proportions = SEDAN | dict(
    crease=(0.5, 0.57, 0.6, 0.6), belt=(0.56, 0.66, 0.69, 0.69), front_inset=(0.05, 0.02, 0.0, 0.06),
    back=(1.5, 0.5), screen=(0.55, 1.25),
)  # fmt: skip
PATROL_CAR: Proportions = MUSCLE | painted(BLACK) | dict(door=WHITE, house=WHITE, on_roof=0.1)
MINI: Proportions = HATCH | dict(
    house=SECOND, pillar=BLACK, glass="GGG", doors=2, pillars=(0.66, 1.0), screen=(0.4, 0.95), lower=TRIM, tumble=0.13,
    waist=(0.3, 0.25, 0.25, 0.28), back=(0.34, 0.14), belt=(0.58, 0.63, 0.64, 0.64), roof_drop=(0.04, 0.06),
)  # fmt: skip
CAB: Proportions = dict(
    cab=True, back=(0.02, 0.02), tail=((0.0, 1.0),), rear_inset=(0.0, 0.0, 0.0, 0.0), nose=((0.03, 0.5), (0.12, 0.92)),
    roof_drop=(0.03, 0.02), bow=(0.08, 0.0), inset=(0.0, 0.0, 0.0, 0.02), front_inset=(0.03, 0.0, 0.02, 0.05),
    edge=(0.12, 0.14, 0.14, 0.14), waist=(0.25, 0.25, 0.25, 0.25), crease=(0.34, 0.36, 0.36, 0.36), screens="GP",
    belt=(0.52, 0.53, 0.53, 0.53), rail=0.12, header=0.75, screen_header=0.76, glass="GPP", wheel_width=0.3, doors=0,
    tumble=0.07,
)  # fmt: skip

# Lamps within the tail cluster: side by side in a band across the tail, or on top of each other at its corners.
_BAND = dict(
    brake=(0.6, 1.0, 0.0, 1.0), position=(0.0, 0.38, 0.0, 1.0), reverse=(0.38, 0.49, 0.0, 1.0),
    blinker=(0.49, 0.6, 0.0, 1.0),
)  # fmt: skip
_STACK = dict(
    brake=(0.0, 1.0, 0.68, 1.0), position=(0.0, 1.0, 0.44, 0.68), blinker=(0.0, 1.0, 0.2, 0.44),
    reverse=(0.0, 1.0, 0.0, 0.2),
)  # fmt: skip
WIDE_TAIL: dict[str, Any] = dict(tail=((0.0, 2.05), (0.99, 1.95), (0.99, 2.5), (0.0, 2.5)), **_BAND)
EDGE_TAIL: dict[str, Any] = dict(tail=rectangle(0.0, 0.98, 2.5, 2.85), **_BAND)
UPRIGHT_TAIL: dict[str, Any] = dict(tail=rectangle(0.78, 0.99, 1.6, 2.75), **_STACK)
LOW_TAIL: dict[str, Any] = dict(tail=rectangle(0.8, 0.94, 0.9, 2.1), **_STACK)

INTAKE: Patch = (TRIM, ((0.0, 0.25), (0.5, 0.25), (0.56, 0.75), (0.0, 0.75)))
CHROME_BUMPER: Patch = (CHROME, rectangle(0.0, 0.99, 0.55, 1.0))

MASK = Face(
    lamp=((0.6, 1.55), (0.95, 1.6), (0.95, 1.96), (0.6, 1.9)),
    front=((TRIM, ((0.0, 1.35), (0.95, 1.5), (0.97, 1.98), (0.0, 1.98))), INTAKE), **WIDE_TAIL,
)  # fmt: skip
OVAL = Face(lamp=((0.52, 1.6), (0.9, 1.75), (0.93, 2.5), (0.58, 2.4)))
KIDNEYS = Face(front=((TRIM, ((0.04, 1.3), (0.3, 1.3), (0.36, 2.2), (0.04, 2.2))), INTAKE))
BUG_EYES = Face(
    round_lamps=((0.7, 2.15, 0.13),), tail=rectangle(0.74, 0.95, 1.7, 2.6),
    front=((TRIM, ((0.0, 1.1), (0.4, 1.1), (0.45, 2.0), (0.0, 2.0))),),
)  # fmt: skip
CLASSIC = Face(
    round_lamps=((0.64, 1.95, 0.08), (0.85, 1.95, 0.08)), front_plate=0.4, front_blinker=rectangle(0.7, 0.9, 0.3, 0.5),
    front=((TRIM, rectangle(0.0, 0.96, 1.3, 2.6)), CHROME_BUMPER), rear=(CHROME_BUMPER,), **WIDE_TAIL,
)  # fmt: skip
TRUCK = Face(
    lamp=rectangle(0.62, 0.93, 0.6, 1.1), front_plate=0.45, front_blinker=rectangle(0.62, 0.93, 1.15, 1.35),
    front=((TRIM, ((0.0, 1.2), (0.58, 1.2), (0.62, 2.6), (0.0, 2.6))), (TRIM, rectangle(0.0, 0.99, 0.0, 0.5))),
    tail=rectangle(0.6, 0.95, 0.6, 1.0), rear=(), rear_plate=0.8,
)  # fmt: skip
