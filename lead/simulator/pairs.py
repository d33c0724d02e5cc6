"""Bodies as upright boxes, and which of them are near enough to meet within a step: sweep along x, grid for the scenery."""

from math import cos, sin, sqrt
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf
from lead.geometry.poses import PoseIndex
from lead.simulator.actors import Body, Flag
from lead.simulator.obstacles import Obstacles
from lead.simulator.table import Columns

MARGIN = 0.3  # m around a body within which pairs are kept, for pushes that follow others
LEAP = 50.0  # m within one sub-step; a body that got farther was not driven there and touches nothing on the way
STEP_OVER = 0.05  # m; static things whose top is lower than this above the body's feet are driven over


class Boxes(NamedTuple):
    """Bodies of this step as boxes (n rows): [x, y, yaw] now and at the start, half sizes, heights, inverse masses."""

    now: NDArray[np.float64]  # (n, 3) centre m, yaw rad
    start: NDArray[np.float64]  # (n, 3)
    half: NDArray[np.float64]  # (n, 2) half length, half width, m
    low: NDArray[np.float64]  # (n,) m
    high: NDArray[np.float64]  # (n,) m
    weight: NDArray[np.float64]  # (n, 2) 1/kg, 1/(kg m2); 0 for what cannot be moved


@numba.njit(cache=True)
def box_places(columns: Columns, bodies: NDArray[np.int64]) -> NDArray[np.float64]:
    """Box centres and yaws (n, 3) of the bodies as they stand."""
    places = np.empty((bodies.shape[0], 3))
    for n in range(bodies.shape[0]):
        row = bodies[n]
        pose, centre = columns.pose[row], columns.centre[row]
        c, s = cos(pose[PoseIndex.YAW]), sin(pose[PoseIndex.YAW])
        places[n, 0] = pose[0] + c * centre[0] - s * centre[1]
        places[n, 1] = pose[1] + s * centre[0] + c * centre[1]
        places[n, 2] = pose[PoseIndex.YAW]
    return places


@numba.njit(cache=True)
def gather_boxes(
    columns: Columns, bodies: NDArray[np.int64], start: NDArray[np.float64], placed: NDArray[np.bool_]
) -> Boxes:
    """The bodies as boxes; one that was `placed` (n,) in this step or has leapt has not moved, however far it got."""
    n = bodies.shape[0]
    boxes = Boxes(box_places(columns, bodies), start, np.empty((n, 2)), np.empty(n), np.empty(n), np.zeros((n, 2)))
    for k in range(n):
        row = bodies[k]
        boxes.half[k, 0], boxes.half[k, 1] = columns.extent[row, 0], columns.extent[row, 1]
        middle = columns.pose[row, 2] + columns.centre[row, 2]
        boxes.low[k], boxes.high[k] = middle - columns.extent[row, 2], middle + columns.extent[row, 2]
        if columns.flag[row, Flag.PHYSICS] and columns.body[row, Body.MOVABLE] > 0.0:
            boxes.weight[k, 0] = 1.0 / columns.body[row, Body.MASS]
            boxes.weight[k, 1] = 1.0 / columns.body[row, Body.YAW_INERTIA]
        leap = max(abs(boxes.now[k, 0] - start[k, 0]), abs(boxes.now[k, 1] - start[k, 1])) > LEAP
        if placed[k] or leap:
            boxes.start[k] = boxes.now[k]
    return boxes


@numba.njit(cache=True)
def near_pairs(columns: Columns, bodies: NDArray[np.int64], boxes: Boxes, obstacles: Obstacles) -> NDArray[np.int64]:
    """Pairs (P, 2) that may meet in this step: two places in `bodies`, or one and -1 - the index of a static box."""
    n = bodies.shape[0]
    low, high = np.empty((n, 2)), np.empty((n, 2))
    order = np.empty(n, np.int64)
    live = 0
    for k in range(n):
        row = bodies[k]
        if not (columns.flag[row, Flag.COLLISIONS] and columns.flag[row, Flag.BLOCKING]):
            continue
        reach = sqrt(boxes.half[k, 0] ** 2 + boxes.half[k, 1] ** 2) + MARGIN
        for axis in range(2):
            low[k, axis] = min(boxes.now[k, axis], boxes.start[k, axis]) - reach
            high[k, axis] = max(boxes.now[k, axis], boxes.start[k, axis]) + reach
        place = live
        while place > 0 and low[order[place - 1], 0] > low[k, 0]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = k
        live += 1
    found = np.empty((64 + 8 * n, 2), np.int64)
    count = 0
    for a in range(live):
        i = order[a]
        for b in range(a + 1, live):
            j = order[b]
            if low[j, 0] > high[i, 0]:
                break
            if low[j, 1] > high[i, 1] or low[i, 1] > high[j, 1]:
                continue
            if boxes.low[i] >= boxes.high[j] or boxes.low[j] >= boxes.high[i]:
                continue
            if boxes.weight[i, 0] == 0.0 and boxes.weight[j, 0] == 0.0:
                continue
            if count == found.shape[0]:
                found = np.concatenate((found, np.empty_like(found)))
            found[count, 0], found[count, 1] = min(i, j), max(i, j)
            count += 1
    if obstacles.yaw.shape[0] > 0:
        for a in range(live):
            i = order[a]
            if boxes.weight[i, 0] > 0.0:
                end = _static_pairs(obstacles, boxes, i, low[i], high[i], found, count)
                while end < 0:
                    found = np.concatenate((found, np.empty_like(found)))
                    end = _static_pairs(obstacles, boxes, i, low[i], high[i], found, count)
                count = end
    return found[:count]


@leaf
def _static_pairs(obstacles, boxes, i, low, high, found, count):
    """Append the static boxes near body i to the pairs; returns the new count, or -1 if `found` is too short for them."""
    grid, first = obstacles.grid, count
    end_x, end_y = grid.origin_x + grid.rows * grid.cell, grid.origin_y + grid.columns * grid.cell
    if not (high[0] >= grid.origin_x and low[0] <= end_x and high[1] >= grid.origin_y and low[1] <= end_y):
        return count
    i0, i1 = int((low[0] - grid.origin_x) // grid.cell), int((high[0] - grid.origin_x) // grid.cell)
    j0, j1 = int((low[1] - grid.origin_y) // grid.cell), int((high[1] - grid.origin_y) // grid.cell)
    for ci in range(max(0, i0), min(grid.rows - 1, i1) + 1):
        for cj in range(max(0, j0), min(grid.columns - 1, j1) + 1):
            cell = ci * grid.columns + cj
            for place in range(grid.start[cell], grid.start[cell + 1]):
                box = grid.items[place]
                if not (obstacles.solid[box] and obstacles.standing[box]):
                    continue
                centre, extent = obstacles.centre[box], obstacles.extent[box]
                if centre[2] - extent[2] >= boxes.high[i] or centre[2] + extent[2] <= boxes.low[i] + STEP_OVER:
                    continue
                reach = sqrt(extent[0] * extent[0] + extent[1] * extent[1])
                if centre[0] - reach > high[0] or centre[0] + reach < low[0]:
                    continue
                if centre[1] - reach > high[1] or centre[1] + reach < low[1]:
                    continue
                known = False
                for k in range(first, count):
                    known = known or found[k, 1] == -1 - box
                if known:
                    continue
                if count == found.shape[0]:
                    return -1
                found[count, 0], found[count, 1] = i, -1 - box
                count += 1
    return count
