"""Actors: their blueprints, spawning, looking up, destroying."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.server import wire
from lead.server.dispatch import Procedures
from lead.server.episode import Episode
from lead.server.library import definitions
from lead.simulator.actors import UnknownActor
from lead.simulator.blueprints import library

calls = Procedures()
Description = tuple[list[Any], str, dict[str, str]]


def _zero_box() -> list[Any]:
    zero = [0.0, 0.0, 0.0]
    return [zero, zero, zero, 0]


@calls.value("get_actor_definitions")
def actor_definitions(episode: Episode) -> list[Any]:
    """All blueprints."""
    return definitions(library().values(), episode.version)


@calls.value("get_actors_by_id", wire.sequence_of(wire.actor_id), harmless=list)
def actors_by_id(episode: Episode, actors: list[int]) -> list[Any]:
    """Wire Actors; ids that are not alive are left out."""
    return [episode.actor_message(actor) for actor in actors if episode.world.exists(actor)]


@calls.value("get_spectator")
def spectator(episode: Episode) -> list[Any]:
    """The spectator's wire Actor."""
    return episode.actor_message(episode.spectator)


@calls.value("spawn_actor", wire.description, wire.pose)
def spawn(episode: Episode, description: Description, pose: NDArray[np.float64]) -> list[Any]:
    """Spawn in the world; pose (6,)."""
    return episode.actor_message(episode.spawn(description, pose))


@calls.value(
    "spawn_actor_with_parent",
    wire.description,
    wire.pose,
    wire.actor_id,
    wire.integer,
    wire.anything,
    optional=2,
    note="sockets are ignored",
)
def spawn_attached(
    episode: Episode,
    description: Description,
    pose: NDArray[np.float64],
    parent: int,
    attachment: int = 0,
    _socket: Any = None,
) -> list[Any]:
    """Spawn attached to a parent; pose (6,) in its frame; attachment Rigid 0, SpringArm 1, SpringArmGhost 2."""
    return episode.actor_message(episode.spawn(description, pose, parent, attachment if attachment in (0, 1, 2) else 0))


@calls.value("destroy_actor", wire.actor_id)
def destroy(episode: Episode, actor: int) -> bool:
    """Destroy an actor; the world's own (spectator, lights, signs) stay: False."""
    if not episode.world.exists(actor):
        raise UnknownActor(f"unable to destroy actor {actor}: not found")
    return False if episode.is_fixture(actor) else episode.destroy(actor)


@calls.value("get_actor_bounding_box", wire.actor_id, harmless=_zero_box, note="a zero box for an unknown actor (R5)")
def box(episode: Episode, actor: int) -> list[Any]:
    """Wire BoundingBox in the actor's frame. Comes from client threads that die of an error: never one."""
    return episode.box_message(actor) if episode.world.exists(actor) else _zero_box()
