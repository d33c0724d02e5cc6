"""Actors as they look: which model, in which colours, with which lamps on, and how their joints are turned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.codes import Lamp
from lead.rendering.kernels.pose import pose_models
from lead.rendering.kernels.scene import Items
from lead.rendering.materials import linear
from lead.rendering.models.gait import walker_angles
from lead.rendering.models.model import Joint, Model
from lead.rendering.models.props import mesh_model, mesh_tints, prop_lamps, prop_model
from lead.rendering.models.vehicle_joints import joint_angles
from lead.rendering.models.vehicle_size import size_of
from lead.rendering.models.vehicles import vehicle_model
from lead.rendering.models.walker_outfits import walker_tints
from lead.rendering.models.walkers import walker_model
from lead.rendering.templates import TemplateStore
from lead.rendering.triangles import ObjectStore, TriangleStore, empty_items
from lead.simulator.actors import ActorKind, Control, LightState
from lead.simulator.blueprints import library
from lead.simulator.table import ActorTable
from lead.simulator.world import World

REACH = 320.0  # m from a viewer within which actors are drawn
DETAIL = 45.0  # m from the nearest viewer within which they are drawn in detail
BRAKING = 0.02  # of the brake pedal, from which brake lamps shine
BLINK = 0.4  # s that blinkers are on, then off
FLASH = 0.12  # s, half a turn of a beacon
MOST_KNOWN = 1000  # actors that are gone, whose looks are still kept
DRAWN = (ActorKind.VEHICLE, ActorKind.WALKER, ActorKind.PROP)
WHITE = (1.0, 1.0, 1.0)
SKIN = linear("#c58c6a")  # of riders
Vector = NDArray[np.float64]  # (3,)


@dataclass
class Appearance:
    """What an actor looks like all its life."""

    near: int  # model numbers
    far: int
    tint: NDArray[np.float32]  # (3, 3)
    wheel_radius: float
    lamps: int  # Lamp bits that always shine


@dataclass
class Movers:
    """Appearances by actor, and the models they share."""

    templates: TemplateStore = field(default_factory=TemplateStore)
    _models: dict[tuple[str, ...], tuple[int, int, float]] = field(default_factory=dict)
    _known: dict[int, Appearance] = field(default_factory=dict)

    def write(
        self, world: World, viewers: NDArray[np.float64], triangles: TriangleStore, objects: ObjectStore
    ) -> Items:
        """Pose every actor near a viewer (N, 3) behind the static triangles and objects; returns their items."""
        table = world.table
        rows = np.flatnonzero(np.isin(table.kind, DRAWN))
        away = np.linalg.norm(table.pose[rows, None, :3] - viewers[None], axis=2).min(axis=1)
        return self.pose(world, rows[away < REACH], away[away < REACH] < DETAIL, triangles, objects)

    def pose(
        self, world: World, rows: NDArray[np.int64], detailed: NDArray[np.bool_], triangles: TriangleStore,
        objects: ObjectStore,
    ) -> Items:  # fmt: skip
        """Pose the actors in these rows (N,) of the world's table likewise, in detail or as seen from afar."""
        table = world.table
        looks = [self._appearance(world, int(actor)) for actor in table.id[rows]]
        if len(self._known) > MOST_KNOWN + len(table):
            self._known = {actor: look for actor, look in self._known.items() if actor in table}
        model = np.array([n.near if d else n.far for n, d in zip(looks, detailed, strict=True)], np.int64)
        triangles.reserve(
            sum(self.templates.vertices[m] for m in model), sum(self.templates.triangles[m] for m in model)
        )
        objects.reserve(len(rows))
        first = objects.count
        self._write_objects(world, rows, looks, objects, first)
        items = empty_items(len(rows))
        owner = np.arange(first, first + len(rows), dtype=np.int32)
        pose_models(
            self.templates.templates, model, table.pose[rows], self._angles(table, rows, looks), owner,
            triangles.triangles, items, triangles.vertices, triangles.faces,
        )  # fmt: skip
        return items

    def _appearance(self, world: World, actor: int) -> Appearance:
        known = self._known.get(actor)
        if known is None:
            known = self._known[actor] = self._first_sight(world, actor)
        return known

    def _first_sight(self, world: World, actor: int) -> Appearance:
        name, attributes = world.blueprint_of(actor), world.attributes_of(actor)
        row = world.row(actor)
        extent, centre = world.table.extent[row], world.table.centre[row]
        key = (name, attributes.get("mesh_path", ""), attributes.get("use_wheelchair", ""), str(extent.round(4)))
        if key not in self._models:
            near, far = _models(name, attributes, extent, centre)
            self._models[key] = self.templates.add(near), self.templates.add(far), near.wheel_radius
        tint = _tint(name, attributes)
        near_number, far_number, radius = self._models[key]
        lamps = int(prop_lamps(name)) if name.startswith("static.") else 0
        return Appearance(near_number, far_number, tint, radius, lamps)

    def _write_objects(self, world: World, rows, looks: list[Appearance], objects: ObjectStore, first: int) -> None:
        table, held = world.table, objects.objects
        into = slice(first, first + len(rows))
        held.identity[into] = table.id[rows]
        held.velocity[into] = table.velocity[rows]
        held.origin[into] = table.pose[rows, :3]
        held.heading[into, 0], held.heading[into, 1] = np.cos(table.pose[rows, 4]), np.sin(table.pose[rows, 4])
        held.moving[into] = True
        always = np.array([look.lamps for look in looks], np.uint32)
        held.lamps[into] = _shining(table, rows, always, world.time)
        for k, look in enumerate(looks):
            held.tint[first + k] = look.tint

    def _angles(self, table: ActorTable, rows: NDArray[np.int64], looks: list[Appearance]) -> NDArray[np.float64]:
        angles = np.zeros((len(rows), len(Joint), 2))
        pose, kind = table.pose[rows], table.kind[rows]
        driving = np.flatnonzero(kind == ActorKind.VEHICLE)
        radius = [looks[k].wheel_radius for k in driving]
        at = rows[driving]
        angles[driving] = joint_angles(pose[driving], table.wheels[at], table.doors[at], radius)
        walking = np.flatnonzero(kind == ActorKind.WALKER)
        speed = np.linalg.norm(table.velocity[rows[walking], :2], axis=1)
        height = 2.0 * table.extent[rows[walking], 2]
        angles[walking] = walker_angles(*pose[walking][:, [0, 1, 4]].T, speed, height)
        return angles


