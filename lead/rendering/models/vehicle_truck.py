"""Assembles trucks: a cab, the load behind it, and their wheels and lamps."""

from dataclasses import dataclass

from lead.rendering.mesh import EMPTY, Mesh, merge
from lead.rendering.models.model import Joint, Model, Part
from lead.rendering.models.skins import both
from lead.rendering.models.vehicle_car import CarStyle, car_parts, far_mirrors, finished, style_wheel, wheel_parts
from lead.rendering.models.vehicle_crates import Crate, far_tail, high_brake_lamp, rear_lamps
from lead.rendering.models.vehicle_far import far_face, far_house, far_sides, far_wheels
from lead.rendering.models.vehicle_shape import BodyShape, Four
from lead.rendering.models.vehicle_size import VehicleSize


@dataclass(frozen=True)
class Load:
    """What a truck has behind its cab."""

    crate: Crate
    bumper: Crate  # panel at the rear, below the crate
    levels: Four  # heights (m) for the tail lamps
    rears: tuple[float, ...]  # x of the rear axles
    near: Mesh  # what else the near model shows, both sides
    far: Mesh = EMPTY  # what else the far model shows, right half
    doors: tuple[Part, ...] = ()


def truck(size: VehicleSize, style: CarStyle, shape: BodyShape, load: Load) -> tuple[Model, Model]:
    """Near and far model of a cab with a load."""
    return near_truck(size, style, shape, load), far_truck(size, style, shape, load)


def near_truck(size: VehicleSize, style: CarStyle, shape: BodyShape, load: Load) -> Model:
    """Model with wheels and doors as parts."""
    skin = merge(load.crate.skin(), load.bumper.skin())
    lamps = rear_lamps(skin, load.crate.half_width, load.levels, style.face)
    high_lamp = high_brake_lamp(skin, load.crate.high - load.crate.bevel - 0.08)
    body, *wheels_and_doors = car_parts(size, style, shape)
    body = body._replace(mesh=merge(body.mesh, both(skin, lamps, high_lamp), load.near))
    y = load.crate.half_width - 0.03 - 0.5 * shape.wheel_width
    wheel = style_wheel(size, style, shape)
    rear_wheels = wheel_parts(wheel, (shape.axles[0], *load.rears), y, shape.hub)[2:]
    return finished([body, *wheels_and_doors, *rear_wheels, *load.doors], size)


def far_truck(size: VehicleSize, style: CarStyle, shape: BodyShape, load: Load) -> Model:
    """One rigid part."""
    crate, y = load.crate, load.crate.half_width - 0.02
    wheels = far_wheels([(x, y) for x in (*shape.axles, *load.rears)], shape.hub, shape.wheel_width, sides=6)
    cab = (far_sides(shape), far_house(shape), far_face(shape, style.face))
    boxes = (crate.far_skin(faced=crate.high > shape.roof + 0.15), load.bumper.far_panels())
    lamps = far_tail(min(crate.rear, load.bumper.rear), crate.half_width, load.levels, style.face)
    right = both(*cab, *boxes, lamps, load.far)
    mesh = merge(right, far_mirrors(size, style, shape), wheels, style.far_extras(shape))
    return finished([Part(mesh, Joint.BODY)], size)
