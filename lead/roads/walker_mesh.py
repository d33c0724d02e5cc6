"""Where walkers may go: sidewalks and the crosswalks that join them, as a navigation mesh for CARLA's client.

The strips of all sidewalk lanes are united, crosswalks are laid between them, and both are cut into square tiles and
triangulated. Noding on a fixed grid makes neighbouring faces share their vertices exactly.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry import Polygon

from lead.roads.crossings import crossing_polygons
from lead.roads.detour import REFERENCE_BITS, MeshTile, WalkArea, pack_mesh
from lead.roads.network import LaneKind, RoadNetwork
from lead.roads.opendrive import OpenDrive

GRID = 1.0 / 64.0  # m, coordinates are multiples of this, exact in float32
TILE = 128.0  # m, first choice of tile size
CURB = 0.25  # m, walkers' centres keep this far from the sidewalk's edge
SIMPLIFY = 0.05  # m, tolerance of the sidewalk outline
LEAST_FACE = 0.02  # m^2, smaller slivers are left out


def build_walker_mesh(opendrive: OpenDrive, network: RoadNetwork) -> bytes:
    """The town's mesh in CARLA's `MSET` container; empty where the town has neither sidewalks nor outer shoulders."""
    rows = walkable_lanes(network)
    strips = lane_strips(network, rows)
    if len(strips) == 0:
        return b""
    crossings = crossing_polygons(opendrive, network)
    heights = _Heights(network, rows)
    low = np.floor(shapely.total_bounds(strips)[:2]) - 8.0
    size = TILE
    while True:
        tiles = build_tiles(strips, crossings, (low[0], low[1]), size)
        most = max((len(tile.triangles) for tile in tiles), default=0)
        if max(1, (len(tiles) - 1).bit_length()) + most.bit_length() <= REFERENCE_BITS:
            break
        size *= 2.0
    if not tiles:
        return b""
    placed = []
    for tile in tiles:
        vertices = np.column_stack([tile.vertices[:, :2], heights.at(tile.vertices[:, :2])])
        placed.append(tile._replace(vertices=vertices))
    return pack_mesh(placed, (low[0], low[1]), size)


def walkable_lanes(network: RoadNetwork) -> NDArray[np.int64]:
    """Rows of the sidewalk lanes; of the shoulders beside no further traffic lane where a town (06) has no sidewalks."""
    kind, right = network.lanes.kind, network.lanes.right
    sidewalks = np.flatnonzero(kind == LaneKind.SIDEWALK)
    if len(sidewalks):
        return sidewalks
    outer = kind == LaneKind.SHOULDER
    beyond = right.copy()
    while (beyond >= 0).any():
        outer &= (beyond < 0) | (kind[beyond] != LaneKind.DRIVING)
        beyond = np.where(beyond >= 0, right[beyond], -1)
    return np.flatnonzero(outer)


def lane_strips(network: RoadNetwork, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    """One polygon per lane, from its left and right edges, a little longer than the lane at both ends."""
    lanes, samples = network.lanes, network.samples
    strips = []
    for row in rows:
        part = slice(lanes.first[row], lanes.last[row])
        if lanes.length[row] < 0.05 or samples.width[part].max() < 0.5:
            continue
        left, right = samples.left[part, :2].copy(), samples.right[part, :2].copy()
        yaw = samples.yaw[part]
        for end, sign in ((0, -0.05), (-1, 0.05)):
            reach = sign * np.array([np.cos(yaw[end]), np.sin(yaw[end])])
            left[end] += reach
            right[end] += reach
        left, right = (shapely.simplify(shapely.linestrings(edge), SIMPLIFY) for edge in (left, right))
        ring = np.concatenate([shapely.get_coordinates(left), shapely.get_coordinates(right)[::-1]])
        strips.append(areal(shapely.make_valid(Polygon(ring))))
    return np.array(strips, object)


def build_tiles(
    strips: NDArray[np.object_], crossings: NDArray[np.object_], origin: tuple[float, float], size: float
) -> list[MeshTile]:
    """Tiles of sidewalk and crosswalk triangles (z = 0) wherever there is sidewalk; `origin` must lie on the metre grid."""
    strip_tree, crossing_tree = shapely.STRtree(strips), shapely.STRtree(crossings)
    bounds = shapely.bounds(strips)
    first, last = (bounds[:, :2] - origin) // size, (bounds[:, 2:] - origin) // size
    cells = {(i, j) for a, b in zip(first, last, strict=True) for i in _span(a[0], b[0]) for j in _span(a[1], b[1])}
    tiles = []
    for column, row in sorted(cells):
        west, south = origin[0] + column * size, origin[1] + row * size
        box = shapely.box(west, south, west + size, south + size)
        halo = shapely.box(west - 8.0, south - 8.0, west + size + 8.0, south + size + 8.0)
        near = strips[strip_tree.query(halo, predicate="intersects")]
        across = crossings[crossing_tree.query(box, predicate="intersects")]
        tile = _tile(near, across, box)
        if tile is not None:
            tiles.append(MeshTile(column, row, *tile))
    return tiles


def _span(first: float, last: float) -> range:
    return range(int(first), int(last) + 1)


def _tile(
    strips: NDArray[np.object_], crossings: NDArray[np.object_], box: Polygon
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.uint8]] | None:
    """Vertices, triangles and areas inside `box`, or None where no sidewalk is left."""
    united = areal(shapely.union_all(strips, grid_size=GRID))
    walk = areal(shapely.intersection(shapely.buffer(united, -CURB, join_style="mitre"), box, grid_size=GRID))
    if shapely.area(walk) < LEAST_FACE:
        return None
    across = areal(shapely.intersection(areal(shapely.union_all(crossings, grid_size=GRID)), box, grid_size=GRID))
    across = areal(shapely.difference(across, walk, grid_size=GRID))
    lines = shapely.union_all([shapely.boundary(walk), shapely.boundary(across)], grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    faces = faces[shapely.area(faces) >= LEAST_FACE]
    inside = shapely.point_on_surface(faces)
    on_walk, on_crossing = (shapely.intersects(area, inside) for area in (walk, across))
    triangles, areas = [], []
    for face, walking, crossing in zip(faces, on_walk, on_crossing, strict=True):
        if walking or crossing:
            parts = shapely.get_parts(shapely.constrained_delaunay_triangles(face))
            triangles.append(shapely.get_coordinates(parts).reshape(-1, 4, 2)[:, :3])
            areas += [WalkArea.SIDEWALK if walking else WalkArea.CROSSWALK] * len(parts)
    corners = np.concatenate(triangles)
    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    keep = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) > 1e-6
    points, index = np.unique(corners[keep].reshape(-1, 2), axis=0, return_inverse=True)
    vertices = np.column_stack([points, np.zeros(len(points))])
    return vertices, index.reshape(-1, 3).astype(np.int64), np.array(areas, np.uint8)[keep]


def areal(geometry: shapely.Geometry) -> shapely.Geometry:
    """Only the polygons of a geometry, without lines and points that cutting left over."""
    parts = shapely.get_parts(geometry)
    parts = shapely.get_parts(parts[shapely.get_type_id(parts) != shapely.GeometryType.POINT])
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


class _Heights:
    """Height of the sidewalk nearest to a point."""

    def __init__(self, network: RoadNetwork, lanes: NDArray[np.int64]) -> None:
        samples = network.samples
        rows = np.flatnonzero(np.isin(samples.lane, lanes))
        points = np.concatenate([samples.left[rows], samples.centre[rows], samples.right[rows]])
        self.z = points[:, 2]
        self.tree = cKDTree(points[:, :2])

    def at(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights (N,) m at points (N, 2)."""
        distance, index = self.tree.query(points, k=2)
        weight = 1.0 / (distance + 0.05)
        return (self.z[index] * weight).sum(axis=1) / weight.sum(axis=1)
