"""Lane marks as strips of triangles that lie on the ground, one square of land at a time."""

from math import floor, sqrt

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.ground import stretches_in
from lead.rendering.kernels.kernel import kernel
from lead.roads.network import RoadNetwork
from lead.roads.surface import Surface, ground_height

LIFT = 0.02  # m of paint above the ground
LAND, GAP = 10, 0.3  # label of the land between roads, and m by which it lies below them at most
SOLID, BROKEN, SOLID_SOLID, SOLID_BROKEN, BROKEN_SOLID, BROKEN_BROKEN, DOTS = 1, 2, 3, 4, 5, 6, 7  # MarkKind
DRIVING, PARKING, BIKING, BIDIRECTIONAL = 1, 4, 5, 6  # LaneKind: lanes between which a mark lies in the middle
DASH, PERIOD = 3.0, 12.0  # m, a dash and from dash to dash
FAST, FAST_DASH, FAST_PERIOD = 79.0, 6.0, 18.0  # km/h from which they are longer, and how long (German RMS)
DOT, DOT_PERIOD = 0.15, 1.2  # m, Botts' dots
LEAST_DASH = 0.2  # m
LEAST_WIDTH = 0.12  # m
BEND, RISE = 0.01, 0.003  # m sideways and upwards by which a strip may leave the lane's edge
MAX_LENGTH = 6.0  # m of one strip quad


@kernel
def _mark_of(network: RoadNetwork, row: int) -> tuple[int, int, float]:
    """Kind, colour and width of the mark between a sample and the next one of its lane."""
    samples = network.samples
    at = row if network.lanes.lane[samples.lane[row]] <= 0 else row + 1
    return samples.mark[at], samples.mark_colour[at], max(LEAST_WIDTH, samples.mark_width[at])


@kernel
def _marked(network: RoadNetwork, rows: NDArray[np.int32]) -> NDArray[np.int32]:
    """Those samples from which a stretch with a painted mark starts."""
    count = 0
    for n in range(rows.shape[0]):
        kind, _, _ = _mark_of(network, rows[n])
        if SOLID <= kind <= DOTS:
            rows[count] = rows[n]
            count += 1
    return rows[:count]


@kernel
def _is_carriageway(network: RoadNetwork, lane: int) -> bool:
    """Whether wheels belong on a lane, so that its edge line is centred on its edge."""
    kind = network.lanes.kind[lane]
    return kind == DRIVING or kind == PARKING or kind == BIKING or kind == BIDIRECTIONAL


@kernel
def _shift(network: RoadNetwork, lane: int, width: float) -> float:
    """m to the right by which a lane's mark is moved: it stays on the lane where the next one is no carriageway."""
    if network.lanes.lane[lane] == 0:
        return 0.0
    beyond = network.lanes.right[lane]
    if beyond >= 0 and _is_carriageway(network, beyond):
        return 0.0
    return -0.5 * width - 0.03


