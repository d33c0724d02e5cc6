"""Vehicle dynamics: a kinematic bicycle that may slide and spin, standing on the ground by its axles.

The body's motion is split into what its steering asks for (speed `u` at the slip angle, yaw rate `turn`) and what is
left of impacts and set velocities (`slide` sideways, `spin` about z), which the tyres wear down at their grip.
Lateral acceleration is capped at 1.5 times the grip (1 g at CARLA's stock tyre friction of 3.5, which corners far
harder than a road tyre): full lock at speed runs wide.
"""

from math import asin, atan, atan2, cos, exp, sin, tan

import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf
from lead.geometry.poses import PoseIndex, turning, wrap_angle
from lead.roads.labels import Label
from lead.roads.surface import Surface
from lead.simulator.ackermann import follow_ackermann
from lead.simulator.actors import Body, Control, Flag, Motion, Vehicle
from lead.simulator.contacts import ContactBuffer, record
from lead.simulator.drivetrain import GRAVITY, interpolate, next_speed
from lead.simulator.ground import support
from lead.simulator.table import Columns

Row = NDArray[np.float64]
Switches = NDArray[np.bool_]

KERB_LOSS = 0.05  # of the speed, when front wheels climb a pavement
KERB_RISE = 0.02  # m; less is no kerb
FOLLOW = 0.06  # s, how fast the body settles on a new ground height
TOPPLED = 1.1  # m that tilt puts a wheel above or below the middle; from there on wheels are looked for level
TILT = 0.1  # s, how fast pitch and roll follow the ground
DROP = 0.35  # m; ground farther below than this is a fall
FALL_LIMIT = 100.0  # m/s
LEAN = 0.7  # of the angle that balances a two-wheeler's turn
MAX_LEAN = 0.6  # rad
RESTING = 1e-5  # m/s and rad/s in sum
CORNERING = 1.5  # of the grip: CARLA's tyres hold in curves what they do not brake


@leaf
def step_vehicle(columns: Columns, row: int, surface: Surface, contacts: ContactBuffer, dt: float) -> None:
    """Advance one vehicle by dt (s): pose, velocity, wheel angles, and the kerb it may have climbed."""
    pose, velocity, rates = columns.pose[row], columns.velocity[row], columns.angular_velocity[row]
    motion, vehicle, flag = columns.motion[row], columns.vehicle[row], columns.flag[row]
    if not flag[Flag.PHYSICS]:
        velocity[:] = 0.0
        rates[:] = 0.0
        return
    mass, inertia = columns.body[row, Body.MASS], columns.body[row, Body.YAW_INERTIA]
    u, slide, spin = _pushed_and_split(pose, velocity, rates, motion, mass, inertia, dt)
    if flag[Flag.ACKERMANN]:
        follow_ackermann(columns, row, u, dt)
    grip = vehicle[Vehicle.GRIP] * motion[Motion.FRICTION]
    constant, airborne = flag[Flag.CONSTANT_VELOCITY], flag[Flag.AIRBORNE]
    if constant:
        u, slide, spin = motion[Motion.CONSTANT_X], motion[Motion.CONSTANT_Y], 0.0
    steer = 0.0 if flag[Flag.DEAD] else columns.control[row, Control.STEER]
    curve = interpolate(columns.steering_curve[row], int(vehicle[Vehicle.STEER_POINTS]), 3.6 * abs(u))
    columns.wheels[row, 0] = columns.wheels[row, 1] = steer * curve * vehicle[Vehicle.MAX_STEER]
    slip, turn = _steered(vehicle, steer * (1.0 if flag[Flag.FITTED] else curve), u, grip)
    if airborne:
        slip = turn = 0.0
    course = 0.0 if constant else slip
    vx, vy = _joined(pose, u, slide, course)
    pose[0] += vx * dt
    pose[1] += vy * dt
    pose[PoseIndex.YAW] = wrap_angle(pose[PoseIndex.YAW] + (turn + spin) * dt)
    if not airborne and not constant:
        u = next_speed(
            columns.control[row], vehicle, motion, flag, columns.gears[row], columns.torque_curve[row], mass,
            pose[PoseIndex.PITCH], u, grip, dt,
        )  # fmt: skip
        slide = _worn(slide, grip * dt)
        spin = _worn(spin, grip * mass * 0.5 * vehicle[Vehicle.WHEELBASE] / inertia * dt)
    moving = abs(u) + abs(slide) + abs(turn + spin) + abs(rates[0]) + abs(rates[1]) + abs(velocity[2]) > RESTING
    if moving or airborne or flag[Flag.PLACED]:
        rise = _stand(pose, velocity, rates, vehicle, motion, flag, surface, u, turn, dt)
        if rise > KERB_RISE:
            u *= _mount(columns, row, contacts, u)
    else:
        velocity[2] = rates[0] = rates[1] = 0.0
    velocity[0], velocity[1] = _joined(pose, u, slide, course)
    rates[2] = turn + spin
    motion[Motion.SLIP], motion[Motion.TURN] = course, turn
    flag[Flag.PLACED] = False


