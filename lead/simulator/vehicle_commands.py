"""What a client may ask of a vehicle: pedals and wheel, Ackermann targets, physics, lamps, doors, telemetry."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.poses import to_world
from lead.simulator.actors import Ackermann, ActorKind, Control, Flag, Gain, Motion, Vehicle, WorldError
from lead.simulator.blueprints import library
from lead.simulator.drivetrain import GRAVITY
from lead.simulator.finite import finite
from lead.simulator.physics_control import PhysicsControl, physics_fault
from lead.simulator.table import ActorTable
from lead.simulator.vehicle_setup import write_parameters

DOOR_REACH = 0.8  # m that an open door stands out
LEFT_DOORS, RIGHT_DOORS = 0b0101, 0b1010  # bits
ALL_DOORS = 6
DOORS = 4


class VehicleCommands:
    """Commands to vehicles; part of `World`. All raise UnknownActor or WrongActor."""

    table: ActorTable
    _physics: dict[int, PhysicsControl]
    _blueprint: dict[int, str]

    def _vehicle(self, actor: int) -> int:
        return self.table.row(actor, ActorKind.VEHICLE)

    def control_vehicle(self, actor: int, control: ArrayLike) -> None:
        """Apply (7,), see `Control`: pedals and steering are clipped to their ranges; held until the next command."""
        row = self._vehicle(actor)
        columns = self.table.columns
        throttle, steer, brake, hand_brake, reverse, manual, gear = finite(actor, "control", control, len(Control))
        if not manual:
            gear = columns.control[row, Control.GEAR]
        throttle, steer, brake = min(1.0, max(0.0, throttle)), min(1.0, max(-1.0, steer)), min(1.0, max(0.0, brake))
        columns.control[row] = throttle, steer, brake, hand_brake, reverse, manual, gear
        columns.flag[row, Flag.ACKERMANN] = False

    def control_ackermann(self, actor: int, control: ArrayLike) -> None:
        """Follow a command (5,), see `Ackermann`, until the next one."""
        row = self._vehicle(actor)
        columns = self.table.columns
        columns.ackermann[row] = finite(actor, "Ackermann control", control, len(Ackermann))
        if not columns.flag[row, Flag.ACKERMANN]:
            columns.motion[row, Motion.PEDAL : Motion.ACCELERATION_INTEGRAL + 1] = 0.0
            columns.flag[row, Flag.ACKERMANN] = True

    def set_ackermann_gains(self, actor: int, gains: ArrayLike) -> None:
        """Set the six gains (6,), see `Gain`."""
        self.table.columns.gains[self._vehicle(actor)] = finite(actor, "Ackermann gains", gains, len(Gain))

    def ackermann_gains(self, actor: int) -> NDArray[np.float64]:
        """The six gains of the Ackermann controller (6,)."""
        return self.table.columns.gains[self._vehicle(actor)].copy()

    def physics_control(self, actor: int) -> PhysicsControl:
        """The vehicle's physics; wheel positions are in the world, in cm, as CARLA reports them."""
        row = self._vehicle(actor)
        physics = self._physics[actor]
        local = np.array([wheel.position for wheel in physics.wheels]).reshape(-1, 3) / 100.0
        world = 100.0 * to_world(local, self.table.columns.pose[row])
        wheels = tuple(
            replace(wheel, position=tuple(float(value) for value in position))
            for wheel, position in zip(physics.wheels, world, strict=True)
        )
        return replace(physics, wheels=wheels)

    def set_physics_control(self, actor: int, physics: PhysicsControl) -> None:
        """Change the physics; wheel positions are kept (a client sends back what it read, which is in the world)."""
        row = self._vehicle(actor)
        fault = physics_fault(physics)
        if fault:
            raise WorldError(f"physics control of actor {actor}: {fault}")
        kept = self._physics[actor].wheels
        if len(physics.wheels) != len(kept):
            expected = f"expected {len(kept)}; send back the list you read"
            raise WorldError(f"physics control of actor {actor}: {len(physics.wheels)} wheels; {expected}")
        wheels = tuple(replace(new, position=old.position) for new, old in zip(physics.wheels, kept, strict=True))
        self._physics[actor] = replace(physics, wheels=wheels)
        write_parameters(self.table.columns, row, library()[self._blueprint[actor]], self._physics[actor])

    def set_lamps(self, actor: int, lamps: int) -> None:
        """Set the lamps to CARLA's VehicleLightState bits."""
        self.table.columns.lamps[self._vehicle(actor)] = lamps

    def set_door(self, actor: int, door: int, opened: bool) -> None:
        """Open or close door 0-3 (front left, front right, rear left, rear right) or all (6).

        A body is one box, so a side with an open door stands out by `DOOR_REACH` along its whole length; so does the
        box that clients are told.
        """
        row = self._vehicle(actor)
        if door != ALL_DOORS and not 0 <= door < DOORS:
            raise WorldError(f"door {door} of actor {actor}: expected 0 to {DOORS - 1} or {ALL_DOORS} (all)")
        bits = (1 << DOORS) - 1 if door == ALL_DOORS else 1 << door
        doors = int(self.table.columns.doors[row])
        after = doors | bits if opened else doors & ~bits
        self.table.columns.doors[row] = after
        for sign, side in ((-1.0, LEFT_DOORS), (1.0, RIGHT_DOORS)):
            out = 0.5 * DOOR_REACH * (bool(after & side) - bool(doors & side))
            self.table.columns.extent[row, 1] += out
            self.table.columns.centre[row, 1] += sign * out

    def wheel_angle(self, actor: int, wheel: int) -> float:
        """Steering angle (rad) of wheel 0-3: front left, front right, rear left, rear right."""
        row = self._vehicle(actor)
        return float(self.table.columns.wheels[row, self._wheel(actor, wheel)])

    def set_wheel_angle(self, actor: int, wheel: int, angle: float) -> None:
        """Turn a wheel by hand (rad); stays only while the vehicle's physics are off."""
        row = self._vehicle(actor)
        (self.table.columns.wheels[row, self._wheel(actor, wheel)],) = finite(actor, "wheel angle", [angle], 1)

    @staticmethod
    def _wheel(actor: int, wheel: int) -> int:
        if not 0 <= wheel < 4:
            raise WorldError(f"wheel {wheel} of actor {actor}: expected 0 to 3")
        return wheel

    def telemetry(self, actor: int) -> dict[str, object]:
        """Speed (m/s), pedals, engine rpm, gear, drag and per-wheel friction, slip, rotation (rad/s) and forces (N)."""
        row = self._vehicle(actor)
        columns = self.table.columns
        control, vehicle = columns.control[row], columns.vehicle[row]
        speed = float(np.linalg.norm(columns.velocity[row]))
        load = self._physics[actor].mass * GRAVITY / 4.0
        long_force = float(np.linalg.norm(columns.acceleration[row, :2])) / GRAVITY
        lat_force = speed * float(columns.angular_velocity[row, 2]) / GRAVITY
        wheels = [
            {
                "tire_friction": wheel.tire_friction,
                "lat_slip": float(columns.motion[row, Motion.SLIP]) if index < 2 else 0.0,
                "long_slip": 0.0,
                "omega": speed / float(vehicle[Vehicle.RADIUS]),
                "tire_load": load,
                "normalized_tire_load": 1.0,
                "torque": 0.0,
                "long_force": load * long_force,
                "lat_force": load * lat_force,
                "normalized_long_force": long_force,
                "normalized_lat_force": lat_force,
            }
            for index, wheel in enumerate(self._physics[actor].wheels)
        ]
        return {
            "speed": speed,
            "steer": float(control[Control.STEER]),
            "throttle": float(control[Control.THROTTLE]),
            "brake": float(control[Control.BRAKE]),
            "engine_rpm": float(columns.motion[row, Motion.RPM]),
            "gear": int(control[Control.GEAR]),
            "drag": float(vehicle[Vehicle.DRAG]) * self._physics[actor].mass * speed * speed,
            "wheels": wheels,
        }
