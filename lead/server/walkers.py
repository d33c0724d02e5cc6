"""Walkers: walking, being placed by the client's crowd, bones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.server import wire
from lead.server.dispatch import Procedures, Refusal, Support
from lead.server.episode import Episode
from lead.server.wire import actor_id

BONES_LIMIT = 1000  # a walker of CARLA has 67
calls = Procedures()
WalkerControl = tuple[NDArray[np.float64], float, bool]  # direction (3,), speed m/s, jump


@calls.add("apply_control_to_walker", actor_id, wire.walker_control)
def control(episode: Episode, actor: int, values: WalkerControl) -> None:
    """Walk in a direction."""
    direction, speed, jump = values
    episode.world.control_walker(actor, direction, speed, jump)


def set_state(episode: Episode, actor: int, pose: NDArray[np.float64], speed: float) -> None:
    """Place a walker as the client's crowd wants it; batch command only. pose (6,), speed m/s."""
    episode.world.set_walker(actor, pose, speed)


@calls.value("get_bones_transform", actor_id, note="the root only, unless a client has set bones")
def bones(episode: Episode, actor: int) -> list[Any]:
    """[[[name, world, component, relative transform], ...]]."""
    world = episode.world
    stored = world.bones(actor)
    place = wire.transform(world.table.pose[world.row(actor)])
    origin = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    if not stored:
        return [[["crl_root", place, origin, origin]]]
    return [[[name, place, transform, transform] for name, transform in stored]]


@calls.add(
    "set_bones_transform",
    actor_id,
    wire.anything,
    support=Support.STORED,
    note="stored and read back; bodies have no skeleton",
)
def set_bones(episode: Episode, actor: int, value: Any) -> None:
    """Keep bone transforms: [[[name, transform], ...]]."""
    episode.world.set_bones(actor, _bones(value))


_bone_pairs = wire.sequence_of(wire.structure("bone", wire.text, wire.anything))


def _bones(value: Any) -> list[Any]:
    bones = _bone_pairs(value[0]) if isinstance(value, list) and value else []
    if len(bones) > BONES_LIMIT:
        raise Refusal(f"found {len(bones)} bones, expected at most {BONES_LIMIT}")
    return bones


@calls.add("blend_pose", actor_id, wire.number, support=Support.STORED, note="bodies have no skeleton")
def blend_pose(episode: Episode, actor: int, _blend: float) -> None:
    """Accepted for walkers: how far own bones outweigh the walk, 0 to 1."""
    episode.world.bones(actor)


@calls.add("get_pose_from_animation", actor_id, support=Support.STORED, note="there is no animation to read")
def pose_from_animation(episode: Episode, actor: int) -> None:
    """Accepted for walkers."""
    episode.world.bones(actor)
