"""What stands still around the viewers: tiles of the town, built when somebody comes near, and dropped when too many.

What is drawn depends on where the viewers are, not on where they have been.
"""

from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.pose import bound
from lead.rendering.kernels.scene import Items
from lead.rendering.mesh import Mesh, merge
from lead.rendering.street.tiles import TILE, Thing
from lead.rendering.triangles import ObjectStore, Run, TriangleStore, empty_items, join_items

RANGE = 320.0  # m around a viewer within which tiles are drawn
VIEWER_GRID = 16.0  # m, to which viewers are rounded, so that the tiles do not change all the time
DETAIL = 100.0  # m from the eye to the middle of a run of triangles within which it is drawn in detail
QUARTER = TILE / 2.0  # m
MOST_TILES = 700  # kept
FARTHEST = 1e6  # m from the origin beyond which there is nothing: single precision no longer tells decimetres apart
STATIC_IDS = 0x8000  # numbers of static objects: this bit and a hash of their name, as CARLA's instances have 16 bits

Tile = tuple[int, int]


class LoadedTile(NamedTuple):
    """Where a tile's triangles and switchable objects are."""

    items: Items
    names: frozenset[str]  # of its things, hidden ones included
    signals: NDArray[np.int64]  # (n, 2) object row, signal
    lamp_posts: NDArray[np.int64]  # (n, 2) object row, lamp post


class Surroundings:
    """The tiles in store and those that are drawn now."""

    def __init__(
        self, build: Callable[[int, int], list[Thing]], triangles: TriangleStore, objects: ObjectStore
    ) -> None:
        self._build, self._triangles, self._objects = build, triangles, objects
        self._tiles: dict[Tile, LoadedTile] = {}
        self._stored = 0  # tiles in the stores: those that are kept, and those built anew since
        self._shown: tuple[Tile, ...] | None = None
        self._places: frozenset[tuple[float, ...]] | None = None  # of viewers, rounded
        self._near: tuple[Tile, ...] = ()  # tiles around them
        self._hidden: frozenset[str] = frozenset()
        self.version = 0  # how often things were hidden or shown again
        self.items = empty_items(0)
        self.signals = self.lamp_posts = np.empty((0, 2), np.int64)

    def hide(self, names: frozenset[str]) -> None:
        """Leave out the things of these names, and no others, from the next `show` on."""
        changed = names ^ self._hidden
        if not changed:
            return
        self._tiles = {tile: held for tile, held in self._tiles.items() if not held.names & changed}
        self._hidden, self._shown = names, None
        self.version += 1

    def show(self, viewers: NDArray[np.float64]) -> None:
        """Draw the tiles within `RANGE` of any viewer (N, 2) m from now on."""
        viewers = np.round(viewers[np.abs(viewers).max(axis=1) < FARTHEST] / VIEWER_GRID) * VIEWER_GRID
        places = frozenset(map(tuple, viewers.tolist()))
        if places != self._places:
            self._places, self._near = places, tiles_near(viewers, RANGE)
        self.show_tiles(self._near)

    def show_tiles(self, wanted: tuple[Tile, ...]) -> None:
        """Draw just these tiles from now on."""
        if wanted == self._shown:
            return
        missing = [tile for tile in wanted if tile not in self._tiles]
        if self._stored + len(missing) > max(MOST_TILES, len(wanted)):
            self._tiles.clear()
            self._triangles.clear()
            self._objects.clear()
            self._stored, missing = 0, list(wanted)
        for tile in missing:
            self._tiles[tile] = self._load(tile)
        self._stored += len(missing)
        loaded = [self._tiles[tile] for tile in wanted]
        self._shown = wanted
        self.items = join_items([empty_items(0), *(tile.items for tile in loaded)])
        self.signals = np.concatenate([np.empty((0, 2), np.int64), *(tile.signals for tile in loaded)])
        self.lamp_posts = np.concatenate([np.empty((0, 2), np.int64), *(tile.lamp_posts for tile in loaded)])

    def _load(self, tile: Tile) -> LoadedTile:
        quarters: dict[tuple[int, int], list[tuple[Thing, int]]] = {}
        signals, lamp_posts, names = [], [], set()
        for thing in self._build(*tile):
            names.add(thing.name)
            if thing.name in self._hidden:
                continue
            row = 0
            if thing.name:
                row = self._objects.add(STATIC_IDS | (crc32(thing.name.encode()) & 0x7FFF), thing.tint, thing.origin)
            if thing.signal >= 0:
                signals.append((row, thing.signal))
            if thing.lamp_post >= 0:
                lamp_posts.append((row, thing.lamp_post))
            middle = thing.near.vertices[:, :2].mean(axis=0) if len(thing.near.vertices) else np.zeros(2)
            quarter = (int(middle[0] // QUARTER), int(middle[1] // QUARTER))
            quarters.setdefault(quarter, []).append((thing, row))
        items = [empty_items(0)]
        for quarter in sorted(quarters):
            things = quarters[quarter]
            items.append(self._item([(thing.near, row) for thing, row in things], 0.0, DETAIL))
            far = [(thing.near if thing.far is None else thing.far, row) for thing, row in things]
            items.append(self._item(far, DETAIL, np.inf))
        return LoadedTile(
            join_items(items),
            frozenset(names),
            np.array(signals, np.int64).reshape(-1, 2),
            np.array(lamp_posts, np.int64).reshape(-1, 2),
        )

    def _item(self, meshes: list[tuple[Mesh, int]], least: float, most: float) -> Items:
        owner = np.concatenate([np.full(len(mesh.faces), row, np.int32) for mesh, row in meshes])
        run: Run = self._triangles.add(merge(*(mesh for mesh, _ in meshes)), owner)
        item = empty_items(1)
        item.first_vertex[0], item.vertices[0], item.first_face[0], item.faces[0] = run
        item.least[0], item.most[0] = least, most
        bound(self._triangles.triangles, item, 0)
        return item


def tiles_near(viewers: NDArray[np.float64], reach: float) -> tuple[Tile, ...]:
    """Tiles whose square is within `reach` (m) of any viewer (N, 2), sorted."""
    found: set[Tile] = set()
    span = int(reach // TILE) + 1
    around = np.arange(-span, span + 1)
    for x, y in np.unique(viewers, axis=0):
        column, row = int(x // TILE) + around, int(y // TILE) + around
        dx = np.maximum(0.0, np.maximum(column * TILE - x, x - (column + 1) * TILE))
        dy = np.maximum(0.0, np.maximum(row * TILE - y, y - (row + 1) * TILE))
        near = dx[:, None] ** 2 + dy[None, :] ** 2 < reach * reach
        found.update((int(column[i]), int(row[j])) for i, j in np.argwhere(near))
    return tuple(sorted(found))
