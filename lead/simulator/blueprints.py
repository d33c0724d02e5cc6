"""The blueprint library: every actor a client may spawn, with its attributes, size and physics.

`data/blueprints.json` is the compact form; sizes and physics of CARLA 0.9.15/0.9.16 as measured on real servers:
  palette    colours "r,g,b" offered by vehicles without a known list of their own
  vehicles   objects: id; base_type, special_type, generation, wheels, lights, doors, colour, driver (attributes);
             class (what it is, also where the server leaves base_type empty); extent, centre (half size, box centre, m);
             wheelbase, track [front, rear] (m); torque [[rpm, N m]], max_rpm, moi, damping [full throttle, clutch engaged,
             clutch disengaged], autobox, switch (s), clutch, final, gears [[ratio, down, up]], mass (kg), drag, com (m),
             steering [[km/h, factor]], front / rear wheel [radius cm, friction, damping, max steer deg, brake N m,
             hand brake N m]
  walkers    [id, extent, [speeds], age, gender, generation, [use_wheelchair], can_use_wheelchair, is_invincible]
  props      [id, [tags], size class, extent, centre]
  others     [id, [tags], [[attribute, type, default, [recommended], modifiable, restricted]]]: sensors, controller, trigger
  meshes     mesh path of `static.prop.mesh` -> extent
Where no dump exists (European HGV, Crown, Fusorosa, T2 2021) the physics are a similar vehicle's with mass and wheel changed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from lead.simulator.physics_control import PhysicsControl, WheelPhysics


class AttributeType(IntEnum):
    """Attribute types as CARLA 0.9.16 numbers them (0.9.15 counts from 0)."""

    BOOL = 1
    INT = 2
    FLOAT = 3
    STRING = 4
    RGB_COLOR = 5


_TYPES = {
    "Bool": AttributeType.BOOL,
    "Int": AttributeType.INT,
    "Float": AttributeType.FLOAT,
    "String": AttributeType.STRING,
    "RGBColor": AttributeType.RGB_COLOR,
}


@dataclass(frozen=True)
class Attribute:
    """One blueprint attribute; a constant one (not modifiable) has no recommended values, as clients filter on those."""

    name: str
    type: AttributeType
    default: str
    recommended: tuple[str, ...] = ()
    modifiable: bool = True
    restricted: bool = False


@dataclass(frozen=True)
class Blueprint:
    """A kind of actor: its id, tags, attributes (modifiable ones first) and, for bodies, size and physics."""

    id: str
    tags: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    extent: tuple[float, float, float] = (0.0, 0.0, 0.0)  # half size, m
    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)  # box centre in the actor's frame, m
    size_class: str = ""  # props: tiny, small, medium, big, huge
    vehicle_class: str = ""  # car, van, truck, bus, motorcycle, bicycle
    wheelbase: float = 0.0  # m
    track: tuple[float, float] = (0.0, 0.0)  # front, rear, m
    physics: PhysicsControl | None = None

    def default(self, name: str) -> str | None:
        """Default value of an attribute, None if the blueprint has no such attribute."""
        return next((attribute.default for attribute in self.attributes if attribute.name == name), None)


@cache
def library() -> Mapping[str, Blueprint]:
    """All blueprints by id, in ascending order of id."""
    data = _data()
    rows = [_vehicle(row, data["palette"]) for row in data["vehicles"]]
    rows += [_walker(row) for row in data["walkers"]]
    rows += [_prop(row) for row in data["props"]]
    rows += [
        Blueprint(uid, tuple(tags), tuple(_attribute(a) for a in attributes))
        for uid, tags, attributes in data["others"]
    ]
    return MappingProxyType({row.id: row for row in sorted(rows, key=lambda row: row.id)})


@cache
def mesh_extents() -> Mapping[str, tuple[float, float, float]]:
    """Half sizes (m) of the meshes that `static.prop.mesh` is known to take, by mesh path."""
    return MappingProxyType({path: tuple(extent) for path, extent in _data()["meshes"].items()})


@cache
def _data() -> dict:
    return json.loads(files("lead.simulator").joinpath("data/blueprints.json").read_text(encoding="utf-8"))


def _attribute(row: list) -> Attribute:
    name, kind, default, recommended, modifiable, restricted = row
    return Attribute(name, _TYPES[kind], default, tuple(recommended) if modifiable else (), modifiable, restricted)


def _choice(name: str, kind: AttributeType, values: list[str], restricted: bool = False) -> Attribute:
    return Attribute(name, kind, values[0], tuple(values), True, restricted)


def _constant(name: str, kind: AttributeType, value: object) -> Attribute:
    text = str(value).lower() if kind == AttributeType.BOOL else str(value)
    return Attribute(name, kind, text, (), False, False)


def _vehicle(row: dict, palette: list[str]) -> Blueprint:
    uid = row["id"]
    attributes = [
        _choice("role_name", AttributeType.STRING, ["autopilot", "scenario", "ego_vehicle"]),
        _choice("ros_name", AttributeType.STRING, [uid]),
    ]
    if row["colour"]:
        attributes.append(_choice("color", AttributeType.RGB_COLOR, row["colours"] or palette))
    if row["driver"]:
        attributes.append(_choice("driver_id", AttributeType.INT, ["0"], restricted=True))
    attributes += [
        _choice("sticky_control", AttributeType.BOOL, ["true"]),
        _choice("terramechanics", AttributeType.BOOL, ["false"]),
        _constant("object_type", AttributeType.STRING, ""),
        _constant("base_type", AttributeType.STRING, row["base_type"]),
        _constant("special_type", AttributeType.STRING, row["special_type"]),
        _constant("number_of_wheels", AttributeType.INT, row["wheels"]),
        _constant("generation", AttributeType.INT, row["generation"]),
        _constant("has_dynamic_doors", AttributeType.BOOL, row["doors"]),
        _constant("has_lights", AttributeType.BOOL, row["lights"]),
    ]
    return Blueprint(
        uid, tuple(uid.split(".")), tuple(attributes), tuple(row["extent"]), tuple(row["centre"]), "",
        row["class"], row["wheelbase"], tuple(row["track"]), _physics(row),
    )  # fmt: skip


def _physics(row: dict) -> PhysicsControl:
    wheels = []
    for name, x, track in (("front", 0.5, row["track"][0]), ("rear", -0.5, row["track"][1])):
        radius, friction, damping, steer, brake, hand_brake = row[name]
        for side in (-0.5, 0.5):
            position = (100.0 * x * row["wheelbase"], 100.0 * side * track, radius)
            wheels.append(WheelPhysics(friction, damping, steer, radius, brake, hand_brake, position=position))
    return PhysicsControl(
        torque_curve=tuple((rpm, torque) for rpm, torque in row["torque"]),
        max_rpm=row["max_rpm"],
        moi=row["moi"],
        damping_rate_full_throttle=row["damping"][0],
        damping_rate_zero_throttle_clutch_engaged=row["damping"][1],
        damping_rate_zero_throttle_clutch_disengaged=row["damping"][2],
        use_gear_autobox=row["autobox"],
        gear_switch_time=row["switch"],
        clutch_strength=row["clutch"],
        final_ratio=row["final"],
        forward_gears=tuple((ratio, down, up) for ratio, down, up in row["gears"]),
        mass=row["mass"],
        drag_coefficient=row["drag"],
        center_of_mass=tuple(row["com"]),
        steering_curve=tuple((speed, factor) for speed, factor in row["steering"]),
        wheels=tuple(wheels),
    )


def _walker(row: list) -> Blueprint:
    uid, extent, speeds, age, gender, generation, wheelchair, can_use_wheelchair, invincible = row
    attributes = (
        _choice("role_name", AttributeType.STRING, ["pedestrian"]),
        _choice("ros_name", AttributeType.STRING, [uid]),
        _choice("speed", AttributeType.FLOAT, speeds),
        _choice("is_invincible", AttributeType.BOOL, [invincible]),
        _choice("use_wheelchair", AttributeType.BOOL, wheelchair, restricted=True),
        _constant("gender", AttributeType.STRING, gender),
        _constant("generation", AttributeType.INT, generation),
        _constant("age", AttributeType.STRING, age),
        _constant("can_use_wheelchair", AttributeType.BOOL, can_use_wheelchair),
    )
    return Blueprint(uid, tuple(uid.split(".")), attributes, tuple(extent))


def _prop(row: list) -> Blueprint:
    uid, tags, size_class, extent, centre = row
    attributes = (
        _choice("role_name", AttributeType.STRING, ["prop"]),
        _choice("ros_name", AttributeType.STRING, [uid]),
        _constant("size", AttributeType.STRING, size_class),
    )
    return Blueprint(uid, tuple(tags), attributes, tuple(extent), tuple(centre), size_class)
