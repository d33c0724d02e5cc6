"""What beams hit: each triangle is scanned over the cells it may cover, and the beams in them are tried exactly.

This is the rasteriser turned round: its samples lie where the beams are, so a hit is the hit of the ray itself.
All in double precision but the places of beams; triangles show their outward side only, as they do to cameras.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.beams import Side
from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.raster import NOTHING, in_view
from lead.rendering.kernels.scene import Items, Triangles

NEAR = 1e-3  # m along forward; nothing nearer is hit
SLACK = -1e-9  # square cells by which a beam may miss an edge, so that none slips between two triangles
BEHIND = 16  # bit of vertices nearer than that
WIDE = 3  # columns from which on a triangle's left and right ends are found row by row

Grid = tuple[float, float, float, float, int, int]  # focal_x, focal_y, centre_x, centre_y, columns, rows of a Side


@kernel
def _edge_span(xa: float, ya: float, xb: float, yb: float, low: float, high: float) -> tuple[float, float]:
    """Least and largest x of the part of an edge between two heights; (inf, -inf) if there is none."""
    if ya > yb:
        xa, ya, xb, yb = xb, yb, xa, ya
    if yb < low or ya > high:
        return np.inf, -np.inf
    slope = (xb - xa) / (yb - ya) if yb > ya else 0.0
    one = xa + (low - ya) * slope if ya < low else xa
    two = xa + (high - ya) * slope if yb > high else xb
    return min(one, two), max(one, two)


@kernel
def _try_beams(
    xa: float, ya: float, za: float, xb: float, yb: float, zb: float, xc: float, yc: float, zc: float,
    dx: float, dy: float, code: int, columns: int, rows: int,
    x: NDArray[np.float32], y: NDArray[np.float32], start: NDArray[np.int32],
    inverse: NDArray[np.float32], face: NDArray[np.uint32],
) -> None:  # fmt: skip
    """Let the beams inside one triangle see it if it is nearer than what they see.

    Corners x, y in cells; their z is 1 / distance along forward, which changes by dx, dy per cell. It is kept between
    the corners', as dx and dy mean little for a triangle seen edge-on.
    """
    farthest, nearest = min(za, zb, zc), max(za, zb, zc)
    low, high = min(xa, xb, xc), max(xa, xb, xc)
    left, right = int(max(low, 0.0)), int(min(high, columns - 0.5))
    top, bottom = int(max(min(ya, yb, yc), 0.0)), int(min(max(ya, yb, yc), rows - 0.5))
    left, top = min(left, columns - 1), min(top, rows - 1)
    wide = right - left >= WIDE and bottom > top
    abx, aby, bcx, bcy, cax, cay = xb - xa, yb - ya, xc - xb, yc - yb, xa - xc, ya - yc
    for row in range(top, bottom + 1):
        first, last = left, right
        if wide:
            ceiling = row - 1.0 if row == 0 else np.float64(row)
            floor = row + 2.0 if row == rows - 1 else row + 1.0
            l1, r1 = _edge_span(xa, ya, xb, yb, ceiling, floor)
            l2, r2 = _edge_span(xb, yb, xc, yc, ceiling, floor)
            l3, r3 = _edge_span(xc, yc, xa, ya, ceiling, floor)
            first = max(left, int(max(min(l1, l2, l3) - 1e-6, 0.0)))
            last = min(right, int(max(max(r1, r2, r3) + 1e-6, -1.0)))
            first = min(first, columns - 1)
        for beam in range(start[row * columns + first], start[row * columns + last + 1]):
            k = np.uint64(beam)
            px, py = np.float64(x[k]), np.float64(y[k])
            ax, ay = px - xa, py - ya
            if abx * ay - ax * aby < SLACK:
                continue
            bx, by = px - xb, py - yb
            if bcx * by - bx * bcy < SLACK:
                continue
            if cax * (py - yc) - (px - xc) * cay < SLACK:
                continue
            here = np.float32(min(max(za + ax * dx + ay * dy, farthest), nearest))
            if here > inverse[k]:
                inverse[k] = here
                face[k] = code


@kernel
def _try_cut(
    triangles: Triangles, row: int, eye: NDArray[np.float64], axes: NDArray[np.float64], grid: Grid,
    dx: float, dy: float, x: NDArray[np.float32], y: NDArray[np.float32], start: NDArray[np.int32],
    inverse: NDArray[np.float32], face: NDArray[np.uint32],
) -> None:  # fmt: skip
    """As `_try_beams`, for the part before the near plane of a triangle that crosses it."""
    focal_x, focal_y, centre_x, centre_y, columns, rows = grid
    corner, polygon = np.empty((3, 3)), np.empty((4, 3))
    for k in range(3):
        v = triangles.faces[row, k]
        px, py, pz = triangles.x[v] - eye[0], triangles.y[v] - eye[1], triangles.z[v] - eye[2]
        for a in range(3):
            corner[k, a] = axes[a, 0] * px + axes[a, 1] * py + axes[a, 2] * pz
    count = 0
    for k in range(3):
        here, there = corner[k], corner[(k + 1) % 3]
        if here[2] >= NEAR:
            polygon[count] = here
            count += 1
        if (here[2] >= NEAR) != (there[2] >= NEAR):
            polygon[count] = here + (NEAR - here[2]) / (there[2] - here[2]) * (there - here)
            polygon[count, 2] = NEAR
            count += 1
    for k in range(count):
        polygon[k, 2] = 1.0 / polygon[k, 2]
        polygon[k, 0] = centre_x + focal_x * polygon[k, 0] * polygon[k, 2]
        polygon[k, 1] = centre_y + focal_y * polygon[k, 1] * polygon[k, 2]
    p = polygon[0]
    for k in range(1, count - 1):
        q, r = polygon[k], polygon[k + 1]
        if max(p[0], q[0], r[0]) < 0.0 or min(p[0], q[0], r[0]) > columns:
            continue
        if max(p[1], q[1], r[1]) < 0.0 or min(p[1], q[1], r[1]) > rows:
            continue
        _try_beams(
            p[0], p[1], p[2], q[0], q[1], q[2], r[0], r[1], r[2], dx, dy, np.uint32(row), columns, rows, x, y, start,
            inverse, face,
        )  # fmt: skip


@kernel
def _project(
    triangles: Triangles, first: int, count: int, eye: NDArray[np.float64], axes: NDArray[np.float64], grid: Grid,
    screen: NDArray[np.float64], outside: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Vertices of one item on the grid: rows x, y (cells) and 1 / z of `screen`, and the sides of the grid that each is
    outside of as bits of `outside`."""
    focal_x, focal_y, centre_x, centre_y, columns, rows = grid
    a0, a1, a2 = axes[0, 0], axes[0, 1], axes[0, 2]
    b0, b1, b2 = axes[1, 0], axes[1, 1], axes[1, 2]
    c0, c1, c2 = axes[2, 0], axes[2, 1], axes[2, 2]
    e0, e1, e2 = eye[0], eye[1], eye[2]
    px = triangles.x[first : first + count]
    py = triangles.y[first : first + count]
    pz = triangles.z[first : first + count]
    sx, sy, si = screen[0], screen[1], screen[2]
    width, height = np.float64(columns), np.float64(rows)
    for k in range(count):
        x, y, z = px[k] - e0, py[k] - e1, pz[k] - e2
        along = c0 * x + c1 * y + c2 * z
        inverse = 1.0 / along
        u = centre_x + focal_x * (a0 * x + a1 * y + a2 * z) * inverse
        v = centre_y + focal_y * (b0 * x + b1 * y + b2 * z) * inverse
        sx[k], sy[k], si[k] = u, v, inverse
        bits = (u < 0.0) | ((u > width) << 1) | ((v < 0.0) << 2) | ((v > height) << 3)
        outside[k] = bits if along >= NEAR else BEHIND


