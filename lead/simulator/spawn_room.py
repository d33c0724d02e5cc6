"""Is there room to spawn? Vehicles need a place free of everything, walkers and props one free of vehicles and walkers."""

from math import cos, sin, sqrt

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.boxes import separation
from lead.geometry.poses import PoseIndex
from lead.simulator.actors import ActorKind, Flag
from lead.simulator.obstacles import Obstacles
from lead.simulator.pairs import STEP_OVER, box_places
from lead.simulator.table import Columns

SPAWN_SLACK = 0.02  # m by which boxes may touch when an actor is spawned


@numba.njit(cache=True)
def is_free(
    columns: Columns, bodies: NDArray[np.int64], obstacles: Obstacles, pose: NDArray[np.float64], extent: NDArray[np.float64],
    centre: NDArray[np.float64], vehicle: bool,
) -> bool:  # fmt: skip
    """Whether a new body's box overlaps no other that blocks it.

    A `vehicle` is checked against all bodies and the scenery, a walker or prop against vehicles and walkers alone.
    """
    yaw = pose[PoseIndex.YAW]
    c, s = cos(yaw), sin(yaw)
    x, y = pose[0] + c * centre[0] - s * centre[1], pose[1] + s * centre[0] + c * centre[1]
    low, high = pose[2] + centre[2] - extent[2] + SPAWN_SLACK, pose[2] + centre[2] + extent[2] - SPAWN_SLACK
    length, width = max(0.0, extent[0] - SPAWN_SLACK), max(0.0, extent[1] - SPAWN_SLACK)
    places = box_places(columns, bodies)
    for k in range(bodies.shape[0]):
        row = bodies[k]
        if not (columns.flag[row, Flag.COLLISIONS] and columns.flag[row, Flag.BLOCKING]):
            continue
        if columns.kind[row] == ActorKind.PROP and not vehicle:
            continue
        middle = columns.pose[row, 2] + columns.centre[row, 2]
        if middle - columns.extent[row, 2] >= high or middle + columns.extent[row, 2] <= low:
            continue
        other = places[k]
        half = columns.extent[row]
        if separation(x, y, yaw, length, width, other[0], other[1], other[2], half[0], half[1])[0] < 0.0:
            return False
    if not vehicle:
        return True
    for box in range(obstacles.yaw.shape[0]):
        if not (obstacles.solid[box] and obstacles.standing[box]):
            continue
        place, half = obstacles.centre[box], obstacles.extent[box]
        if place[2] - half[2] >= high or place[2] + half[2] <= low + STEP_OVER:
            continue
        reach = sqrt(half[0] * half[0] + half[1] * half[1]) + length + width
        if abs(place[0] - x) > reach or abs(place[1] - y) > reach:
            continue
        if separation(x, y, yaw, length, width, place[0], place[1], obstacles.yaw[box], half[0], half[1])[0] < 0.0:
            return False
    return True
