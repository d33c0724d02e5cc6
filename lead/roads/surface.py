"""The ground as triangles with labels, indexed by a grid: heights for wheels, hits for rays."""

from math import inf
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.grid import Grid, build_grid
from lead.geometry.leaf import leaf
from lead.roads.labels import Label
from lead.roads.network import RoadNetwork
from lead.roads.opendrive import OpenDrive
from lead.roads.strips import lane_strips
from lead.roads.terrain import build_terrain

GRID_CELL = 5.0  # m, in small towns
LATTICE_PER_CELL = 3.0  # grid cells per terrain cell along one axis, at most: keeps the index of huge towns small
STEP_UP = 0.6  # m above the asked height that still counts as ground under a body: steps, slopes, sunken wheels
SEAM = 1e-4  # share of a triangle by which its edges overlap, so that float32 rounding leaves no gaps
REACH_SLACK = np.float32(4.0 * SEAM)  # of a triangle's size: more than its overlapping edges reach beyond its corners
LEAST_AREA = 1e-6  # m2 seen from above (twice the triangle's); less stands upright
RIM = np.float32(0.01)  # m inside the land's edge where heights beyond it are taken
TERRAIN = Label.TERRAIN


class Surface(NamedTuple):
    """Triangle soup of roads, sidewalks and terrain (T triangles). Terrain lies just below the roads.

    Flat triangles are wound so that (b - a) x (c - a) points up in CARLA's coordinates; kerb walls have no set side.
    """

    vertices: NDArray[np.float32]  # (V, 3) m
    triangles: NDArray[np.int32]  # (T, 3)
    label: NDArray[np.uint8]  # (T,) Label
    bounds: NDArray[np.float64]  # (4,) low x, low y, high x, high y of the terrain, m
    reach: NDArray[np.float32]  # (T, 4) low x, low y, high x, high y, m, around what a triangle carries; upright: none
    grid: Grid  # items are triangle indices


def build_surface(opendrive: OpenDrive, network: RoadNetwork) -> Surface:
    """Mesh the lanes and lay terrain around and below them."""
    road_vertices, road_triangles, road_label = lane_strips(opendrive, network)
    land_vertices, land_triangles, spacing = build_terrain(network)
    vertices = np.concatenate([road_vertices, land_vertices]).astype(np.float32)
    triangles = np.concatenate([road_triangles, land_triangles + np.int32(len(road_vertices))])
    label = np.concatenate([road_label, np.full(len(land_triangles), TERRAIN, np.uint8)])
    bounds = np.concatenate([vertices[:, :2].min(axis=0) + RIM, vertices[:, :2].max(axis=0) - RIM]).astype(np.float64)
    return index_surface(vertices, triangles, label, bounds, max(GRID_CELL, spacing / LATTICE_PER_CELL))


def index_surface(
    vertices: NDArray[np.float32], triangles: NDArray[np.int32], label: NDArray[np.uint8], bounds: NDArray[np.float64],
    cell: float,
) -> Surface:  # fmt: skip
    """Surface of these triangles (fields as in `Surface`) with a grid of edge length `cell` (m)."""
    corners = vertices[triangles, :2]
    low, high = corners.min(axis=1), corners.max(axis=1)
    u, w = (corners[:, k].astype(np.float64) - corners[:, 0] for k in (1, 2))
    upright = np.abs(u[:, 0] * w[:, 1] - u[:, 1] * w[:, 0]) < LEAST_AREA
    slack = REACH_SLACK * (high - low) + np.spacing(np.maximum(np.abs(low), np.abs(high)))
    reach = np.concatenate([low - slack, high + slack], axis=1).astype(np.float32)
    reach[upright] = np.inf
    return Surface(vertices, triangles, label, bounds, reach, build_grid(low, high, cell))


@leaf
def _height_in(surface: Surface, triangle: int, x: float, y: float) -> float:
    """Height of a triangle at (x, y), NaN beside it or where it stands upright."""
    ia, ib, ic = surface.triangles[triangle, 0], surface.triangles[triangle, 1], surface.triangles[triangle, 2]
    v = surface.vertices
    ax, ay = float(v[ia, 0]), float(v[ia, 1])
    ux, uy, wx, wy = float(v[ib, 0]) - ax, float(v[ib, 1]) - ay, float(v[ic, 0]) - ax, float(v[ic, 1]) - ay
    area = ux * wy - uy * wx
    if abs(area) < LEAST_AREA:
        return np.nan
    px, py = x - ax, y - ay
    b, c = (px * wy - py * wx) / area, (ux * py - uy * px) / area
    if b < -SEAM or c < -SEAM or b + c > 1.0 + SEAM:
        return np.nan
    az = float(v[ia, 2])
    return az + b * (float(v[ib, 2]) - az) + c * (float(v[ic, 2]) - az)


