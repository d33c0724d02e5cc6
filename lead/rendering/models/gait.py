"""How pedestrians move their limbs: joint angles from place and speed alone.

The phase of a step is where the walker is along its heading, so that the foot on the ground does not slide and the same
state of the world always gives the same picture.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.rendering.models.model import Joint

HEIGHT = 1.86  # m, of the walker whom the table describes; others' strides and speeds scale with their height
LEG = 0.89  # m from the hip to the sole of that walker
FULL_SWING = 0.3  # m/s from which the stride has its full length
PACES = np.array([0.9, 1.9, 2.9])  # m/s up to which one strolls, walks, jogs; then runs
# per pace: stride (m), share of it with the foot on the ground, then rad: knee bend, arm swing, elbow bend
STYLE = np.array([
    [0.80, 0.62, 0.70, 0.25, 0.15],
    [1.15, 0.58, 0.95, 0.42, 0.25],
    [1.60, 0.45, 1.25, 0.60, 1.05],
    [2.40, 0.33, 1.65, 0.75, 1.45],
])  # fmt: skip
_SIDES = ((Joint.HIP_L, Joint.KNEE_L, Joint.SHOULDER_R, Joint.ELBOW_R, 0.0),
          (Joint.HIP_R, Joint.KNEE_R, Joint.SHOULDER_L, Joint.ELBOW_L, 0.5))  # fmt: skip


def walker_angles(
    x: ArrayLike, y: ArrayLike, yaw: ArrayLike, speed: ArrayLike, height: ArrayLike = HEIGHT
) -> NDArray[np.float64]:
    """Turn and pitch (rad) of every joint, (..., len(Joint), 2), of walkers at x, y (m, world) with heading yaw (rad),
    speed (m/s) and body height (m); the arguments broadcast. Standing still gives a relaxed pose."""
    x, y, yaw, speed, height = np.broadcast_arrays(x, y, yaw, speed, height)
    scale = height / HEIGHT
    pace = speed / scale
    stride, ground, knee, arm, elbow = np.moveaxis(STYLE[np.searchsorted(PACES, pace)], -1, 0)
    swing = np.clip(pace / FULL_SWING, 0.0, 1.0)
    phase = (x * np.cos(yaw) + y * np.sin(yaw)) / (stride * scale)
    reach = np.arcsin(np.minimum(0.5 * stride * ground / LEG, 0.9))
    angles = np.zeros((*x.shape, len(Joint), 2))
    for hip_joint, knee_joint, shoulder_joint, elbow_joint, offset in _SIDES:
        place = (phase + offset) % 1.0
        hip, bend = _leg(place, ground, reach, knee)
        angles[..., hip_joint, 1] = swing * hip
        angles[..., knee_joint, 1] = -swing * bend
        forward = np.cos(2.0 * np.pi * (place - 0.02))
        angles[..., shoulder_joint, 1] = 0.04 + swing * (arm * forward - 0.1 * arm)
        angles[..., elbow_joint, 1] = 0.12 + swing * elbow * (0.85 + 0.15 * forward)
    return angles


def _leg(
    place: NDArray[np.float64], ground: NDArray[np.float64], reach: NDArray[np.float64], knee: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Forward angle of a thigh and bend of its knee (rad) at a place in the stride: on the ground until `ground`, moving
    back at the walker's speed, then swinging forward."""
    stance = np.arcsin(np.sin(reach) * (1.0 - 2.0 * np.minimum(place / ground, 1.0)))
    air = np.clip((place - ground) / (1.0 - ground), 0.0, 1.0)
    forward = -reach * np.cos(np.pi * air) + 0.3 * knee * np.sin(np.pi * air) ** 2
    bend = knee * np.sin(np.pi * air**0.8) ** 2
    return np.where(place < ground, stance, forward), bend
