"""Reading a town's ground: which triangles lie in a square, how high it is in places, which lane a triangle belongs to."""

from math import cos, inf, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.kernel import kernel
from lead.roads.network import RoadNetwork
from lead.roads.surface import STEP_UP, Surface, ground_height

BESIDE = 0.06  # m from a wall at which the ground on its two sides is compared
ALONG = 8.0  # m along a lane between a triangle's middle and the cross-section it is compared with, at most


@kernel
def triangles_in(surface: Surface, x: float, y: float, size: float) -> NDArray[np.int32]:
    """Numbers (n,) of the triangles whose middle lies in the square of edge length `size` (m) with low corner (x, y)."""
    grid, v = surface.grid, surface.vertices
    i0, i1 = int((x - grid.origin_x) // grid.cell), int((x + size - grid.origin_x) // grid.cell)
    j0, j1 = int((y - grid.origin_y) // grid.cell), int((y + size - grid.origin_y) // grid.cell)
    i0, i1, j0, j1 = max(i0, 0), min(i1, grid.rows - 1), max(j0, 0), min(j1, grid.columns - 1)
    room = 0
    for i in range(i0, i1 + 1):
        if j0 <= j1:
            room += grid.start[i * grid.columns + j1 + 1] - grid.start[i * grid.columns + j0]
    found, count = np.empty(room, np.int32), 0
    for i in range(i0, i1 + 1):
        for j in range(j0, j1 + 1):
            for n in range(grid.start[i * grid.columns + j], grid.start[i * grid.columns + j + 1]):
                a, b, c = surface.triangles[grid.items[n]]
                px = (np.float64(v[a, 0]) + np.float64(v[b, 0]) + np.float64(v[c, 0])) / 3.0
                py = (np.float64(v[a, 1]) + np.float64(v[b, 1]) + np.float64(v[c, 1])) / 3.0
                px = min(max(px, min(v[a, 0], v[b, 0], v[c, 0])), max(v[a, 0], v[b, 0], v[c, 0]))
                py = min(max(py, min(v[a, 1], v[b, 1], v[c, 1])), max(v[a, 1], v[b, 1], v[c, 1]))
                if not (x <= px < x + size and y <= py < y + size):
                    continue
                if int((px - grid.origin_x) // grid.cell) == i and int((py - grid.origin_y) // grid.cell) == j:
                    found[count] = grid.items[n]
                    count += 1
    return found[:count]


@kernel
def heights(surface: Surface, points: NDArray[np.float64], only: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Heights (n,) m and labels (n,) of the ground near the heights of `points` (n, 3); see `ground_height`."""
    height, label = np.empty(points.shape[0]), np.empty(points.shape[0], np.int64)
    for k in range(points.shape[0]):
        height[k], label[k] = ground_height(surface, points[k, 0], points[k, 1], points[k, 2], only)
    return height, label


@kernel
def wall_sides(surface: Surface, corners: NDArray[np.float32]) -> NDArray[np.int64]:
    """Which way upright triangles (n, 3, 3) must face: 1 as wound, -1 the other way, 0 both; they face the lower ground."""
    side = np.zeros(corners.shape[0], np.int64)
    for k in range(corners.shape[0]):
        a, b, c = corners[k, 0], corners[k, 1], corners[k, 2]
        ux, uy, uz = b[0] - a[0], b[1] - a[1], b[2] - a[2]
        wx, wy, wz = c[0] - a[0], c[1] - a[1], c[2] - a[2]
        nx, ny = uy * wz - uz * wy, uz * wx - ux * wz
        length = sqrt(nx * nx + ny * ny)
        if length < 1e-9:
            continue
        x, y = (a[0] + b[0] + c[0]) / 3.0, (a[1] + b[1] + c[1]) / 3.0
        dx, dy = BESIDE * nx / length, BESIDE * ny / length
        top = max(a[2], b[2], c[2]) - STEP_UP + 0.05
        front, _ = ground_height(surface, x + dx, y + dy, top)
        back, _ = ground_height(surface, x - dx, y - dy, top)
        if abs(front - back) > 0.01:
            side[k] = 1 if front < back else -1
    return side


@kernel
def lanes_of(network: RoadNetwork, corners: NDArray[np.float32]) -> NDArray[np.int32]:
    """Lane row (n,) of each road triangle (n, 3, 3), -1 if none: the lane over its middle whose edges its corners lie on."""
    grid, samples = network.grid, network.samples
    result = np.full(corners.shape[0], -1, np.int32)
    for k in range(corners.shape[0]):
        x = (corners[k, 0, 0] + corners[k, 1, 0] + corners[k, 2, 0]) / 3.0
        y = (corners[k, 0, 1] + corners[k, 1, 1] + corners[k, 2, 1]) / 3.0
        z = (corners[k, 0, 2] + corners[k, 1, 2] + corners[k, 2, 2]) / 3.0
        i, j = int((x - grid.origin_x) // grid.cell), int((y - grid.origin_y) // grid.cell)
        if i < 0 or j < 0 or i >= grid.rows or j >= grid.columns:
            continue
        least = inf
        for n in range(grid.start[i * grid.columns + j], grid.start[i * grid.columns + j + 1]):
            row = grid.items[n]
            lane = samples.lane[row]
            half = 0.5 * samples.width[row]
            cs, sn = cos(samples.yaw[row]), sin(samples.yaw[row])
            dx, dy = x - samples.centre[row, 0], y - samples.centre[row, 1]
            along, across = cs * dx + sn * dy, cs * dy - sn * dx
            if abs(along) > ALONG or abs(across) > half + 0.05 or abs(z - samples.centre[row, 2]) > 1.0:
                continue
            if network.lanes.kind[lane] == 0 or network.lanes.lane[lane] == 0:
                continue
            off = 0.02 * abs(along)
            for e in range(3):
                ex, ey = corners[k, e, 0] - samples.centre[row, 0], corners[k, e, 1] - samples.centre[row, 1]
                off += abs(abs(cs * ey - sn * ex) - half)
            if off < least:
                least, result[k] = off, lane
    return result


@kernel
def stretches_in(network: RoadNetwork, edge: NDArray[np.float64], x: float, y: float, size: float) -> NDArray[np.int32]:
    """Samples (n,), ascending, from which a stretch of a lane's edge (N, 3) starts whose middle lies in the square."""
    grid, samples = network.grid, network.samples
    i0, i1 = max(int((x - grid.origin_x) // grid.cell), 0), int((x + size - grid.origin_x) // grid.cell)
    j0, j1 = max(int((y - grid.origin_y) // grid.cell), 0), int((y + size - grid.origin_y) // grid.cell)
    i1, j1 = min(i1, grid.rows - 1), min(j1, grid.columns - 1)
    room = 0
    for i in range(i0, i1 + 1):
        if j0 <= j1:
            room += grid.start[i * grid.columns + j1 + 1] - grid.start[i * grid.columns + j0]
    found, count = np.empty(room, np.int32), 0
    for i in range(i0, i1 + 1):
        for j in range(j0, j1 + 1):
            for n in range(grid.start[i * grid.columns + j], grid.start[i * grid.columns + j + 1]):
                row = grid.items[n]
                if row + 1 >= network.lanes.last[samples.lane[row]]:
                    continue
                px, py = 0.5 * (edge[row, 0] + edge[row + 1, 0]), 0.5 * (edge[row, 1] + edge[row + 1, 1])
                if not (x <= px < x + size and y <= py < y + size):
                    continue
                if int((px - grid.origin_x) // grid.cell) == i and int((py - grid.origin_y) // grid.cell) == j:
                    found[count] = row
                    count += 1
    return np.sort(found[:count])