def signal_lamps(state: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Lamp bits of traffic lights in these states (n,)."""
    bits = np.zeros(max(LightState) + 1, np.uint32)
    bits[LightState.RED], bits[LightState.YELLOW], bits[LightState.GREEN] = Lamp.RED, Lamp.YELLOW, Lamp.GREEN
    return bits[state]


def _shining(table: ActorTable, rows: NDArray[np.int64], always: NDArray[np.uint32], time: float) -> NDArray[np.uint32]:
    """Lamp bits that shine at this moment: as clients set them, brake lamps also while braking; blinkers blink."""
    vehicle = table.kind[rows] == ActorKind.VEHICLE
    lamps = np.where(vehicle, table.lamps[rows], always).astype(np.uint32)
    braking = vehicle & (table.control[rows, Control.BRAKE] > BRAKING)
    lamps |= np.where(braking, np.uint32(Lamp.BRAKE), np.uint32(0))
    dark = Lamp(0)
    if time % (2.0 * BLINK) >= BLINK:
        dark |= Lamp.LEFT_BLINKER | Lamp.RIGHT_BLINKER
    dark |= Lamp.SPECIAL2 if time % (2.0 * FLASH) < FLASH else Lamp.SPECIAL1
    return lamps & ~np.uint32(dark)


def _models(name: str, attributes: Mapping[str, str], extent: Vector, centre: Vector) -> tuple[Model, Model]:
    """Near and far model of a blueprint."""
    if name.startswith("vehicle."):
        return vehicle_model(size_of(library()[name]))
    if name.startswith("walker."):
        blueprint = library()[name]
        age, gender = (blueprint.default(kind) or "" for kind in ("age", "gender"))
        return walker_model(name, tuple(extent), age, gender, attributes.get("use_wheelchair") == "true")
    if attributes.get("mesh_path"):
        return mesh_model(attributes["mesh_path"], tuple(extent))
    return prop_model(name, tuple(extent), tuple(centre))


def _tint(name: str, attributes: Mapping[str, str]) -> NDArray[np.float32]:
    if name.startswith("walker."):
        return walker_tints(name)
    path = attributes.get("mesh_path", "")
    return mesh_tints(path) if path else _paint(attributes.get("color", ""))


def _paint(colour: str) -> NDArray[np.float32]:
    """Colour slots (3, 3) linear RGB of a vehicle whose `color` attribute is "r,g,b" (0-255)."""
    parts = [float(part) for part in colour.split(",") if part.strip()] if colour else []
    if len(parts) != 3 or not all(isfinite(part) for part in parts):
        return np.array([WHITE, WHITE, SKIN], np.float32)
    hexadecimal = "#" + "".join(f"{int(min(255.0, max(0.0, part))):02x}" for part in parts)
    return np.array([linear(hexadecimal), WHITE, SKIN], np.float32)
