"""`agents.navigation.local_planner`: the commands of a plan."""

from enum import IntEnum


class RoadOption(IntEnum):
    """What a plan asks for at a point, with CARLA's names and numbers."""

    VOID = -1
    LEFT = 1
    RIGHT = 2
    STRAIGHT = 3
    LANEFOLLOW = 4
    CHANGELANELEFT = 5
    CHANGELANERIGHT = 6
