"""From parsed OpenDRIVE to the sampled road network: stations along each lane section, lane borders, links, marks."""

from math import atan2, ceil, cos, pi, sin, sqrt

import numba
import numpy as np
from numpy.typing import NDArray

from lead.geometry.grid import build_grid
from lead.roads.junction_heights import settle_junctions
from lead.roads.links import lane_links, lane_neighbours
from lead.roads.network import Lanes, RoadNetwork, Samples
from lead.roads.opendrive import Geometries, OpenDrive
from lead.roads.reference_line import cubic_at, last_at_or_before, reference_at

MAX_STEP = 2.0  # m between cross-sections on straight road
MAX_STEP_IN_BEND = 1.0  # m where the curvature exceeds BEND
BEND = 1.0 / 30.0  # 1/m
MAX_SAG = 0.01  # m by which a chord may leave its arc, at HALF_ROAD from the reference line
HALF_ROAD = 8.0  # m
MIN_STEP = 0.3  # m, also: breaks closer than this are not both made stations
INSET = 1e-5  # m by which the end stations are evaluated inside their section: formulas may jump at its border
GRID_CELL = 4.0  # m


def build_network(opendrive: OpenDrive) -> RoadNetwork:
    """Sample every lane of a parsed map; lane rows are the rows of `opendrive.lanes`.

    x and y are OpenDRIVE's to rounding; heights too, except that overlapping roads of a junction share one height.
    """
    sections, rows = opendrive.sections, opendrive.lanes
    station_start, stations = _all_stations(opendrive)
    per_lane = np.diff(station_start)[rows.section]
    first = np.concatenate([[0], np.cumsum(per_lane)])
    samples = _empty_samples(int(first[-1]))
    _fill_samples(
        *(opendrive.geometries, opendrive.elevation, opendrive.superelevation, opendrive.lane_offset),
        *(sections, rows, station_start, stations, first, samples),
    )
    successor_start, successor, predecessor_start, predecessor = lane_links(opendrive)
    left, right = lane_neighbours(opendrive)
    lanes = Lanes(
        road=opendrive.roads.id[sections.road[rows.section]],
        section=(rows.section - opendrive.roads.section_start[sections.road[rows.section]]).astype(np.int32),
        lane=rows.id,
        kind=rows.kind,
        junction=opendrive.roads.junction[sections.road[rows.section]],
        first=first[:-1].copy(),
        last=first[1:].copy(),
        length=_lengths(first, samples.centre),
        left=left,
        right=right,
        successor_start=successor_start,
        successor=successor,
        predecessor_start=predecessor_start,
        predecessor=predecessor,
    )
    low, high = _reach(lanes.first, lanes.last, samples.left, samples.right)
    network = RoadNetwork(lanes, samples, build_grid(low, high, GRID_CELL))
    station = _station_numbers(station_start, rows.section, rows.id, lanes.first, lanes.last)
    settle_junctions(network, opendrive.roads.length[sections.road[rows.section]], station)
    return network


def _empty_samples(count: int) -> Samples:
    places = [np.empty((count, 3)) for _ in range(3)]
    mark_width = np.zeros(count, np.float32)
    lane, s, kinds = np.empty(count, np.int32), np.empty(count), [np.zeros(count, np.uint8) for _ in range(2)]
    return Samples(lane, s, *places, np.empty(count), np.empty(count), *kinds, mark_width)


def _all_stations(opendrive: OpenDrive) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Stations s of every section in compressed rows: (M + 1,) and (total,)."""
    arguments = (opendrive.geometries, opendrive.lane_offset, opendrive.sections, opendrive.lanes)
    start = np.zeros(len(opendrive.sections.s) + 1, np.int64)
    _stations(*arguments, start, np.empty(0), False)
    np.cumsum(start, out=start)
    stations = np.empty(start[-1])
    _stations(*arguments, start, stations, True)
    return start, stations


@numba.njit(cache=True)
def _breaks(geometries, lane_offset, sections, lanes, section):
    """Sorted s at which a section's geometry, lane offset or any lane width changes its formula, both ends included."""
    road, s0, s1 = sections.road[section], sections.s[section], sections.end[section]
    found = [s0, s1]
    for k in range(geometries.start[road], geometries.start[road + 1]):
        found.append(geometries.s[k])
    for k in range(lane_offset.start[road], lane_offset.start[road + 1]):
        found.append(lane_offset.s[k])
    for lane in range(sections.lane_start[section], sections.lane_start[section + 1]):
        for k in range(lanes.width.start[lane], lanes.width.start[lane + 1]):
            found.append(s0 + lanes.width.s[k])
    ordered = np.sort(np.array(found))
    kept = [s0]
    for s in ordered:
        if s > kept[-1] + MIN_STEP and s < s1 - MIN_STEP:
            kept.append(s)
    kept.append(s1)
    return kept


@numba.njit(cache=True)
def _step(curvature: float) -> float:
    """Longest allowed distance (m along s) between stations at a curvature (1/m)."""
    k = abs(curvature)
    if k < 1e-6:
        return MAX_STEP
    step = min(MAX_STEP, sqrt(8.0 * MAX_SAG / ((1.0 / k + HALF_ROAD) * k * k)))
    if k > BEND:
        step = min(step, MAX_STEP_IN_BEND)
    return max(step, MIN_STEP)