@kernel
def _try_item(
    triangles: Triangles, item: tuple[int, int, int], eye: NDArray[np.float64], axes: NDArray[np.float64], grid: Grid,
    screen: NDArray[np.float64], outside: NDArray[np.uint8], x: NDArray[np.float32], y: NDArray[np.float32],
    start: NDArray[np.int32], inverse: NDArray[np.float32], face: NDArray[np.uint32],
) -> None:  # fmt: skip
    """As `_try_beams`, for all triangles of an item: its first vertex, first face and how many faces."""
    base, first, count = item
    fx, fy, cx, cy, columns, rows = grid
    faces, normal, vx, vy, vz = triangles.faces, triangles.normal, triangles.x, triangles.y, triangles.z
    sx, sy, si = screen[0], screen[1], screen[2]
    for row in range(first, first + count):
        f = np.uint64(row)
        a, b, c = np.uint64(faces[f, 0] - base), np.uint64(faces[f, 1] - base), np.uint64(faces[f, 2] - base)
        if outside[a] & outside[b] & outside[c] != 0:
            continue
        whole = (outside[a] | outside[b] | outside[c]) & BEHIND == 0
        if whole and (sx[b] - sx[a]) * (sy[c] - sy[a]) - (sx[c] - sx[a]) * (sy[b] - sy[a]) <= 0.0:
            continue
        n0, n1, n2 = np.float64(normal[f, 0]), np.float64(normal[f, 1]), np.float64(normal[f, 2])
        v = faces[f, 0]
        away = n0 * (vx[v] - eye[0]) + n1 * (vy[v] - eye[1]) + n2 * (vz[v] - eye[2])
        if away >= 0.0:
            continue
        dx = (n0 * axes[0, 0] + n1 * axes[0, 1] + n2 * axes[0, 2]) / (fx * away)
        dy = (n0 * axes[1, 0] + n1 * axes[1, 1] + n2 * axes[1, 2]) / (fy * away)
        if whole:
            _try_beams(
                sx[a], sy[a], si[a], sx[b], sy[b], si[b], sx[c], sy[c], si[c], dx, dy, np.uint32(f), columns, rows,
                x, y, start, inverse, face,
            )  # fmt: skip
        else:
            _try_cut(triangles, row, eye, axes, grid, dx, dy, x, y, start, inverse, face)


