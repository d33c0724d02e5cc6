"""How pedals change a vehicle's speed: the published fit of the Lincoln MKZ, or a torque curve, gears, brakes and drag."""

from math import sin

import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf
from lead.simulator.actors import Control, Flag, Motion, Vehicle

Row = NDArray[np.float64]

GRAVITY = 9.81  # m/s2
FITTED_STEP = 0.05  # s, step of the fitted polynomials
# Speed (km/h) one step later, LEAD's expert forecast: on v, v^2, t, t^2, v t, v t^2, v^2 t, v^2 t^2 with throttle t ...
THROTTLE_FIT = (0.963873, 4.3754e-4, -0.380193, 1.749501, 0.0916787, -0.0705462, -1.05996e-3, 6.71079e-4)
# ... and on v^1 .. v^7 with the brake.
BRAKE_FIT = (9.31711e-3, 8.20967e-2, -2.83832e-3, 5.06587e-5, -4.90357e-7, 2.44419e-9, -4.91382e-12)
THROTTLE_DEAD = 0.3  # below it the fit keeps the speed
THROTTLE_FIT_END = 72.0  # km/h; above it the fit makes light throttle accelerate, so its value there is a ceiling
BRAKE_FIT_END = 108.0  # km/h; above it the fit swings, so its deceleration there is kept
FITTED_COASTING = 0.3  # m/s2 off the throttle; the fit has none, but then nothing would ever roll to a stop
FAST_DRAG = 0.0005  # 1/m, air drag beyond THROTTLE_FIT_END
BRAKE_HOLD = 8.0  # m/s2 of slope that a full brake holds at a standstill
STANDSTILL = 0.02  # m/s
REVERSE_LIMIT = 11.0  # m/s
DRIVE_EFFICIENCY = 0.85  # makes the torque model of the MKZ agree with its fit
LAUNCH = 4.5  # m/s2 at full throttle from a standstill, at least: the Prius' torque would not climb Town03's 30 % ramps
LAUNCH_GAIN = 4.0  # times its own drive, at most, that this help lends a vehicle
LAUNCH_END = 10.0  # m/s, where that help has faded out
TRACTION = 0.77  # of the grip, what driven wheels bring to the ground
HAND_BRAKE_GRIP = 0.6  # of the grip: only the rear wheels are locked
BICYCLE_TRACTION = 2.5  # m/s2
RPM_PER_RADIAN = 9.5493  # rpm per rad/s
IDLE = 0.12  # of the highest rpm


@leaf
def fitted_throttle_step(speed: float, throttle: float) -> float:
    """Change of speed (km/h) in 0.05 s at `speed` km/h, by the published throttle polynomial."""
    f, v, t = THROTTLE_FIT, speed, throttle
    following = f[0] * v + f[1] * v * v + f[2] * t + f[3] * t * t
    following += f[4] * v * t + f[5] * v * t * t + f[6] * v * v * t + f[7] * v * v * t * t
    return following - v


@leaf
def fitted_brake_step(speed: float) -> float:
    """Change of speed (km/h) in 0.05 s at `speed` km/h with the brake on, by the published polynomial."""
    v = min(speed, BRAKE_FIT_END)
    following, power = 0.0, 1.0
    for factor in BRAKE_FIT:
        power *= v
        following += factor * power
    return max(-v, following - v)


@leaf
def fitted_speed(u: float, throttle: float, brake: float, direction: float, slope: float, dt: float) -> float:
    """Signed speed (m/s) after dt of the fitted vehicle; `direction` +1 or -1 (reverse), `slope` m/s2 along the body."""
    scale = dt / FITTED_STEP / 3.6
    speed = abs(u)
    sign = 1.0 if u >= 0.0 else -1.0
    if brake > 0.0:
        speed = max(0.0, speed + min(1.0, brake) * fitted_brake_step(3.6 * speed) * scale)
        if speed < STANDSTILL and brake * BRAKE_HOLD >= abs(slope):
            return 0.0
        return sign * speed + slope * dt
    if throttle < THROTTLE_DEAD:
        return _rolled(u + slope * dt, FITTED_COASTING * (1.0 - throttle / THROTTLE_DEAD) * dt)
    if u * direction < 0.0:  # rolling against the gear: the drive slows it down
        return _rolled(u + slope * dt, throttle * 0.5 * GRAVITY * dt)
    kmh = 3.6 * speed
    change = fitted_throttle_step(kmh, throttle)
    if kmh > THROTTLE_FIT_END:
        change = min(change, fitted_throttle_step(THROTTLE_FIT_END, throttle))
        change -= FAST_DRAG * (speed * speed - (THROTTLE_FIT_END / 3.6) ** 2) * 3.6 * FITTED_STEP
    if direction < 0.0 and speed > REVERSE_LIMIT:
        change = min(0.0, change)
    return direction * max(0.0, speed + change * scale) + slope * dt


