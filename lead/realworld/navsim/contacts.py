"""Whose fault a contact is (NC), and whether one is near (TTC), for boxes against the boxes of the others.

Boxes that touch are in contact. A track once found not to be the ego's fault, or harmless, is not asked again.
Source: spec/benchmarks.md, 5.2, and fixtures (points 3 to 5). Columns of poses: x, y, heading; metres, radians.
"""

from dataclasses import dataclass
from enum import IntEnum
from math import cos, hypot, radians, sin

import numba
import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.geometry.boxes import separation
from lead.realworld.navsim.areas import Flags, Whereabouts
from lead.realworld.navsim.motion import STEP, Array, Motion
from lead.realworld.navsim.scene import Tracks

STOPPED = 0.05  # m/s up to which ego and others count as stopped in a contact
STANDING = 0.005  # m/s below which the ego cannot come near anything
AHEAD, BEHIND = cos(radians(30.0)), cos(radians(150.0))  # of the angle from the ego's heading to the other
LOOK_AHEAD = np.array([0, 3, 6, 9])  # steps by which the ego is moved on
OBJECT_SCORE = 0.5  # of hitting something that is no agent
NEVER = np.iinfo(np.int64).max  # step of what does not happen


class Contact(IntEnum):
    """What a contact at one step is."""

    NONE = 0
    STOPPED_EGO = 1
    STOPPED_TRACK = 2
    ACTIVE_REAR = 3
    ACTIVE_FRONT = 4
    ACTIVE_LATERAL = 5


_, STOPPED_EGO, STOPPED_TRACK, ACTIVE_REAR, ACTIVE_FRONT, ACTIVE_LATERAL = map(int, Contact)


@dataclass(frozen=True)
class Collisions:
    """Contacts of P proposals with K tracks at T steps."""

    contact: NDArray[np.int8]  # (P, K, T) Contact, as far as it was asked for
    at_fault: Flags  # (P, K, T)
    score: Array  # (P,) NC: 0 for hitting an agent, 0.5 for another object, else 1

    @property
    def first_step(self) -> NDArray[np.int64]:
        """(P,) of the first contact at fault, NEVER if there is none."""
        return first_true(np.any(self.at_fault, axis=1))


def first_true(flags: Flags) -> NDArray[np.int64]:
    """First step (P,) of flags (P, T) that is true, NEVER if none is."""
    return np.where(np.any(flags, axis=1), np.argmax(flags, axis=1), NEVER)


def without_overlapping(tracks: Tracks, motion: Motion) -> Flags:
    """(K, T) where tracks are visible but for those that overlap the ego at the start, which are dropped entirely."""
    ego = motion.centre[0, 0]
    overlap = _overlapping(ego, motion.vehicle.length, motion.vehicle.width, tracks.pose, tracks.size, tracks.visible)
    return tracks.visible & ~overlap[:, None]


def collisions(motion: Motion, tracks: Tracks, visible: Flags, where: Whereabouts) -> Collisions:
    """Every contact with the tracks as far as they are visible (K, T), and the score NC."""
    moving = np.where(tracks.is_agent, tracks.first_speed, 0.0) > STOPPED
    sizes = (motion.vehicle.length, motion.vehicle.width)
    contact = _contacts(
        motion.centre, motion.rear_axle, motion.speed, *sizes, tracks.pose, tracks.size, visible, moving, where.unsafe
    )
    at_fault = (contact == STOPPED_TRACK) | (contact == ACTIVE_FRONT)
    at_fault |= (contact == ACTIVE_LATERAL) & where.unsafe[:, None]
    hit = np.any(at_fault, axis=2)
    costs = np.where(hit, np.where(tracks.is_agent, 0.0, OBJECT_SCORE), 1.0)
    return Collisions(contact, at_fault, np.min(costs, axis=1, initial=1.0))


def time_to_collision(
    motion: Motion, tracks: Tracks, visible: Flags, where: Whereabouts, steps: int
) -> tuple[Array, NDArray[np.int64]]:
    """TTC (P,), 0 where moving on at constant velocity meets a track in 0, 0.3, 0.6 or 0.9 s, and the first step (P,).

    Asked for the first `steps` steps. Raises InputError where the tracks end before the last look-ahead.
    """
    needed = steps + int(LOOK_AHEAD[-1])
    if visible.shape[1] < needed:
        raise InputError(f"found tracks of {visible.shape[1]} steps, expected at least {needed} to look ahead that far")
    responsible = where.unsafe | where.rear_axle_on_intersection
    sizes = (motion.vehicle.length, motion.vehicle.width)
    first = _first_near(
        motion.centre, motion.rear_axle, motion.speed, *sizes, tracks.pose, tracks.size, visible, responsible, steps
    )
    return (first == NEVER).astype(np.float64), first


