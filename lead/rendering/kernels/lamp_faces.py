"""The triangles that shine, gathered into lamps."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.scene import Items, Objects, Triangles
from lead.rendering.materials import MaterialTable

BACK = 12  # lamps looked at for one that a triangle belongs to: those found last


@kernel
def gather_lamps(
    triangles: Triangles, items: Items, objects: Objects, materials: MaterialTable, kinds: NDArray[np.uint8],
    merge: NDArray[np.float64], eye: NDArray[np.float32], reach: float, found: NDArray[np.float64],
    owner: NDArray[np.int32], material: NDArray[np.int32],
) -> int:  # fmt: skip
    """Sum up the lit triangles within `reach` (m) of the eye per lamp; returns the number of lamps.

    Rows of `found`: area (m2), and sums weighted by area of the place (3) and the normal (3). Triangles of one owner
    and material within merge[kind] (m) of each other are one lamp.
    """
    count = 0
    for item in range(items.radius.shape[0]):
        dx, dy, dz = items.centre[item, 0] - eye[0], items.centre[item, 1] - eye[1], items.centre[item, 2] - eye[2]
        away = sqrt(dx * dx + dy * dy + dz * dz)
        if away - items.radius[item] > reach or away < items.least[item] or away >= items.most[item]:
            continue
        for f in range(items.first_face[item], items.first_face[item] + items.faces[item]):
            made_of = triangles.material[f]
            if kinds[made_of] == 0 or not materials.lamp[made_of] & objects.lamps[triangles.owner[f]]:
                continue
            count = _add(triangles, f, merge[kinds[made_of]], count, found, owner, material)
    return count


@kernel
def _add(
    triangles: Triangles, f: int, merge: float, count: int, found: NDArray[np.float64], owner: NDArray[np.int32],
    material: NDArray[np.int32],
) -> int:  # fmt: skip
    a, b, c = triangles.faces[f, 0], triangles.faces[f, 1], triangles.faces[f, 2]
    ux, uy, uz = triangles.x[b] - triangles.x[a], triangles.y[b] - triangles.y[a], triangles.z[b] - triangles.z[a]
    vx, vy, vz = triangles.x[c] - triangles.x[a], triangles.y[c] - triangles.y[a], triangles.z[c] - triangles.z[a]
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    area = 0.5 * sqrt(np.float64(nx * nx + ny * ny + nz * nz)) + 1e-9
    x = (np.float64(triangles.x[a]) + triangles.x[b] + triangles.x[c]) / 3.0
    y = (np.float64(triangles.y[a]) + triangles.y[b] + triangles.y[c]) / 3.0
    z = (np.float64(triangles.z[a]) + triangles.z[b] + triangles.z[c]) / 3.0
    row = count
    for k in range(count - 1, max(count - BACK, 0) - 1, -1):
        if owner[k] != triangles.owner[f] or material[k] != triangles.material[f]:
            continue
        dx, dy, dz = found[k, 1] / found[k, 0] - x, found[k, 2] / found[k, 0] - y, found[k, 3] / found[k, 0] - z
        if dx * dx + dy * dy + dz * dz < merge * merge:
            row = k
            break
    if row == count:
        if count == found.shape[0]:
            return count
        owner[count], material[count] = triangles.owner[f], triangles.material[f]
        found[count] = 0.0
        count += 1
    found[row, 0] += area
    found[row, 1] += area * x
    found[row, 2] += area * y
    found[row, 3] += area * z
    found[row, 4] += 0.5 * nx
    found[row, 5] += 0.5 * ny
    found[row, 6] += 0.5 * nz
    return count
