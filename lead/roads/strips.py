"""Lane surfaces as triangle strips with kerb walls between lanes of different height.

Cross-sections that a straight chord replaces to within a centimetre are left out, the same for all lanes of a section,
so that neighbours share their edges without cracks.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from lead.roads.labels import Label
from lead.roads.network import LaneKind, RoadNetwork
from lead.roads.opendrive import OpenDrive
from lead.roads.reference_line import last_at_or_before

ROADS, SIDEWALKS = int(Label.ROADS), int(Label.SIDEWALKS)  # numba cannot mix the enum with the 0 of no lane
SIDEWALK_HEIGHT = 0.12  # m above the road in maps that write no <height> at all
SKIRT = 0.1  # m by which the outer wall of a raised lane reaches below the road
MAX_LENGTH = 10.0  # m, longest strip quad: long thin triangles fill many grid cells
TOLERANCE = 0.01  # m between a dropped cross-section and the chord that replaces it
MIN_WIDTH = 0.01  # m
MIN_WALL = 0.01  # m

UNPAVED = (LaneKind.NONE,)


def lane_strips(
    opendrive: OpenDrive, network: RoadNetwork
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.uint8]]:
    """Vertices (V, 3) m, triangles (T, 3) and their labels (T,) of all paved lanes and sidewalks, in CARLA's frame."""
    paved = ~np.isin(opendrive.lanes.kind, [int(kind) for kind in UNPAVED]) & (opendrive.lanes.id != 0)
    written = len(opendrive.lanes.height_s) > 0
    default = np.where((opendrive.lanes.kind == LaneKind.SIDEWALK) & (not written), SIDEWALK_HEIGHT, 0.0)
    arguments = (opendrive.sections, opendrive.lanes, network, paved, default)
    counts = _strips(*arguments, np.empty((0, 3)), np.empty((0, 3), np.int32), np.empty(0, np.uint8), False)
    vertices, triangles, label = (
        np.empty((counts[0], 3)),
        np.empty((counts[1], 3), np.int32),
        np.empty(counts[1], np.uint8),
    )
    _strips(*arguments, vertices, triangles, label, True)
    return vertices, triangles, label


@numba.njit(cache=True)
def _edges(sections, lanes, network, default, m):
    """Both edges of a section's lanes: points (lanes, 2, stations, 3), edge 0 at the larger t, and heights above the
    road (lanes, 2, stations)."""
    lane0, lane1 = sections.lane_start[m], sections.lane_start[m + 1]
    stations = network.lanes.last[lane0] - network.lanes.first[lane0]
    points, raised = np.empty((lane1 - lane0, 2, stations, 3)), np.zeros((lane1 - lane0, 2, stations))
    for i in range(lane1 - lane0):
        lane = lane0 + i
        backward = lanes.id[lane] > 0
        first, last = lanes.height_start[lane], lanes.height_start[lane + 1]
        for k in range(stations):
            row = network.lanes.last[lane] - 1 - k if backward else network.lanes.first[lane] + k
            inner, outer = default[lane], default[lane]
            if first < last:
                h = last_at_or_before(lanes.height_s, first, last, network.samples.s[row] - sections.s[m] + 1e-6)
                inner, outer = lanes.height_inner[h], lanes.height_outer[h]
            near = 1 if backward else 0  # a lane's left edge is its inner one
            points[i, near, k], points[i, 1 - near, k] = network.samples.left[row], network.samples.right[row]
            raised[i, near, k], raised[i, 1 - near, k] = inner, outer
    return points, raised


@numba.njit(cache=True)
def _fits(points, raised, a, b):
    """Whether the chords from station a to station b keep within TOLERANCE of all stations between."""
    for i in range(points.shape[0]):
        for e in range(2):
            p, q = points[i, e, a], points[i, e, b]
            square = (q[0] - p[0]) ** 2 + (q[1] - p[1]) ** 2
            if square > MAX_LENGTH * MAX_LENGTH:
                return False
            for k in range(a + 1, b):
                r = points[i, e, k]
                f = ((r[0] - p[0]) * (q[0] - p[0]) + (r[1] - p[1]) * (q[1] - p[1])) / max(square, 1e-12)
                dx, dy = r[0] - p[0] - f * (q[0] - p[0]), r[1] - p[1] - f * (q[1] - p[1])
                rise = raised[i, e, k] - raised[i, e, a] - f * (raised[i, e, b] - raised[i, e, a])
                dz = r[2] - p[2] - f * (q[2] - p[2]) + rise
                if square > 1e-6 and dx * dx + dy * dy + dz * dz > TOLERANCE * TOLERANCE:
                    return False
    return True


