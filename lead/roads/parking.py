"""Where cars stand parked: the map's parking spaces, and places along its parking lanes."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead.roads.locate import locate
from lead.roads.network import LaneKind, RoadNetwork
from lead.roads.opendrive import OpenDrive
from lead.roads.reference_line import road_points

SPACING = 6.0  # m along a parking lane
LEAST_LENGTH, LEAST_WIDTH = 4.5, 1.9  # m, smaller spaces hold no car
APART = 2.0  # m, spaces nearer than this to another one are the same


def parking_slots(opendrive: OpenDrive, network: RoadNetwork) -> NDArray[np.float64]:
    """Poses (P, 6) of parked cars on the ground, in m and rad, headed as the nearest traffic where they can be."""
    slots = np.concatenate([_from_objects(opendrive, network), _from_lanes(network)])
    keep = np.ones(len(slots), np.bool_)
    if len(slots):
        pairs = cKDTree(slots[:, :3]).query_pairs(APART, output_type="ndarray")
        for first, second in pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]:
            if keep[first]:
                keep[second] = False
    keep &= np.array([not _on_a_lane(network, slot) for slot in slots], np.bool_)
    return slots[keep]


def _on_a_lane(network: RoadNetwork, slot: NDArray[np.float64]) -> bool:
    """Whether the middle of a slot lies on a driving lane: maps draw spaces where lanes were moved later."""
    found = locate(network, slot[:3])
    return found is not None and abs(found.offset) < 0.5 * network.samples.width[found.sample]


def _from_objects(opendrive: OpenDrive, network: RoadNetwork) -> NDArray[np.float64]:
    spaces = [
        item
        for item in opendrive.objects
        if (item.type in ("parking", "parkingSpace") or item.parking_space)
        and max(item.length, item.width) >= LEAST_LENGTH
        and min(item.length, item.width) >= LEAST_WIDTH
    ]
    if not spaces:
        return np.zeros((0, 6))
    places = road_points(opendrive, [p.road for p in spaces], [p.s for p in spaces], [p.t for p in spaces])
    turned = np.array([p.heading + (0.5 * np.pi if p.width > p.length else 0.0) for p in spaces])
    yaw = places[:, 3] - turned
    samples = network.samples
    traffic = np.flatnonzero(network.lanes.kind[samples.lane] == LaneKind.DRIVING)
    if len(traffic):
        lane_yaw = samples.yaw[traffic[cKDTree(samples.centre[traffic]).query(places[:, :3])[1]]]
        yaw = np.where(np.cos(yaw - lane_yaw) < 0.0, yaw + np.pi, yaw)
    slots = np.zeros((len(spaces), 6))
    slots[:, :3] = places[:, :3]
    slots[:, 2] += [p.z_offset for p in spaces]
    slots[:, 4] = (yaw + np.pi) % (2.0 * np.pi) - np.pi
    return slots


def _from_lanes(network: RoadNetwork) -> NDArray[np.float64]:
    lanes, samples = network.lanes, network.samples
    slots = []
    for row in np.flatnonzero((lanes.kind == LaneKind.PARKING) & (lanes.length >= SPACING)):
        part = slice(lanes.first[row], lanes.last[row])
        centre, width = samples.centre[part], samples.width[part]
        along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(centre, axis=0), axis=1))])
        count = int(along[-1] // SPACING)
        places = (np.arange(count) + 0.5) * along[-1] / count
        wide = np.interp(places, along, width) >= LEAST_WIDTH
        points = np.column_stack([np.interp(places, along, centre[:, k]) for k in range(3)])
        yaw = np.interp(places, along, np.unwrap(samples.yaw[part]))
        zero = np.zeros(count)
        slots.append(np.column_stack([points, zero, (yaw + np.pi) % (2.0 * np.pi) - np.pi, zero])[wide])
    return np.concatenate(slots) if slots else np.zeros((0, 6))
