"""Walkers and loose props: people walk where they are told and stand on the ground, knocked things slide to rest."""

from math import atan2, cos, exp, sin, sqrt

from lead.geometry.leaf import leaf
from lead.geometry.poses import PoseIndex, wrap_angle
from lead.roads.surface import Surface
from lead.simulator.actors import Body, Flag, Motion, WalkerControl
from lead.simulator.drivetrain import GRAVITY
from lead.simulator.ground import support
from lead.simulator.table import Columns

TURN_RATE = 8.0  # rad/s, how fast a walker faces where it goes
JUMP_SPEED = 4.2  # m/s, CARLA's default character
PUSH_DECAY = 0.25  # s, how long a shove carries a walker
STILL = 1e-3  # m/s
SLIDING = 4.0  # m/s2, friction of a knocked prop
SPIN_DECAY = 0.3  # s
FALL_LIMIT = 100.0  # m/s
STEP_DOWN = 0.45  # m that a walker goes down without falling


@leaf
def step_walker(columns: Columns, row: int, surface: Surface, dt: float) -> None:
    """Advance one walker by dt (s); its origin is the middle of its capsule."""
    pose, velocity, control = columns.pose[row], columns.velocity[row], columns.control[row]
    flag, motion, rates = columns.flag[row], columns.motion[row], columns.angular_velocity[row]
    half = columns.extent[row, 2]
    if not flag[Flag.PHYSICS] and not flag[Flag.POSED]:
        velocity[:] = 0.0
        return
    old_yaw = pose[PoseIndex.YAW]
    if flag[Flag.POSED]:  # its crowd says where it is
        held, height, _ = support(surface, pose[0], pose[1], pose[2] - half)
        if held and abs(pose[2] - half - height) < 2.0 * half:
            pose[2], velocity[2] = height + half, 0.0
            flag[Flag.AIRBORNE] = False
        flag[Flag.POSED] = flag[Flag.PLACED] = False
        return
    dx, dy = control[WalkerControl.DIRECTION_X], control[WalkerControl.DIRECTION_Y]
    length = sqrt(dx * dx + dy * dy)
    speed = control[WalkerControl.SPEED] if length > 1e-9 else 0.0
    vx, vy = (dx / length * speed, dy / length * speed) if length > 1e-9 else (0.0, 0.0)
    if abs(speed) > STILL:
        wanted = wrap_angle(atan2(vy, vx) - old_yaw)
        pose[PoseIndex.YAW] = wrap_angle(old_yaw + min(TURN_RATE * dt, max(-TURN_RATE * dt, wanted)))
    if flag[Flag.CONSTANT_VELOCITY]:
        forward, right = motion[Motion.CONSTANT_X], motion[Motion.CONSTANT_Y]
        vx, vy = forward * cos(old_yaw) - right * sin(old_yaw), forward * sin(old_yaw) + right * cos(old_yaw)
    fade = exp(-dt / PUSH_DECAY)
    for k in range(2):
        motion[Motion.PUSH_X + k] += motion[Motion.FORCE_X + k] / columns.body[row, Body.MASS] * dt
    velocity[0], velocity[1] = vx + motion[Motion.PUSH_X], vy + motion[Motion.PUSH_Y]
    motion[Motion.PUSH_X] *= fade
    motion[Motion.PUSH_Y] *= fade
    pose[0] += velocity[0] * dt
    pose[1] += velocity[1] * dt
    if control[WalkerControl.JUMP] > 0.0:
        if not flag[Flag.AIRBORNE]:
            velocity[2], flag[Flag.AIRBORNE] = JUMP_SPEED, True
        control[WalkerControl.JUMP] = 0.0
    _stand(columns, row, surface, half, dt)
    rates[2] = wrap_angle(pose[PoseIndex.YAW] - old_yaw) / dt
    flag[Flag.PLACED] = False


@leaf
def step_prop(columns: Columns, row: int, surface: Surface, dt: float) -> None:
    """Advance one prop by dt (s): what has been knocked slides and spins to rest; its origin is its foot."""
    pose, velocity, flag = columns.pose[row], columns.velocity[row], columns.flag[row]
    rates, motion = columns.angular_velocity[row], columns.motion[row]
    if not flag[Flag.PHYSICS]:
        velocity[:] = 0.0
        rates[:] = 0.0
        flag[Flag.PLACED] = False
        return
    for k in range(3):
        velocity[k] += motion[Motion.FORCE_X + k] / columns.body[row, Body.MASS] * dt
    rates[2] += motion[Motion.TORQUE] / columns.body[row, Body.YAW_INERTIA] * dt
    speed = sqrt(velocity[0] * velocity[0] + velocity[1] * velocity[1])
    if speed == 0.0 and rates[2] == 0.0 and not flag[Flag.AIRBORNE]:
        velocity[2], flag[Flag.PLACED] = 0.0, False
        return
    pose[0] += velocity[0] * dt
    pose[1] += velocity[1] * dt
    pose[PoseIndex.YAW] = wrap_angle(pose[PoseIndex.YAW] + rates[2] * dt)
    if not flag[Flag.AIRBORNE]:
        left = max(0.0, speed - SLIDING * dt) / speed if speed > 0.0 else 0.0
        velocity[0] *= left
        velocity[1] *= left
        rates[2] = rates[2] * exp(-dt / SPIN_DECAY) if left > 0.0 else 0.0
    _stand(columns, row, surface, 0.0, dt)
    flag[Flag.PLACED] = False


@leaf
def _stand(columns: Columns, row: int, surface: Surface, half: float, dt: float) -> None:
    """Keep a body whose feet are `half` m below its origin on the ground, or let it fall."""
    pose, velocity, flag = columns.pose[row], columns.velocity[row], columns.flag[row]
    held, height, _ = support(surface, pose[0], pose[1], pose[2] - half)
    floor = height + half
    if not flag[Flag.AIRBORNE] and held and pose[2] - floor <= STEP_DOWN:
        pose[2], velocity[2] = floor, 0.0
        return
    if not flag[Flag.GRAVITY]:
        return
    flag[Flag.AIRBORNE] = True
    velocity[2] = max(-FALL_LIMIT, velocity[2] - GRAVITY * dt)
    pose[2] += velocity[2] * dt
    if held and pose[2] <= floor and velocity[2] <= 0.0:
        pose[2], velocity[2], flag[Flag.AIRBORNE] = floor, 0.0, False
