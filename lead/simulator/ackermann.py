"""The Ackermann controller: a steering angle, a speed and an acceleration to reach become pedals and wheel.

Two nested PIDs as in CARLA: the speed error gives a wanted acceleration, the acceleration error moves the pedal.
"""

from math import copysign

from lead.geometry.leaf import leaf
from lead.simulator.actors import Ackermann, Control, Gain, Motion, Vehicle
from lead.simulator.table import Columns

MAX_ACCELERATION = 3.0  # m/s2 wanted at most where the command leaves it free
MAX_DECELERATION = 8.0  # m/s2
STANDING = 0.1  # m/s
PEDAL_RATE = 20.0  # 1/s, the controller's gains are per CARLA tick of 0.05 s


@leaf
def follow_ackermann(columns: Columns, row: int, speed: float, dt: float) -> None:
    """Write the control row that follows the vehicle's Ackermann command, given its speed (m/s) along the body."""
    command, gains, motion = columns.ackermann[row], columns.gains[row], columns.motion[row]
    control = columns.control[row]
    full_steer = max(1e-6, columns.vehicle[row, Vehicle.MAX_STEER])
    steer = min(1.0, max(-1.0, command[Ackermann.STEER] / full_steer))
    if command[Ackermann.STEER_SPEED] > 0.0:
        most = command[Ackermann.STEER_SPEED] / full_steer * dt
        steer = control[Control.STEER] + min(most, max(-most, steer - control[Control.STEER]))
    control[Control.STEER] = steer
    control[Control.HAND_BRAKE] = control[Control.MANUAL] = 0.0
    target = command[Ackermann.SPEED]
    if abs(target) < STANDING and abs(speed) < STANDING:
        control[Control.THROTTLE], control[Control.BRAKE], motion[Motion.PEDAL] = 0.0, 1.0, 0.0
        motion[Motion.OLD_SPEED] = speed
        return
    reverse = target < 0.0 if abs(target) >= STANDING else speed < 0.0
    control[Control.REVERSE] = 1.0 if reverse else 0.0
    forward = -speed if reverse else speed
    ticks = dt * PEDAL_RATE
    error = abs(target) - forward
    motion[Motion.SPEED_INTEGRAL] += error * dt
    wanted = gains[Gain.SPEED_P] * error * PEDAL_RATE + gains[Gain.SPEED_I] * motion[Motion.SPEED_INTEGRAL]
    wanted += gains[Gain.SPEED_D] * (error - motion[Motion.OLD_SPEED_ERROR]) / dt
    limit = abs(command[Ackermann.ACCELERATION])
    if limit == 0.0:
        limit = MAX_ACCELERATION if wanted > 0.0 else MAX_DECELERATION
    wanted = copysign(min(abs(wanted), limit), wanted)
    acceleration = (forward - abs(motion[Motion.OLD_SPEED])) / dt
    fault = wanted - acceleration
    motion[Motion.ACCELERATION_INTEGRAL] += fault * dt
    change = gains[Gain.ACCELERATION_P] * fault + gains[Gain.ACCELERATION_I] * motion[Motion.ACCELERATION_INTEGRAL]
    change += gains[Gain.ACCELERATION_D] * (fault - motion[Motion.OLD_ACCELERATION_ERROR])
    motion[Motion.PEDAL] = min(1.0, max(-1.0, motion[Motion.PEDAL] + change * ticks))
    motion[Motion.OLD_SPEED], motion[Motion.OLD_SPEED_ERROR] = forward, error
    motion[Motion.OLD_ACCELERATION_ERROR] = fault
    control[Control.THROTTLE] = max(0.0, motion[Motion.PEDAL])
    control[Control.BRAKE] = max(0.0, -motion[Motion.PEDAL])
