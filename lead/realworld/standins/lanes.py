"""The map around a drive as NAVSIM's polygons: lanes, connectors, road blocks, intersections, and what else is paved.

Frame: ISO 8855, world, metres. The outlines of unions are taken without holes: islands count as paved.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from lead.realworld.navsim.scene import Layer
from lead.roads.locate import kind_mask, nearest_samples
from lead.roads.network import LaneKind, RoadNetwork

DRIVEN = (LaneKind.DRIVING, LaneKind.BIDIRECTIONAL)
PAVED = (LaneKind.SHOULDER, LaneKind.PARKING, LaneKind.BIKING, LaneKind.BORDER)
CLOSED = 0.1  # m by which unions grow, so that no crack between neighbours counts as unpaved
NEAR = 5.0  # m from a drive to the lane that it is on
SPACED = 0.5  # m, least from point to point of a centre line
STOP_LINE = 6.0  # m from a light's stop line to the connectors that it closes


@dataclass(frozen=True)
class LaneMap:
    """The polygons of a town, (M,) each."""

    polygon: NDArray[np.object_]
    layer: NDArray[np.int8]  # Layer
    lane: NDArray[np.int32]  # row of the network's lanes; -1 for unions
    walkways: NDArray[np.object_]  # polygons of sidewalks
    centres: tuple[NDArray[np.float64], ...]  # (N, 2) each, centre lines of driven lanes
    tree: shapely.STRtree

    def near(self, place: NDArray[np.float64], radius: float) -> NDArray[np.int64]:
        """Polygons that reach into a circle."""
        return np.sort(self.tree.query(shapely.Point(place).buffer(radius), predicate="intersects"))


def lane_map(network: RoadNetwork) -> LaneMap:
    """The polygons of a network."""
    lanes = network.lanes
    polygons: list[shapely.Polygon] = []
    layers: list[Layer] = []
    rows: list[int] = []

    def add(shape: shapely.Geometry, layer: Layer, row: int = -1) -> None:
        for part in shapely.get_parts(shape):
            if isinstance(part, shapely.Polygon) and not part.is_empty:
                polygons.append(shapely.Polygon(part.exterior))
                layers.append(layer)
                rows.append(row)

    outlines = {int(row): outline(network, int(row)) for row in np.flatnonzero(np.isin(lanes.kind, (*DRIVEN, *PAVED)))}
    blocks: dict[tuple[int, ...], list[shapely.Geometry]] = {}
    for row, shape in outlines.items():
        if lanes.kind[row] in PAVED:
            add(shape, Layer.DRIVABLE_AREA)
            continue
        inside = lanes.junction[row] >= 0
        add(shape, Layer.LANE_CONNECTOR if inside else Layer.LANE, row)
        key = (int(lanes.junction[row]),) if inside else (-1, *block_of(network, row))
        blocks.setdefault(key, []).append(shape)
    for key, shapes in blocks.items():
        union = shapely.union_all(shapes).buffer(CLOSED, join_style="mitre")
        add(union, Layer.ROADBLOCK if key[0] < 0 else Layer.INTERSECTION)
    walks = [outline(network, int(row)) for row in np.flatnonzero(lanes.kind == LaneKind.SIDEWALK)]
    centres = tuple(_iso(network.samples.centre[lanes.first[row] : lanes.last[row]]) for row in _driven(network))
    shapes = np.array(polygons, object)
    return LaneMap(
        shapes, np.array(layers, np.int8), np.array(rows, np.int32), np.array(walks, object), centres,
        shapely.STRtree(shapes),
    )  # fmt: skip


def outline(network: RoadNetwork, row: int) -> shapely.Geometry:
    """A lane's outline, valid."""
    part = slice(network.lanes.first[row], network.lanes.last[row])
    ring = np.concatenate([_iso(network.samples.left[part]), _iso(network.samples.right[part])[::-1]])
    shape = shapely.Polygon(ring)
    return shape if shape.is_valid else shape.buffer(0.0)


def block_of(network: RoadNetwork, row: int) -> tuple[int, int, int]:
    """What lanes side by side in one direction have in common."""
    lanes = network.lanes
    return int(lanes.road[row]), int(lanes.section[row]), int(np.sign(lanes.lane[row]))


def lanes_driven(network: RoadNetwork, poses: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Lane rows (N,), -1 off all lanes, and places (N, 2) ISO on their centre lines of CARLA world poses (N, 6)."""
    rows, samples, values = nearest_samples(network, np.ascontiguousarray(poses), kind_mask(DRIVEN), NEAR)
    heading, offset = values[:, 2], values[:, 1]
    left = np.stack([np.sin(heading), -np.cos(heading)], axis=1)  # of travel, in CARLA's axes
    return rows, _iso(poses[:, :2] + offset[:, None] * left)


def centre_line(places: NDArray[np.float64], beyond: float = 60.0) -> shapely.LineString:
    """A line through places (N, 2), those that do not go on left out, lengthened at both ends."""
    kept = [places[0]]
    for place in places[1:]:
        if np.linalg.norm(place - kept[-1]) >= SPACED:
            kept.append(place)
    if len(kept) == 1:
        kept.append(kept[0] + (SPACED, 0.0))
    line = np.array(kept)
    first, last = line[0] - line[1], line[-1] - line[-2]
    ends = [line[0] + beyond * first / np.linalg.norm(first), line[-1] + beyond * last / np.linalg.norm(last)]
    return shapely.LineString(np.concatenate([ends[:1], line, ends[1:]]))


def on_route(network: RoadNetwork, map_: LaneMap, driven: Sequence[int]) -> NDArray[np.bool_]:
    """Which polygons (M,) are lanes or connectors of the route: those driven on, and the lanes beside them."""
    blocks = {block_of(network, row) for row in driven if row >= 0}
    return np.array([row >= 0 and block_of(network, int(row)) in blocks for row in map_.lane], bool)


def _driven(network: RoadNetwork) -> NDArray[np.int64]:
    return np.flatnonzero(np.isin(network.lanes.kind, DRIVEN))


def _iso(places: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(places, np.float64)[:, :2] * (1.0, -1.0)
