"""Asphalt where a junction's lanes leave gaps: between turning lanes, and beside lanes that start or end there.

Maps name no surface there, so the land below would show in the middle of the road. What is enclosed by road is paved
level with the lanes around it; it lies up to a hand's breadth above what wheels stand on.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead.rendering.materials import Material
from lead.rendering.mesh import EMPTY, Mesh, make_mesh
from lead.roads.labels import Label
from lead.roads.network import LaneKind, Lanes, RoadNetwork

REACH = 4.0  # m, half the width of the widest gap that is paved
FURTHEST = 45.0  # m from a junction's middle to its gaps
ARM = 22.0  # m of the roads that lead to a junction that count as part of it
ENCLOSED = 0.8  # share of a gap's outline that must be lane
LEAST_AREA = 0.05  # m2
STEP = 1.0  # m between the places at which a gap's outline is compared with the lanes
SEAM = 0.02  # m by which neighbouring lanes may miss each other
DROP = 0.012  # m below the lanes
THIN = 3.0  # m between the cross-sections that outline a lane here


class Junctions:
    """Which lanes make up each junction, and where its middle is."""

    def __init__(self, network: RoadNetwork) -> None:
        lanes, samples = network.lanes, network.samples
        inside = np.flatnonzero((lanes.junction >= 0) & (lanes.lane != 0) & (lanes.kind != LaneKind.NONE))
        inside = inside[np.argsort(lanes.junction[inside], kind="stable")]
        first = np.unique(lanes.junction[inside], return_index=True)[1]
        self.network = network
        self.members = np.split(inside, first[1:]) if len(inside) else []
        middle = samples.centre[(lanes.first + lanes.last) // 2, :2]
        self.middle = np.array([middle[rows].mean(axis=0) for rows in self.members]).reshape(-1, 2)

    def patch(self, k: int) -> Mesh:
        """Asphalt for the gaps of junction row k."""
        lanes = self.network.lanes
        inside = self.members[k]
        arms = {int(n) for row in inside for n in (*_links(lanes, row, True), *_links(lanes, row, False))}
        sections = {(int(lanes.road[row]), int(lanes.section[row])) for row in arms if lanes.junction[row] < 0}
        outside = [row for road, section in sorted(sections) for row in _section_rows(self.network, road, section)]
        rows = np.unique(np.array([*inside.tolist(), *outside]))
        walked = lanes.kind[rows] == LaneKind.SIDEWALK
        road_lines = self._outlines(rows[~walked], self.middle[k])
        if not road_lines:
            return EMPTY
        walks = self._outlines(rows[walked], self.middle[k])
        road = _union(road_lines)
        whole = shapely.union(road, _union(walks)) if walks else road
        rough = shapely.simplify(road, 0.1)
        closed = shapely.buffer(shapely.buffer(rough, REACH, quad_segs=2), -REACH, quad_segs=2)
        gaps = shapely.get_parts(shapely.difference(closed, whole))
        near = shapely.dwithin(gaps, shapely.Point(self.middle[k]), FURTHEST)
        gaps = gaps[near & (shapely.area(gaps) > LEAST_AREA)]
        gaps = gaps[_enclosed(gaps, whole) > ENCLOSED] if len(gaps) else gaps
        return _paved(gaps, np.concatenate(road_lines)) if len(gaps) else EMPTY

    def _outlines(self, rows: NDArray[np.int64], middle: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """Closed lines (n, 3) around runs of neighbouring lanes; of lanes outside the junction the part near it."""
        lanes, samples = self.network.lanes, self.network.samples
        lines = []
        for inner, outer in _side_by_side(lanes, rows):
            part = np.arange(lanes.first[inner], lanes.last[inner])
            if lanes.junction[inner] < 0:
                away = np.hypot(*(samples.centre[part, :2] - middle).T)
                part = part[away < away.min() + ARM]
            if len(part) < 2:
                continue
            stride = max(1, int(THIN * (lanes.last[inner] - lanes.first[inner])) // max(int(lanes.length[inner]), 1))
            part = np.unique(np.append(part[::stride], part[-1]))
            left, right = samples.left[part], samples.right[part + lanes.first[outer] - lanes.first[inner]]
            if np.abs(left - right).max() > 0.05:
                lines.append(np.concatenate([left, right[::-1]]))
        return lines


def _union(outlines: list[NDArray[np.float64]]) -> shapely.Geometry:
    """The area (x, y) inside any of the closed lines (n, 3)."""
    polygons = shapely.polygons([shapely.linearrings(outline[:, :2]) for outline in outlines])
    return shapely.union_all(shapely.buffer(polygons, SEAM, quad_segs=1, join_style="mitre"))


def _side_by_side(lanes: Lanes, rows: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Paved lanes among `rows` as runs of neighbours with one direction: innermost and outermost lane of each run."""
    rows = rows[(lanes.kind[rows] != LaneKind.NONE) & (lanes.lane[rows] != 0)]
    out, side = np.abs(lanes.lane[rows]), np.sign(lanes.lane[rows])
    order = np.lexsort((out, side, lanes.section[rows], lanes.road[rows]))
    rows, out, side = rows[order], out[order], side[order]
    following = (np.diff(out) == 1) & (np.diff(side) == 0) & (np.diff(lanes.road[rows]) == 0)
    following &= np.diff(lanes.section[rows]) == 0
    breaks = np.flatnonzero(~following)
    first, last = np.append(0, breaks + 1), np.append(breaks, len(rows) - 1)
    return [(int(rows[i]), int(rows[j])) for i, j in zip(first, last, strict=True)] if len(rows) else []


