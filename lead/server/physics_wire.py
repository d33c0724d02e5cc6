"""A vehicle's physics and telemetry between their wire structs and the simulator's dataclasses."""

from dataclasses import astuple
from typing import Any

from lead.server import wire
from lead.simulator.physics_control import PhysicsControl, WheelPhysics

_point = wire.structure("curve point", wire.number, wire.number)
_curve = wire.sequence_of(_point)
_gear = wire.structure("gear", wire.number, wire.number, wire.number)
_wheel = wire.structure("wheel physics", *[wire.number] * 9, wire.vector)
_physics = wire.structure(
    "vehicle physics control", _curve, wire.number, wire.number, wire.number, wire.number, wire.number, wire.boolean,
    wire.number, wire.number, wire.number, wire.sequence_of(_gear), wire.number, wire.number, wire.vector, _curve,
    wire.sequence_of(_wheel), wire.boolean,
)  # fmt: skip
_TELEMETRY = ("speed", "steer", "throttle", "brake", "engine_rpm", "gear", "drag")
_WHEEL_TELEMETRY = (
    "tire_friction", "lat_slip", "long_slip", "omega", "tire_load", "normalized_tire_load", "torque", "long_force",
    "lat_force", "normalized_long_force", "normalized_lat_force",
)  # fmt: skip


def physics_message(physics: PhysicsControl) -> list[Any]:
    """Wire VehiclePhysicsControl; the dataclass stands in wire order."""
    return list(astuple(physics))


def read_physics(value: Any) -> PhysicsControl:
    """PhysicsControl of a wire VehiclePhysicsControl; raises WireError."""
    fields = _physics(value)
    for name, place in (("torque curve", 0), ("forward gears", 10), ("steering curve", 14)):
        if not fields[place]:
            raise wire.WireError(f"found an empty {name}, expected at least one entry")
    fields[0] = tuple(map(tuple, fields[0]))
    fields[10] = tuple(map(tuple, fields[10]))
    fields[13] = tuple(fields[13].tolist())
    fields[14] = tuple(map(tuple, fields[14]))
    fields[15] = tuple(WheelPhysics(*wheel[:9], position=tuple(wheel[9].tolist())) for wheel in fields[15])
    return PhysicsControl(*fields)


def telemetry_message(telemetry: dict[str, Any]) -> list[Any]:
    """Wire VehicleTelemetryData."""
    wheels = [[float(wheel[name]) for name in _WHEEL_TELEMETRY] for wheel in telemetry["wheels"]]
    return [int(telemetry[name]) if name == "gear" else float(telemetry[name]) for name in _TELEMETRY] + [wheels]
