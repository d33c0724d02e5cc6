"""What an actor is: its kinds, its columns in the table, the contacts it may have, and the errors of asking wrongly."""

from dataclasses import dataclass
from enum import IntEnum


class ActorKind(IntEnum):
    VEHICLE = 0
    WALKER = 1
    PROP = 2
    SENSOR = 3
    CONTROLLER = 4  # controller.ai.walker
    LIGHT = 5  # traffic.traffic_light
    SIGN = 6  # traffic.stop, traffic.yield, traffic.speed_limit.*
    SPECTATOR = 7
    OTHER = 8  # static.trigger.friction, util.actor.empty


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
    """Columns of a vehicle's parameters (SI)."""

    WHEELBASE = 0
    FRONT = 1  # m, front length of the slip model
    REAR = 2  # m, rear length of the slip model
    HALF_TRACK = 3
    STEER_GAIN = 4  # rad per unit steer at the steering curve's value of 1
    MAX_STEER = 5  # rad, angle reported at full steer
    DRAG = 6  # 1/m, deceleration per speed squared
    COAST = 7  # m/s2
    BRAKE = 8  # m/s2 at full brake
    HAND_BRAKE = 9  # m/s2
    GRIP = 10  # m/s2
    POWER = 11  # W/kg, limit at the wheels
    FINAL_RATIO = 12
    RADIUS = 13
    MAX_RPM = 14
    TORQUE_POINTS = 15
    GEARS = 16
    STEER_POINTS = 17
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
    GROUND = 10  # label under the body
    FORCE_X = 11  # N, N m: asked for in the next step
    FORCE_Y = 12
    FORCE_Z = 13
    TORQUE = 14
    CONSTANT_X = 15  # m/s in the body frame
    CONSTANT_Y = 16
    CONSTANT_Z = 17
    PEDAL = 18  # Ackermann: throttle (+) or brake (-)
    OLD_SPEED = 19  # m/s, of the last step, for the Ackermann controller
    OLD_SPEED_ERROR = 20
    OLD_ACCELERATION_ERROR = 21
    SPEED_INTEGRAL = 22
    ACCELERATION_INTEGRAL = 23
    FRICTION = 24  # factor on the grip that a friction trigger gives; 0 none
    LAST_X = 25  # m/s, velocity at the end of the last step
    LAST_Y = 26
    LAST_Z = 27


@dataclass(frozen=True)
class Contact:
    """One collision of the last step, as felt by `actor`.

    `other` is the other actor's id, or 0 for a static thing, whose CityObjectLabel is `other_label` (0 for actors);
    `impulse` (3,) N s acts on `actor`; `point` (3,) m, world.
    """

    actor: int
    other: int
    other_label: int
    impulse: tuple[float, float, float]
    point: tuple[float, float, float]
