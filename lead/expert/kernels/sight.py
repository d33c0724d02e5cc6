"""How much of boxes can be seen from a place past other boxes: points on their faces, rays to them, solid angles."""

from math import asin, atan2, ceil, cos, exp, pi, sin, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.boxes import slab
from lead.geometry.leaf import leaf

CELL = 0.5  # m, the most from sample to sample on a face close by
FEWEST, MOST = 2, 8  # samples along an edge
RIM = 0.94  # of a half size, where the outermost samples lie: what peeps out peeps out at the rim
COARSER = 1.0 / 50.0  # m more per m of distance
LEAN = 0.1  # m per m of height by which boxes lean, on slopes, at most
TOUCH = 1.0 - 1e-6  # share of a ray at which it may touch what it aims at


class Obstruction(NamedTuple):
    """Boxes that hide what is behind them (O rows), and room for those that matter for one target."""

    centre: NDArray[np.float64]  # (O, 3) m
    axes: NDArray[np.float64]  # (O, 3, 3) rows forward, right, up
    half: NDArray[np.float64]  # (O, 3) m
    owner: NDArray[np.int64]  # (O,) the target it belongs to, which it does not hide; -1 if none
    around: NDArray[np.float64]  # (O, 3) azimuth, half angle (rad) and nearest distance (m) from the eye
    rows: NDArray[np.int64]  # (O,) those that may hide the target
    start: NDArray[np.float64]  # (O, 3) the eye in the frame of each of them


class Lens(NamedTuple):
    """How a camera weighs what it sees: in pixels."""

    focal: float  # pixels
    half_width: float  # pixels
    half_height: float


class Sweep(NamedTuple):
    """How a LiDAR weighs what it sees: in points."""

    lowest: float  # rad
    highest: float
    range: float  # m
    density: float  # rays per square radian
    attenuation: float  # 1/m
    general_loss: float
    safe_intensity: float
    zero_loss: float


@leaf
def place_boxes(
    pose: NDArray[np.float64], offset: NDArray[np.float64], centre: NDArray[np.float64], axes: NDArray[np.float64]
) -> None:
    """Write the middles (B, 3) and axes (B, 3, 3) of boxes at `offset` (B, 3) in the frames of poses (B, 6)."""
    for b in range(pose.shape[0]):
        cp, sp, cy, sy = cos(pose[b, 3]), sin(pose[b, 3]), cos(pose[b, 4]), sin(pose[b, 4])
        cr, sr = cos(pose[b, 5]), sin(pose[b, 5])
        axes[b, 0, 0], axes[b, 0, 1], axes[b, 0, 2] = cp * cy, cp * sy, sp
        axes[b, 1, 0], axes[b, 1, 1], axes[b, 1, 2] = cy * sp * sr - sy * cr, sy * sp * sr + cy * cr, -cp * sr
        axes[b, 2, 0], axes[b, 2, 1], axes[b, 2, 2] = -cy * sp * cr - sy * sr, -sy * sp * cr + cy * sr, cp * cr
        for j in range(3):
            centre[b, j] = pose[b, j]
            for k in range(3):
                centre[b, j] += offset[b, k] * axes[b, k, j]


@leaf
def turn_around(obstruction: Obstruction, eye: NDArray[np.float64]) -> None:
    """Write where the obstruction's boxes lie around an eye (3,)."""
    for o in range(obstruction.centre.shape[0]):
        azimuth, angle, near = _around(eye, obstruction.centre[o], obstruction.half[o])
        obstruction.around[o, 0], obstruction.around[o, 1], obstruction.around[o, 2] = azimuth, angle, near


