"""Single rays through a town and its actors, with tiles and poses of their own: no picture depends on them.

Only what lies near a ray is built, at its finest level of detail.
"""

from functools import partial
from math import ceil

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.scene import Items
from lead.rendering.movers import DRAWN, Movers
from lead.rendering.rays import RayHit, cast_ray, project_point
from lead.rendering.street.tiles import TILE, Street, build_tile
from lead.rendering.surroundings import RANGE, Surroundings, Tile
from lead.rendering.triangles import ObjectStore, TriangleStore, join_items
from lead.simulator.world import World

STRETCH = 192.0  # m of a ray that are looked at together when its first hit is wanted
MOST_TILES = 600  # beside one ray: those nearest to its start
ABOVE, BELOW = 25.0, 10.0  # m above the highest and below the lowest ground and box within which static things lie
OVERHANG = 1.5  # m by which parts of an actor, such as open doors, stick out of its box

Point = NDArray[np.float64]  # (3,) m


class Probe:
    """Casts rays through one town; what the rays meet is the world of that moment."""

    def __init__(self, street: Street) -> None:
        self._triangles, self._objects = TriangleStore(), ObjectStore()
        self._surroundings = Surroundings(partial(build_tile, street), self._triangles, self._objects)
        self._movers = Movers()
        self._low, self._high = _reach(street)

    def hide(self, things: frozenset[str]) -> None:
        """Leave out the static things of these names, and no others."""
        self._surroundings.hide(things)

    def cast(self, world: World, start: Point, end: Point) -> list[RayHit]:
        """All that the segment between two points enters, nearest first."""
        share = self._share_in_town(start, end)
        self._surroundings.show_tiles(() if share is None else tiles_along(*_part(start, end, *share)))
        items = join_items([self._surroundings.items, self._actors(world, start, end)])
        return cast_ray(self._triangles.triangles, items, self._objects.objects, start, end)

    def project(self, world: World, start: Point, direction: Point, distance: float) -> RayHit | None:
        """The first thing that a ray from `start` in a direction of any length meets within `distance` (m)."""
        length = float(np.linalg.norm(direction))
        if length == 0.0 or distance <= 0.0:
            return None
        end = start + direction * (distance / length)
        hits = [self._first_static(start, end), self._first(self._actors(world, start, end), start, end)]
        met = [hit for hit in hits if hit is not None]
        return min(met, key=lambda hit: float(np.linalg.norm(hit.point - start)), default=None)

    def _first_static(self, start: Point, end: Point) -> RayHit | None:
        share = self._share_in_town(start, end)
        if share is None:
            return None
        first, last = _part(start, end, *share)
        count = max(1, ceil(float(np.linalg.norm(last - first)) / STRETCH))
        for k in range(count):
            stretch = _part(first, last, k / count, (k + 1) / count)
            self._surroundings.show_tiles(tiles_along(*stretch))
            hit = self._first(self._surroundings.items, *stretch)
            if hit is not None:
                return hit
        return None

    def _first(self, items: Items, start: Point, end: Point) -> RayHit | None:
        way = end - start
        return project_point(
            self._triangles.triangles, items, self._objects.objects, start, way, float(np.linalg.norm(way))
        )

    def _actors(self, world: World, start: Point, end: Point) -> Items:
        """The actors that may touch the segment, posed behind the static triangles."""
        table = world.table
        rows = np.flatnonzero(np.isin(table.kind, DRAWN))
        way, offset = end - start, table.pose[rows, :3] - start
        along = np.clip(offset @ way / max(float(way @ way), 1e-12), 0.0, 1.0)
        away = np.linalg.norm(offset - along[:, None] * way, axis=1)
        size = np.linalg.norm(table.extent[rows], axis=1) + np.linalg.norm(table.centre[rows], axis=1) + OVERHANG
        near = rows[away < size]
        return self._movers.pose(world, near, np.ones(len(near), np.bool_), self._triangles, self._objects)

    def _share_in_town(self, start: Point, end: Point) -> tuple[float, float] | None:
        """From which to which share of the segment it is where static things can be, None if nowhere."""
        way = end - start
        with np.errstate(divide="ignore", invalid="ignore"):
            bounds = np.stack([self._low - start, self._high - start]) / way
        level = way == 0.0
        if ((start < self._low) | (start > self._high))[level].any():
            return None
        enter = max(0.0, float(bounds.min(axis=0)[~level].max(initial=0.0)))
        leave = min(1.0, float(bounds.max(axis=0)[~level].min(initial=1.0)))
        return (enter, leave) if enter <= leave else None


def tiles_along(start: Point, end: Point) -> tuple[Tile, ...]:
    """Tiles whose things may reach a segment, sorted: none sticks out of its tile by more than 7/8 of a tile's size."""
    (x, y), way = start[:2], (end - start)[:2]
    found: dict[Tile, None] = {}
    steps = max(1, ceil(4.0 * float(np.linalg.norm(way)) / TILE))
    for share in np.linspace(0.0, 1.0, steps + 1):
        ix, iy = int((x + share * way[0]) // TILE), int((y + share * way[1]) // TILE)
        found.update(((ix + a, iy + b), None) for a in (-1, 0, 1) for b in (-1, 0, 1))
        if len(found) > MOST_TILES:
            break
    return tuple(sorted(found))


def _part(start: Point, end: Point, enter: float, leave: float) -> tuple[Point, Point]:
    """The ends of a part of a segment."""
    return start + enter * (end - start), start + leave * (end - start)


def _reach(street: Street) -> tuple[Point, Point]:
    """Low and high corner (3,) m of all that stands still in a town, and of the land for a while beyond its roads."""
    surface, scenery = street.town.surface, street.town.scenery
    x0, y0, x1, y1 = surface.bounds
    high = [surface.vertices[:, 2].max(), (scenery.centre[:, 2] + scenery.extent[:, 2]).max(initial=-np.inf)]
    low = [surface.vertices[:, 2].min(), (scenery.centre[:, 2] - scenery.extent[:, 2]).min(initial=np.inf)]
    return (
        np.array([x0 - RANGE, y0 - RANGE, min(low) - BELOW], np.float64),
        np.array([x1 + RANGE, y1 + RANGE, max(high) + ABOVE], np.float64),
    )
