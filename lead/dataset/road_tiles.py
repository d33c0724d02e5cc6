"""Roads and lane marks from above, as the ego sees them: painted tile by tile once, then turned into place per sample.

A tile is world-aligned; rows are world y, columns world x. Finished tiles are kept compressed: a few kB each.
"""

from collections import OrderedDict
from dataclasses import dataclass

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lead.dataset.bev_grid import PIXELS_PER_METRE, BevWindow
from lead.geometry.grid import Grid, build_grid
from lead.roads.labels import Label
from lead.roads.network import MarkKind
from lead.roads.town import Town

TILE = 512  # pixels
TILE_METRES = TILE / PIXELS_PER_METRE
ROAD, MARK = 1, 2  # values in a tile, as lead.dataset.bev_map.BevClass
FRACTION_BITS = 4  # OpenCV's sub-pixel positions
DASH, DASH_PERIOD = 3.0, 9.0  # m, length of a dash and from dash to dash
BROKEN = (MarkKind.BROKEN, MarkKind.BROKEN_BROKEN, MarkKind.BOTTS_DOTS)
SOLID = (MarkKind.SOLID, MarkKind.SOLID_SOLID, MarkKind.SOLID_BROKEN, MarkKind.BROKEN_SOLID)
UNPACKED = 64  # tiles kept as they are


@dataclass(frozen=True)
class RoadShapes:
    """What is painted of a town: triangles of road and pieces of lane marks, m, world."""

    triangles: NDArray[np.float32]  # (T, 3, 2)
    triangle_grid: Grid
    marks: NDArray[np.float32]  # (M, 2, 2)
    mark_grid: Grid

    @classmethod
    def of(cls, town: Town) -> "RoadShapes":
        """The road surface that the cameras see as road, and the marks on it."""
        paved = town.surface.triangles[town.surface.label == Label.ROADS]
        triangles = np.ascontiguousarray(town.surface.vertices[paved][:, :, :2], np.float32)
        marks = _mark_pieces(town)
        return cls(triangles, _tiled(triangles), marks, _tiled(marks))


class RoadTiles:
    """The roads of one town, seen from anywhere.

    Args:
        shapes: of the town.
    """

    def __init__(self, shapes: RoadShapes) -> None:
        self._shapes = shapes
        self._packed: dict[tuple[int, int], bytes] = {}
        self._unpacked: OrderedDict[tuple[int, int], NDArray[np.uint8]] = OrderedDict()
        self._codec = pa.Codec("zstd", 3)

    def seen_from(self, pose: NDArray[np.float64], window: BevWindow) -> NDArray[np.uint8]:
        """The window (rows, columns) in the frame of a world pose (6,): ROAD, MARK, 0 elsewhere."""
        c, s = float(np.cos(pose[4])), float(np.sin(pose[4]))
        turn = np.array([[c, -s], [s, c]])
        x, y = (window.min_x, window.max_x), (window.min_y, window.max_y)
        corners = pose[:2] + np.array([(a, b) for a in x for b in y]) @ turn.T
        low = np.floor(corners.min(0) / TILE_METRES).astype(int)
        high = np.floor(corners.max(0) / TILE_METRES).astype(int)
        across, down = (high - low + 1).tolist()
        mosaic = np.empty((down * TILE, across * TILE), np.uint8)
        for j, i in np.ndindex(down, across):
            tile = self._tile(int(low[0]) + i, int(low[1]) + j)
            mosaic[j * TILE : (j + 1) * TILE, i * TILE : (i + 1) * TILE] = tile
        # Pixel centres of the window in those of the mosaic: both are shifted by half a pixel from the metres.
        first = pose[:2] + turn @ (window.min_x + 0.5 / PIXELS_PER_METRE, window.min_y + 0.5 / PIXELS_PER_METRE)
        start = (first - low * TILE_METRES) * PIXELS_PER_METRE - 0.5
        return cv2.warpAffine(
            mosaic, np.column_stack([turn, start]), (window.columns, window.rows),
            flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT, borderValue=0,
        )  # fmt: skip

    def _tile(self, i: int, j: int) -> NDArray[np.uint8]:
        key = (i, j)
        if key in self._unpacked:
            self._unpacked.move_to_end(key)
            return self._unpacked[key]
        if key in self._packed:
            raw = self._codec.decompress(self._packed[key], TILE * TILE)
            tile = np.frombuffer(raw, np.uint8).reshape(TILE, TILE)
        else:
            tile = paint_tile(self._shapes, i, j)
            self._packed[key] = self._codec.compress(tile.tobytes(), asbytes=True)
        self._unpacked[key] = tile
        if len(self._unpacked) > UNPACKED:
            self._unpacked.popitem(last=False)
        return tile


