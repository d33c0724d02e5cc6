"""What many rays from one place hit first: the common core of LiDAR, radar and visibility."""

from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import rotation_matrix
from lead.rendering.kernels.beams import Side, choose_sides, fill_cells, find_slopes
from lead.rendering.kernels.hits import gather, hit_side
from lead.rendering.kernels.raster import NOTHING
from lead.rendering.kernels.scene import Items, Triangles

_SIDES = np.array(
    [
        [[0, 1, 0], [0, 0, -1], [1, 0, 0]],
        [[-1, 0, 0], [0, 0, -1], [0, 1, 0]],
        [[0, -1, 0], [0, 0, -1], [-1, 0, 0]],
        [[1, 0, 0], [0, 0, -1], [0, -1, 0]],
        [[0, 1, 0], [1, 0, 0], [0, 0, 1]],
        [[0, 1, 0], [-1, 0, 0], [0, 0, -1]],
    ],
    np.float64,
)  # right, down, forward of the sides front, right, back, left, up, down
_LEAST_EXTENT = 1e-3  # slope across a grid, so that a flat fan has one


class Bundle(NamedTuple):
    """N rays from one place, laid out for the search; depends on their directions only, so it can be kept."""

    directions: NDArray[np.float64]  # (N, 3) in the sensor's frame, of length 1
    sides: tuple[Side, ...]


class Hits(NamedTuple):
    """What N rays hit first."""

    distance: NDArray[np.float32]  # (N,) m along the ray, inf where nothing is hit
    face: NDArray[np.uint32]  # (N,) row of Triangles, NOTHING where nothing is hit


def make_bundle(directions: NDArray[np.float64]) -> Bundle:
    """Lay out rays by their directions (N, 3) in the sensor's frame, of any length but 0."""
    length = np.linalg.norm(directions, axis=1, keepdims=True)
    if not np.all(length > 0.0) or not np.all(np.isfinite(length)):
        raise ValueError("directions of rays must be finite and not zero")
    directions = np.ascontiguousarray(directions / length)
    side = np.empty(len(directions), np.uint8)
    counts = choose_sides(directions, side)
    sides = [_side(directions, side, int(k), int(counts[k])) for k in np.flatnonzero(counts)]
    return Bundle(directions, tuple(sides))


def _side(directions: NDArray[np.float64], side: NDArray[np.uint8], chosen: int, count: int) -> Side:
    """The `count` beams on one side, about one to a cell."""
    slope, beam = np.empty((2, count)), np.empty(count, np.int32)
    find_slopes(directions, side, chosen, _SIDES[chosen], slope, beam)
    low, high = slope.min(axis=1), slope.max(axis=1)
    width, height = np.maximum(high - low, _LEAST_EXTENT)
    columns = min(count, max(1, round((count * width / height) ** 0.5)))
    rows = max(1, round(count / columns))
    focal_x, focal_y = float(columns / width), float(rows / height)
    x, y, stretch = (np.empty(count, np.float32) for _ in range(3))
    start, ordered = np.empty(rows * columns + 1, np.int32), np.empty(count, np.int32)
    centre_x, centre_y = float(-low[0] * focal_x), float(-low[1] * focal_y)
    laid_out = Side(
        _SIDES[chosen], columns, rows, focal_x, focal_y, centre_x, centre_y, x, y, stretch, start, ordered
    )  # fmt: skip
    fill_cells(slope, beam, laid_out)
    return laid_out


def cast_bundle(
    triangles: Triangles,
    items: Items,
    pose: NDArray[np.float64],
    bundle: Bundle,
    reach: float | NDArray[np.float32],
    pool: Executor | None = None,
) -> Hits:
    """What the rays of a sensor at `pose` (6,) hit first on outward sides, exactly, within `reach` (m; one or (N,)).

    Levels of detail are those that a camera at the same place sees. With a pool, the sides of the sensor are searched
    on its threads; a thread of that pool must not pass it on.
    """
    count = len(bundle.directions)
    hits = Hits(np.full(count, np.inf, np.float32), np.full(count, NOTHING, np.uint32))
    turn = rotation_matrix(pose[3], pose[4], pose[5])
    eye = np.ascontiguousarray(pose[:3], np.float64)

    def search(side: Side) -> None:
        own_reach = reach[side.beam] if isinstance(reach, np.ndarray) else reach
        inverse = (side.stretch / np.float32(own_reach)).astype(np.float32)
        face = np.full(len(inverse), NOTHING, np.uint32)
        hit_side(triangles, items, eye, turn, side, float(np.max(own_reach)), inverse, face)
        gather(side, inverse, face, hits.distance, hits.face)

    for _ in map(search, bundle.sides) if pool is None else pool.map(search, bundle.sides):
        pass
    return hits


def nearest_hits(
    triangles: Triangles,
    items: Items,
    origin: NDArray[np.float64],
    directions: NDArray[np.float64],
    reach: float | NDArray[np.float32],
    pool: Executor | None = None,
) -> Hits:
    """What rays from `origin` (3,) in world directions (N, 3) hit first within `reach` (m; one or (N,))."""
    pose = np.concatenate([origin, np.zeros(3)])
    return cast_bundle(triangles, items, pose, make_bundle(directions), reach, pool)
