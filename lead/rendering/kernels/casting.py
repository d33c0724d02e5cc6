"""One segment against all triangles near it."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.scene import Items, Triangles

SEAM = 1e-3  # m by which a ray may miss a triangle and count all the same: meshes meet with gaps of rounding


@kernel
def touches_item(items: Items, item: int, start: NDArray[np.float64], ray: NDArray[np.float64], square: float) -> bool:
    """Whether the segment start + t ray (m), 0 <= t <= 1, comes into the sphere of an item; `square` is |ray|^2."""
    dx = items.centre[item, 0] - start[0]
    dy = items.centre[item, 1] - start[1]
    dz = items.centre[item, 2] - start[2]
    t = min(max((dx * ray[0] + dy * ray[1] + dz * ray[2]) / square, 0.0), 1.0)
    dx, dy, dz = dx - t * ray[0], dy - t * ray[1], dz - t * ray[2]
    radius = np.float64(items.radius[item])
    return radius >= 0.0 and dx * dx + dy * dy + dz * dz <= radius * radius


@kernel
def cast_segment(
    triangles: Triangles, items: Items, start: NDArray[np.float64], ray: NDArray[np.float64], first_only: bool,
    share: NDArray[np.float64], face: NDArray[np.int64],
) -> int:  # fmt: skip
    """Hits of the segment start + t ray (m), 0 <= t <= 1, on outward sides, in any order; returns how many there are.

    `share` (n,) gets t and `face` (n,) the triangle, for the first n of them; with `first_only` the nearest alone.
    Everything is seen at its finest level of detail; triangles are `SEAM` larger than they are.
    """
    count, farthest = 0, 1.0
    square = ray[0] * ray[0] + ray[1] * ray[1] + ray[2] * ray[2]
    x, y, z, faces, normal = triangles.x, triangles.y, triangles.z, triangles.faces, triangles.normal
    for item in range(items.radius.shape[0]):
        if items.least[item] > 0.0 or not touches_item(items, item, start, ray, square):
            continue
        for f in range(items.first_face[item], items.first_face[item] + items.faces[item]):
            along = normal[f, 0] * ray[0] + normal[f, 1] * ray[1] + normal[f, 2] * ray[2]
            if along >= 0.0:
                continue
            a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
            ax, ay, az = x[a] - start[0], y[a] - start[1], z[a] - start[2]
            t = (normal[f, 0] * ax + normal[f, 1] * ay + normal[f, 2] * az) / along
            if t < 0.0 or t > farthest:
                continue
            bx, by, bz = x[b] - start[0], y[b] - start[1], z[b] - start[2]
            cx, cy, cz = x[c] - start[0], y[c] - start[1], z[c] - start[2]
            # the ray is inside when it passes all three edges on the same side
            u = (ay * bz - az * by) * ray[0] + (az * bx - ax * bz) * ray[1] + (ax * by - ay * bx) * ray[2]
            v = (by * cz - bz * cy) * ray[0] + (bz * cx - bx * cz) * ray[1] + (bx * cy - by * cx) * ray[2]
            w = (cy * az - cz * ay) * ray[0] + (cz * ax - cx * az) * ray[1] + (cx * ay - cy * ax) * ray[2]
            if u > 0.0 and u > SEAM * _aside(ax - bx, ay - by, az - bz, ray):
                continue
            if v > 0.0 and v > SEAM * _aside(bx - cx, by - cy, bz - cz, ray):
                continue
            if w > 0.0 and w > SEAM * _aside(cx - ax, cy - ay, cz - az, ray):
                continue
            if first_only:
                farthest, share[0], face[0], count = t, t, f, 1
            else:
                if count < share.shape[0]:
                    share[count], face[count] = t, f
                count += 1
    return count


@kernel
def _aside(x: float, y: float, z: float, ray: NDArray[np.float64]) -> float:
    """Area of the parallelogram of an edge (x, y, z) and a ray: what their triple product is per metre between them."""
    px, py, pz = y * ray[2] - z * ray[1], z * ray[0] - x * ray[2], x * ray[1] - y * ray[0]
    return sqrt(px * px + py * py + pz * pz)
