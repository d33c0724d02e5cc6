"""The bus: a car body with upright windows, a passenger door on the right and a destination sign."""

from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, merge
from lead.rendering.models.skins import Side, both, decal
from lead.rendering.models.vehicle_body import Body
from lead.rendering.models.vehicle_car import CarStyle
from lead.rendering.models.vehicle_faces import Face, rectangle
from lead.rendering.models.vehicle_shape import BodyShape
from lead.rendering.models.vehicle_styles import BOXY, LOW_TAIL, SECOND, TRIM


def _details(shape: BodyShape) -> Mesh:
    body = Body(shape)
    sides, house = body.sides_skin(), body.house_skin()
    front, rear = shape.arches[0][0] + 1.15, shape.arches[0][0] + 0.2
    low, top = shape.edge[1] + 0.1, shape.belt[1] + shape.header * (shape.roof - shape.rail - shape.belt[1]) - 0.06
    middle, leaves = 0.5 * (front + rear), []
    for ahead, behind in ((front, middle + 0.03), (middle - 0.03, rear)):
        outline = [(behind, low), (ahead, low), (ahead, top), (behind, top)]
        leaves.append(decal(merge(sides, house), outline, Side.RIGHT, Material.WINDOW, 0.012))
    z = shape.roof - shape.rail - 0.12
    sign = decal(house, rectangle(0.0, 1.0, z - 0.32, z), Side.FRONT, Material.SIGN_BLACK, 0.01)
    text = decal(house, rectangle(0.0, 0.75, z - 0.22, z - 0.1), Side.FRONT, Material.SIGN_YELLOW, 0.02)
    return merge(*leaves, both(sign, text))


BUS = CarStyle(
    BOXY | dict(
        edge=(0.09, 0.1, 0.1, 0.1), waist=(0.2, 0.2, 0.2, 0.2), crease=(0.3, 0.3, 0.3, 0.3),
        belt=(0.4, 0.41, 0.41, 0.41), screen=(-1.8, -1.66), back=(0.22, 0.17), pillars=(0.2, 1.3), width=3.5,
        mullions=(0.45, 0.7, 0.95, 1.2), nose=((0.06, 0.5), (0.25, 0.9)), tail=((0.02, 0.5), (0.12, 0.95)), tumble=0.14,
        roof_drop=(0.1, 0.05), rail=0.2, header=0.76, screen_header=0.76, glass="GGG", doors=0, bow=(0.12, 0.04),
        inset=(0.0, 0.0, 0.0, 0.02), wheel_width=0.35, upper=SECOND,
    ),
    Face(
        lamp=((0.6, 1.1), (0.9, 1.15), (0.92, 1.6), (0.62, 1.55)), front_blinker=rectangle(0.6, 0.9, 0.7, 0.95),
        front=((TRIM, rectangle(0.0, 0.55, 0.2, 0.55)), (TRIM, rectangle(0.0, 0.5, 1.1, 1.5))),
        front_plate=0.7, rear_plate=0.8, **LOW_TAIL,
    ),
    mirror_paint=TRIM, mirror_size=(0.14, 0.6), third_lamp=0.42, extras=_details, rim=0.6, spokes=6,
)  # fmt: skip
