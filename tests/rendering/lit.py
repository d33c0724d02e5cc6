"""Small scenes of boxes on a plane, drawn in colour: what tests of light and shading look at."""

from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lead.geometry.poses import rotation_matrix
from lead.rendering.illumination import Illumination
from lead.rendering.kernels.pose import bound
from lead.rendering.kernels.raster import raster
from lead.rendering.kernels.shade import shade
from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, make_mesh
from lead.rendering.triangles import ObjectStore, TriangleStore, empty_items

CLEAR = np.array([0, 0, 0, 0, 0, 45, 0, 0, 0, 0, 1, 0.03, 0.0331, 0], np.float64)  # noon, sun over +x, no cloud, no fog
DARK = np.array([0, 0, 0, 0, 0, -90, 0, 0, 0, 0, 1, 0.03, 0.0331, 0], np.float64)


def plane(material: Material, half: float = 60.0, z: float = 0.0) -> Mesh:
    """Square of ground around the origin (m), in cells of 10 m."""
    places = np.arange(-half, half + 1.0, 10.0)
    n = len(places)
    x, y = np.meshgrid(places, places, indexing="ij")
    i, j = (part.ravel() for part in np.meshgrid(np.arange(n - 1), np.arange(n - 1), indexing="ij"))
    a, b, c, d = i * n + j, (i + 1) * n + j, (i + 1) * n + j + 1, i * n + j + 1
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    return make_mesh(np.column_stack([x.ravel(), y.ravel(), np.full(x.size, z)]), faces, material)


@dataclass(frozen=True)
class Body:
    """A mesh in world coordinates (m), and the state of the object it belongs to."""

    mesh: Mesh
    lamps: int = 0
    tint: NDArray[np.float32] = field(default_factory=lambda: np.full((3, 3), -1.0, np.float32))
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)
    moving: bool = False


class Scene:
    """Bodies as triangles, what moves behind what stands, each an item of its own."""

    def __init__(self, *bodies: Body) -> None:
        bodies = tuple(chain((b for b in bodies if not b.moving), (b for b in bodies if b.moving)))
        store, objects, self.items = TriangleStore(), ObjectStore(), empty_items(len(bodies))
        store.reserve(sum(len(b.mesh.vertices) for b in bodies), sum(len(b.mesh.faces) for b in bodies))
        for k, body in enumerate(bodies):
            row = objects.add(100 + k, body.tint)
            objects.objects.lamps[row], objects.objects.moving[row] = body.lamps, body.moving
            objects.objects.origin[row] = body.origin
            run = store.add(body.mesh, np.full(len(body.mesh.faces), row, np.int32))
            for column, number in zip(self.items[:4], run, strict=True):
                column[k] = number
            bound(store.triangles, self.items, k)
        self.triangles, self.objects = store.triangles, objects.objects
        self.fixed = sum(not b.moving for b in bodies)

    def draw(
        self, weather: ArrayLike, pose: tuple[float, ...] = (-8.0, 0.0, 2.0, 0.0, 0.0, 0.0), size: int = 96,
        samples: int = 2, fov: float = 60.0, time: float = 0.0, parts: int = 1,
    ) -> NDArray[np.int64]:  # fmt: skip
        """Picture (size, size, 3) RGB from a pose (m, rad), drawn in `parts` strips."""
        illumination = Illumination()
        illumination.update(weather, time)
        eye, matrix = np.array(pose[:3], np.float32), rotation_matrix(*pose[3:])
        axes = np.stack([matrix[:, 1], -matrix[:, 2], matrix[:, 0]]).astype(np.float32)
        focal, image = size / (2.0 * np.tan(np.radians(fov) / 2.0)), np.zeros((size, size, 4), np.uint8)
        looks = illumination.looks(eye, self.triangles, self.objects, self.items, self.fixed)
        screen = np.empty((4, int(self.items.vertices.max())), np.float32)
        bounds = [round(k * size / parts) for k in range(parts + 1)]
        for left, right in zip(bounds[:-1], bounds[1:], strict=True):
            depth = np.empty((size * samples, (right - left) * samples), np.float32)
            face = np.empty(depth.shape, np.uint32)
            x, y = size / 2.0 - left, size / 2.0
            raster(
                self.triangles, self.items, eye, axes, focal * samples, focal * samples, x * samples, y * samples,
                400.0, depth, face, screen,
            )  # fmt: skip
            shade(*looks, eye, axes, focal, x, y, samples, depth, face, image, left)
        return image[:, :, 2::-1].astype(np.int64)