@leaf
def _pushed_and_split(
    pose: Row, velocity: Row, rates: Row, motion: Row, mass: float, inertia: float, dt: float
) -> tuple[float, float, float]:
    """Let forces act for dt (s), then split the motion: speed (m/s) at the last slip angle, slide (m/s), spin (rad/s)."""
    for k in range(3):
        velocity[k] += motion[Motion.FORCE_X + k] / mass * dt
    rates[2] += motion[Motion.TORQUE] / inertia * dt
    c, s = cos(pose[PoseIndex.YAW]), sin(pose[PoseIndex.YAW])
    along, across = c * velocity[0] + s * velocity[1], c * velocity[1] - s * velocity[0]
    u = along / cos(motion[Motion.SLIP])
    return u, across - u * sin(motion[Motion.SLIP]), rates[2] - motion[Motion.TURN]


@leaf
def _joined(pose: Row, u: float, slide: float, course: float) -> tuple[float, float]:
    """World velocity (m/s) of speed u at the slip angle `course` (rad) and of the slide."""
    yaw = pose[PoseIndex.YAW]
    return u * cos(yaw + course) - slide * sin(yaw), u * sin(yaw + course) + slide * cos(yaw)


@leaf
def _worn(value: float, loss: float) -> float:
    return value - min(abs(value), loss) * (1.0 if value >= 0.0 else -1.0)


@leaf
def _steered(vehicle: Row, steer: float, u: float, grip: float) -> tuple[float, float]:
    """Slip angle (rad) and yaw rate (rad/s) that the steering asks for at speed u (m/s), within the grip (m/s2)."""
    front, rear = vehicle[Vehicle.FRONT], vehicle[Vehicle.REAR]
    slip = atan(rear / (front + rear) * tan(vehicle[Vehicle.STEER_GAIN] * steer))
    turn = u / rear * sin(slip)
    if abs(u * turn) > CORNERING * grip:
        turn *= CORNERING * grip / abs(u * turn)
        slip = asin(turn * rear / u)
    return slip, turn


@leaf
def _axles(pose: Row, vehicle: Row, surface: Surface) -> tuple[int, float, float, float, bool]:
    """Ground under both front wheels and the middle of the rear axle, which counts for two.

    How many wheels are held, the sum of their heights (m), that of the front wheels less the rear, left less right front
    wheel (m), and whether a front wheel is on a pavement.
    """
    reach, track = 0.5 * vehicle[Vehicle.WHEELBASE], vehicle[Vehicle.HALF_TRACK]
    c, s = cos(pose[PoseIndex.YAW]), sin(pose[PoseIndex.YAW])
    climb, tilt = sin(pose[PoseIndex.PITCH]), sin(pose[PoseIndex.ROLL])
    if reach * abs(climb) + track * abs(tilt) > TOPPLED:
        climb = tilt = 0.0
    count, total, front, left = 0, 0.0, 0.0, 0.0
    kerb = False
    for point in range(3):
        x, y = (reach if point < 2 else -reach), (-track if point == 0 else track if point == 1 else 0.0)
        feet = pose[2] + x * climb - y * tilt
        held, height, label = support(surface, pose[0] + c * x - s * y, pose[1] + s * x + c * y, feet)
        if not held:
            continue
        wheels = 1 if point < 2 else 2
        count += wheels
        total += wheels * height
        front += height if point < 2 else -2.0 * height
        left += height if point == 0 else -height if point == 1 else 0.0
        kerb = kerb or (point < 2 and label == Label.SIDEWALKS)
    return count, total, front, left, kerb


