"""A vehicle's physics as a client reads and writes them; the fields stand in the order of CARLA's wire structures."""

from dataclasses import dataclass


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