@numba.njit(cache=True)
def _kept_stations(points, raised):
    kept = [0]
    stations = points.shape[2]
    while kept[-1] < stations - 1:
        b = kept[-1] + 1
        while b + 1 < stations and _fits(points, raised, kept[-1], b + 1):
            b += 1
        kept.append(b)
    return np.array(kept)


@numba.njit(cache=True)
def _strips(sections, lanes, network, paved, default, vertices, triangles, label, write):
    """Count or write vertices and triangles of all sections; returns (vertex count, triangle count)."""
    nv, nt = 0, 0
    for m in range(sections.s.shape[0]):
        lane0, lane1 = sections.lane_start[m], sections.lane_start[m + 1]
        if not paved[lane0:lane1].any():
            continue
        points, raised = _edges(sections, lanes, network, default, m)
        kept = _kept_stations(points, raised)
        count = kept.shape[0]
        before, before_label, base = -1, 0, 0  # the paved lane on the side of larger t: index, label, first vertex
        for i in range(lane1 - lane0 + 1):
            if i < lane1 - lane0 and lanes.id[lane0 + i] == 0:
                continue
            here = i if i < lane1 - lane0 and paved[lane0 + i] else -1
            first, kind = nv, 0
            if here >= 0:
                walked = (
                    lanes.kind[lane0 + i] == LaneKind.SIDEWALK or raised[i].max() > 0.05
                )  # a raised shoulder is a kerb
                kind = SIDEWALKS if walked else ROADS
                if write:
                    _write_edges(vertices, nv, points[i], raised[i], kept)
                    _write_strip(triangles, label, nt, points[i], kept, nv, kind)
                nv += 2 * count
                nt += _strip_size(points[i], kept)
            wall = max(before_label, kind)
            nv, nt = _wall(
                *(points, raised, kept, before, here, base, first),
                *(wall, vertices, triangles, label, nv, nt, write),
            )
            before, before_label, base = here, kind, first
    return nv, nt


@numba.njit(cache=True)
def _write_edges(vertices, nv, points, raised, kept):
    for e in range(2):
        for n in range(kept.shape[0]):
            row = nv + e * kept.shape[0] + n
            vertices[row] = points[e, kept[n]]
            vertices[row, 2] += raised[e, kept[n]]


@numba.njit(cache=True)
def _is_open(points, a):
    """Whether a lane has a width at station a."""
    dx, dy = points[0, a, 0] - points[1, a, 0], points[0, a, 1] - points[1, a, 1]
    return dx * dx + dy * dy > MIN_WIDTH * MIN_WIDTH


@numba.njit(cache=True)
def _strip_size(points, kept):
    size = 0
    for n in range(kept.shape[0] - 1):
        if _is_open(points, kept[n]) or _is_open(points, kept[n + 1]):
            size += 2
    return size


@numba.njit(cache=True)
def _write_strip(triangles, label, nt, points, kept, first, kind):
    count = kept.shape[0]
    for n in range(count - 1):
        if _is_open(points, kept[n]) or _is_open(points, kept[n + 1]):
            a0, b0 = first + n, first + count + n
            triangles[nt, 0], triangles[nt, 1], triangles[nt, 2] = a0, a0 + 1, b0 + 1
            triangles[nt + 1, 0], triangles[nt + 1, 1], triangles[nt + 1, 2] = a0, b0 + 1, b0
            label[nt], label[nt + 1] = kind, kind
            nt += 2


@numba.njit(cache=True)
def _wall(points, raised, kept, before, here, base, first, kind, vertices, triangles, label, nv, nt, write):
    """Wall between lane `before` and lane `here` (-1: open ground) where their heights differ; returns (nv, nt)."""
    count = kept.shape[0]
    if before < 0 and here < 0:
        return nv, nt
    top = 0.0
    for n in range(count):
        left = raised[before, 1, kept[n]] if before >= 0 else 0.0
        right = raised[here, 0, kept[n]] if here >= 0 else 0.0
        top = max(top, abs(left - right))
    if top < MIN_WALL:
        return nv, nt
    left_first, right_first = base + count, first
    if before < 0 or here < 0:
        if write:
            edge = points[here, 0] if before < 0 else points[before, 1]
            for n in range(count):
                vertices[nv + n] = edge[kept[n]]
                vertices[nv + n, 2] -= SKIRT
        if before < 0:
            left_first = nv
        else:
            right_first = nv
        nv += count
    for n in range(count - 1):
        if write:
            a, b = left_first + n, right_first + n
            triangles[nt, 0], triangles[nt, 1], triangles[nt, 2] = a, a + 1, b + 1
            triangles[nt + 1, 0], triangles[nt + 1, 1], triangles[nt + 1, 2] = a, b + 1, b
            label[nt], label[nt + 1] = kind, kind
        nt += 2
    return nv, nt
