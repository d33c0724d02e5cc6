"""Terrain: a height field fitted to the roads, always a little below them, smooth in between and 100 m beyond.

Nodes of a square lattice are pulled towards the lanes' edges and centres by successive projections (Kaczmarz), the rest is filled
smoothly from coarse to fine, and a last pass only lowers nodes until no road point is covered. A road that passes well
above another one in the same lattice cell is a bridge and does not pull.
"""

from math import floor

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lead.roads.network import LaneKind, RoadNetwork

CELL = 8.0  # m, lattice spacing in small towns
MAX_CELLS = 300_000  # larger towns get a wider spacing
MARGIN = 100.0  # m of land beyond the outermost lane
BELOW = 0.12  # m under the road that the fit aims at
LEAST_BELOW = 0.05  # m that are guaranteed under every sampled lane edge and centre
BRIDGE = 3.0  # m above the lowest road of a cell: a bridge
SWEEPS = 60


def build_terrain(network: RoadNetwork) -> tuple[NDArray[np.float64], NDArray[np.int32], float]:
    """Vertices (V, 3) m and triangles (T, 3) of the land, facing up, in CARLA's frame, and the lattice spacing (m)."""
    used = np.isin(network.lanes.kind, [int(LaneKind.NONE)], invert=True)[network.samples.lane]
    if not used.any():
        used[:] = True
    points = np.concatenate(
        [places[used] for places in (network.samples.left, network.samples.right, network.samples.centre)]
    )
    low = points[:, :2].min(axis=0) - MARGIN
    span = points[:, :2].max(axis=0) + MARGIN - low
    cell = max(CELL, float(np.sqrt(span[0] * span[1] / MAX_CELLS)))
    rows, columns = (np.ceil(span / cell).astype(int) + 1).tolist()
    place = (points[:, :2] - low) / cell
    height = _fit(place, points[:, 2], rows, columns)
    i, j = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    vertices = np.stack([low[0] + i * cell, low[1] + j * cell, height], axis=-1).reshape(-1, 3)
    corner = (i[:-1, :-1] * columns + j[:-1, :-1]).ravel()
    halves = [[corner, corner + columns, corner + columns + 1], [corner, corner + columns + 1, corner + 1]]
    triangles = np.stack([np.stack(half, axis=-1) for half in halves], axis=1).reshape(-1, 3)
    return vertices, triangles.astype(np.int32), cell


def _fit(place: NDArray[np.float64], z: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    """Node heights (rows, columns) m from road points at `place` (N, 2) in cells."""
    order = np.lexsort((place[:, 1].astype(int), place[:, 0].astype(int)))  # neighbours together: no cache misses
    place, z = np.ascontiguousarray(place[order]), np.ascontiguousarray(z[order])
    lowest = np.full((rows, columns), np.inf)
    total, weight = np.zeros((rows, columns)), np.zeros((rows, columns))
    _lowest(place, z, lowest)
    pulling = _is_ground(place, z, lowest)
    ground, ground_z = place[pulling], z[pulling]
    _gather(ground, ground_z, total, weight)
    height = _fill(total, weight) - BELOW
    free = ndimage.uniform_filter(weight, 3) == 0.0
    _pull(ground, ground_z, height, SWEEPS)
    for _ in range(20):
        height = np.where(free, ndimage.uniform_filter(height, 3, mode="nearest"), height)
    _lower(place, z, height)
    return height


@numba.njit(cache=True)
def _lowest(place, z, lowest):
    for n in range(z.shape[0]):
        i, j = int(place[n, 0]), int(place[n, 1])
        lowest[i, j] = min(lowest[i, j], z[n])


@numba.njit(cache=True)
def _is_ground(place, z, lowest):
    result = np.empty(z.shape[0], np.bool_)
    for n in range(z.shape[0]):
        result[n] = z[n] < lowest[int(place[n, 0]), int(place[n, 1])] + BRIDGE
    return result


@numba.njit(cache=True)
def _weights(u, v):
    """Barycentric weights of a point of the unit cell on its corners 00, 10, 11, 01; the diagonal runs from 00 to 11."""
    if u >= v:
        return 1.0 - u, u - v, v, 0.0
    return 1.0 - v, 0.0, u, v - u


@numba.njit(cache=True)
def _gather(place, z, total, weight):
    """Mean road height at the nodes around each point."""
    for n in range(z.shape[0]):
        i, j = int(place[n, 0]), int(place[n, 1])
        for a in range(2):
            for b in range(2):
                w = (1.0 - abs(place[n, 0] - i - a)) * (1.0 - abs(place[n, 1] - j - b)) + 1e-3
                total[i + a, j + b] += w * z[n]
                weight[i + a, j + b] += w


@numba.njit(cache=True)
def _pull(place, z, height, sweeps):
    """Projections that bring the field to BELOW under the points, gentler from sweep to sweep."""
    for sweep in range(sweeps):
        relax = 0.8 / (1.0 + 0.1 * sweep)
        for n in range(z.shape[0]):
            i, j = int(floor(place[n, 0])), int(floor(place[n, 1]))
            p, q, r, s = _weights(place[n, 0] - i, place[n, 1] - j)
            now = p * height[i, j] + q * height[i + 1, j] + r * height[i + 1, j + 1] + s * height[i, j + 1]
            change = relax * (z[n] - BELOW - now) / (p * p + q * q + r * r + s * s)
            height[i, j] += p * change
            height[i + 1, j] += q * change
            height[i + 1, j + 1] += r * change
            height[i, j + 1] += s * change


@numba.njit(cache=True)
def _lower(place, z, height):
    """Lower the nodes around every point that the field would cover; lowering never breaks what holds already."""
    for n in range(z.shape[0]):
        i, j = int(floor(place[n, 0])), int(floor(place[n, 1]))
        p, q, r, s = _weights(place[n, 0] - i, place[n, 1] - j)
        now = p * height[i, j] + q * height[i + 1, j] + r * height[i + 1, j + 1] + s * height[i, j + 1]
        excess = now - (z[n] - LEAST_BELOW)
        if excess > 0.0:
            change = excess / (p * p + q * q + r * r + s * s)
            height[i, j] -= p * change
            height[i + 1, j] -= q * change
            height[i + 1, j + 1] -= r * change
            height[i, j + 1] -= s * change


def _fill(total: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted means where there is weight; elsewhere smooth values from ever coarser means (push-pull)."""
    known = np.divide(total, weight, out=np.zeros_like(total), where=weight > 0.0)
    if (weight > 0.0).all() or min(total.shape) <= 1:
        return known
    even = [(0, size % 2) for size in total.shape]
    blocks = [np.pad(a, even) for a in (known * (weight > 0.0), (weight > 0.0).astype(float))]
    coarse = [b[::2, ::2] + b[1::2, ::2] + b[::2, 1::2] + b[1::2, 1::2] for b in blocks]
    parent = _fill(*coarse)
    # Sample the coarse field at the fine nodes: fine node i lies at (i - 0.5) / 2 in coarse nodes.
    grid = np.meshgrid(*[(np.arange(size) - 0.5) / 2.0 for size in total.shape], indexing="ij")
    smooth = ndimage.map_coordinates(parent, grid, order=1, mode="nearest")
    return np.where(weight > 0.0, known, smooth)
