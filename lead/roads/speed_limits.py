"""The speed limit at every sample of the road network: the last sign passed, else what the lane or the road type says."""

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from lead.roads.governed import TRAFFIC, Stop
from lead.roads.network import LaneKind, RoadNetwork
from lead.roads.opendrive import OpenDrive

TOWN_LIMIT = 30.0  # km/h, CARLA's limit before any sign
MOTORWAY_LIMIT = 90.0  # km/h
MOTORWAY_LANES = 3  # lanes in one direction, on a road without sidewalks, make it a motorway


def sample_limits(
    opendrive: OpenDrive, network: RoadNetwork, stops: list[list[Stop]], limits: list[float]
) -> NDArray[np.float32]:
    """Speed limit (N,) km/h per sample; sign i stands at `stops[i]` and orders `limits[i]`."""
    lanes = network.lanes
    result = _written_limits(opendrive, network)
    signs: dict[int, list[tuple[int, float]]] = {}
    for places, limit in zip(stops, limits, strict=True):
        for stop in places:
            signs.setdefault(stop.lane, []).append((stop.sample, limit))
    entering = _entering_limits(network, signs)
    for row, limit in enumerate(entering):
        if limit > 0.0:
            result[lanes.first[row] : lanes.last[row]] = limit
    for row, places in signs.items():
        for sample, limit in sorted(places):
            result[sample : lanes.last[row]] = limit
    return result


def _entering_limits(network: RoadNetwork, signs: dict[int, list[tuple[int, float]]]) -> NDArray[np.float64]:
    """Limit (L,) with which a driver enters each lane: that of the nearest sign upstream, 0 where there is none."""
    lanes = network.lanes
    result = np.zeros(len(lanes.lane))
    queue: list[tuple[float, int, float]] = []
    for row, places in signs.items():
        sample, limit = max(places)
        share = (lanes.last[row] - 1 - sample) / max(1, lanes.last[row] - 1 - lanes.first[row])
        heappush(queue, (float(share * lanes.length[row]), row, limit))
    for is_neighbour_pass in (False, True):
        while queue:
            distance, row, limit = heappop(queue)
            for k in range(lanes.successor_start[row], lanes.successor_start[row + 1]):
                following = int(lanes.successor[k])
                if result[following] == 0.0:
                    result[following] = limit
                    if following not in signs:
                        heappush(queue, (distance + float(lanes.length[following]), following, limit))
        if not is_neighbour_pass:
            queue = _from_neighbours(network, result)
    return result


def _from_neighbours(network: RoadNetwork, result: NDArray[np.float64]) -> list[tuple[float, int, float]]:
    """Give lanes that begin beside another one (turn lanes) its limit; returns them as new starting points."""
    lanes = network.lanes
    queue = []
    for row in np.flatnonzero((result == 0.0) & np.isin(lanes.kind, TRAFFIC)):
        for side in (lanes.left[row], lanes.right[row]):
            if side >= 0 and lanes.lane[side] * lanes.lane[row] > 0 and result[side] > 0.0:
                result[row] = result[side]
                heappush(queue, (0.0, int(row), float(result[side])))
                break
    return queue


def _written_limits(opendrive: OpenDrive, network: RoadNetwork) -> NDArray[np.float32]:
    """Limit (N,) km/h from the lanes' <speed>, else the road type's, else 30 in towns and 90 on motorways."""
    rows, roads, sections, lanes = opendrive.lanes, opendrive.roads, opendrive.sections, network.lanes
    result = np.empty(len(network.samples.s), np.float32)
    section_default = _default_limits(network)
    for row in range(len(lanes.lane)):
        part = slice(lanes.first[row], lanes.last[row])
        own = slice(rows.speed_start[row], rows.speed_start[row + 1])
        road = sections.road[rows.section[row]]
        by_type = slice(roads.speed_start[road], roads.speed_start[road + 1])
        s = network.samples.s[part]
        limit = np.full(len(s), section_default[row])
        for starts, values in (
            (roads.speed_s[by_type], roads.speed[by_type]),
            (rows.speed_s[own] + sections.s[rows.section[row]], rows.speed[own]),
        ):
            if len(starts):
                value = values[np.maximum(0, np.searchsorted(starts, s, side="right") - 1)]
                limit = np.where(value > 0.0, value, limit)
        result[part] = limit
    return result


def _default_limits(network: RoadNetwork) -> NDArray[np.float64]:
    lanes = network.lanes
    from_kind = np.full(len(lanes.lane), TOWN_LIMIT)
    traffic = np.isin(lanes.kind, TRAFFIC)
    key = (lanes.road.astype(np.int64) * 4096 + lanes.section) * 2 + (lanes.lane > 0)
    _, place = np.unique(key, return_inverse=True)
    count = np.bincount(place, weights=traffic)
    has_sidewalk = np.isin(lanes.road, np.unique(lanes.road[lanes.kind == LaneKind.SIDEWALK]))
    from_kind[(count[place] >= MOTORWAY_LANES) & ~has_sidewalk] = MOTORWAY_LIMIT
    return from_kind