def paint_tile(shapes: RoadShapes, i: int, j: int) -> NDArray[np.uint8]:
    """The tile (TILE, TILE) whose low corner is at x = i, y = j times TILE_METRES."""
    tile = np.zeros((TILE, TILE), np.uint8)
    corner = np.array([i, j]) * TILE_METRES

    def pixels(places: NDArray[np.floating]) -> NDArray[np.int32]:
        return np.round(((places - corner) * PIXELS_PER_METRE - 0.5) * (1 << FRACTION_BITS)).astype(np.int32)

    middle = corner + 0.5 * TILE_METRES
    for triangle in pixels(shapes.triangles[_items(shapes.triangle_grid, middle)].astype(np.float64)):
        cv2.fillConvexPoly(tile, triangle, ROAD, cv2.LINE_8, FRACTION_BITS)
    marks = pixels(shapes.marks[_items(shapes.mark_grid, middle)].astype(np.float64))
    if len(marks):
        drawn = np.zeros_like(tile)
        cv2.polylines(drawn, list(marks), False, 1, 1, cv2.LINE_8, FRACTION_BITS)
        beside_road = cv2.dilate(tile, np.ones((3, 3), np.uint8))  # maps also mark lanes that are not paved
        tile[(drawn & beside_road) > 0] = MARK
    return tile


def _tiled(shapes: NDArray[np.float32]) -> Grid:
    """A grid whose cells are the tiles; its origin is a tile's corner."""
    places = shapes.astype(np.float64)
    return build_grid(places.min(1, initial=np.inf), places.max(1, initial=-np.inf), TILE_METRES)


def _items(grid: Grid, place: NDArray[np.float64]) -> NDArray[np.int64]:
    """Items that may touch the tile around a place: those of all cells that overlap it."""
    half = 0.5 * TILE_METRES
    x = np.floor((np.array([place[0] - half, place[0] + half]) - grid.origin_x) / grid.cell).astype(int)
    y = np.floor((np.array([place[1] - half, place[1] + half]) - grid.origin_y) / grid.cell).astype(int)
    cells = [
        grid.items[grid.start[a * grid.columns + b] : grid.start[a * grid.columns + b + 1]]
        for a in range(max(0, x[0]), min(grid.rows - 1, x[1]) + 1)
        for b in range(max(0, y[0]), min(grid.columns - 1, y[1]) + 1)
    ]
    return np.unique(np.concatenate(cells)) if cells else np.empty(0, np.int64)


def _mark_pieces(town: Town) -> NDArray[np.float32]:
    """All lane marks as pieces (M, 2, 2) m; broken ones as their dashes."""
    samples, lanes = town.network.samples, town.network.lanes
    line = np.where((lanes.lane[samples.lane] == 0)[:, None], samples.centre[:, :2], samples.right[:, :2])
    follows = samples.lane[1:] == samples.lane[:-1]
    start, end = line[:-1], line[1:]
    solid = follows & np.isin(samples.mark[:-1], SOLID)
    pieces = [np.stack([start[solid], end[solid]], 1)]
    broken = follows & np.isin(samples.mark[:-1], BROKEN)
    pieces.append(_dashes(start[broken], end[broken], samples.s[:-1][broken], samples.s[1:][broken]))
    return np.concatenate(pieces).astype(np.float32)


def _dashes(
    start: NDArray[np.float64], end: NDArray[np.float64], s_start: NDArray[np.float64], s_end: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Parts (M, 2, 2) of pieces of line that lie on a dash; dashes stand at fixed places along a road's s."""
    low, high = np.minimum(s_start, s_end), np.maximum(s_start, s_end)
    span = np.where(s_end == s_start, 1.0, s_end - s_start)
    found = []
    for period in range(int(np.ceil((high - low).max(initial=0.0) / DASH_PERIOD)) + 1):
        dash = (np.floor(low / DASH_PERIOD) + period) * DASH_PERIOD
        begin, stop = np.maximum(low, dash), np.minimum(high, dash + DASH)
        on = stop > begin
        shares = np.stack([begin - s_start, stop - s_start])[:, on] / span[on]
        found.append((start[on] + shares[..., None] * (end - start)[on]).transpose(1, 0, 2))
    return np.concatenate(found) if found else np.empty((0, 2, 2))
