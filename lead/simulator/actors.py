"""What an actor is: its kinds, its columns in the table, the contacts it may have, and the errors of asking wrongly."""

from dataclasses import dataclass
from enum import IntEnum


class ActorKind(IntEnum):
    """Kinds of actors; those up to PROP are bodies: they move, collide and have a box."""

    VEHICLE = 0
    WALKER = 1
    PROP = 2
    SENSOR = 3
    CONTROLLER = 4  # controller.ai.walker
    LIGHT = 5  # traffic.traffic_light
    SIGN = 6  # traffic.stop, traffic.yield, traffic.speed_limit.*
    SPECTATOR = 7
    OTHER = 8  # util.actor.empty
    TRIGGER = 9  # static.trigger.friction


class WorldError(Exception):
    """A request the world cannot carry out; the message says what was found, what was expected and what to do."""


class UnknownActor(WorldError): ...


class WrongActor(WorldError): ...


class SpawnError(WorldError): ...


class LightState(IntEnum):
    """States of a traffic light, numbered as CARLA does."""

    RED = 0
    YELLOW = 1
    GREEN = 2
    OFF = 3
    UNKNOWN = 4


class Control(IntEnum):
    """Columns of a vehicle's control row."""

    THROTTLE = 0
    STEER = 1
    BRAKE = 2
    HAND_BRAKE = 3
    REVERSE = 4
    MANUAL = 5
    GEAR = 6


class Ackermann(IntEnum):
    """Columns of a vehicle's Ackermann command."""

    STEER = 0  # rad
    STEER_SPEED = 1  # rad/s, 0 at once
    SPEED = 2  # m/s, below 0 in reverse
    ACCELERATION = 3  # m/s2 at most, 0 free
    JERK = 4  # m/s3, not used


class Gain(IntEnum):
    """Columns of the Ackermann controller's gains: of the speed's PID and of the acceleration's."""

    SPEED_P = 0
    SPEED_I = 1
    SPEED_D = 2
    ACCELERATION_P = 3
    ACCELERATION_I = 4
    ACCELERATION_D = 5


class WalkerControl(IntEnum):
    """Columns of a walker's control row."""

    DIRECTION_X = 0
    DIRECTION_Y = 1
    DIRECTION_Z = 2
    SPEED = 3
    JUMP = 4


class LightTime(IntEnum):
    """Columns of a light's times (s)."""

    GREEN = 0
    YELLOW = 1
    RED = 2
    ELAPSED = 3


class Flag(IntEnum):
    """Columns of an actor's switches."""

    PHYSICS = 0  # moved by the solver
    GRAVITY = 1
    COLLISIONS = 2
    CONSTANT_VELOCITY = 3
    DEAD = 4  # controls are ignored
    ACKERMANN = 5  # the last vehicle command was an Ackermann one
    FITTED = 6  # follows the published fit of the Lincoln MKZ instead of its own torque curve
    TWO_WHEELED = 7
    BICYCLE = 8
    AIRBORNE = 9
    BLOCKING = 10  # thick enough to be bumped into
    POSED = 11  # walker placed by a client's crowd since the last step
    PLACED = 12  # position set since the last step: its contacts and traffic rules start afresh


class Body(IntEnum):
    """Columns of what a collision needs to know."""

    MASS = 0  # kg
    YAW_INERTIA = 1  # kg m2
    MOVABLE = 2  # 1 if impacts move it


class Vehicle(IntEnum):
    """Columns of a vehicle's parameters."""

    WHEELBASE = 0  # m
    FRONT = 1  # m, front length of the slip model
    REAR = 2  # m, rear length of the slip model
    HALF_TRACK = 3  # m, half the mean distance between left and right wheels
    STEER_GAIN = 4  # rad per unit steer at the steering curve's value of 1
    MAX_STEER = 5  # rad, angle reported at full steer
    DRAG = 6  # 1/m, deceleration per speed squared
    COAST = 7  # m/s2
    BRAKE = 8  # m/s2 at full brake
    HAND_BRAKE = 9  # m/s2
    GRIP = 10  # m/s2
    POWER = 11  # W/kg, limit at the wheels
    FINAL_RATIO = 12  # turns of the gearbox per turn of the wheels
    RADIUS = 13  # m, of a wheel
    MAX_RPM = 14  # turns of the engine per minute
    TORQUE_POINTS = 15  # points of the torque curve in use
    GEARS = 16  # forward gears in use
    STEER_POINTS = 17  # points of the steering curve in use
    AUTOBOX = 18  # 1 if gears change by themselves


class Motion(IntEnum):
    """Columns of a body's hidden state."""

    SLIP = 0  # rad, slip angle the steering asked for in the last step
    TURN = 1  # rad/s, yaw rate that steering asked for
    RPM = 2
    GEAR = 3  # forward gear in use, 1 and up
    PUSH_X = 4  # m/s, what impacts left on a walker
    PUSH_Y = 5
    SEEN_X = 6  # m, where the traffic rules were looked up last
    SEEN_Y = 7
    SEEN_YAW = 8
    MOUNTED = 9  # 1 while the front wheels are on a pavement
    FORCE_X = 10  # N, N m: asked for in the next step
    FORCE_Y = 11
    FORCE_Z = 12
    TORQUE = 13
    CONSTANT_X = 14  # m/s in the body frame
    CONSTANT_Y = 15
    CONSTANT_Z = 16
    PEDAL = 17  # Ackermann: throttle (+) or brake (-)
    OLD_SPEED = 18  # m/s, of the last step, for the Ackermann controller
    OLD_SPEED_ERROR = 19  # m/s
    OLD_ACCELERATION_ERROR = 20  # m/s2
    SPEED_INTEGRAL = 21  # m
    ACCELERATION_INTEGRAL = 22  # m/s
    FRICTION = 23  # factor on a vehicle's grip where it stands, or that a friction trigger gives
    LAST_X = 24  # m/s, velocity at the end of the last step
    LAST_Y = 25
    LAST_Z = 26


@dataclass(frozen=True)
class Contact:
    """One collision of the last step, as felt by `actor`.

    `other` is the other actor's id, or 0 for a static thing, whose `Label` is `other_label` (0 for actors);
    `impulse` (3,) N s acts on `actor`; `point` (3,) m, world.
    """

    actor: int
    other: int
    other_label: int
    impulse: tuple[float, float, float]
    point: tuple[float, float, float]
