"""A vehicle's physics as a client reads and writes them; the fields stand in the order of CARLA's wire structures."""

from dataclasses import dataclass

MASSES = 1.0, 1e6  # kg, least and most of a vehicle
MOST = 1e9  # of any other number: far above what physics needs, far below overflow


@dataclass(frozen=True)
class WheelPhysics:
    """One wheel; order and units are those of carla.WheelPhysicsControl."""

    tire_friction: float = 3.5
    damping_rate: float = 0.25
    max_steer_angle: float = 0.0  # degrees
    radius: float = 35.0  # cm
    max_brake_torque: float = 1500.0  # N m
    max_handbrake_torque: float = 3000.0  # N m
    lat_stiff_max_load: float = 2.0
    lat_stiff_value: float = 17.0
    long_stiff_value: float = 1000.0
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)  # cm; in the world when read from a vehicle


@dataclass(frozen=True)
class PhysicsControl:
    """A vehicle's physics; order and units are those of carla.VehiclePhysicsControl."""

    torque_curve: tuple[tuple[float, float], ...]  # (rpm, N m)
    max_rpm: float
    moi: float
    damping_rate_full_throttle: float
    damping_rate_zero_throttle_clutch_engaged: float
    damping_rate_zero_throttle_clutch_disengaged: float
    use_gear_autobox: bool
    gear_switch_time: float  # s
    clutch_strength: float
    final_ratio: float
    forward_gears: tuple[tuple[float, float, float], ...]  # (ratio, down ratio, up ratio)
    mass: float  # kg
    drag_coefficient: float
    center_of_mass: tuple[float, float, float]  # m
    steering_curve: tuple[tuple[float, float], ...]  # (km/h, factor)
    wheels: tuple[WheelPhysics, ...]  # front left, front right, rear left, rear right
    use_sweep_wheel_collision: bool = False


def physics_fault(physics: PhysicsControl) -> str:
    """What is wrong with a physics control that a client sent, in words; "" if it can be driven."""
    wheels = physics.wheels
    bounds = [("mass", [physics.mass], *MASSES)]
    bounds += [
        (name, values, 0.0, MOST)
        for name, values in (
            ("drag_coefficient", [physics.drag_coefficient]),
            ("final_ratio", [physics.final_ratio]),
            ("max_rpm", [physics.max_rpm]),
            ("torque_curve", [torque for _, torque in physics.torque_curve]),
            ("forward_gears", [number for gear in physics.forward_gears for number in gear]),
            ("tire_friction", [wheel.tire_friction for wheel in wheels]),
            ("max_steer_angle", [wheel.max_steer_angle for wheel in wheels]),
            ("radius", [wheel.radius for wheel in wheels]),
            ("max_brake_torque", [wheel.max_brake_torque for wheel in wheels]),
            ("max_handbrake_torque", [wheel.max_handbrake_torque for wheel in wheels]),
        )
    ]
    for name, values, least, most in bounds:
        for value in values:
            if not least <= value <= most:
                return f"{name} {value:g}; expected {least:g} to {most:g}"
    return ""
