"""Driving vehicles and asking after them."""

from math import degrees, radians
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.server import wire
from lead.server.dispatch import Procedures, Support
from lead.server.episode import Episode
from lead.server.physics_wire import physics_message, read_physics, telemetry_message
from lead.server.wire import actor_id, integer, number
from lead.simulator.actors import ActorKind
from lead.simulator.physics_control import PhysicsControl

calls = Procedures()


@calls.add("apply_control_to_vehicle", actor_id, wire.vehicle_control)
def control(episode: Episode, actor: int, values: NDArray[np.float64]) -> None:
    """Throttle, steer, brake, hand brake, reverse, manual gear shift, gear (7,)."""
    episode.world.control_vehicle(actor, values)


@calls.add("apply_ackermann_control_to_vehicle", actor_id, wire.ackermann_control)
def control_ackermann(episode: Episode, actor: int, values: NDArray[np.float64]) -> None:
    """Steering angle rad, its speed, speed m/s, acceleration, jerk (5,)."""
    episode.world.control_ackermann(actor, values)


@calls.add("apply_ackermann_controller_settings", actor_id, wire.ackermann_gains)
def set_ackermann_gains(episode: Episode, actor: int, gains: NDArray[np.float64]) -> None:
    """Speed and acceleration gains (6,)."""
    episode.world.set_ackermann_gains(actor, gains)


@calls.value("get_ackermann_controller_settings", actor_id)
def ackermann_gains(episode: Episode, actor: int) -> list[float]:
    """Speed and acceleration gains."""
    return list(map(float, episode.world.ackermann_gains(actor)))


@calls.value("get_physics_control", actor_id)
def physics_control(episode: Episode, actor: int) -> list[Any]:
    """Wire VehiclePhysicsControl."""
    return physics_message(episode.world.physics_control(actor))


@calls.add("apply_physics_control", actor_id, read_physics)
def set_physics_control(episode: Episode, actor: int, physics: PhysicsControl) -> None:
    """Change the physics."""
    episode.world.set_physics_control(actor, physics)


@calls.add("set_vehicle_light_state", actor_id, wire.light_bits)
def set_lamps(episode: Episode, actor: int, bits: int) -> None:
    """Switch the lamps."""
    episode.world.set_lamps(actor, bits)


@calls.value("get_vehicle_light_state", actor_id)
def lamps(episode: Episode, actor: int) -> list[int]:
    """[lamp bits]."""
    return [int(episode.world.table.lamps[episode.world.table.row(actor, ActorKind.VEHICLE)])]


@calls.value("get_vehicle_light_states", harmless=list)
def all_lamps(episode: Episode) -> list[Any]:
    """[[id, lamp bits]] of all vehicles; comes from the traffic manager's thread."""
    table = episode.world.table
    rows = table.kind == ActorKind.VEHICLE
    return [list(pair) for pair in zip(table.id[rows].tolist(), table.lamps[rows].tolist())]


@calls.add("open_vehicle_door", actor_id, integer)
def open_door(episode: Episode, actor: int, door: int) -> None:
    """Open a door: FL 0, FR 1, RL 2, RR 3, all 6."""
    episode.world.set_door(actor, door, True)


@calls.add("close_vehicle_door", actor_id, integer)
def close_door(episode: Episode, actor: int, door: int) -> None:
    """Close a door."""
    episode.world.set_door(actor, door, False)


@calls.value("get_wheel_steer_angle", actor_id, integer)
def wheel_angle(episode: Episode, actor: int, wheel: int) -> float:
    """Degrees."""
    return degrees(episode.world.wheel_angle(actor, wheel))


@calls.add(
    "set_wheel_steer_direction", actor_id, integer, number, note="lasts only while the vehicle's physics are off"
)
def set_wheel_angle(episode: Episode, actor: int, wheel: int, angle: float) -> None:
    """Turn a wheel by hand; degrees."""
    episode.world.set_wheel_angle(actor, wheel, radians(angle))


@calls.value("get_wheel_pitch_angle", actor_id, integer, note="wheels do not roll here: always 0")
def wheel_pitch(episode: Episode, actor: int, _wheel: int) -> float:
    """Degrees; 0."""
    episode.world.table.row(actor, ActorKind.VEHICLE)
    return 0.0


@calls.add("set_wheel_pitch_angle", actor_id, integer, number, support=Support.STORED, note="wheels do not roll here")
def set_wheel_pitch(episode: Episode, actor: int, _wheel: int, _angle: float) -> None:
    """Accepted for vehicles."""
    episode.world.table.row(actor, ActorKind.VEHICLE)


@calls.value("get_telemetry_data", actor_id)
def telemetry(episode: Episode, actor: int) -> list[Any]:
    """Wire VehicleTelemetryData."""
    return telemetry_message(episode.world.telemetry(actor))


@calls.add(
    "show_vehicle_debug_telemetry",
    actor_id,
    wire.anything,
    optional=1,
    support=Support.STORED,
    note="nothing is drawn on a screen",
)
def show_telemetry(episode: Episode, actor: int, _enabled: Any = None) -> None:
    """Accepted for vehicles."""
    episode.world.table.row(actor, ActorKind.VEHICLE)


@calls.add(
    "restore_physx_physics", actor_id, support=Support.STORED, note="there is one physics model, and it is always on"
)
def restore_physics(episode: Episode, actor: int) -> None:
    """Accepted for vehicles."""
    episode.world.table.row(actor, ActorKind.VEHICLE)


for _name in ("enable_carsim", "use_carsim_road"):
    calls.refuse(_name, "CarSim is not part of the embedded server", void=True)
calls.refuse("enable_chrono_physics", "Chrono is not part of the embedded server", void=True)
