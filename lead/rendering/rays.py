"""Single rays through the world: all that lies on a segment, or the first thing in a direction.

They meet outward sides only, at the finest level of detail, wherever cameras are.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.casting import cast_segment
from lead.rendering.kernels.scene import Items, Objects, Triangles

SAME_PLACE = 1e-3  # m along the ray: two hits so close on one surface are a shared edge
_ROOM = 256  # hits looked for at first


class RayHit(NamedTuple):
    """A point on a surface."""

    point: NDArray[np.float64]  # (3,) m, world
    tag: int  # Label
    identity: int  # of the object, 0 none


def cast_ray(
    triangles: Triangles, items: Items, objects: Objects, start: NDArray[np.float64], end: NDArray[np.float64]
) -> list[RayHit]:
    """All that the segment between two points (3,) m enters, nearest first."""
    start, ray = _segment(start, end)
    length = float(np.linalg.norm(ray))
    if length == 0.0:
        return []
    room = _ROOM
    while True:
        share, face = np.empty(room), np.empty(room, np.int64)
        count = cast_segment(triangles, items, start, ray, False, share, face)
        if count <= room:
            break
        room = count
    share, face = share[:count], face[:count]
    hits: list[RayHit] = []
    last: dict[tuple[int, int], float] = {}
    for k in np.lexsort((face, share)):
        surface = (int(triangles.owner[face[k]]), int(triangles.tag[face[k]]))
        place = float(share[k]) * length
        if place - last.get(surface, -1.0) > SAME_PLACE:
            hits.append(_hit(triangles, objects, start + share[k] * ray, int(face[k])))
        last[surface] = place
    return hits


def project_point(
    triangles: Triangles,
    items: Items,
    objects: Objects,
    start: NDArray[np.float64],
    direction: NDArray[np.float64],
    distance: float,
) -> RayHit | None:
    """The first thing that a ray from `start` (3,) in a direction (3,) of any length meets within `distance` (m)."""
    length = float(np.linalg.norm(direction))
    if length == 0.0 or distance <= 0.0:
        return None
    start = np.array(start, np.float64)
    start, ray = _segment(start, start + np.asarray(direction, np.float64) * (distance / length))
    share, face = np.empty(1), np.empty(1, np.int64)
    if cast_segment(triangles, items, start, ray, True, share, face) == 0:
        return None
    return _hit(triangles, objects, start + share[0] * ray, int(face[0]))


def ground_projection(
    triangles: Triangles, items: Items, objects: Objects, point: NDArray[np.float64], distance: float
) -> RayHit | None:
    """The first thing below a point (3,) within `distance` (m)."""
    return project_point(triangles, items, objects, point, np.array([0.0, 0.0, -1.0]), distance)


def _segment(start: NDArray[np.float64], end: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Start (3,) and start to end (3,) as kernels want them; raises ValueError unless all are finite."""
    start, end = np.array(start, np.float64), np.array(end, np.float64)
    if not (np.all(np.isfinite(start)) and np.all(np.isfinite(end))):
        raise ValueError(f"a ray from {start} to {end}: expected finite coordinates")
    return start, end - start


def _hit(triangles: Triangles, objects: Objects, point: NDArray[np.float64], face: int) -> RayHit:
    return RayHit(point, int(triangles.tag[face]), int(objects.identity[triangles.owner[face]]))