@numba.njit(cache=True)
def _reach(length: float, width: float, size: Array) -> float:
    """Distance (m) of the centres beyond which two boxes cannot touch, however they are turned."""
    return 0.5 * (hypot(length, width) + hypot(size[0], size[1])) + 1e-6


@numba.njit(cache=True)
def _in_touch(
    x: float, y: float, yaw: float, length: float, width: float, other: Array, size: Array, reach: float
) -> bool:
    """Whether two boxes touch or overlap."""
    dx, dy = other[0] - x, other[1] - y
    if dx * dx + dy * dy > reach * reach:
        return False
    half = (0.5 * length, 0.5 * width)
    gap, _, _ = separation(0.0, 0.0, yaw, half[0], half[1], dx, dy, other[2], 0.5 * size[0], 0.5 * size[1])
    return gap <= 0.0


@numba.njit(cache=True)
def _cosine_to(rear_axle: Array, other: Array) -> float:
    """Cosine of the angle from the ego's heading to the other, seen from the rear axle."""
    dx, dy = other[0] - rear_axle[0], other[1] - rear_axle[1]
    distance = hypot(dx, dy)
    return (dx * cos(rear_axle[2]) + dy * sin(rear_axle[2])) / distance if distance > 0.0 else 0.0


@numba.njit(cache=True)
def _overlapping(ego: Array, length: float, width: float, pose: Array, size: Array, visible: Flags) -> Flags:
    result = np.zeros(len(pose), np.bool_)
    for k in range(len(pose)):
        reach = _reach(length, width, size[k])
        result[k] = visible[k, 0] and _in_touch(ego[0], ego[1], ego[2], length, width, pose[k, 0], size[k], reach)
    return result


@numba.njit(cache=True)
def _contacts(
    centre: Array, rear_axle: Array, speed: Array, length: float, width: float,
    pose: Array, size: Array, visible: Flags, moving: Flags, unsafe: Flags,
) -> NDArray[np.int8]:  # fmt: skip
    """Contact (P, K, T) of every track at every step, until one is not at fault."""
    proposals, steps = speed.shape
    result = np.zeros((proposals, len(pose), steps), np.int8)
    for p in range(proposals):
        for k in range(len(pose)):
            reach = _reach(length, width, size[k])
            for t in range(steps):
                x, y, yaw = centre[p, t, 0], centre[p, t, 1], centre[p, t, 2]
                if not visible[k, t] or not _in_touch(x, y, yaw, length, width, pose[k, t], size[k], reach):
                    continue
                front_x, front_y = x + 0.5 * length * cos(yaw), y + 0.5 * length * sin(yaw)
                if speed[p, t] <= STOPPED:
                    found = STOPPED_EGO
                elif not moving[k]:
                    found = STOPPED_TRACK
                elif _cosine_to(rear_axle[p, t], pose[k, t]) < BEHIND:
                    found = ACTIVE_REAR
                elif _in_touch(front_x, front_y, yaw, 0.0, width, pose[k, t], size[k], reach):
                    found = ACTIVE_FRONT
                else:
                    found = ACTIVE_LATERAL
                result[p, k, t] = found
                if found == STOPPED_EGO or found == ACTIVE_REAR or (found == ACTIVE_LATERAL and not unsafe[p, t]):
                    break
    return result


@numba.njit(cache=True)
def _first_near(
    centre: Array, rear_axle: Array, speed: Array, length: float, width: float,
    pose: Array, size: Array, visible: Flags, responsible: Flags, steps: int,
) -> NDArray[np.int64]:  # fmt: skip
    """First step (P,) at which moving on meets a track that the ego has to mind, NEVER if there is none."""
    first = np.full(len(speed), NEVER)
    for p in range(len(speed)):
        for k in range(len(pose)):
            near = _first_near_track(
                centre[p], rear_axle[p], speed[p], length, width, pose[k], size[k], visible[k], responsible[p], steps
            )
            first[p] = min(first[p], near)
    return first


@numba.njit(cache=True)
def _first_near_track(
    centre: Array, rear_axle: Array, speed: Array, length: float, width: float,
    pose: Array, size: Array, visible: Flags, responsible: Flags, steps: int,
) -> int:  # fmt: skip
    """First step at which moving on meets this track, NEVER if it does not or the first time is harmless."""
    reach = _reach(length, width, size)
    for t in range(steps):
        if speed[t] < STANDING:
            continue
        yaw = centre[t, 2]
        forward_x, forward_y = cos(yaw), sin(yaw)
        for ahead in LOOK_AHEAD:
            way = speed[t] * ahead * STEP
            there = pose[t + ahead]
            moved_x, moved_y = centre[t, 0] + way * forward_x, centre[t, 1] + way * forward_y
            if not visible[t + ahead] or not _in_touch(moved_x, moved_y, yaw, length, width, there, size, reach):
                continue
            cosine = _cosine_to(rear_axle[t], there)
            if cosine > AHEAD or (responsible[t] and cosine >= BEHIND):
                return t
            return NEVER
    return NEVER
