"""Write a navigation mesh as CARLA's client reads it: Detour 7 tiles of triangles in an `MSET` container.

Detour's axes are (x, z, y) of CARLA's; its polygons run clockwise in that plane. The traps, each of which crashes or
stalls the client: winding, the boundary flags of detail triangles, and a tile reference whose salt is 0.
Source: the Detour file structures (recastnavigation, DetourNavMesh.h, version 7) with 32-bit references.
"""

import struct
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WALKABLE = (2.0, 0.3, 0.4)  # m: agent height, radius, climb
REFERENCE_BITS = 22  # of 32, for tile and polygon; Detour wants at least 10 for the salt
EXTERNAL_LINK = 0x8000  # neighbour value of an edge on a tile border, or-ed with its side
ALL_EDGES_BOUNDARY = 0x15  # two bits for each edge of a detail triangle
SIDE_EAST, SIDE_NORTH, SIDE_WEST, SIDE_SOUTH = 0, 2, 4, 6  # Detour's x+, z+, x-, z-

POLYGON = np.dtype(
    [
        ("first_link", "<u4"),
        ("vertices", "<u2", 6),
        ("neighbours", "<u2", 6),
        ("flags", "<u2"),
        ("count", "u1"),
        ("area", "u1"),
    ]
)
DETAIL_MESH = np.dtype(
    [("vertex", "<u4"), ("triangle", "<u4"), ("vertices", "u1"), ("triangles", "u1"), ("pad", "<u2")]
)


class WalkArea(IntEnum):
    """CARLA's area numbers; a polygon's flag is 2 to that power."""

    SIDEWALK = 1
    CROSSWALK = 2
    ROAD = 3


class MeshTile(NamedTuple):
    """Triangles of one square of the plane; edges shared by two triangles share vertex indices."""

    column: int  # along x
    row: int  # along y
    vertices: NDArray[np.float64]  # (V, 3) m, CARLA frame; at most 65535
    triangles: NDArray[np.int64]  # (T, 3), either winding
    area: NDArray[np.uint8]  # (T,) WalkArea


def pack_mesh(tiles: list[MeshTile], origin: tuple[float, float], size: float) -> bytes:
    """The mesh file; `origin` (x, y) m is the low corner of tile (0, 0) and `size` the edge of a tile in metres.

    Raises ValueError where the tiles do not fit in 32-bit references.
    """
    most = max((len(tile.triangles) for tile in tiles), default=0)
    tile_bits, polygon_bits = (max(1, (n - 1).bit_length()) for n in (len(tiles), most + 1))
    if tile_bits + polygon_bits > REFERENCE_BITS:
        raise ValueError(
            f"{len(tiles)} tiles of up to {most} triangles need {tile_bits + polygon_bits} bits, expected at most"
            f" {REFERENCE_BITS}: use tiles of another size"
        )
    low = min((float(tile.vertices[:, 2].min()) for tile in tiles), default=0.0) - 1.0
    parts = [b"TESM", struct.pack("<ii", 1, len(tiles))]
    parts.append(struct.pack("<5f2i", origin[0], low, origin[1], size, size, 1 << tile_bits, 1 << polygon_bits))
    for index, tile in enumerate(tiles):
        data = _pack_tile(tile, origin, size)
        reference = (1 << (tile_bits + polygon_bits)) | (index << polygon_bits)  # salt 1
        parts += [struct.pack("<Ii", reference, len(data)), data]
    return b"".join(parts)


def _pack_tile(tile: MeshTile, origin: tuple[float, float], size: float) -> bytes:
    west, south = origin[0] + tile.column * size, origin[1] + tile.row * size
    triangles = _clockwise(tile.vertices, tile.triangles)
    neighbours = _neighbours(tile.vertices, triangles, west, south, size)
    polygons = np.zeros(len(triangles), POLYGON)
    polygons["first_link"] = 0xFFFFFFFF
    polygons["vertices"][:, :3], polygons["neighbours"][:, :3] = triangles, neighbours
    polygons["flags"], polygons["count"], polygons["area"] = 1 << tile.area.astype(np.uint16), 3, tile.area
    detail = np.zeros(len(triangles), DETAIL_MESH)
    detail["triangle"], detail["triangles"] = np.arange(len(triangles)), 1
    z = tile.vertices[:, 2]
    links = 3 * len(triangles) + 4 * int((neighbours >= EXTERNAL_LINK).sum()) + 8
    count = len(triangles)
    header = struct.pack("<4s", b"VAND") + struct.pack(
        "<14i", 7, tile.column, tile.row, 0, 0, count, len(z), links, count, 0, count, 0, 0, count
    )
    bounds = (west, float(z.min()) - 1.0, south, west + size, float(z.max()) + 3.0, south + size)
    header += struct.pack("<10f", *WALKABLE, *bounds, 1.0)
    corner = np.array([[0, 1, 2, ALL_EDGES_BOUNDARY]], np.uint8)
    vertices = tile.vertices[:, [0, 2, 1]].astype("<f4")
    return b"".join(
        [header, vertices.tobytes(), polygons.tobytes(), bytes(12 * links), detail.tobytes(), corner.tobytes() * count]
    )


def _clockwise(vertices: NDArray[np.float64], triangles: NDArray[np.int64]) -> NDArray[np.int64]:
    a, b, c = (vertices[triangles[:, k], :2] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return np.where((area > 0.0)[:, None], triangles[:, [0, 2, 1]], triangles)


def _neighbours(
    vertices: NDArray[np.float64], triangles: NDArray[np.int64], west: float, south: float, size: float
) -> NDArray[np.uint16]:
    """Per triangle edge (T, 3): 1 + the triangle beyond it, the side of the tile it lies on, or 0 where the mesh ends."""
    start, end = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    key = np.minimum(start, end) * len(vertices) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    result = np.zeros(len(key), np.uint16)
    same = key[order][1:] == key[order][:-1]
    first, second = order[:-1][same], order[1:][same]
    result[first], result[second] = second // 3 + 1, first // 3 + 1
    free = result == 0
    for side, axis, place in (
        (SIDE_EAST, 0, west + size),
        (SIDE_NORTH, 1, south + size),
        (SIDE_WEST, 0, west),
        (SIDE_SOUTH, 1, south),
    ):
        on_border = (vertices[start, axis] == place) & (vertices[end, axis] == place)
        result[free & on_border] = EXTERNAL_LINK | side
    return result.reshape(-1, 3)
