"""How vehicles' joints stand: wheels and forks by steering and place, doors by their bits, pedals and legs."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.poses import PoseIndex
from lead.rendering.models.model import Joint
from lead.rendering.models.vehicle_bicycles import CRANK, HIP, SHIN, THIGH

DOOR_OPENING = 1.15  # rad
GEARING = 2.4  # turns of the wheel per turn of the pedals

_WHEELS = slice(Joint.WHEEL_FL, Joint.WHEEL_RR + 1)
_DOORS = slice(Joint.DOOR_FL, Joint.DOOR_RR + 1)


def joint_angles(pose: ArrayLike, wheels: ArrayLike, doors: ArrayLike, radius: ArrayLike) -> NDArray[np.float32]:
    """Angles (N, len(Joint), 2) rad, turn about z and pitch about y, of N vehicles.

    pose (N, 6): world poses; wheels (N, 4): steering angles (rad, positive to the right) of front left, front right,
    rear left, rear right; doors (N,): bit k set for an open door k in that order; radius (N,): of the wheels (m). How
    far wheels and pedals have turned follows from the place alone: the distance from the origin along the heading.
    """
    pose, wheels = np.asarray(pose, np.float64), np.asarray(wheels, np.float64)
    yaw = pose[:, PoseIndex.YAW]
    rolled = pose[:, PoseIndex.X] * np.cos(yaw) + pose[:, PoseIndex.Y] * np.sin(yaw)
    spin = -rolled / np.maximum(radius, 0.05)  # forwards is nose down
    angles = np.zeros((len(pose), len(Joint), 2))
    angles[:, _WHEELS, 0] = wheels
    angles[:, _WHEELS, 1] = _wrapped(spin)[:, None]
    angles[:, Joint.FORK, 0] = wheels[:, 0]
    bits = np.asarray(doors, np.int64)[:, None] >> np.arange(4) & 1
    angles[:, _DOORS, 0] = DOOR_OPENING * bits * [1.0, -1.0, 1.0, -1.0]
    crank = _wrapped(spin / GEARING)
    angles[:, Joint.CRANK, 1] = crank
    for hip, knee, pedal in ((Joint.HIP_R, Joint.KNEE_R, crank), (Joint.HIP_L, Joint.KNEE_L, crank + np.pi)):
        angles[:, hip, 1], angles[:, knee, 1] = leg_angles(pedal)
    return angles.astype(np.float32)


def leg_angles(pedal: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pitch (rad) of hip and knee, zero when hanging straight, that puts a cyclist's foot on a pedal whose crank is
    pitched by `pedal` (rad, zero forwards)."""
    forward, down = CRANK * np.cos(pedal) - HIP[0], HIP[1] - CRANK * np.sin(pedal)
    reach = np.minimum(np.hypot(forward, down), 0.999 * (THIGH + SHIN))
    lean = np.arctan2(forward, down)
    upper = np.arccos((THIGH**2 + reach**2 - SHIN**2) / (2.0 * THIGH * reach))
    lower = np.arccos((SHIN**2 + reach**2 - THIGH**2) / (2.0 * SHIN * reach))
    return lean + upper, -(upper + lower)


def _wrapped(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return (angle + np.pi) % (2.0 * np.pi) - np.pi
