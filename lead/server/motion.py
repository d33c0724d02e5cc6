"""Placing, pushing and switching bodies. Nearly all are fire-and-forget: the client discards the answer."""

import numpy as np
from numpy.typing import NDArray

from lead.server import wire
from lead.server.dispatch import Procedures, Support
from lead.server.episode import Episode
from lead.server.wire import actor_id, boolean, pose, vector

calls = Procedures()
Vector = NDArray[np.float64]  # (3,)


@calls.add("set_actor_location", actor_id, wire.location)
def set_location(episode: Episode, actor: int, location: Vector) -> None:
    """Teleport, keeping the rotation; m."""
    episode.world.set_location(actor, location)


@calls.add("set_actor_transform", actor_id, pose)
def set_transform(episode: Episode, actor: int, place: NDArray[np.float64]) -> None:
    """Teleport to a pose (6,)."""
    episode.world.set_pose(actor, place)


@calls.add("set_actor_target_velocity", actor_id, vector)
def set_target_velocity(episode: Episode, actor: int, velocity: Vector) -> None:
    """Set the velocity, m/s, world."""
    episode.world.set_target_velocity(actor, velocity)


@calls.add("set_actor_target_angular_velocity", actor_id, wire.vector_degrees)
def set_target_angular_velocity(episode: Episode, actor: int, rates: Vector) -> None:
    """Set the angular velocity; deg/s on the wire, rad/s here."""
    episode.world.set_target_angular_velocity(actor, rates)


@calls.add("enable_actor_constant_velocity", actor_id, vector)
def enable_constant_velocity(episode: Episode, actor: int, velocity: Vector) -> None:
    """Hold a velocity, m/s, body frame."""
    episode.world.enable_constant_velocity(actor, velocity)


@calls.add("disable_actor_constant_velocity", actor_id)
def disable_constant_velocity(episode: Episode, actor: int) -> None:
    """Let the dynamics have the velocity again."""
    episode.world.disable_constant_velocity(actor)


@calls.add("add_actor_impulse", actor_id, vector)
def add_impulse(episode: Episode, actor: int, impulse: Vector) -> None:
    """Impulse at the centre of mass, N s."""
    episode.world.add_impulse(actor, impulse)


@calls.add("add_actor_impulse_at_location", actor_id, vector, wire.location)
def add_impulse_at(episode: Episode, actor: int, impulse: Vector, point: Vector) -> None:
    """Impulse at a world point, N s."""
    episode.world.add_impulse_at(actor, impulse, point)


@calls.add("add_actor_force", actor_id, vector)
def add_force(episode: Episode, actor: int, force: Vector) -> None:
    """Force during the next step, N."""
    episode.world.add_force(actor, force)


@calls.add("add_actor_force_at_location", actor_id, vector, wire.location)
def add_force_at(episode: Episode, actor: int, force: Vector, point: Vector) -> None:
    """Force at a world point during the next step, N."""
    episode.world.add_force_at(actor, force, point)


@calls.add("add_actor_angular_impulse", actor_id, wire.vector_degrees)
def add_angular_impulse(episode: Episode, actor: int, impulse: Vector) -> None:
    """Angular impulse; the client gives it in degrees, kg m2 deg/s."""
    episode.world.add_angular_impulse(actor, impulse)


@calls.add("add_actor_torque", actor_id, wire.vector_degrees)
def add_torque(episode: Episode, actor: int, torque: Vector) -> None:
    """Torque during the next step; in degrees as the angular impulse."""
    episode.world.add_torque(actor, torque)


@calls.add("set_actor_enable_gravity", actor_id, boolean)
def set_gravity(episode: Episode, actor: int, enabled: bool) -> None:
    """Whether the body falls."""
    episode.world.set_gravity(actor, enabled)


@calls.add(
    "set_actor_simulate_physics",
    actor_id,
    boolean,
    harmless=lambda: None,
    note="never an error: the traffic manager's thread calls it (R5)",
)
def set_physics(episode: Episode, actor: int, enabled: bool) -> None:
    """Whether the solver moves the body."""
    episode.world.set_physics(actor, enabled)


@calls.add(
    "set_actor_collisions",
    actor_id,
    boolean,
    harmless=lambda: None,
    note="never an error: the traffic manager's thread calls it (R5)",
)
def set_collisions(episode: Episode, actor: int, enabled: bool) -> None:
    """Whether anything bumps into the body."""
    episode.world.set_collisions(actor, enabled)


@calls.add("set_actor_dead", actor_id)
def set_dead(episode: Episode, actor: int) -> None:
    """Let the actor ignore its controls."""
    episode.world.set_dead(actor)


@calls.add(
    "set_actor_autopilot", actor_id, boolean, support=Support.STORED, note="autopilot is the client's traffic manager"
)
def set_autopilot(episode: Episode, actor: int, _enabled: bool) -> None:
    """Accepted for living actors; the traffic manager in the client does the driving."""
    episode.world.row(actor)
