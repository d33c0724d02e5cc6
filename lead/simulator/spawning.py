"""Actors come and go: what a blueprint becomes as a row, and whether there is room for it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.poses import canonical, compose
from lead.roads.town import Town
from lead.simulator.actors import ActorKind, Body, Control, Flag, LightState, Motion, SpawnError, WorldError
from lead.simulator.blueprints import Blueprint, library, mesh_extents
from lead.simulator.finite import number
from lead.simulator.obstacles import Obstacles
from lead.simulator.physics_control import PhysicsControl
from lead.simulator.regulation import regulate
from lead.simulator.spawn_room import is_free
from lead.simulator.table import ActorTable
from lead.simulator.vehicle_setup import STOCK_FRICTION, write_parameters

_KIND_OF_PREFIX = {
    "vehicle": ActorKind.VEHICLE,
    "walker": ActorKind.WALKER,
    "sensor": ActorKind.SENSOR,
    "controller": ActorKind.CONTROLLER,
    "spectator": ActorKind.SPECTATOR,
}
WALKER_MASS = 75.0  # kg
FLAT = 0.15  # m; props lower than this never block a wheel or a foot
PROP_DENSITY = 60.0  # kg/m3 of a prop's box: street furniture and cones are mostly air
LEAST_MASS, MOST_MASS = 0.5, 1e6  # kg of a prop
SCALES = 1e-3, 1e3  # of a mesh, least and most
MOST_EXTENT = 1e8  # cm, half size of a friction trigger
MOST_FRICTION = 1e3
LOOSE_SIZES = ("tiny", "small")  # props of these sizes are knocked about; larger ones stand fast
UNKNOWN_MESH = (0.5, 0.5, 0.5)  # m, half size given to a mesh path without a known size
ACKERMANN_GAINS = (0.15, 0.0, 0.25, 0.01, 0.0, 0.01)  # CARLA's defaults


class Spawning:
    """Spawning and destroying; part of `World`."""

    town: Town
    table: ActorTable
    obstacles: Obstacles
    signal_actor: NDArray[np.uint32]
    _next_id: int
    _blueprint: dict[int, str]
    _attributes: dict[int, dict[str, str]]
    _physics: dict[int, PhysicsControl]
    _bones: dict[int, list]

    def spawn(
        self, blueprint: str, attributes: Mapping[str, str], pose: ArrayLike, parent: int = 0, attachment: int = 0
    ) -> int:
        """Bring an actor to life and return its id, which is larger than every id before.

        `pose` (6,) is in the parent's frame if there is a parent. `attachment` (0 rigid, 1 and 2 spring arms) makes no
        difference here: spring arms are held rigidly. Raises SpawnError where another body or a solid thing is in the
        way, WorldError for an unknown blueprint or an impossible attribute, UnknownActor for a parent that is not alive.
        """
        kind, definition = _definition(blueprint)
        pose = np.array(pose, np.float64)
        if pose.shape != (6,) or not np.isfinite(pose).all():
            raise WorldError(f"spawn of {blueprint}: pose {pose.tolist()}; expected six finite numbers")
        pose = relative = canonical(pose)
        if parent:
            pose = compose(self.table.columns.pose[self.table.row(parent)], relative)
        given = {attribute.name: attribute.default for attribute in definition.attributes} | dict(attributes)
        extent, centre = _size(definition, given)
        mass = number(given, "mass", 0.0, 0.0, MOST_MASS) if kind == ActorKind.PROP else 0.0
        friction = number(given, "friction", STOCK_FRICTION, 0.0, MOST_FRICTION) if kind == ActorKind.TRIGGER else 0.0
        if kind <= ActorKind.PROP and not is_free(
            self.table.columns, self.table.bodies, self.obstacles, pose, extent, centre, kind == ActorKind.VEHICLE
        ):
            raise SpawnError("Spawn failed because of collision at spawn position")
        actor = self._claim_id()
        row = self.table.append(actor, kind, pose, parent)
        columns = self.table.columns
        columns.extent[row], columns.centre[row], columns.relative[row] = extent, centre, relative
        self._blueprint[actor], self._attributes[actor] = blueprint, given
        self._fill(row, actor, kind, definition, attached=parent != 0)
        if kind == ActorKind.PROP:
            self._fill_prop(row, mass, definition.size_class in LOOSE_SIZES, attached=parent != 0)
        elif kind == ActorKind.TRIGGER:
            columns.motion[row, Motion.FRICTION] = friction / STOCK_FRICTION
        self.table.settle()
        if kind == ActorKind.VEHICLE:
            signals, rows = self.town.signals, np.array([row])
            laws = signals.sample_light, signals.sample_stop, signals.sample_limit
            regulate(columns, rows, self.town.network, *laws, self.signal_actor)
        return actor

    def _claim_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _fill(self, row: int, actor: int, kind: ActorKind, definition: Blueprint, attached: bool) -> None:
        """Write what kind of body a new row is."""
        columns = self.table.columns
        flag = columns.flag[row]
        flag[Flag.GRAVITY] = flag[Flag.AIRBORNE] = flag[Flag.PLACED] = True
        flag[Flag.PHYSICS] = flag[Flag.COLLISIONS] = kind <= ActorKind.PROP and not attached
        flag[Flag.BLOCKING] = kind <= ActorKind.WALKER or 2.0 * columns.extent[row, 2] >= FLAT
        columns.light_state[row] = LightState.GREEN
        if kind == ActorKind.VEHICLE:
            assert definition.physics is not None
            self._physics[actor] = definition.physics
            write_parameters(columns, row, definition, definition.physics)
            columns.control[row, Control.GEAR] = 0.0
            columns.gains[row] = ACKERMANN_GAINS
        elif kind == ActorKind.WALKER:
            columns.body[row] = WALKER_MASS, WALKER_MASS * 0.05, 1.0

    def _fill_prop(self, row: int, mass: float, small: bool, attached: bool) -> None:
        """Write a prop's body: loose if it is small or was given a mass (kg), which else comes from its size."""
        columns = self.table.columns
        loose = small or mass > 0.0
        mass = max(LEAST_MASS, mass or PROP_DENSITY * 8.0 * float(np.prod(columns.extent[row])))
        length, width = 2.0 * columns.extent[row, :2]
        columns.body[row, Body.MASS], columns.body[row, Body.MOVABLE] = mass, float(loose)
        columns.body[row, Body.YAW_INERTIA] = mass * (length**2 + width**2) / 12.0
        columns.flag[row, Flag.PHYSICS] = loose and not attached

    def destroy(self, actor: int) -> bool:
        """End an actor; False if it is not alive or a light or sign. Actors attached to it stay where they are."""
        if actor not in self.table:
            return False
        row = self.table.row(actor)
        if self.table.columns.kind[row] in (ActorKind.LIGHT, ActorKind.SIGN):
            return False
        self.table.remove(actor)
        for store in (self._blueprint, self._attributes, self._physics, self._bones):
            store.pop(actor, None)
        return True


