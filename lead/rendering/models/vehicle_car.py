"""Assembles cars: a body shape from proportions, and the near and far model with lamps, doors and wheels."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lead.rendering.materials import Material
from lead.rendering.mesh import EMPTY, Mesh, merge
from lead.rendering.models.model import Joint, Model, Part
from lead.rendering.models.skins import both, left_of
from lead.rendering.models.vehicle_body import Body
from lead.rendering.models.vehicle_faces import Face, body_ends, draw_front, draw_rear, handle, mirror, third_brake_lamp
from lead.rendering.models.vehicle_far import far_face, far_house, far_mirror, far_sides, far_wheels
from lead.rendering.models.vehicle_shape import BodyShape
from lead.rendering.models.vehicle_size import WHEELS, VehicleSize, fitted
from lead.rendering.models.vehicle_wheels import car_wheel

_HEIGHTS = ("edge", "waist", "crease", "belt")


@dataclass(frozen=True)
class CarStyle:
    """How a car differs from another of its size."""

    proportions: Mapping[str, Any]  # of `car_shape`
    face: Face = Face()
    rim: float = 0.68  # share of the wheel's radius
    spokes: int = 5
    rim_material: Material = Material.RIM
    wheel_sides: int = 12
    mirror_paint: Material = Material.PAINT
    mirror_size: tuple[float, float] = (0.09, 0.13)  # depth, height, m
    third_lamp: float = 0.12  # m below the roof
    extras: Callable[[BodyShape], Mesh] = field(default=lambda shape: EMPTY)  # both sides
    far_extras: Callable[[BodyShape], Mesh] = field(default=lambda shape: EMPTY)


def car_shape(
    size: VehicleSize,
    screen: tuple[float, float],
    back: tuple[float, float],
    pillars: tuple[float, float],
    mullions: tuple[float, ...] = (),
    width: float = 0.0,
    shift: float = 0.0,
    on_roof: float = 0.0,
    before: float = 0.0,
    behind: float = 0.0,
    hinge: float = 0.13,
    gap: float = 0.05,
    cab: bool = False,
    **measures: Any,
) -> BodyShape:
    """Body of a size, from lengths in m and heights as shares of the roof's.

    screen: behind the front axle; back: ahead of the rear end; pillars, mullions: shares of the wheelbase behind the
    front axle; width: without mirrors, 0 as wide as the box; shift: of the wheels forwards; on_roof, before, behind:
    room for what stands there; hinge: behind the front arch; gap: around the tyres; cab: without a rear axle; measures:
    the rest of `BodyShape`.
    """
    front_axle, rear_axle = 0.5 * size.wheelbase + shift, -0.5 * size.wheelbase + shift
    radius = max(size.wheel_radius)
    roof = size.top - on_roof
    for name in _HEIGHTS:
        measures[name] = tuple(share * roof for share in measures[name])
    crest = 2.0 * radius + gap + 0.03  # sides are straight above the arches; only the nose may dip
    measures["crease"] = (measures["crease"][0], *(max(z, crest) for z in measures["crease"][1:]))
    measures["belt"] = (measures["belt"][0], *(max(z, crest + 0.09) for z in measures["belt"][1:]))
    shape = BodyShape(
        front=size.front - before,
        rear=size.rear + behind,
        half_width=0.5 * width if width else size.extent[1] - 0.015,
        roof=roof,
        axles=(front_axle,) if cab else (front_axle, rear_axle),
        arch=radius + gap,
        hub=radius,
        screen=(front_axle - screen[0], front_axle - screen[1]),
        back=(size.rear + behind + back[0], size.rear + behind + back[1]),
        pillars=(front_axle - pillars[0] * size.wheelbase, front_axle - pillars[1] * size.wheelbase),
        mullions=tuple(front_axle - share * size.wheelbase for share in mullions),
        hinge=front_axle - radius - gap - hinge,
        moving_doors=size.doors,
        **measures,
    )
    nose, tail = (shape.end(3, *stations[-1])[0] for stations in shape.ends())  # screens end at the corners
    screen, back = (min(shape.screen[0], nose), shape.screen[1]), (shape.back[0], max(shape.back[1], tail))
    return replace(shape, screen=screen, back=back)


def car(size: VehicleSize, style: CarStyle) -> tuple[Model, Model]:
    """Near and far model."""
    shape = car_shape(size, **style.proportions)
    return near_car(size, style, shape), far_car(size, style, shape)


def near_car(size: VehicleSize, style: CarStyle, shape: BodyShape) -> Model:
    """Model with wheels and doors as parts."""
    return finished(car_parts(size, style, shape), size)


def finished(parts: Iterable[Part], size: VehicleSize) -> Model:
    """The parts as a model that fits the blueprint, all of the vehicle's semantic class."""
    own = tuple(part._replace(mesh=part.mesh.tagged(size.tag)) for part in parts)
    return fitted(Model(own, max(size.wheel_radius)), size)


