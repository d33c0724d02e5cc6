"""How many points of a picture or a cloud lie in boxes."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.geometry.leaf import leaf

NEAREST = 0.05  # m of depth; a box with a corner nearer than this may be anywhere in the picture


@leaf
def count_pixels(
    depth: NDArray[np.float32], kinds: NDArray[np.uint8], focal: float, eye: NDArray[np.float64],
    eye_axes: NDArray[np.float64], centre: NDArray[np.float64], axes: NDArray[np.float64],
    half: NDArray[np.float64], wanted: NDArray[np.uint8], counts: NDArray[np.int32],
) -> None:  # fmt: skip
    """Add to `counts` (T,) the pixels of a picture (H, W) whose point lies in each box and that show what is wanted.

    `depth` is planar, m; a pixel shows what is wanted where `kinds` (H, W) and `wanted` (T,) have a bit in common. The
    axes of eye and boxes are rows forward, right, up.
    """
    for t in range(centre.shape[0]):
        left, right, top, bottom = _frame(depth, focal, eye, eye_axes, centre[t], axes[t], half[t])
        for row in range(top, bottom):
            down = (row + 0.5 - 0.5 * depth.shape[0]) / focal
            for column in range(left, right):
                if not kinds[row, column] & wanted[t]:
                    continue
                aside = (column + 0.5 - 0.5 * depth.shape[1]) / focal
                z = depth[row, column]
                inside = True
                for k in range(3):
                    place = 0.0
                    for j in range(3):
                        ray = eye_axes[0, j] + aside * eye_axes[1, j] - down * eye_axes[2, j]
                        place += axes[t, k, j] * (eye[j] + z * ray - centre[t, j])
                    inside = inside and abs(place) <= half[t, k]
                counts[t] += inside


@leaf
def count_points(
    points: NDArray[np.float64], floor: float, centre: NDArray[np.float64], axes: NDArray[np.float64],
    half: NDArray[np.float64], padding: float, counts: NDArray[np.int32],
) -> None:  # fmt: skip
    """Add to `counts` (T,) the points (N, 3) in each box, which is wider by a padding (m) but begins `floor` m above
    the foot of the unpadded one."""
    for t in range(centre.shape[0]):
        radius = sqrt(half[t, 0] ** 2 + half[t, 1] ** 2 + half[t, 2] ** 2) + 2.0 * padding
        for i in range(points.shape[0]):
            x, y, z = points[i, 0] - centre[t, 0], points[i, 1] - centre[t, 1], points[i, 2] - centre[t, 2]
            if abs(x) > radius or abs(y) > radius or abs(z) > radius:
                continue
            up = axes[t, 2, 0] * x + axes[t, 2, 1] * y + axes[t, 2, 2] * z
            ahead = axes[t, 0, 0] * x + axes[t, 0, 1] * y + axes[t, 0, 2] * z
            right = axes[t, 1, 0] * x + axes[t, 1, 1] * y + axes[t, 1, 2] * z
            if (
                floor - half[t, 2] <= up <= half[t, 2] + padding
                and abs(ahead) <= half[t, 0] + padding
                and abs(right) <= half[t, 1] + padding
            ):
                counts[t] += 1


@leaf
def make_opaque(
    depth: NDArray[np.float32], instance: NDArray[np.uint16], solid: NDArray[np.uint8], window: float,
    nearest: NDArray[np.float32],
) -> None:  # fmt: skip
    """Bring pixels (H, W) of a solid instance that are farther than its nearest by more than `window` (m) to there.

    Through the windows of a car one sees what is behind it, though the pixel is the car's. `nearest` (65536,) is room.
    """
    nearest[:] = np.inf
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            if solid[row, column]:
                number = instance[row, column]
                nearest[number] = min(nearest[number], depth[row, column])
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            if solid[row, column] and depth[row, column] > nearest[instance[row, column]] + window:
                depth[row, column] = nearest[instance[row, column]]


@leaf
def ground_distances(
    depth: NDArray[np.float32], ground: NDArray[np.uint8], focal: float, eye: NDArray[np.float64],
    eye_axes: NDArray[np.float64], least: float, most: float, highest: float, distances: NDArray[np.float32],
) -> tuple[int, int]:  # fmt: skip
    """Write the distances (m) from the origin of a picture's points on the ground; their number, and that of all points.

    Points count that are lower than `highest` and between `least` and `most` m away; eye and axes are in the frame in
    which that is measured. `ground` (H, W) tells where what is seen belongs to the ground or stands on it.
    """
    found, points = 0, 0
    for row in range(depth.shape[0]):
        down = (row + 0.5 - 0.5 * depth.shape[0]) / focal
        for column in range(depth.shape[1]):
            aside, z = (column + 0.5 - 0.5 * depth.shape[1]) / focal, depth[row, column]
            square = 0.0
            for j in range(3):
                place = eye[j] + z * (eye_axes[0, j] + aside * eye_axes[1, j] - down * eye_axes[2, j])
                square += place * place
            if place >= highest or not least * least < square < most * most:
                continue
            points += 1
            if ground[row, column]:
                distances[found] = sqrt(square)
                found += 1
    return found, points


@leaf
def _frame(
    depth: NDArray[np.float32], focal: float, eye: NDArray[np.float64], eye_axes: NDArray[np.float64],
    centre: NDArray[np.float64], axes: NDArray[np.float64], half: NDArray[np.float64],
) -> tuple[int, int, int, int]:  # fmt: skip
    """Columns from, to and rows from, to of a picture between which a box is; equal ones if it is not in it."""
    height, width = depth.shape
    left, right, top, bottom = 1e9, -1e9, 1e9, -1e9
    near = 0
    for corner in range(8):
        ahead, aside, down = 0.0, 0.0, 0.0
        for j in range(3):
            place = centre[j] - eye[j]
            place += half[0] * axes[0, j] if corner & 1 else -half[0] * axes[0, j]
            place += half[1] * axes[1, j] if corner & 2 else -half[1] * axes[1, j]
            place += half[2] * axes[2, j] if corner & 4 else -half[2] * axes[2, j]
            ahead += place * eye_axes[0, j]
            aside += place * eye_axes[1, j]
            down -= place * eye_axes[2, j]
        if ahead < NEAREST:
            near += 1
            continue
        column, row = focal * aside / ahead + 0.5 * width, focal * down / ahead + 0.5 * height
        left, right, top, bottom = min(left, column), max(right, column), min(top, row), max(bottom, row)
    if near == 8:
        return 0, 0, 0, 0
    if near:
        return 0, width, 0, height
    return (
        int(max(left - 1.0, 0.0)), int(min(max(right + 2.0, 0.0), width)),
        int(max(top - 1.0, 0.0)), int(min(max(bottom + 2.0, 0.0), height)),
    )  # fmt: skip
