"""Between CARLA's frame and ISO 8855, and between the ego's frame and the world's.

CARLA is left-handed: x forward, y right, z up, yaw clockwise seen from above. NAVSIM, nuPlan and Waymo follow ISO 8855:
x forward, y left, z up, heading counter-clockwise. Both have the same origin here; moving it (NAVSIM's ego is the rear
axle) is the caller's matter. Every conversion has its inverse, by name. Metres and radians.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead import InputError
from lead.geometry.poses import PoseIndex

Y = 1  # index of y in a point, and in a planar pose
HEADING = 2  # index of the heading in a planar pose x, y, heading

Array = NDArray[np.float64]


def iso_points(points_carla: ArrayLike) -> Array:
    """Points, velocities or accelerations (..., 2 or 3) of CARLA's frame in ISO 8855: y changes sign."""
    return _negated(points_carla, (Y,), (2, 3), "points (..., 2) or (..., 3)")


def carla_points(points_iso: ArrayLike) -> Array:
    """Points, velocities or accelerations (..., 2 or 3) of ISO 8855 in CARLA's frame: y changes sign."""
    return _negated(points_iso, (Y,), (2, 3), "points (..., 2) or (..., 3)")


def iso_headings(yaws_carla: ArrayLike) -> Array:
    """Yaws or yaw rates (...) of CARLA's frame, clockwise, as counter-clockwise headings or rates of ISO 8855."""
    return -np.asarray(yaws_carla, np.float64)


def carla_yaws(headings_iso: ArrayLike) -> Array:
    """Headings or yaw rates (...) of ISO 8855, counter-clockwise, as clockwise yaws or rates of CARLA's frame."""
    return -np.asarray(headings_iso, np.float64)


def iso_planar_poses(poses_carla: ArrayLike) -> Array:
    """Planar poses (..., 3) x, y, yaw of CARLA's frame in ISO 8855: y and heading change sign."""
    return _negated(poses_carla, (Y, HEADING), (3,), "poses (..., 3)")


def carla_planar_poses(poses_iso: ArrayLike) -> Array:
    """Planar poses (..., 3) x, y, heading of ISO 8855 in CARLA's frame: y and yaw change sign."""
    return _negated(poses_iso, (Y, HEADING), (3,), "poses (..., 3)")


def iso_poses(poses_carla: ArrayLike) -> Array:
    """Poses (..., 6) x, y, z, pitch, yaw, roll of CARLA's frame in ISO 8855 (same order, intrinsic z-y-x).

    y, pitch (positive lifts the nose in CARLA and lowers it in ISO 8855) and yaw change sign; roll keeps it.
    """
    return _negated(poses_carla, (PoseIndex.Y, PoseIndex.PITCH, PoseIndex.YAW), (6,), "poses (..., 6)")


def carla_poses(poses_iso: ArrayLike) -> Array:
    """Poses (..., 6) x, y, z, pitch, yaw, roll of ISO 8855 in CARLA's frame; the inverse of `iso_poses`."""
    return _negated(poses_iso, (PoseIndex.Y, PoseIndex.PITCH, PoseIndex.YAW), (6,), "poses (..., 6)")


def world_poses(poses_ego: ArrayLike, ego_world: ArrayLike) -> Array:
    """Planar poses (..., 3) of the ego's frame in the world's, where the ego's pose is `ego_world` (3,).

    Holds in either frame alike. Headings come out in [-pi, pi).
    """
    poses, ego = np.asarray(poses_ego, np.float64), np.asarray(ego_world, np.float64)
    c, s = np.cos(ego[HEADING]), np.sin(ego[HEADING])
    x, y = poses[..., 0], poses[..., Y]
    moved = (ego[0] + c * x - s * y, ego[Y] + s * x + c * y, wrapped(poses[..., HEADING] + ego[HEADING]))
    return np.stack(moved, axis=-1)


def ego_poses(poses_world: ArrayLike, ego_world: ArrayLike) -> Array:
    """Planar poses (..., 3) of the world's frame in that of an ego at `ego_world` (3,); inverse of `world_poses`."""
    poses, ego = np.asarray(poses_world, np.float64), np.asarray(ego_world, np.float64)
    c, s = np.cos(ego[HEADING]), np.sin(ego[HEADING])
    dx, dy = poses[..., 0] - ego[0], poses[..., Y] - ego[Y]
    return np.stack((c * dx + s * dy, c * dy - s * dx, wrapped(poses[..., HEADING] - ego[HEADING])), axis=-1)


def wrapped(angles: ArrayLike) -> Array:
    """The same angles (...) in [-pi, pi)."""
    return (np.asarray(angles, np.float64) + np.pi) % (2.0 * np.pi) - np.pi


def _negated(values: ArrayLike, columns: tuple[int, ...], widths: tuple[int, ...], expected: str) -> Array:
    result = np.array(values, np.float64)
    if result.ndim == 0 or result.shape[-1] not in widths:
        raise InputError(f"found an array of shape {result.shape}, expected {expected}")
    result[..., columns] *= -1.0
    return result