def _links(lanes: Lanes, row: int, ahead: bool) -> NDArray[np.int32]:
    start, rows = (lanes.successor_start, lanes.successor) if ahead else (lanes.predecessor_start, lanes.predecessor)
    return rows[start[row] : start[row + 1]]


def _section_rows(network: RoadNetwork, road: int, section: int) -> list[int]:
    lanes = network.lanes
    return np.flatnonzero((lanes.road == road) & (lanes.section == section)).tolist()


def _enclosed(gaps: NDArray[np.object_], whole: shapely.Geometry) -> NDArray[np.float64]:
    """Share (n,) of each gap's outline that runs along the lanes."""
    places, gap = shapely.get_coordinates(shapely.segmentize(shapely.boundary(gaps), STEP), return_index=True)
    same = gap[1:] == gap[:-1]
    length = np.hypot(*np.diff(places, axis=0).T) * same
    shapely.prepare(whole)
    touching = shapely.dwithin(shapely.points(0.5 * (places[1:] + places[:-1])), whole, 2.0 * SEAM)
    along, total = (np.bincount(gap[1:], part, len(gaps)) for part in (length * touching, length))
    return along / np.maximum(total, 1e-9)


def _paved(gaps: NDArray[np.object_], points: NDArray[np.float64]) -> Mesh:
    """Triangles over the gaps (grown a little, so that no seam shows) at the height of the nearest lane edges."""
    grown = shapely.segmentize(shapely.simplify(shapely.buffer(gaps, 0.08, quad_segs=1), 0.02), 4.0)
    triangles = shapely.get_parts(shapely.get_parts(shapely.constrained_delaunay_triangles(grown)))
    if len(triangles) == 0:
        return EMPTY
    corners = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    down = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] < 0.0
    corners[down] = corners[down][:, ::-1]
    places = corners.reshape(-1, 2)
    away, nearest = cKDTree(points[:, :2]).query(places, k=3)
    weight = 1.0 / (away + 0.05) ** 2
    z = (points[nearest, 2] * weight).sum(axis=1) / weight.sum(axis=1) - DROP
    faces = np.arange(len(places)).reshape(-1, 3)
    return make_mesh(np.column_stack([places, z]), faces, Material.ASPHALT, Label.ROADS)
