"""From a vehicle's physics control to the numbers the solver uses."""

from math import inf, radians

import numpy as np

from lead.simulator.actors import Body, Flag, Vehicle
from lead.simulator.blueprints import Blueprint
from lead.simulator.drivetrain import GRAVITY
from lead.simulator.physics_control import PhysicsControl
from lead.simulator.table import GEARS, STEER_POINTS, TORQUE_POINTS, Columns

# Slip model of the reference's vehicle, fitted to a CARLA Lincoln MKZ of 2.86 m wheelbase (LEAD, expert forecasts).
FITTED_FRONT, FITTED_REAR, FITTED_STEER_GAIN, FITTED_WHEELBASE = -0.090769, 1.417828, 0.368483, 2.86  # m, m, rad, m
FITTED_VEHICLES = ("vehicle.lincoln.mkz_2020", "vehicle.lincoln.mkz_2017")
FITTED_SPEED = 30.0  # km/h, in the middle of the speeds fitted: there every vehicle steers as its wheelbase says

GRIP_AT_STOCK_FRICTION = 1.0  # g, at CARLA's usual tire friction of 3.5
STOCK_FRICTION = 3.5
AIR_DENSITY = 1.2  # kg/m3
LEAST_BRAKE = 5.0  # m/s2; the dumped brake torques of heavy vehicles alone would give 1 m/s2
LEAST_STEERED_WHEELBASE = 1.8  # m; a bicycle's true 1 m would triple the gain of a driver tuned for cars
BICYCLE_POWER = 4.0  # W/kg at full throttle: about 30 km/h on the level
BICYCLE_DRAG = 0.006  # 1/m
COASTING = 0.45  # m/s2, engine braking and rolling of a vehicle off the throttle
BICYCLE_COASTING = 0.15  # m/s2


def write_parameters(columns: Columns, row: int, blueprint: Blueprint, physics: PhysicsControl) -> None:
    """Fill the vehicle's parameter columns of one row from its physics control."""
    stock = blueprint.physics
    assert stock is not None, f"{blueprint.id} has no physics; expected a vehicle blueprint"
    bicycle = blueprint.vehicle_class == "bicycle"
    front = physics.wheels[0]
    radius = max(0.1, front.radius / 100.0)
    friction = float(np.mean([wheel.tire_friction for wheel in physics.wheels])) / STOCK_FRICTION
    grip = GRIP_AT_STOCK_FRICTION * GRAVITY * friction
    scale = max(blueprint.wheelbase, LEAST_STEERED_WHEELBASE) / FITTED_WHEELBASE
    length, width = 2.0 * blueprint.extent[0], 2.0 * blueprint.extent[1]

    vehicle = columns.vehicle[row]
    vehicle[Vehicle.WHEELBASE] = blueprint.wheelbase
    vehicle[Vehicle.FRONT], vehicle[Vehicle.REAR] = FITTED_FRONT * scale, FITTED_REAR * scale
    vehicle[Vehicle.HALF_TRACK] = 0.25 * sum(blueprint.track)
    gain = FITTED_STEER_GAIN * front.max_steer_angle / max(1.0, stock.wheels[0].max_steer_angle)
    fitted = blueprint.id in FITTED_VEHICLES
    speeds, factors = zip(*stock.steering_curve, strict=True)
    vehicle[Vehicle.STEER_GAIN] = gain if fitted else gain / float(np.interp(FITTED_SPEED, speeds, factors))
    vehicle[Vehicle.MAX_STEER] = radians(front.max_steer_angle)
    frontal_area = 0.8 * width * 2.0 * blueprint.extent[2]
    vehicle[Vehicle.DRAG] = 0.5 * AIR_DENSITY * physics.drag_coefficient * frontal_area / physics.mass
    vehicle[Vehicle.COAST] = BICYCLE_COASTING if bicycle else COASTING
    vehicle[Vehicle.BRAKE] = _brake(physics, stock, hand=False)
    vehicle[Vehicle.HAND_BRAKE] = _brake(physics, stock, hand=True)
    vehicle[Vehicle.GRIP] = grip
    vehicle[Vehicle.POWER] = inf
    if bicycle:
        vehicle[Vehicle.POWER] = BICYCLE_POWER * stock.mass / physics.mass
        vehicle[Vehicle.DRAG] = BICYCLE_DRAG * physics.drag_coefficient / stock.drag_coefficient
    vehicle[Vehicle.FINAL_RATIO], vehicle[Vehicle.RADIUS] = physics.final_ratio, radius
    vehicle[Vehicle.MAX_RPM] = max(1.0, physics.max_rpm)
    vehicle[Vehicle.AUTOBOX] = float(physics.use_gear_autobox)
    vehicle[Vehicle.TORQUE_POINTS] = _fill(columns.torque_curve[row], physics.torque_curve, TORQUE_POINTS)
    vehicle[Vehicle.GEARS] = _fill(columns.gears[row], physics.forward_gears, GEARS)
    vehicle[Vehicle.STEER_POINTS] = _fill(columns.steering_curve[row], physics.steering_curve, STEER_POINTS)

    columns.body[row, Body.MASS] = physics.mass
    columns.body[row, Body.YAW_INERTIA] = physics.mass * (length**2 + width**2) / 12.0
    columns.body[row, Body.MOVABLE] = 1.0
    columns.flag[row, Flag.FITTED] = fitted
    columns.flag[row, Flag.BICYCLE] = bicycle
    columns.flag[row, Flag.TWO_WHEELED] = blueprint.vehicle_class in ("motorcycle", "bicycle")


def _brake(physics: PhysicsControl, stock: PhysicsControl, hand: bool) -> float:
    """Deceleration (m/s2) at full pedal, never below LEAST_BRAKE for the stock torque."""

    def torque(control: PhysicsControl) -> float:
        return sum(wheel.max_handbrake_torque if hand else wheel.max_brake_torque for wheel in control.wheels)

    radius = max(0.1, physics.wheels[0].radius / 100.0)
    floor = LEAST_BRAKE * torque(physics) / max(1.0, torque(stock))
    return max(torque(physics) / radius / physics.mass, floor)


def _fill(target: np.ndarray, points: tuple[tuple[float, ...], ...], most: int) -> int:
    """Write curve points into a padded array and return how many there are (at most `most`, evenly thinned if more)."""
    kept = points
    if len(points) > most:
        kept = tuple(points[index] for index in np.linspace(0, len(points) - 1, most).round().astype(int))
    target[:] = 0.0
    target[: len(kept)] = np.asarray(kept).reshape(len(kept), -1)
    return len(kept)
