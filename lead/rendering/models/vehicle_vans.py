"""The Sprinter and the T2 bus. Lengths in m, heights in shares of the roof's."""

from dataclasses import replace
from functools import partial

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, merge
from lead.rendering.models.model import Joint, Model, Part
from lead.rendering.models.skins import Side, both, decal, fan, inside_out, left_of
from lead.rendering.models.vehicle_body import Body
from lead.rendering.models.vehicle_car import CarStyle, car_parts, car_shape, far_car, finished
from lead.rendering.models.vehicle_faces import Face, Outline, rectangle
from lead.rendering.models.vehicle_shape import BodyShape
from lead.rendering.models.vehicle_size import VehicleSize
from lead.rendering.models.vehicle_styles import BOXY, CHROME, LOW_TAIL, SECOND, TRIM, UPRIGHT_TAIL


def rear_doors(x: float, outline: Outline, window: tuple[float, float], paint: Material = Material.PAINT) -> list[Part]:
    """Two doors behind a tail at x, hinged at its corners; outline: of the right one in (y, z), inner low, outer low,
    outer high, inner high corner; window: its lowest and highest z (m)."""
    (_, low), (wide, _), (narrow, high), _ = outline
    skin = fan([(x, wide, low), (x, 0.01, low), (x, 0.01, high), (x, narrow, high)], paint)
    glass = decal(skin, rectangle(0.12, narrow - 0.1, *window), Side.REAR, Material.WINDOW)
    lining = inside_out(skin, Material.SEAT).moved(x=0.01)
    door = merge(skin, glass, lining).moved(-x, -wide, 0.0)
    return [Part(left_of(door), Joint.DOOR_RL, (x, -wide, 0.0)), Part(door, Joint.DOOR_RR, (x, wide, 0.0))]


_SPRINTER = CarStyle(
    BOXY | dict(
        edge=(0.1, 0.12, 0.12, 0.13), waist=(0.21, 0.22, 0.22, 0.22), crease=(0.33, 0.37, 0.38, 0.38),
        belt=(0.41, 0.5, 0.5, 0.5), screen=(-0.25, 0.6), back=(0.02, 0.02), pillars=(0.4, 0.9), behind=0.03, doors=2,
        nose=((0.05, 0.5), (0.2, 0.9)), tail=((0.005, 0.5), (0.02, 0.995)), front_inset=(0.02, 0.0, 0.04, 0.2),
        rear_inset=(0.03, 0.0, 0.0, 0.0), inset=(0.02, 0.0, 0.0, 0.02), tumble=0.14, roof_drop=(0.1, 0.02), rail=0.1,
        bow=(0.12, 0.0), header=0.62, screen_header=0.88, glass="GPP", screens="GP",
    ),
    Face(
        lamp=((0.6, 1.85), (0.97, 2.0), (0.98, 2.7), (0.62, 2.4)), front_plate=1.2, rear_plate=0.7, rear=(),
        front=((TRIM, rectangle(0.0, 0.5, 1.5, 2.3)), (TRIM, rectangle(0.0, 0.99, 0.0, 0.8))), **UPRIGHT_TAIL,
    ),
    third_lamp=0.06, mirror_paint=TRIM,
)  # fmt: skip


def van(size: VehicleSize) -> tuple[Model, Model]:
    """Panel van whose rear doors are at its tail."""
    shape = car_shape(size, **_SPRINTER.proportions)
    low, high = shape.edge[3] + 0.25, shape.roof - shape.rail - 0.1
    wide, narrow = 0.86 * shape.half_width, 0.86 * (shape.half_width - shape.tumble)
    outline = ((0.0, low), (wide, low), (narrow, high), (0.0, high))
    style = replace(_SPRINTER, extras=partial(_tail_opening, outline=outline))
    window = (shape.belt[3] + 0.05, shape.belt[3] + 0.75 * (high - shape.belt[3]))
    parts = car_parts(size, style, shape) + rear_doors(shape.rear - 0.02, outline, window)
    return finished(parts, size), far_car(size, style, shape)


def _tail_opening(shape: BodyShape, outline: Outline) -> Mesh:
    """Dark inside that shows when the rear doors are open."""
    body = Body(shape)
    return both(decal(merge(body.sides_skin(), body.house_skin()), outline, Side.REAR, TRIM))


def _v_front(shape: BodyShape) -> Mesh:
    """The T2's white V with a round badge."""
    skin, z = Body(shape).sides_skin(), shape.crease[0]
    point = [(0.0, shape.waist[0]), (0.6 * shape.half_width, z), (0.0, z)]
    badge = [(0.0, z - 0.18), (0.08, z - 0.15), (0.11, z - 0.07), (0.08, z + 0.01), (0.0, z + 0.04)]
    return both(decal(skin, point, Side.FRONT, SECOND), decal(skin, badge, Side.FRONT, Material.PAINT, 0.01))


CAMPER = CarStyle(
    dict(
        edge=(0.14, 0.13, 0.13, 0.15), waist=(0.25, 0.25, 0.25, 0.26), crease=(0.4, 0.41, 0.41, 0.41),
        belt=(0.57, 0.58, 0.58, 0.58), screen=(-0.85, -0.45), back=(0.3, 0.12), pillars=(0.55, 0.95), width=1.7,
        nose=((0.07, 0.45), (0.22, 0.85)), tail=((0.04, 0.5), (0.16, 0.88)), front_inset=(0.05, 0.0, 0.02, 0.06),
        rear_inset=(0.03, 0.0, 0.01, 0.03), inset=(0.02, 0.0, 0.0, 0.03), tumble=0.12, roof_drop=(0.12, 0.1), rail=0.12,
        bow=(0.1, 0.06), header=0.8, screen_header=0.86, glass="GGG", mullions=(-0.12, 0.88), upper=SECOND,
        house=SECOND, pillar=SECOND, hood=SECOND, deck=SECOND,
    ),
    Face(
        round_lamps=((0.68, 1.9, 0.11),), front=(), rear=(), front_plate=0.6, rear_plate=1.4,
        front_blinker=rectangle(0.58, 0.78, 2.55, 2.75), **LOW_TAIL,
    ),
    rim=0.6, spokes=8, rim_material=CHROME, third_lamp=0.3, mirror_paint=CHROME, extras=_v_front,
)  # fmt: skip