@leaf
def look_by_camera(
    eye: NDArray[np.float64], eye_axes: NDArray[np.float64], lens: Lens, centre: NDArray[np.float64],
    axes: NDArray[np.float64], half: NDArray[np.float64], obstruction: Obstruction, pixels: NDArray[np.float64],
) -> None:  # fmt: skip
    """Add to `pixels` (T,) those in which a camera at an eye sees each target box (T rows).

    The obstruction must have been turned around the eye.
    """
    for t in range(centre.shape[0]):
        radius = sqrt(half[t, 0] ** 2 + half[t, 1] ** 2 + half[t, 2] ** 2)
        ahead, right, up = _in_frame(eye_axes, centre[t], eye)
        slant = sqrt(lens.focal**2 + lens.half_width**2)
        steep = sqrt(lens.focal**2 + lens.half_height**2)
        if (
            ahead < -radius
            or abs(right) * lens.focal - ahead * lens.half_width > radius * slant
            or abs(up) * lens.focal - ahead * lens.half_height > radius * steep
        ):
            continue
        count = _gather(eye, centre[t], half[t], t, obstruction)
        for face in range(6):
            k, height, cells_a, cells_b, area = _face(eye, centre[t], axes[t], half[t], face)
            if height <= 0.0:
                continue
            for i in range(cells_a * cells_b):
                x, y, z = _sample(centre[t], axes[t], half[t], face, k, cells_a, cells_b, i)
                depth, aside, above = _of_ray(eye_axes, x - eye[0], y - eye[1], z - eye[2])
                if (
                    depth < 0.1
                    or abs(aside) * lens.focal > depth * lens.half_width
                    or abs(above) * lens.focal > depth * lens.half_height
                    or _hidden(eye, x, y, z, count, obstruction)
                ):
                    continue
                pixels[t] += lens.focal**2 * height * area / depth**3


@leaf
def look_by_lidar(
    eye: NDArray[np.float64], eye_axes: NDArray[np.float64], sweep: Sweep, centre: NDArray[np.float64],
    axes: NDArray[np.float64], half: NDArray[np.float64], obstruction: Obstruction, points: NDArray[np.float64],
) -> None:  # fmt: skip
    """Add to `points` (T,) those that a LiDAR at an eye may expect of each target box in a tick."""
    for t in range(centre.shape[0]):
        azimuth, angle, near = _around(eye, centre[t], half[t])
        if near > sweep.range:
            continue
        count = _gather(eye, centre[t], half[t], t, obstruction)
        for face in range(6):
            k, height, cells_a, cells_b, area = _face(eye, centre[t], axes[t], half[t], face)
            if height <= 0.0:
                continue
            for i in range(cells_a * cells_b):
                x, y, z = _sample(centre[t], axes[t], half[t], face, k, cells_a, cells_b, i)
                ahead, aside, above = _of_ray(eye_axes, x - eye[0], y - eye[1], z - eye[2])
                distance = sqrt(ahead**2 + aside**2 + above**2)
                elevation = asin(above / distance)
                if (
                    distance > sweep.range
                    or not sweep.lowest <= elevation <= sweep.highest
                    or _hidden(eye, x, y, z, count, obstruction)
                ):
                    continue
                intensity = exp(-sweep.attenuation * distance)
                kept = 1.0 - sweep.general_loss
                if intensity < sweep.safe_intensity:
                    kept *= 1.0 - sweep.zero_loss * (1.0 - intensity / sweep.safe_intensity)
                points[t] += kept * sweep.density * height * area / (distance**3 * cos(elevation))


@leaf
def look_by_radar(
    eye: NDArray[np.float64], eye_axes: NDArray[np.float64], half_fov: float, reach: float, rays: int,
    samples: int, centre: NDArray[np.float64], axes: NDArray[np.float64], half: NDArray[np.float64],
    obstruction: Obstruction, points: NDArray[np.float64],
) -> None:  # fmt: skip
    """Add to `points` (T,) those that a radar at an eye may expect of each target box in a tick.

    Its rays lie in a plane, at slopes (right per ahead) of `half_fov`'s tangent times a uniform radius times the cosine
    of a uniform angle, and end at `reach` m ahead; `samples` of them, spread over the target, are followed.
    """
    steepest = np.tan(half_fov)
    for t in range(centre.shape[0]):
        ahead, right, up = _in_frame(eye_axes, centre[t], eye)
        radius = sqrt(half[t, 0] ** 2 + half[t, 1] ** 2)
        if ahead < -radius or abs(up) > half[t, 2] + 0.2 * radius or ahead - radius > reach:
            continue
        low, high = _slopes(eye, eye_axes, centre[t], axes[t], half[t], steepest)
        if high <= low:
            continue
        count = _gather(eye, centre[t], half[t], t, obstruction)
        share = rays * (_below(high / steepest) - _below(low / steepest)) / samples
        for i in range(samples):
            slope = low + (high - low) * (i + 0.5) / samples
            if _met(eye, eye_axes, slope, reach, centre[t], axes[t], half[t], count, obstruction):
                points[t] += share


