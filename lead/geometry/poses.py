"""Poses as rows `[x, y, z, pitch, yaw, roll]` (metres, radians) in CARLA's left-handed frame, and the rotations they mean.

CARLA turns a vector by roll about x, then pitch about y, then yaw about z. Yaw is clockwise seen from above (x to y);
positive pitch lifts the nose; positive roll lowers the right side.
Source: the rotation matrix of `carla.Transform.get_matrix()` (CARLA 0.9.16 client), against which the tests compare.
"""

from enum import IntEnum
from math import cos, pi, sin

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf


class PoseIndex(IntEnum):
    """Columns of a pose row."""

    X = 0
    Y = 1
    Z = 2
    PITCH = 3
    YAW = 4
    ROLL = 5


@leaf
def wrap_angle(angle: float) -> float:
    """The same angle (radians) in [-pi, pi)."""
    return (angle + pi) % (2.0 * pi) - pi


def canonical(pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same pose (6,) with its pitch in [-pi/2, pi/2], its yaw and roll in [-pi, pi], as CARLA tells rotations."""
    pitch, yaw, roll = pose[3:6].tolist()
    if abs(wrap_angle(pitch)) > 0.5 * pi:
        pitch, yaw, roll = pi - pitch, yaw + pi, roll + pi
    turned = [angle if abs(angle) <= pi else wrap_angle(angle) for angle in (pitch, yaw, roll)]
    return np.array([*pose[:3].tolist(), *turned])


@numba.njit(cache=True)
def rotation_matrix(pitch: float, yaw: float, roll: float) -> NDArray[np.float64]:
    """Matrix (3, 3) that takes a vector from the body frame to the world frame; angles in radians."""
    cp, sp = cos(pitch), sin(pitch)
    cy, sy = cos(yaw), sin(yaw)
    cr, sr = cos(roll), sin(roll)
    matrix = np.empty((3, 3))
    matrix[0, 0], matrix[0, 1], matrix[0, 2] = cp * cy, cy * sp * sr - sy * cr, -cy * sp * cr - sy * sr
    matrix[1, 0], matrix[1, 1], matrix[1, 2] = cp * sy, sy * sp * sr + cy * cr, -sy * sp * cr + cy * sr
    matrix[2, 0], matrix[2, 1], matrix[2, 2] = sp, -cp * sr, cp * cr
    return matrix


@leaf
def turning(
    pitch: float, yaw: float, pitch_rate: float, yaw_rate: float, roll_rate: float
) -> tuple[float, float, float]:
    """Angular velocity (rad/s, world axes, as `w x r`) of a body whose angles (rad) change at these rates (rad/s).

    A positive z turns x to y, as yaw does; pitch and roll turn against the right-hand rule about y and x, so that at
    yaw 0 a rising nose is a negative y and a sinking right side a negative x, as CARLA reports it.
    """
    cp, sp, cy, sy = cos(pitch), sin(pitch), cos(yaw), sin(yaw)
    x = pitch_rate * sy - roll_rate * cp * cy
    y = -pitch_rate * cy - roll_rate * cp * sy
    return x, y, yaw_rate - roll_rate * sp


@numba.njit(cache=True)
def angles_of(matrix: NDArray[np.float64]) -> tuple[float, float, float]:
    """Pitch, yaw, roll (radians) of a rotation matrix (3, 3); roll is 0 where the nose points straight up or down."""
    sin_pitch = min(1.0, max(-1.0, matrix[2, 0]))
    pitch = np.arcsin(sin_pitch)
    if abs(sin_pitch) > 1.0 - 1e-12:
        return pitch, np.arctan2(-matrix[0, 1], matrix[1, 1]), 0.0
    return pitch, np.arctan2(matrix[1, 0], matrix[0, 0]), np.arctan2(-matrix[2, 1], matrix[2, 2])


@numba.njit(cache=True)
def to_world(points: NDArray[np.float64], pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (N, 3) given in the frame of `pose` (6,), in world coordinates (N, 3)."""
    matrix = rotation_matrix(pose[3], pose[4], pose[5])
    result = np.empty_like(points)
    for i in range(points.shape[0]):
        for k in range(3):
            result[i, k] = (
                pose[k] + matrix[k, 0] * points[i, 0] + matrix[k, 1] * points[i, 1] + matrix[k, 2] * points[i, 2]
            )
    return result


@numba.njit(cache=True)
def to_local(points: NDArray[np.float64], pose: NDArray[np.float64]) -> NDArray[np.float64]:
    """World points (N, 3) in the frame of `pose` (6,): the inverse of `to_world`."""
    matrix = rotation_matrix(pose[3], pose[4], pose[5])
    result = np.empty_like(points)
    for i in range(points.shape[0]):
        dx, dy, dz = points[i, 0] - pose[0], points[i, 1] - pose[1], points[i, 2] - pose[2]
        for k in range(3):
            result[i, k] = matrix[0, k] * dx + matrix[1, k] * dy + matrix[2, k] * dz
    return result


@numba.njit(cache=True)
def compose(parent: NDArray[np.float64], relative: NDArray[np.float64]) -> NDArray[np.float64]:
    """World pose (6,) of a body whose pose in the frame of `parent` (6,) is `relative` (6,)."""
    outer = rotation_matrix(parent[3], parent[4], parent[5])
    inner = rotation_matrix(relative[3], relative[4], relative[5])
    result = np.empty(6)
    product = np.empty((3, 3))
    for i in range(3):
        result[i] = parent[i] + outer[i, 0] * relative[0] + outer[i, 1] * relative[1] + outer[i, 2] * relative[2]
        for j in range(3):
            product[i, j] = outer[i, 0] * inner[0, j] + outer[i, 1] * inner[1, j] + outer[i, 2] * inner[2, j]
    result[3], result[4], result[5] = angles_of(product)
    return result