def car_parts(size: VehicleSize, style: CarStyle, shape: BodyShape) -> list[Part]:
    """Body, wheels and side doors."""
    body = Body(shape)
    skin, house = merge(body.sides_skin(), body.decks_skin()), body.house_skin()
    front, rear = body_ends(shape, skin)
    right = [skin, house, body.seams(), draw_front(front, style.face)]
    if len(shape.axles) > 1:  # not a cab
        right += [draw_rear(rear, style.face), third_brake_lamp(house, shape.roof - style.third_lamp)]
    if not shape.moving_doors:
        right += [handle(skin, x, z) for x, z in handles(shape)]
    mesh = merge(both(*right), side_mirrors(size, style, shape), body.wells(), style.extras(shape))
    wheel = style_wheel(size, style, shape)
    parts = [Part(mesh, Joint.BODY), *wheel_parts(wheel, shape.axles, wheel_side(shape), shape.hub)]
    return parts + (door_parts(body) if shape.moving_doors else [])


def side_mirrors(size: VehicleSize, style: CarStyle, shape: BodyShape) -> Mesh:
    """Outside mirrors, as far out as the box, which some blueprints have off the middle."""
    x, y, z = shape.belt_at(shape.screen[0] - 0.22)
    right = mirror(x, y - 0.06, z + 0.07, size.extent[1] + size.centre[1], style.mirror_size, style.mirror_paint)
    left = mirror(x, y - 0.06, z + 0.07, size.extent[1] - size.centre[1], style.mirror_size, style.mirror_paint)
    return merge(right, left_of(left))


def handles(shape: BodyShape) -> list[tuple[float, float]]:
    """Places (x, z) of the door handles."""
    s = shape
    xs = [s.pillars[0] + 0.06]
    if s.doors == 4:
        xs.append(s.axles[-1] + 0.14)
    return [(x, 0.35 * s.height(2, x) + 0.65 * s.height(3, x)) for x in xs if s.doors]


def style_wheel(size: VehicleSize, style: CarStyle, shape: BodyShape) -> Mesh:
    """Right wheel."""
    return car_wheel(
        max(size.wheel_radius), shape.wheel_width, style.rim, style.spokes, style.rim_material, style.wheel_sides
    )


def wheel_side(shape: BodyShape) -> float:
    """y of the middle of wheels that are flush with the body."""
    return shape.half_width - 0.025 - 0.5 * shape.wheel_width


def wheel_parts(wheel: Mesh, axles: Sequence[float], y: float, radius: float) -> list[Part]:
    """A right wheel and its mirror image at each axle (x, front first); all but the first pair are rear wheels."""
    parts = []
    for k, x in enumerate(axles):
        left, right = WHEELS[2 * min(k, 1) : 2 * min(k, 1) + 2]
        parts += [Part(left_of(wheel), left, (x, -y, radius)), Part(wheel, right, (x, y, radius))]
    return parts


def door_parts(body: Body) -> list[Part]:
    """The doors, each around its hinge."""
    parts = []
    joints = ((Joint.DOOR_FL, Joint.DOOR_FR), (Joint.DOOR_RL, Joint.DOOR_RR))
    for (mesh, hinge), (left, right) in zip(body.doors(), joints, strict=False):
        x, y, z = hinge.tolist()
        own = mesh.moved(-x, -y, -z)
        parts += [Part(left_of(own), left, (x, -y, z)), Part(own, right, (x, y, z))]
    return parts


def far_car(size: VehicleSize, style: CarStyle, shape: BodyShape) -> Model:
    """One rigid part."""
    y = shape.half_width - 0.02
    right = [far_sides(shape), far_house(shape), far_face(shape, style.face)]
    wheels = far_wheels([(x, y) for x in shape.axles], shape.hub, shape.wheel_width)
    mesh = merge(both(*right), far_mirrors(size, style, shape), wheels, style.far_extras(shape))
    return finished([Part(mesh, Joint.BODY)], size)


def far_mirrors(size: VehicleSize, style: CarStyle, shape: BodyShape) -> Mesh:
    """Outside mirrors as plates."""
    x, y, z = shape.belt_at(shape.screen[0] - 0.22)
    right, left = (
        far_mirror(x, y - 0.06, z + 0.07, size.extent[1] + off, style.mirror_paint)
        for off in (size.centre[1], -size.centre[1])
    )
    return merge(right, left_of(left))