def _definition(blueprint: str) -> tuple[ActorKind, Blueprint]:
    """Kind and blueprint of an id; the spectator has an empty one."""
    if blueprint == "spectator":
        return ActorKind.SPECTATOR, Blueprint("spectator", ("spectator",), ())
    definition = library().get(blueprint)
    if definition is None:
        raise WorldError(
            f"blueprint {blueprint!r} is not in the library; expected one of World.get_blueprint_library()"
        )
    if blueprint.startswith("static.prop."):
        return ActorKind.PROP, definition
    if blueprint.startswith("static.trigger."):
        return ActorKind.TRIGGER, definition
    return _KIND_OF_PREFIX.get(blueprint.split(".")[0], ActorKind.OTHER), definition


def _size(definition: Blueprint, given: Mapping[str, str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Half size and box centre (m) of a new actor: the blueprint's, or what the attributes of a mesh or trigger say."""
    if definition.id == "static.prop.mesh":
        known = mesh_extents().get(given.get("mesh_path", ""), UNKNOWN_MESH)
        extent = np.array(known) * number(given, "scale", 1.0, *SCALES)
        return extent, np.array([0.0, 0.0, extent[2]])
    if definition.id == "static.trigger.friction":
        extent = np.array([number(given, f"extent_{axis}", 1.0, 0.0, MOST_EXTENT) for axis in "xyz"]) / 100.0
        return extent, np.zeros(3)
    return np.array(definition.extent), np.array(definition.centre)