@kernel
def hit_side(
    triangles: Triangles, items: Items, eye: NDArray[np.float64], turn: NDArray[np.float64], side: Side, far: float,
    inverse: NDArray[np.float32], face: NDArray[np.uint32],
) -> None:  # fmt: skip
    """Find what the beams of a side hit first.

    eye (3,) m; turn (3, 3) takes the sensor's frame to the world; far (m) limits the items looked at. `inverse` (n,)
    holds 1 / (longest distance along forward, m) of each beam and becomes that of its hit; `face` (n,) is written where
    there is one.
    """
    axes = np.zeros((3, 3))
    for a in range(3):
        for b in range(3):
            axes[a, b] = side.axes[a, 0] * turn[b, 0] + side.axes[a, 1] * turn[b, 1] + side.axes[a, 2] * turn[b, 2]
    fx, fy, cx, cy, columns, rows = side.focal_x, side.focal_y, side.centre_x, side.centre_y, side.columns, side.rows
    edges = np.array([-cx / fx, (columns - cx) / fx, -cy / fy, (rows - cy) / fy], np.float32)
    order = np.empty(items.radius.shape[0], np.int64)
    near = np.empty(items.radius.shape[0], np.float32)
    count = in_view(items, eye.astype(np.float32), axes.astype(np.float32), edges, far, order, near)
    most = 1
    for k in range(count):
        most = max(most, items.vertices[order[k]])
    screen, outside = np.empty((3, most)), np.empty(most, np.uint8)
    grid = (fx, fy, cx, cy, columns, rows)
    for k in range(count):
        i = order[k]
        x, y, z = items.centre[i, 0] - eye[0], items.centre[i, 1] - eye[1], items.centre[i, 2] - eye[2]
        if sqrt(x * x + y * y + z * z) - items.radius[i] > far:
            continue
        base = items.first_vertex[i]
        _project(triangles, base, items.vertices[i], eye, axes, grid, screen, outside)
        _try_item(
            triangles, (base, items.first_face[i], items.faces[i]), eye, axes, grid, screen, outside, side.x, side.y,
            side.start, inverse, face,
        )  # fmt: skip


@kernel
def gather(
    side: Side, inverse: NDArray[np.float32], face: NDArray[np.uint32], distance: NDArray[np.float32],
    hit: NDArray[np.uint32],
) -> None:  # fmt: skip
    """Write the distances along the beams (m) and the triangles of a side into those of the sensor (N,), by number."""
    for k in range(face.shape[0]):
        if face[k] != NOTHING:
            distance[side.beam[k]] = side.stretch[k] / inverse[k]
            hit[side.beam[k]] = face[k]
