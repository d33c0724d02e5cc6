"""Compile what draws and scans, in a process of its own beside a server that compiles the world: `python -m` this file.

It looks once at a handful of triangles with everything that needs no town; the results are kept on disk
(`lead.geometry.compilation`), where the server finds them.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.rendering.camera import Channel, Painter, View
from lead.rendering.illumination import Illumination
from lead.rendering.kernels.codes import Lamp
from lead.rendering.kernels.pose import bound
from lead.rendering.kernels.scene import Items, Objects, Triangles
from lead.rendering.lidar import LidarSettings, scan_lidar, scan_semantic_lidar
from lead.rendering.materials import Material
from lead.rendering.mesh import box, merge
from lead.rendering.radar import RadarSettings, scan_radar
from lead.rendering.rays import cast_ray, project_point
from lead.rendering.triangles import ObjectStore, TriangleStore, empty_items

STEP = 0.05  # s
NIGHT_RAIN = np.array([80, 60, 60, 30, 0, -30, 20, 0, 60, 0.1, 1, 0.03, 0.0331, 0], np.float64)


@dataclass
class _Scene:
    """The part of a `Stage` that is drawn."""

    triangles: Triangles
    objects: Objects
    items: Items
    largest_item: int
    illumination: Illumination

    def looks(self, eye: NDArray[np.float32]) -> tuple[Any, ...]:
        return self.illumination.looks(eye, self.triangles, self.objects, self.items, 1)


def _scene() -> _Scene:
    """Ground under a lit headlamp."""
    store, objects, items = TriangleStore(), ObjectStore(), empty_items(1)
    mesh = merge(
        box((40.0, 40.0, 1.0), (0.0, 0.0, -0.5), Material.ASPHALT),
        box((0.2, 0.2, 0.2), (5.0, 0.0, 1.0), Material.HEAD_LAMP),
    )
    row = objects.add(1, None)
    objects.objects.lamps[row] = int(Lamp.LOW_BEAM)
    run = store.add(mesh, np.full(len(mesh.faces), row, np.int32))
    for column, number in zip(items[:4], run, strict=True):
        column[0] = number
    bound(store.triangles, items, 0)
    illumination = Illumination()
    illumination.update(NIGHT_RAIN, 0.0)
    return _Scene(store.triangles, objects.objects, items, len(mesh.vertices), illumination)


def main() -> None:
    """Draw, scan and cast once."""
    scene, luck = _scene(), np.random.default_rng(0)
    held = scene.triangles, scene.items
    pose = np.array([0.0, 0.0, 1.5, 0.0, 0.0, 0.0])
    view = View(tuple(pose.tolist()), 8, 8, 90.0)
    with ThreadPoolExecutor(1) as pool:
        Painter(pool).draw(scene, [(view, frozenset(Channel))])
    scan_lidar(*held, pose, LidarSettings(), 0.0, STEP, luck)
    scan_semantic_lidar(*held, scene.objects, pose, LidarSettings(), 0.0, STEP)
    scan_radar(*held, scene.objects, pose, np.zeros(3), RadarSettings(), STEP, luck)
    cast_ray(*held, scene.objects, pose[:3], pose[:3] - [0.0, 0.0, 5.0])
    project_point(*held, scene.objects, pose[:3], np.array([0.0, 0.0, -1.0]), 5.0)


if __name__ == "__main__":
    main()