@leaf
def ground_height(surface: Surface, x: float, y: float, z_above: float, only: int = 0) -> tuple[float, int]:
    """Height (m) and label of the ground under a body whose foot is near z_above.

    The highest surface not above z_above + 0.6; where all lie higher, the lowest of them. Outside the town the edge
    of its terrain goes on. Never NaN. With `only` not 0, triangles with other labels do not count.
    """
    x = min(max(x, surface.bounds[0]), surface.bounds[2])
    y = min(max(y, surface.bounds[1]), surface.bounds[3])
    grid = surface.grid
    i, j = int((x - grid.origin_x) // grid.cell), int((y - grid.origin_y) // grid.cell)
    cell = min(max(i, 0), grid.rows - 1) * grid.columns + min(max(j, 0), grid.columns - 1)
    below, below_label, above, above_label = -inf, 0, inf, 0
    for n in range(grid.start[cell], grid.start[cell + 1]):
        triangle = grid.items[n]
        reach = surface.reach[triangle]
        if x < reach[0] or y < reach[1] or x > reach[2] or y > reach[3]:
            continue
        if only != 0 and surface.label[triangle] != only:
            continue
        z = _height_in(surface, triangle, x, y)
        if z <= z_above + STEP_UP:
            if z > below:
                below, below_label = z, surface.label[triangle]
        elif z < above:
            above, above_label = z, surface.label[triangle]
    if below > -inf:
        return below, below_label
    if above < inf:
        return above, above_label
    return 0.0, 0


@leaf
def _hit(surface: Surface, triangle: int, start: NDArray[np.float64], direction: NDArray[np.float64]) -> float:
    """Fraction of the segment at which it meets a triangle from either side, infinity where it misses.

    Source: Moeller and Trumbore, "Fast, Minimum Storage Ray/Triangle Intersection" (1997).
    """
    v, corner = surface.vertices, surface.triangles[triangle]
    ax, ay, az = float(v[corner[0], 0]), float(v[corner[0], 1]), float(v[corner[0], 2])
    ux, uy, uz = float(v[corner[1], 0]) - ax, float(v[corner[1], 1]) - ay, float(v[corner[1], 2]) - az
    wx, wy, wz = float(v[corner[2], 0]) - ax, float(v[corner[2], 1]) - ay, float(v[corner[2], 2]) - az
    dx, dy, dz = direction[0], direction[1], direction[2]
    px, py, pz = dy * wz - dz * wy, dz * wx - dx * wz, dx * wy - dy * wx
    determinant = ux * px + uy * py + uz * pz
    if abs(determinant) < 1e-12:
        return inf
    tx, ty, tz = start[0] - ax, start[1] - ay, start[2] - az
    b = (tx * px + ty * py + tz * pz) / determinant
    if b < -SEAM or b > 1.0 + SEAM:
        return inf
    qx, qy, qz = ty * uz - tz * uy, tz * ux - tx * uz, tx * uy - ty * ux
    c = (dx * qx + dy * qy + dz * qz) / determinant
    if c < -SEAM or b + c > 1.0 + SEAM:
        return inf
    fraction = (wx * qx + wy * qy + wz * qz) / determinant
    return fraction if 0.0 <= fraction <= 1.0 else inf


@numba.njit(cache=True)
def cast_ray(surface: Surface, start: NDArray[np.float64], end: NDArray[np.float64]) -> tuple[bool, float, int]:
    """First triangle that the segment from `start` (3,) to `end` (3,) meets: hit, fraction of the segment, label.

    Walks the grid cell by cell along the segment (Amanatides and Woo, 1987). Without a hit: (False, 1, 0).
    """
    grid = surface.grid
    direction = end - start
    best, label = inf, 0
    enter, leave = 0.0, 1.0
    for axis in range(2):  # the part of the segment over the grid
        low = grid.origin_x if axis == 0 else grid.origin_y
        high = low + grid.cell * (grid.rows if axis == 0 else grid.columns)
        if abs(direction[axis]) < 1e-12:
            if start[axis] < low or start[axis] >= high:
                return False, 1.0, 0
        else:
            t0, t1 = (low - start[axis]) / direction[axis], (high - start[axis]) / direction[axis]
            enter, leave = max(enter, min(t0, t1)), min(leave, max(t0, t1))
    if enter > leave:
        return False, 1.0, 0
    i = int((start[0] + enter * direction[0] - grid.origin_x) // grid.cell)
    j = int((start[1] + enter * direction[1] - grid.origin_y) // grid.cell)
    i, j = min(max(i, 0), grid.rows - 1), min(max(j, 0), grid.columns - 1)
    step_i, step_j = (1 if direction[0] > 0.0 else -1), (1 if direction[1] > 0.0 else -1)
    next_i, next_j, stride_i, stride_j = inf, inf, inf, inf
    if abs(direction[0]) >= 1e-12:
        next_i = (grid.origin_x + (i + (step_i > 0)) * grid.cell - start[0]) / direction[0]
        stride_i = grid.cell / abs(direction[0])
    if abs(direction[1]) >= 1e-12:
        next_j = (grid.origin_y + (j + (step_j > 0)) * grid.cell - start[1]) / direction[1]
        stride_j = grid.cell / abs(direction[1])
    while 0 <= i < grid.rows and 0 <= j < grid.columns:
        cell = i * grid.columns + j
        for n in range(grid.start[cell], grid.start[cell + 1]):
            fraction = _hit(surface, grid.items[n], start, direction)
            if fraction < best:
                best, label = fraction, surface.label[grid.items[n]]
        past = min(next_i, next_j)
        if best <= past or past > leave:
            break
        if next_i < next_j:
            i, next_i = i + step_i, next_i + stride_i
        else:
            j, next_j = j + step_j, next_j + stride_j
    return (True, best, label) if best < inf else (False, 1.0, 0)