@leaf
def _stand(
    pose: Row, velocity: Row, rates: Row, vehicle: Row, motion: Row, flag: Switches, surface: Surface, u: float,
    turn: float, dt: float,
) -> float:  # fmt: skip
    """Put the body on the ground under its axles or let it fall; returns the height of a pavement it just mounted, else 0."""
    count, total, front, left, kerb = _axles(pose, vehicle, surface)
    old_z, old_pitch, old_roll = pose[2], pose[PoseIndex.PITCH], pose[PoseIndex.ROLL]
    ground = total / count if count > 0 else -1e9
    landed = flag[Flag.PLACED]
    rates[0] = rates[1] = 0.0
    if flag[Flag.AIRBORNE]:
        if flag[Flag.GRAVITY]:
            velocity[2] = max(-FALL_LIMIT, velocity[2] - GRAVITY * dt)
        pose[2] += velocity[2] * dt
        if pose[2] > ground or velocity[2] > 0.0:
            return 0.0
        pose[2], flag[Flag.AIRBORNE] = ground, False
        landed = True
    else:
        climb = u * sin(old_pitch)
        pose[2] += climb * dt
        if pose[2] - ground > DROP:
            flag[Flag.AIRBORNE] = flag[Flag.GRAVITY]
            velocity[2] = climb
            return 0.0
        pose[2] += (ground - pose[2]) * (1.0 - exp(-dt / FOLLOW))
    if count == 4:
        share = 1.0 - exp(-dt / TILT)
        roll = atan2(left, 2.0 * vehicle[Vehicle.HALF_TRACK])
        if flag[Flag.TWO_WHEELED]:
            roll = min(MAX_LEAN, max(-MAX_LEAN, LEAN * atan(u * turn / GRAVITY)))
        pose[PoseIndex.PITCH] += (atan2(0.5 * front, vehicle[Vehicle.WHEELBASE]) - old_pitch) * share
        pose[PoseIndex.ROLL] += (roll - old_roll) * share
    velocity[2] = 0.0 if landed else (pose[2] - old_z) / dt
    pitch_rate, roll_rate = (pose[PoseIndex.PITCH] - old_pitch) / dt, (pose[PoseIndex.ROLL] - old_roll) / dt
    rates[0], rates[1], _ = turning(pose[PoseIndex.PITCH], pose[PoseIndex.YAW], pitch_rate, 0.0, roll_rate)
    mounts = kerb and motion[Motion.MOUNTED] == 0.0 and not landed
    motion[Motion.MOUNTED] = 1.0 if kerb else 0.0
    return ground - old_z if mounts else 0.0


@leaf
def _mount(columns: Columns, row: int, contacts: ContactBuffer, u: float) -> float:
    """Report the mounting of a pavement; returns the share of the speed that is left."""
    pose = columns.pose[row]
    lost = -KERB_LOSS * u * columns.body[row, Body.MASS]
    reach = columns.extent[row, 0]
    c, s = cos(pose[PoseIndex.YAW]), sin(pose[PoseIndex.YAW])
    record(
        contacts, row, -1, Label.SIDEWALKS, lost * c, lost * s, 0.0, pose[0] + reach * c, pose[1] + reach * s, pose[2]
    )
    return 1.0 - KERB_LOSS
