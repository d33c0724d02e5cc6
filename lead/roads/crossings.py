"""Where walkers cross: the crosswalks a map draws, and a strip across each junction arm that has none."""

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.affinity import translate
from shapely.geometry import Polygon

from lead.roads.network import LaneKind, RoadNetwork
from lead.roads.opendrive import LinkKind, OpenDrive, RoadObject
from lead.roads.reference_line import road_points

REACH = 3.0  # m, a crosswalk is continued beyond both kerbs to meet the sidewalks
ARM_NEAR, ARM_FAR = 0.5, 3.5  # m before the junction between which a crossing is laid where none is drawn
DRAWN_NEAR = 15.0  # m, an arm with a drawn crosswalk this close gets no other


def is_crosswalk(item: RoadObject) -> bool:
    """Whether an object is a crosswalk: by its type, or by RoadRunner's asset names (towns 11 to 15)."""
    drawn = item.type == "crosswalk" or ("crosswalk" in item.name.lower() and "stopline" not in item.name.lower())
    return drawn and len(item.corners_local) + len(item.corners_road) >= 3


def object_outline(opendrive: OpenDrive, item: RoadObject) -> NDArray[np.float64]:
    """Corners (C, 3) of an object's outline in CARLA's frame, metres; no rows where it has none."""
    if item.corners_local:
        x, y, z, yaw = road_points(opendrive, [item.road], [item.s], [item.t])[0]
        yaw -= item.heading
        u, v, up = np.array(item.corners_local).T
        v = -v
        c, s = np.cos(yaw), np.sin(yaw)
        return np.column_stack([x + c * u - s * v, y + s * u + c * v, z + up + item.z_offset])
    if item.corners_road:
        s, t, up = np.array(item.corners_road).T
        points = road_points(opendrive, np.full(len(s), item.road), s, t)[:, :3]
        points[:, 2] += up
        return points
    return np.zeros((0, 3))


def crossing_polygons(opendrive: OpenDrive, network: RoadNetwork) -> NDArray[np.object_]:
    """Polygons (CARLA's x, y) that join sidewalks across roads; they overlap the sidewalks at both ends."""
    drawn = [
        shapely.make_valid(Polygon(object_outline(opendrive, o)[:, :2])) for o in opendrive.objects if is_crosswalk(o)
    ]
    drawn = [polygon for polygon in drawn if shapely.area(polygon) > 1.0]
    longer = _extended(drawn, network)
    arms = _arm_crossings(opendrive, network, np.array(drawn, object))
    return np.array([*longer, *arms], object)


def _extended(drawn: list[Polygon], network: RoadNetwork) -> list[Polygon]:
    """Crosswalks made longer at both ends along the way walkers take, which is across the nearest lane."""
    samples = network.samples
    roads = np.flatnonzero((network.lanes.kind == LaneKind.DRIVING)[samples.lane])
    tree = cKDTree(samples.centre[roads, :2]) if len(roads) else None
    result = []
    for polygon in drawn:
        box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))
        if len(box) < 5:
            continue
        sides = np.diff(box[:3], axis=0)
        lengths = np.hypot(*sides.T)
        along = sides[np.argmax(lengths)] / lengths.max()
        if tree is not None and lengths.max() < 1.3 * lengths.min():
            yaw = samples.yaw[roads[tree.query(box[:4].mean(axis=0))[1]]]
            across = np.abs(sides / lengths[:, None] @ [-np.sin(yaw), np.cos(yaw)])
            along = sides[np.argmax(across)] / lengths[np.argmax(across)]
        moved = [translate(polygon, *(k * REACH * along)) for k in (-1.0, 1.0)]
        result.append(shapely.union_all([shapely.convex_hull(shapely.union_all([polygon, m])) for m in moved]))
    return result


def _arm_crossings(opendrive: OpenDrive, network: RoadNetwork, drawn: NDArray[np.object_]) -> list[Polygon]:
    """A strip from sidewalk to sidewalk across every road end at a junction with no crosswalk near."""
    lanes, roads = network.lanes, opendrive.roads
    tree = shapely.STRtree(drawn)
    strips = []
    for row in np.flatnonzero(roads.junction < 0):
        ends = ((roads.predecessor_kind[row], True), (roads.successor_kind[row], False))
        sections = roads.section_start[row], roads.section_start[row + 1] - 1
        for (kind, at_start), section in zip(ends, sections, strict=True):
            if kind != LinkKind.JUNCTION:
                continue
            members = np.arange(*opendrive.sections.lane_start[section : section + 2])
            walks = members[lanes.kind[members] == LaneKind.SIDEWALK]
            left, right = walks[lanes.lane[walks] > 0], walks[lanes.lane[walks] < 0]
            if len(left) == 0 or len(right) == 0:
                continue
            strip = _strip(network, int(left[0]), int(right[-1]), at_start)
            if strip is not None and len(tree.query(strip, predicate="dwithin", distance=DRAWN_NEAR)) == 0:
                strips.append(strip)
    return strips


def _strip(network: RoadNetwork, left: int, right: int, at_start: bool) -> Polygon | None:
    """Quadrilateral between the middles of two sidewalks of one section, near its start or its end; None if too short."""
    lanes, samples = network.lanes, network.samples
    corners = []
    for lane, order in ((left, (ARM_NEAR, ARM_FAR)), (right, (ARM_FAR, ARM_NEAR))):
        part = slice(lanes.first[lane], lanes.last[lane])
        s, centre = samples.s[part], samples.centre[part, :2]
        s, centre = (s, centre) if s[0] <= s[-1] else (s[::-1], centre[::-1])
        if s[-1] - s[0] < ARM_NEAR + 1.0:
            return None
        for distance in order:
            place = s[0] + distance if at_start else s[-1] - distance
            corners.append([np.interp(place, s, centre[:, k]) for k in range(2)])
    polygon = Polygon(corners)
    return polygon if polygon.is_valid and polygon.area > 1.0 else None