@kernel
def _line(network: RoadNetwork, first: int, last: int, line: NDArray[np.float64]) -> None:
    """Points x, y, z, the unit vector to the right, and s (7 columns) of the edge from sample `first` to `last`."""
    samples = network.samples
    for k in range(first, last + 1):
        p = samples.right[k]
        before, after = samples.right[max(k - 1, first)], samples.right[min(k + 1, last)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = max(sqrt(dx * dx + dy * dy), 1e-9)
        row = line[k - first]
        row[0], row[1], row[2] = p[0], p[1], p[2]
        row[3], row[4], row[5], row[6] = -dy / length, dx / length, 0.0, samples.s[k]


@kernel
def _point(line: NDArray[np.float64], count: int, s: float, out: NDArray[np.float64]) -> None:
    """Row of `line` at s between its points, which ascend or descend in s."""
    up = line[count - 1, 6] >= line[0, 6]
    k = 0
    while k < count - 2 and ((up and line[k + 1, 6] < s) or (not up and line[k + 1, 6] > s)):
        k += 1
    span = line[k + 1, 6] - line[k, 6]
    share = min(max((s - line[k, 6]) / span, 0.0), 1.0) if abs(span) > 1e-9 else 0.0
    for c in range(7):
        out[c] = line[k, c] + share * (line[k + 1, c] - line[k, c])


@kernel
def _piece(line: NDArray[np.float64], count: int, begin: float, end: float, piece: NDArray[np.float64]) -> int:
    """Points of `line` from s `begin` to `end` in its own direction, those left out that a chord replaces; how many."""
    up = line[count - 1, 6] >= line[0, 6]
    low, high = (begin, end) if up else (end, begin)
    size = 1
    _point(line, count, low, piece[0])
    for k in range(count):
        s = line[k, 6]
        if (up and low + 1e-3 < s < high - 1e-3) or (not up and high + 1e-3 < s < low - 1e-3):
            piece[size] = line[k]
            size += 1
    _point(line, count, high, piece[size])
    size += 1
    kept, a = 1, 0
    while a < size - 1:
        b = a + 1
        while b + 1 < size and _fits(piece, a, b + 1):
            b += 1
        piece[kept] = piece[b]
        kept += 1
        a = b
    return kept


@kernel
def _fits(piece: NDArray[np.float64], a: int, b: int) -> bool:
    """Whether the chord from point a to point b stays near all points between."""
    dx, dy = piece[b, 0] - piece[a, 0], piece[b, 1] - piece[a, 1]
    square = dx * dx + dy * dy
    if square > MAX_LENGTH * MAX_LENGTH:
        return False
    for k in range(a + 1, b):
        ex, ey = piece[k, 0] - piece[a, 0], piece[k, 1] - piece[a, 1]
        share = (ex * dx + ey * dy) / max(square, 1e-12)
        off_x, off_y = ex - share * dx, ey - share * dy
        rise = piece[k, 2] - piece[a, 2] - share * (piece[b, 2] - piece[a, 2])
        if off_x * off_x + off_y * off_y > BEND * BEND or abs(rise) > RISE:
            return False
    return True


@kernel
def _strip(
    surface: Surface, piece: NDArray[np.float64], count: int, offset: float, half: float, colour: int,
    vertices: NDArray[np.float32], faces: NDArray[np.int32], material: NDArray[np.uint8], nv: int, nf: int,
) -> tuple[int, int]:  # fmt: skip
    """Write a strip `half` m to either side of the points, which are moved `offset` m to the right; vertices and faces."""
    for k in range(count):
        for side in range(2):
            out = offset + (half if side == 1 else -half)
            x, y = piece[k, 0] + out * piece[k, 3], piece[k, 1] + out * piece[k, 4]
            z, _ = ground_height(surface, x, y, piece[k, 2])
            v = vertices[nv + 2 * k + side]
            v[0], v[1], v[2] = x, y, z + LIFT
    for k in range(count - 1):
        a = nv + 2 * k
        faces[nf, 0], faces[nf, 1], faces[nf, 2] = a, a + 2, a + 3
        faces[nf + 1, 0], faces[nf + 1, 1], faces[nf + 1, 2] = a, a + 3, a + 1
        material[nf], material[nf + 1] = colour, colour
        nf += 2
    return nv + 2 * count, nf


@kernel
def _rhythm(kind: int, limit: float) -> tuple[float, float]:
    """Length of a dash and distance from dash to dash (m); 0, 0 for a line without gaps."""
    if kind == DOTS:
        return DOT, DOT_PERIOD
    return (FAST_DASH, FAST_PERIOD) if limit >= FAST else (DASH, PERIOD)


@kernel
def lane_marks(
    network: RoadNetwork, surface: Surface, limit: NDArray[np.float32], x: float, y: float, size: float,
    vertices: NDArray[np.float32], faces: NDArray[np.int32], material: NDArray[np.uint8],
) -> tuple[int, int]:  # fmt: skip
    """Write the marks in a square and return how many vertices and faces they take; (-1, -1) where there is no room.

    `limit` (N,) km/h per sample; `material` gets MarkColour. Marks are those on lanes' outer edges and centre lines.
    Dashes start at multiples of their period along the road, so that squares and lanes continue each other.
    """
    samples, nv, nf = network.samples, 0, 0
    rows = _marked(network, stretches_in(network, samples.right, x, y, size))
    line, piece = np.empty((rows.shape[0] + 2, 7)), np.empty((rows.shape[0] + 4, 7))
    start = 0
    while start < rows.shape[0]:
        kind, colour, width = _mark_of(network, rows[start])
        end, lane = start + 1, samples.lane[rows[start]]
        while end < rows.shape[0] and rows[end] == rows[end - 1] + 1 and samples.lane[rows[end]] == lane:
            if _mark_of(network, rows[end]) != (kind, colour, width):
                break
            end += 1
        count = rows[end - 1] + 2 - rows[start]
        _line(network, rows[start], rows[end - 1] + 1, line)
        low, high = min(line[0, 6], line[count - 1, 6]), max(line[0, 6], line[count - 1, 6])
        double = SOLID_SOLID <= kind <= BROKEN_BROKEN
        shift = 0.0 if kind == BROKEN or kind == DOTS else _shift(network, lane, 3.0 * width if double else width)
        for which in range(2 if double else 1):
            offset = shift + ((width if which == 1 else -width) if double else 0.0)
            broken = kind == BROKEN or kind == BROKEN_BROKEN or kind == DOTS
            broken = broken or (kind == SOLID_BROKEN and which == 1) or (kind == BROKEN_SOLID and which == 0)
            dash, period = _rhythm(kind, limit[rows[start]])
            k, begin, stop = floor(low / period) if broken else 0, low, high
            while True:
                if broken:
                    begin, stop = max(low, k * period), min(high, k * period + dash)
                if begin >= high:
                    break
                at_seam = stop > begin and (begin == low or stop == high)
                if stop - begin >= LEAST_DASH or (broken and at_seam and stop - begin > 0.01) or not broken:
                    if nv + 2 * count + 4 > vertices.shape[0] or nf + 2 * count + 4 > faces.shape[0]:
                        return -1, -1
                    points = _piece(line, count, begin, stop, piece)
                    nv, nf = _strip(
                        surface, piece, points, offset, 0.5 * width, colour, vertices, faces, material, nv, nf
                    )
                k += 1
                if not broken or k * period > high:
                    break
        start = end
    return nv, nf


@kernel
def drape(surface: Surface, points: NDArray[np.float64]) -> NDArray[np.float32]:
    """Points (n, 3) put on the ground near their own heights, as paint lies on it.

    Land just below them is taken for a gap between lanes, which is paved at about their own height.
    """
    result = points.astype(np.float32)
    for k in range(points.shape[0]):
        z, label = ground_height(surface, points[k, 0], points[k, 1], points[k, 2])
        if label == LAND and 0.0 < points[k, 2] - z < GAP:
            z = points[k, 2]
        result[k, 2] = z + LIFT
    return result
