"""What sensors report of their hits: points of a LiDAR, detections of a radar."""

from math import asin, atan2, exp

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.raster import NOTHING
from lead.rendering.kernels.scene import Objects, Triangles


@kernel
def lidar_points(
    directions: NDArray[np.float64], distance: NDArray[np.float32], face: NDArray[np.uint32], per_channel: int,
    attenuation: float, general: float, limit: float, zero: float, luck: NDArray[np.float32],
    noise: NDArray[np.float64], points: NDArray[np.float32], counts: NDArray[np.uint32],
) -> int:  # fmt: skip
    """Write x, y, z (m, sensor) and intensity of what is left of N rays into `points` (N, 4), and count it by channel.

    attenuation in 1/m; `general` share lost anyhow, and `zero` * (1 - intensity / limit) of those below the limit;
    `luck` (2, N) uniform in [0, 1); `noise` (N,) or (0,) m along the ray.
    """
    count = 0
    for k in range(face.shape[0]):
        if face[k] == NOTHING or luck[0, k] < general:
            continue
        reach = np.float64(distance[k])
        intensity = exp(-attenuation * reach)
        if intensity < limit and luck[1, k] < zero * (1.0 - intensity / limit):
            continue
        if noise.shape[0] > 0:
            reach += noise[k]
        for a in range(3):
            points[count, a] = directions[k, a] * reach
        points[count, 3] = intensity
        counts[k // per_channel] += 1
        count += 1
    return count


@kernel
def semantic_points(
    triangles: Triangles, objects: Objects, turn: NDArray[np.float64], directions: NDArray[np.float64],
    distance: NDArray[np.float32], face: NDArray[np.uint32], per_channel: int, points: NDArray[np.float32],
    labels: NDArray[np.uint32], counts: NDArray[np.uint32],
) -> int:  # fmt: skip
    """Write x, y, z (m, sensor) and cosine of incidence of N rays into `points` (N, 4), object and class into `labels`
    (N, 2), and count them by channel; turn (3, 3) takes the sensor's frame to the world."""
    count = 0
    for k in range(face.shape[0]):
        f = face[k]
        if f == NOTHING:
            continue
        cosine = 0.0
        for a in range(3):
            along = turn[a, 0] * directions[k, 0] + turn[a, 1] * directions[k, 1] + turn[a, 2] * directions[k, 2]
            cosine -= along * triangles.normal[f, a]
            points[count, a] = directions[k, a] * distance[k]
        points[count, 3] = cosine
        labels[count, 0] = objects.identity[triangles.owner[f]]
        labels[count, 1] = triangles.tag[f]
        counts[k // per_channel] += 1
        count += 1
    return count


@kernel
def radar_detections(
    triangles: Triangles, objects: Objects, turn: NDArray[np.float64], velocity: NDArray[np.float64],
    directions: NDArray[np.float64], distance: NDArray[np.float32], face: NDArray[np.uint32],
    detections: NDArray[np.float32],
) -> int:  # fmt: skip
    """Write radial velocity (m/s), azimuth, altitude (rad) and depth (m) of N rays into `detections` (N, 4).

    turn (3, 3) takes the sensor's frame to the world; velocity (3,) m/s, world, is the sensor's.
    """
    count = 0
    for k in range(face.shape[0]):
        f = face[k]
        if f == NOTHING:
            continue
        x, y, z = directions[k, 0], directions[k, 1], directions[k, 2]
        receding = 0.0
        for a in range(3):
            along = turn[a, 0] * x + turn[a, 1] * y + turn[a, 2] * z
            receding += along * (objects.velocity[triangles.owner[f], a] - velocity[a])
        detections[count, 0] = receding
        detections[count, 1] = atan2(y, x)
        detections[count, 2] = asin(z)
        detections[count, 3] = distance[k]
        count += 1
    return count
