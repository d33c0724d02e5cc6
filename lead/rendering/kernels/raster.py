"""The visibility pass: which triangle each sample of an image sees, and at what depth.

A scanline rasteriser over world-space triangles. Items (chunks of triangles) outside the view are skipped by their
spheres, the rest drawn near to far, so that most samples are written once. Triangles are cut at the near plane.
"""

from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.scene import Items, Triangles

NEAR = 0.1  # m
NOTHING = np.uint32(0xFFFFFFFF)
LEAST_AREA = np.float32(1e-7)  # square pixels, twice the area


@kernel
def fill(
    x0: float, y0: float, z0: float, x1: float, y1: float, z1: float, x2: float, y2: float, z2: float,
    code: int, width: int, depth: NDArray[np.float32], face: NDArray[np.uint32],
) -> None:  # fmt: skip
    """Write one triangle into the samples it covers and is nearest in; z is 1 / distance, linear on the screen.

    `depth` and `face` (height * width,) are flat, and every sample in reach is written, if only with what it holds:
    so the loop along a row becomes vector instructions.
    """
    if y1 < y0:
        x0, y0, z0, x1, y1, z1 = x1, y1, z1, x0, y0, z0
    if y2 < y0:
        x0, y0, z0, x2, y2, z2 = x2, y2, z2, x0, y0, z0
    if y2 < y1:
        x1, y1, z1, x2, y2, z2 = x2, y2, z2, x1, y1, z1
    zero, right_end = np.float32(0.0), np.float32(width)
    top, bottom = np.int64(ceil(max(y0, zero))), np.int64(ceil(min(y2, np.float32(depth.size // width))))
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if top >= bottom or abs(area) < LEAST_AREA:
        return
    inverse = np.float32(1.0) / area
    dzdx = ((z1 - z0) * (y2 - y0) - (z2 - z0) * (y1 - y0)) * inverse
    dzdy = ((z2 - z0) * (x1 - x0) - (z1 - z0) * (x2 - x0)) * inverse
    slope_long = (x2 - x0) / (y2 - y0)
    slope_high = (x1 - x0) / (y1 - y0) if y1 > y0 else zero
    slope_low = (x2 - x1) / (y2 - y1) if y2 > y1 else zero
    for y in range(top, bottom):
        row = np.float32(y)
        left = x0 + (row - y0) * slope_long
        right = x0 + (row - y0) * slope_high if row < y1 else x1 + (row - y1) * slope_low
        if left > right:
            left, right = right, left
        first, last = np.int64(ceil(max(left, zero))), np.int64(ceil(min(right, right_end)))
        if first >= last:
            continue
        start = z0 + (row - y0) * dzdy + (np.float32(first) - x0) * dzdx
        here = np.uint64(y * width + first)
        for x in range(np.uint64(last - first)):
            z = start + np.float32(np.int32(x)) * dzdx
            held = depth[here + x]
            depth[here + x] = z if z > held else held
            face[here + x] = code if z > held else face[here + x]


@kernel
def in_view(
    items: Items, eye: NDArray[np.float32], axes: NDArray[np.float32], edges: NDArray[np.float32], far: float,
    order: NDArray[np.int64], near: NDArray[np.float32],
) -> int:  # fmt: skip
    """Write the items that may be seen into `order` (I,), near to far, and return how many.

    `edges` (4,): left, right, top, bottom of the image as slopes x / z and y / z; `near` (I,) is scratch.
    """
    left, right, top, bottom = edges[0], edges[1], edges[2], edges[3]
    one = np.float32(1.0)
    left_scale, right_scale = sqrt(one + left * left), sqrt(one + right * right)
    top_scale, bottom_scale = sqrt(one + top * top), sqrt(one + bottom * bottom)
    count = 0
    for i in range(items.radius.shape[0]):
        dx, dy, dz = items.centre[i, 0] - eye[0], items.centre[i, 1] - eye[1], items.centre[i, 2] - eye[2]
        radius = items.radius[i]
        away = sqrt(dx * dx + dy * dy + dz * dz)
        if away < items.least[i] or away >= items.most[i]:
            continue
        z = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
        if z + radius < NEAR or z - radius > far:
            continue
        x = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
        if x - left * z < -radius * left_scale or right * z - x < -radius * right_scale:
            continue
        y = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
        if y - top * z < -radius * top_scale or bottom * z - y < -radius * bottom_scale:
            continue
        order[count], near[count] = i, away - radius
        count += 1
    sorting = np.argsort(near[:count], kind="mergesort")
    chosen = order[:count].copy()
    for k in range(count):
        order[k] = chosen[sorting[k]]
    return count


@kernel
def project(
    triangles: Triangles, first: int, count: int, eye: NDArray[np.float32], axes: NDArray[np.float32],
    focal_x: float, focal_y: float, centre_x: float, centre_y: float, screen: NDArray[np.float32],
) -> None:  # fmt: skip
    """Vertices of one item on the screen: rows x, y (samples, whole numbers at sample centres), 1 / z and z of `screen`."""
    a0, a1, a2 = axes[0, 0], axes[0, 1], axes[0, 2]
    b0, b1, b2 = axes[1, 0], axes[1, 1], axes[1, 2]
    c0, c1, c2 = axes[2, 0], axes[2, 1], axes[2, 2]
    e0, e1, e2 = eye[0], eye[1], eye[2]
    px, py, pz = (
        triangles.x[first : first + count],
        triangles.y[first : first + count],
        triangles.z[first : first + count],
    )
    sx, sy, si, sz = screen[0], screen[1], screen[2], screen[3]
    for k in range(count):
        x, y, z = px[k] - e0, py[k] - e1, pz[k] - e2
        along = c0 * x + c1 * y + c2 * z
        inverse = np.float32(1.0) / along
        sx[k] = centre_x + focal_x * (a0 * x + a1 * y + a2 * z) * inverse
        sy[k] = centre_y + focal_y * (b0 * x + b1 * y + b2 * z) * inverse
        si[k] = inverse
        sz[k] = along


@kernel
def _cut(
    triangles: Triangles, face_row: int, eye: NDArray[np.float32], axes: NDArray[np.float32],
    focal_x: float, focal_y: float, centre_x: float, centre_y: float, corner: NDArray[np.float32],
    polygon: NDArray[np.float32], width: int, depth: NDArray[np.float32], face: NDArray[np.uint32],
) -> None:  # fmt: skip
    """Draw the part of a triangle before the near plane; `corner` (4, 3) and `polygon` (4, 3) are scratch."""
    near = np.float32(NEAR)
    for k in range(3):
        v = triangles.faces[face_row, k]
        x, y, z = triangles.x[v] - eye[0], triangles.y[v] - eye[1], triangles.z[v] - eye[2]
        for a in range(3):
            corner[k, a] = axes[a, 0] * x + axes[a, 1] * y + axes[a, 2] * z
    count = 0
    for k in range(3):
        following = (k + 1) % 3
        here, there = corner[k, 2], corner[following, 2]
        if here >= near:
            polygon[count] = corner[k]
            count += 1
        if (here >= near) != (there >= near):
            share = (near - here) / (there - here)
            for a in range(3):
                polygon[count, a] = corner[k, a] + share * (corner[following, a] - corner[k, a])
            count += 1
    for k in range(count):
        inverse = np.float32(1.0) / polygon[k, 2]
        polygon[k, 0] = centre_x + focal_x * polygon[k, 0] * inverse
        polygon[k, 1] = centre_y + focal_y * polygon[k, 1] * inverse
        polygon[k, 2] = inverse
    for k in range(1, count - 1):
        p, q, r = polygon[0], polygon[k], polygon[k + 1]
        if (q[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (q[1] - p[1]) > 0.0:
            fill(p[0], p[1], p[2], q[0], q[1], q[2], r[0], r[1], r[2], np.uint32(face_row), width, depth, face)


@kernel
def raster(
    triangles: Triangles, items: Items, eye: NDArray[np.float32], axes: NDArray[np.float32],
    focal_x: float, focal_y: float, centre_x: float, centre_y: float, far: float,
    depth: NDArray[np.float32], face: NDArray[np.uint32], screen: NDArray[np.float32],
) -> int:  # fmt: skip
    """Fill the visibility buffer of one image and return how many triangles were drawn.

    eye (3,) m; axes (3, 3) rows right, down, forward; focal lengths and centre in samples, the middle of sample (i, j)
    at x = j + 0.5, y = i + 0.5; far in m. `depth` (h, w) becomes 1 / z along forward (0: nothing), `face` (h, w) the
    triangle's number (NOTHING: none). `screen` (4, n) is scratch for the vertices of the largest item.
    """
    depth[:] = np.float32(0.0)
    face[:] = NOTHING
    height, width = np.float32(depth.shape[0]), np.float32(depth.shape[1])
    edges = np.array(
        [-centre_x / focal_x, (width - centre_x) / focal_x, -centre_y / focal_y, (height - centre_y) / focal_y], np.float32
    )  # fmt: skip
    order = np.empty(items.radius.shape[0], np.int64)
    count = in_view(items, eye, axes, edges, far, order, np.empty(items.radius.shape[0], np.float32))
    fx, fy = np.float32(focal_x), np.float32(focal_y)
    cx, cy = np.float32(centre_x - 0.5), np.float32(centre_y - 0.5)
    corner, polygon = np.empty((4, 3), np.float32), np.empty((4, 3), np.float32)
    shown, seen, across = depth.reshape(depth.size), face.reshape(face.size), depth.shape[1]
    sx, sy, si, sz = screen[0], screen[1], screen[2], screen[3]
    near, zero, drawn = np.float32(NEAR), np.float32(0.0), 0
    for k in range(count):
        item = order[k]
        base, first = items.first_vertex[item], items.first_face[item]
        project(triangles, base, items.vertices[item], eye, axes, fx, fy, cx, cy, screen)
        for f in range(first, first + items.faces[item]):
            a = np.uint64(triangles.faces[f, 0] - base)
            b = np.uint64(triangles.faces[f, 1] - base)
            c = np.uint64(triangles.faces[f, 2] - base)
            za, zb, zc = sz[a], sz[b], sz[c]
            if za >= near and zb >= near and zc >= near:
                xa, xb, xc, ya, yb, yc = sx[a], sx[b], sx[c], sy[a], sy[b], sy[c]
                if (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya) <= zero:
                    continue
                low, high = min(xa, xb, xc), max(xa, xb, xc)
                if low >= width or high < zero or ceil(low) >= ceil(high):
                    continue
                low, high = min(ya, yb, yc), max(ya, yb, yc)
                if low >= height or high < zero or ceil(low) >= ceil(high):
                    continue
                drawn += 1
                fill(xa, ya, si[a], xb, yb, si[b], xc, yc, si[c], np.uint32(f), across, shown, seen)
            elif za >= near or zb >= near or zc >= near:
                _cut(triangles, f, eye, axes, fx, fy, cx, cy, corner, polygon, across, shown, seen)
    return drawn