@leaf
def _rolled(u: float, loss: float) -> float:
    """Speed after a resistance took `loss` m/s off it, never turning it round."""
    return u - min(abs(u), loss) * (1.0 if u >= 0.0 else -1.0)


@leaf
def interpolate(curve: NDArray[np.float64], points: int, x: float) -> float:
    """Value at x of a curve (M, 2) of `points` used points with ascending x; constant beyond its ends, 1 if empty."""
    if points == 0:
        return 1.0
    if x <= curve[0, 0]:
        return curve[0, 1]
    for k in range(1, points):
        if x <= curve[k, 0]:
            f = (x - curve[k - 1, 0]) / max(1e-9, curve[k, 0] - curve[k - 1, 0])
            return curve[k - 1, 1] + f * (curve[k, 1] - curve[k - 1, 1])
    return curve[points - 1, 1]


@leaf
def _shift(control: Row, vehicle: Row, motion: Row, gears: Row, speed: float, reverse: bool) -> float:
    """Choose the gear, write gear and rpm, and return the gear's ratio (0 in neutral and at the rev limit)."""
    count = int(vehicle[Vehicle.GEARS])
    top = vehicle[Vehicle.MAX_RPM]
    rpm_per_ratio = speed / vehicle[Vehicle.RADIUS] * vehicle[Vehicle.FINAL_RATIO] * RPM_PER_RADIAN
    gear = min(max(1, count), max(1, int(motion[Motion.GEAR])))
    ratio = 1.0
    if reverse:
        gear = -1
        ratio = gears[0, 0] if count > 0 else 1.0
    elif control[Control.MANUAL] > 0.0 or vehicle[Vehicle.AUTOBOX] == 0.0:
        gear = min(count, int(control[Control.GEAR]))
        ratio = gears[gear - 1, 0] if gear > 0 else 0.0
    elif count > 0:
        while gear < count and rpm_per_ratio * gears[gear - 1, 0] > gears[gear - 1, 2] * top:
            gear += 1
        while gear > 1 and rpm_per_ratio * gears[gear - 1, 0] < gears[gear - 1, 1] * top:
            gear -= 1
        ratio = gears[gear - 1, 0]
    if gear > 0:
        motion[Motion.GEAR] = gear
    control[Control.GEAR] = gear
    motion[Motion.RPM] = min(top, max(IDLE * top, rpm_per_ratio * ratio))
    return ratio if rpm_per_ratio * ratio < top else 0.0


@leaf
def next_speed(
    control: Row, vehicle: Row, motion: Row, flag: NDArray[np.bool_], gears: Row, torque_curve: Row, mass: float,
    pitch: float, u: float, grip: float, dt: float,
) -> float:  # fmt: skip
    """Signed speed (m/s) along the body after dt (s), from the pedals, the slope it stands on (pitch, rad) and resistances.

    The arrays are the vehicle's rows of the actor table; mass in kg, grip in m/s2.
    """
    throttle = 0.0 if flag[Flag.DEAD] else control[Control.THROTTLE]
    brake = control[Control.BRAKE]
    hand = control[Control.HAND_BRAKE] > 0.0
    slope = -GRAVITY * sin(pitch)
    reverse = control[Control.REVERSE] > 0.0 or (control[Control.MANUAL] > 0.0 and control[Control.GEAR] < 0.0)
    direction = -1.0 if reverse else 1.0
    ratio = _shift(control, vehicle, motion, gears, abs(u), reverse)
    hand_loss = min(vehicle[Vehicle.HAND_BRAKE], HAND_BRAKE_GRIP * grip) if hand else 0.0
    if flag[Flag.FITTED]:
        if hand and abs(u) < STANDSTILL and hand_loss >= abs(slope):
            return 0.0
        drive = 0.0 if hand or ratio == 0.0 else throttle
        return _rolled(fitted_speed(u, drive, brake, direction, slope, dt), hand_loss * dt)
    drive = 0.0
    if flag[Flag.BICYCLE]:
        drive = throttle * min(BICYCLE_TRACTION, vehicle[Vehicle.POWER] / max(0.5, abs(u)))
    elif ratio > 0.0:
        torque = interpolate(torque_curve, int(vehicle[Vehicle.TORQUE_POINTS]), motion[Motion.RPM])
        force = DRIVE_EFFICIENCY * torque * ratio * vehicle[Vehicle.FINAL_RATIO] / vehicle[Vehicle.RADIUS]
        launch = min(LAUNCH, LAUNCH_GAIN * force / mass) * (1.0 - abs(u) / LAUNCH_END)
        drive = throttle * min(TRACTION * grip, max(launch, force / mass))
    if hand or (reverse and abs(u) > REVERSE_LIMIT):
        drive = 0.0
    loss = min(grip, brake * vehicle[Vehicle.BRAKE] + hand_loss) + vehicle[Vehicle.COAST] * (1.0 - throttle)
    driven = u + (direction * drive + slope - vehicle[Vehicle.DRAG] * u * abs(u)) * dt
    return _rolled(driven, loss * dt)