@leaf
def free_ways(
    eye: NDArray[np.float64], ends: NDArray[np.float64], centre: NDArray[np.float64], axes: NDArray[np.float64],
    half: NDArray[np.float64], free: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write the share (N,) of the lines from an eye (3,) to ends (N, 3) before the first box; 1 if none is met."""
    free[:] = 1.0
    reach = sqrt((ends[0, 0] - eye[0]) ** 2 + (ends[0, 1] - eye[1]) ** 2 + (ends[0, 2] - eye[2]) ** 2)
    for b in range(centre.shape[0]):
        _, _, near = _around(eye, centre[b], half[b])
        if near > reach:
            continue
        start = _in_frame(axes[b], eye, centre[b])
        for i in range(ends.shape[0]):
            ray = _of_ray(axes[b], ends[i, 0] - eye[0], ends[i, 1] - eye[1], ends[i, 2] - eye[2])
            enter, leave = slab(start, ray, half[b])
            if enter < leave and leave > 0.0:
                free[i] = min(free[i], max(0.0, enter))


@leaf
def _in_frame(
    axes: NDArray[np.float64], point: NDArray[np.float64], origin: NDArray[np.float64]
) -> tuple[float, float, float]:
    return _of_ray(axes, point[0] - origin[0], point[1] - origin[1], point[2] - origin[2])


@leaf
def _of_ray(axes: NDArray[np.float64], x: float, y: float, z: float) -> tuple[float, float, float]:
    """A vector along three axes."""
    return (
        axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z,
        axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z,
        axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z,
    )


@leaf
def _around(
    eye: NDArray[np.float64], centre: NDArray[np.float64], half: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Azimuth of a box from an eye, half the angle it takes at most (rad), and its nearest distance at least (m)."""
    dx, dy = centre[0] - eye[0], centre[1] - eye[1]
    distance = sqrt(dx * dx + dy * dy)
    radius = _spread(half)
    angle = pi if distance <= radius else asin(radius / distance)
    return atan2(dy, dx), angle, distance - radius


@leaf
def _spread(half: NDArray[np.float64]) -> float:
    """Metres from the middle to which a box reaches on the map, leaning by up to `LEAN`."""
    return sqrt(half[0] ** 2 + half[1] ** 2) + LEAN * half[2]


@leaf
def _gather(
    eye: NDArray[np.float64], centre: NDArray[np.float64], half: NDArray[np.float64], target: int,
    obstruction: Obstruction,
) -> int:  # fmt: skip
    """Find the boxes that may hide a target; their number."""
    azimuth, angle, near = _around(eye, centre, half)
    far = near + 2.0 * _spread(half)
    count = 0
    for o in range(obstruction.centre.shape[0]):
        if obstruction.owner[o] == target or obstruction.around[o, 2] > far:
            continue
        apart = abs(azimuth - obstruction.around[o, 0])
        if min(apart, 2.0 * pi - apart) > angle + obstruction.around[o, 1]:
            continue
        obstruction.rows[count] = o
        x, y, z = _in_frame(obstruction.axes[o], eye, obstruction.centre[o])
        obstruction.start[count, 0], obstruction.start[count, 1], obstruction.start[count, 2] = x, y, z
        count += 1
    return count


@leaf
def _hidden(eye: NDArray[np.float64], x: float, y: float, z: float, count: int, obstruction: Obstruction) -> bool:
    """Whether one of the gathered boxes is between the eye and a point; it is the first to be asked next time."""
    ray_x, ray_y, ray_z = x - eye[0], y - eye[1], z - eye[2]
    for i in range(count):
        o = obstruction.rows[i]
        start = (obstruction.start[i, 0], obstruction.start[i, 1], obstruction.start[i, 2])
        enter, leave = slab(start, _of_ray(obstruction.axes[o], ray_x, ray_y, ray_z), obstruction.half[o])
        if enter < leave and leave > 0.0 and enter < TOUCH:
            obstruction.rows[i], obstruction.rows[0] = obstruction.rows[0], o
            for k in range(3):
                obstruction.start[i, k], obstruction.start[0, k] = obstruction.start[0, k], obstruction.start[i, k]
            return True
    return False


@leaf
def _face(
    eye: NDArray[np.float64], centre: NDArray[np.float64], axes: NDArray[np.float64], half: NDArray[np.float64],
    face: int,
) -> tuple[int, float, int, int, float]:  # fmt: skip
    """Axis of a face's normal, height of the eye over it (m), samples along its two edges, and area per sample (m2)."""
    k = face // 2
    sign = 1.0 if face % 2 == 0 else -1.0
    local = _in_frame(axes, eye, centre)
    height = sign * local[k] - half[k]
    a, b = half[(k + 1) % 3], half[(k + 2) % 3]
    cell = CELL + COARSER * sqrt(local[0] ** 2 + local[1] ** 2 + local[2] ** 2)
    cells_a = min(MOST, max(FEWEST, int(ceil(2.0 * a / cell))))
    cells_b = min(MOST, max(FEWEST, int(ceil(2.0 * b / cell))))
    return k, height, cells_a, cells_b, 4.0 * a * b / (cells_a * cells_b)


@leaf
def _sample(
    centre: NDArray[np.float64], axes: NDArray[np.float64], half: NDArray[np.float64], face: int, k: int,
    cells_a: int, cells_b: int, i: int,
) -> tuple[float, float, float]:  # fmt: skip
    """The i-th sample of a face, world."""
    a, b = (k + 1) % 3, (k + 2) % 3
    w = half[k] if face % 2 == 0 else -half[k]
    u = half[a] * RIM * (2.0 * (i // cells_b) / (cells_a - 1) - 1.0)
    v = half[b] * RIM * (2.0 * (i % cells_b) / (cells_b - 1) - 1.0)
    x = centre[0] + w * axes[k, 0] + u * axes[a, 0] + v * axes[b, 0]
    y = centre[1] + w * axes[k, 1] + u * axes[a, 1] + v * axes[b, 1]
    z = centre[2] + w * axes[k, 2] + u * axes[a, 2] + v * axes[b, 2]
    return x, y, z


@leaf
def _slopes(
    eye: NDArray[np.float64], eye_axes: NDArray[np.float64], centre: NDArray[np.float64],
    axes: NDArray[np.float64], half: NDArray[np.float64], steepest: float,
) -> tuple[float, float]:  # fmt: skip
    """Lowest and highest slope, right per ahead, at which a plane's rays may meet a box."""
    low, high = steepest, -steepest
    for corner in range(4):
        u = half[0] if corner < 2 else -half[0]
        v = half[1] if corner % 2 == 0 else -half[1]
        x = centre[0] + u * axes[0, 0] + v * axes[1, 0] - eye[0]
        y = centre[1] + u * axes[0, 1] + v * axes[1, 1] - eye[1]
        z = centre[2] + u * axes[0, 2] + v * axes[1, 2] - eye[2]
        ahead, aside, _ = _of_ray(eye_axes, x, y, z)
        slope = aside / ahead if ahead > 0.01 else (steepest if aside > 0.0 else -steepest)
        low, high = min(low, slope), max(high, slope)
    return max(low, -steepest), min(high, steepest)


@leaf
def _met(
    eye: NDArray[np.float64], eye_axes: NDArray[np.float64], slope: float, reach: float,
    centre: NDArray[np.float64], axes: NDArray[np.float64], half: NDArray[np.float64], count: int,
    obstruction: Obstruction,
) -> bool:  # fmt: skip
    """Whether a ray meets a box before anything else and before it ends."""
    x = reach * (eye_axes[0, 0] + slope * eye_axes[1, 0])
    y = reach * (eye_axes[0, 1] + slope * eye_axes[1, 1])
    z = reach * (eye_axes[0, 2] + slope * eye_axes[1, 2])
    enter, leave = slab(_in_frame(axes, eye, centre), _of_ray(axes, x, y, z), half)
    if enter >= leave or leave <= 0.0 or enter > 1.0:
        return False
    enter = max(enter, 0.0)
    return not _hidden(eye, eye[0] + enter * x, eye[1] + enter * y, eye[2] + enter * z, count, obstruction)


@leaf
def _below(x: float) -> float:
    """Share of products of a uniform radius (0 to 1) and the cosine of a uniform angle that are below x in [-1, 1]."""
    size = min(abs(x), 1.0)
    if size < 1e-9:
        return 0.5
    half = (size * np.arccosh(1.0 / size) + asin(size)) / pi
    return 0.5 + half if x > 0.0 else 0.5 - half
