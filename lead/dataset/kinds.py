"""The classes and flags that recorded values speak of."""

from enum import IntEnum, IntFlag


class BoxKind(IntEnum):
    """What a box is of."""

    VEHICLE = 0  # everything that drives but bicycles
    BICYCLE = 1  # with its rider
    WALKER = 2
    OBSTACLE = 3  # props on the road: cones, warning signs, debris
    PARKED = 4  # a parked car of the level, which is no actor; ids from PARKED_IDS
    LIGHT = 5  # stop line of a traffic light, one row per lane that it governs in the ego's direction
    STOP_SIGN = 6  # stopping place of a stop sign


PARKED_IDS = 100_000_000
"""First id of boxes of kind PARKED (spec/lead-expert-and-data.md, 4.3)."""


class BoxFlag(IntFlag):
    """Bits of `Boxes.flags`."""

    EMERGENCY = 1  # police car, ambulance, fire engine
    AFFECTS_EGO = 2  # a light that governs the ego's route and is next, or a stop sign not yet stopped at
    SAME_LANE = 4  # a light's row of the ego's own lane
    OVERHEAD = 8  # a light that hangs right above its stop line
    EUROPEAN = 16  # a light that stands right beside its stop line
    CONE = 32  # a traffic cone
    WARNING_SIGN = 64  # a warning sign that stands on the road
    DOOR_LEFT = 128  # an opened door on the left
    DOOR_RIGHT = 256
    CUTS_IN = 512  # is about to cut in, or does


class LightState(IntEnum):
    """Of boxes of kind LIGHT, with the numbers of `carla.TrafficLightState`; NONE for all other boxes."""

    RED = 0
    YELLOW = 1
    GREEN = 2
    OFF = 3
    UNKNOWN = 4
    NONE = -1


class Semantic(IntEnum):
    """Classes of the cameras' semantic pictures (spec/lead-expert-and-data.md, 4.1)."""

    UNLABELED = 0
    VEHICLE = 1
    ROAD = 2
    TRAFFIC_LIGHT = 3
    PEDESTRIAN = 4
    ROAD_LINE = 5
    OBSTACLE = 6
    SPECIAL_VEHICLE = 7
    STOP_SIGN = 8
    BIKER = 9