@numba.njit(cache=True)
def _stations(geometries, lane_offset, sections, lanes, start, stations, write):
    """Count (into start[m + 1]) or write the stations of every section."""
    for m in range(sections.s.shape[0]):
        breaks = _breaks(geometries, lane_offset, sections, lanes, m)
        road, place = sections.road[m], start[m]
        for b in range(len(breaks) - 1):
            low, high = breaks[b], breaks[b + 1]
            bend = 0.0
            for f in (0.01, 0.5, 0.99):
                bend = max(bend, abs(reference_at(geometries, road, low + f * (high - low))[3]))
            pieces = max(1, int(ceil((high - low) / _step(bend) - 1e-6)))
            for n in range(pieces):
                if write:
                    stations[place] = low + n * (high - low) / pieces
                place += 1
        if write:
            stations[place] = sections.end[m]
        else:
            start[m + 1] = place + 1 - start[m]


@numba.njit(cache=True)
def _write(samples, row, lane, s, x, y, z, heading, curvature, tilt, inner, outer, slope, forward):
    """One cross-section: edges at lateral `inner` and `outer` (m, OpenDRIVE's t), centre drifting with `slope` = dt/ds."""
    c, sn = cos(heading), sin(heading)
    middle = 0.5 * (inner + outer)
    for k in range(3):
        t = inner if k == 0 else (outer if k == 1 else middle)
        point = samples.left[row] if k == 0 else (samples.right[row] if k == 1 else samples.centre[row])
        point[0], point[1], point[2] = x - t * sn, -(y + t * c), z + t * sin(tilt)
    drift = atan2(slope, max(0.05, 1.0 - curvature * middle))
    yaw = -(heading + drift) + (0.0 if forward else pi)
    samples.lane[row], samples.s[row] = lane, s
    samples.yaw[row] = (yaw + pi) % (2.0 * pi) - pi
    samples.width[row] = abs(outer - inner)


@numba.njit(cache=True)
def _mark(lanes, samples, lane, row, ds):
    first, last = lanes.mark_start[lane], lanes.mark_start[lane + 1]
    if first < last:
        k = last_at_or_before(lanes.mark_s, first, last, ds + 1e-6)
        samples.mark[row], samples.mark_colour[row] = lanes.mark_kind[k], lanes.mark_colour[k]
        samples.mark_width[row] = lanes.mark_width[k]


@numba.njit(cache=True)
def _fill_samples(
    geometries: Geometries,
    elevation,
    superelevation,
    lane_offset,
    sections,
    lanes,
    station_start,
    stations,
    first,
    samples,
):
    """Write every sample; lanes with a positive id are written back to front, because they travel against s."""
    for m in range(sections.s.shape[0]):
        road, begin, end = sections.road[m], station_start[m], station_start[m + 1]
        lane0, lane1 = sections.lane_start[m], sections.lane_start[m + 1]
        inset = min(INSET, 0.25 * (sections.end[m] - sections.s[m]))
        for n in range(begin, end):
            s = min(max(stations[n], sections.s[m] + inset), sections.end[m] - inset)
            ds = s - sections.s[m]
            x, y, heading, curvature = reference_at(geometries, road, s)
            z = cubic_at(elevation, road, s)[0]
            tilt = cubic_at(superelevation, road, s)[0]
            offset, offset_slope = cubic_at(lane_offset, road, s)
            for side in (1, -1):  # left lanes outward from the centre, then right lanes
                edge, edge_slope = offset, offset_slope
                for i in range(lane1 - lane0):
                    lane = lane1 - 1 - i if side == 1 else lane0 + i
                    number = lanes.id[lane]
                    if number * side < 0 or (number == 0 and side == 1):
                        continue
                    width, width_slope = cubic_at(lanes.width, lane, ds)
                    if number == 0 or width < 0.0:
                        width, width_slope = 0.0, 0.0
                    outer, outer_slope = edge + side * width, edge_slope + side * width_slope
                    forward = number <= 0
                    row = first[lane] + (n - begin if forward else end - 1 - n)
                    slope = 0.5 * (edge_slope + outer_slope)
                    _write(
                        samples, row, lane, stations[n], x, y, z, heading, curvature, tilt, edge, outer, slope, forward
                    )
                    _mark(lanes, samples, lane, row, ds)
                    edge, edge_slope = outer, outer_slope


@numba.njit(cache=True)
def _station_numbers(station_start, section, lane_id, first, last):
    """Number (N,) of each sample's cross-section: lanes of one section share theirs."""
    result = np.empty(last[-1], np.int64)
    for lane in range(first.shape[0]):
        for k in range(last[lane] - first[lane]):
            row = first[lane] + k if lane_id[lane] <= 0 else last[lane] - 1 - k
            result[row] = station_start[section[lane]] + k
    return result


@numba.njit(cache=True)
def _lengths(first: NDArray[np.int64], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Length (L,) m of each lane's centre line."""
    result = np.zeros(first.shape[0] - 1)
    for lane in range(result.shape[0]):
        for k in range(first[lane], first[lane + 1] - 1):
            dx, dy, dz = (
                centre[k + 1, 0] - centre[k, 0],
                centre[k + 1, 1] - centre[k, 1],
                centre[k + 1, 2] - centre[k, 2],
            )
            result[lane] += sqrt(dx * dx + dy * dy + dz * dz)
    return result


@numba.njit(cache=True)
def _reach(first, last, left, right):
    """Axis-aligned boxes (N, 2), (N, 2) of what each sample covers: half-way to its neighbours on either side."""
    low, high = np.full((left.shape[0], 2), np.inf), np.full((left.shape[0], 2), -np.inf)
    for lane in range(first.shape[0]):
        for k in range(first[lane], last[lane]):
            for other in (max(k - 1, first[lane]), k, min(k + 1, last[lane] - 1)):
                for axis in range(2):
                    a, b = 0.5 * (left[k, axis] + left[other, axis]), 0.5 * (right[k, axis] + right[other, axis])
                    low[k, axis] = min(low[k, axis], a, b)
                    high[k, axis] = max(high[k, axis], a, b)
    return low, high
