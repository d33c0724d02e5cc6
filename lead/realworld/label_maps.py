"""How the classes and commands of one data set are told in those of another; each map names every value of its source.

NAVSIM's maps and boxes know less than CARLA's. What has no counterpart is IGNORED (no loss counts it) or left out, never
guessed. Source: spec/tfv6.md, 3.2, 3.5 and 6.
"""

from collections.abc import Mapping
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lead.dataset.bev_map import BevClass
from lead.dataset.box_labels import BoxClass
from lead.realworld.waymo.frame import Intent
from lead.scenarios.lane_graph import Command
from lead.train.labels import IGNORED


class Turn(IntEnum):
    """Where to go, in the order of NAVSIM's one-hot driving command."""

    LEFT = 0
    STRAIGHT = 1
    RIGHT = 2
    UNKNOWN = 3


class NavsimBev(IntEnum):
    """Classes of NAVSIM's bird's-eye map; a later one is painted over an earlier one."""

    UNLABELED = 0
    ROAD = 1
    WALKWAY = 2
    CENTERLINE = 3
    STATIC = 4
    VEHICLE = 5
    PEDESTRIAN = 6


TURN_OF_INTENT: Mapping[Intent, Turn] = {
    Intent.UNKNOWN: Turn.UNKNOWN,
    Intent.GO_STRAIGHT: Turn.STRAIGHT,
    Intent.GO_LEFT: Turn.LEFT,
    Intent.GO_RIGHT: Turn.RIGHT,
}

INTENT_OF_TURN: Mapping[Turn, Intent] = {turn: intent for intent, turn in TURN_OF_INTENT.items()}

TURN_OF_COMMAND: Mapping[Command, Turn] = {
    Command.VOID: Turn.UNKNOWN,
    Command.LEFT: Turn.LEFT,
    Command.RIGHT: Turn.RIGHT,
    Command.STRAIGHT: Turn.STRAIGHT,
    Command.LANE_FOLLOW: Turn.STRAIGHT,
    Command.CHANGE_LANE_LEFT: Turn.LEFT,
    Command.CHANGE_LANE_RIGHT: Turn.RIGHT,
}

REAL_BEV_OF_CARLA: Mapping[BevClass, BevClass | int] = {
    **{kind: kind for kind in BevClass},
    BevClass.STOP_SIGNS: BevClass.UNLABELED,
    BevClass.OBSTACLE: IGNORED,
    BevClass.PARKING_VEHICLE: BevClass.VEHICLE,
    BevClass.SPECIAL_VEHICLE: BevClass.VEHICLE,
}
"""Simulated maps as they are trained on beside real data: no distinction that real data lack (SIM2REAL)."""

REAL_BOX_OF_CARLA: Mapping[BoxClass, BoxClass | None] = {
    **{kind: kind for kind in BoxClass},
    BoxClass.SPECIAL: BoxClass.VEHICLE,
    BoxClass.PARKING: BoxClass.VEHICLE,
    BoxClass.OBSTACLE: None,
}
"""Simulated boxes likewise; None is left out."""

NAVSIM_BEV_OF_CARLA: Mapping[BevClass, NavsimBev] = {
    BevClass.UNLABELED: NavsimBev.UNLABELED,
    BevClass.ROAD: NavsimBev.ROAD,
    BevClass.LANE_MARKERS: NavsimBev.ROAD,
    BevClass.STOP_SIGNS: NavsimBev.ROAD,
    BevClass.VEHICLE: NavsimBev.VEHICLE,
    BevClass.WALKER: NavsimBev.PEDESTRIAN,
    BevClass.OBSTACLE: NavsimBev.STATIC,
    BevClass.PARKING_VEHICLE: NavsimBev.VEHICLE,
    BevClass.SPECIAL_VEHICLE: NavsimBev.VEHICLE,
    BevClass.BIKER: NavsimBev.ROAD,  # NAVSIM's map has no class for bicycles
    BevClass.TRAFFIC_GREEN: NavsimBev.ROAD,
    BevClass.TRAFFIC_RED_NORMAL: NavsimBev.ROAD,
    BevClass.TRAFFIC_RED_NOT_NORMAL: NavsimBev.ROAD,
}
"""What NAVSIM's own map would show of a recorded scene; walkways and centre lines come from the town's map."""

NAVSIM_VEHICLES = (BoxClass.VEHICLE, BoxClass.SPECIAL, BoxClass.PARKING)
"""Boxes that NAVSIM's targets hold: vehicles alone."""


def mapped(classes: NDArray[np.uint8], table: Mapping[IntEnum, IntEnum | int]) -> NDArray[np.uint8]:
    """Classes (...) of one data set in those of another; IGNORED stays. The table must name every class that occurs."""
    look_up = np.full(256, IGNORED, np.uint8)
    for kind, other in table.items():
        look_up[int(kind)] = int(other)
    return look_up[classes]
