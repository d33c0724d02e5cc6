"""Calls of the client that this server declines, each with the reason the client's exception will give."""

from typing import Any

from lead.server import wire
from lead.server.dispatch import Procedures, Support
from lead.server.episode import Episode

calls = Procedures()

_TEXTURES = "the embedded server has no textures to paint"
_SKELETON = "actors have no components, bones or sockets here"
_GBUFFERS = "the embedded server has no G-buffers"
_ROS = "ROS is not part of the embedded server"

for _name in ("apply_color_texture_to_objects", "apply_float_color_texture_to_objects"):
    calls.refuse(_name, _TEXTURES, void=True)
for _name in (
    "get_actor_component_world_transform",
    "get_actor_component_relative_transform",
    "get_actor_component_names",
    "get_actor_bone_world_transforms",
    "get_actor_bone_relative_transforms",
    "get_actor_bone_names",
    "get_actor_socket_world_transforms",
    "get_actor_socket_relative_transforms",
    "get_actor_socket_names",
    "get_vehicle_bone_world_transforms",
):
    calls.refuse(_name, _SKELETON)
calls.refuse("get_gbuffer_token", _GBUFFERS)
calls.refuse("enable_gbuffers", _GBUFFERS, void=True)
calls.refuse("enable_sensor_for_ros", _ROS, void=True)
calls.refuse("disable_sensor_for_ros", _ROS, void=True)
calls.refuse("send", "V2X sensors are not part of the embedded server", void=True)


@calls.value("are_gbuffers_enabled", wire.anything, optional=1, note="always false")
def gbuffers_enabled(episode: Episode, _stream: Any = None) -> bool:
    """There are none."""
    return False


@calls.value("is_sensor_enabled_for_ros", wire.anything, optional=1, note="always false")
def ros_enabled(episode: Episode, _stream: Any = None) -> bool:
    """There is no ROS."""
    return False


@calls.add(
    "set_ignored_vehicles",
    *[wire.anything] * 2,
    optional=2,
    support=Support.STORED,
    note="concerns a sensor this server does not have",
)
def set_ignored_vehicles(episode: Episode, *_: Any) -> None:
    """Accepted."""


@calls.add(
    "set_annotations_traverse_translucency",
    wire.anything,
    optional=1,
    support=Support.STORED,
    note="nothing here is translucent",
)
def set_translucency(episode: Episode, *_: Any) -> None:
    """Accepted."""
