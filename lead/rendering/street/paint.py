"""Paint on the ground of a quarter tile: lane marks, stop lines, crosswalks, arrows, words and parking bays."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.ground import heights
from lead.rendering.kernels.marks import drape, lane_marks
from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh
from lead.rendering.street.painted import Paint, Painted
from lead.rendering.street.shapes import Flat, band, hatching, split_quads, stencil, zebra
from lead.roads.labels import Label
from lead.roads.network import RoadNetwork
from lead.roads.signals import SignalKind, Signals
from lead.roads.surface import Surface
from lead.roads.town import Town

STOP_WIDTH = 0.4  # m along the road
STOP_BEFORE = 1.0  # m before a crosswalk
CROSSWALK_NEAR = 12.0  # m from a stop point to the middle of a crosswalk that moves its line
TOOTH, TOOTH_LENGTH = 0.6, 0.7  # m, of a give-way line
LINE_WIDTH = 0.15  # m
_LINE = np.array([(-0.05, -0.5), (0.05, -0.5), (0.05, 0.5), (-0.05, 0.5)])  # of unit length, along y, 0.1 m wide
_BEHIND = np.stack([_LINE * (1.0, 2.0) + (end, 0.0) for end in (-3.0, 3.0)])  # ends of a bay, in its frame
_BESIDE = np.stack([_LINE[:, ::-1] * (5.2, 1.0) + (0.0, side) for side in (-1.25, 1.25)])  # its sides
COLOURS = np.array([Material.MARKING_WHITE + k for k in range(5)], np.uint8)  # by MarkColour
ROOM = 6000  # vertices and faces that a quarter's lane marks rarely exceed


class StopLines(NamedTuple):
    """Where lanes end at lights and signs (S rows)."""

    left: NDArray[np.float64]  # (S, 3) m, ends of the line
    right: NDArray[np.float64]
    yaw: NDArray[np.float64]  # (S,) rad, direction of travel
    give_way: NDArray[np.bool_]  # (S,)


def stop_lines(signals: Signals, network: RoadNetwork) -> StopLines:
    """One line per governed lane; a light or stop sign overrules a yield sign."""
    kind = np.repeat(signals.kind, np.diff(signals.stop_start))
    wanted = np.flatnonzero(kind != SignalKind.SPEED_LIMIT)
    wanted = wanted[np.argsort(kind[wanted] == SignalKind.YIELD, kind="stable")]
    _, first = np.unique(signals.stop_lane[wanted], return_index=True)
    rows = wanted[first]
    at = signals.stop_sample[rows]
    samples = network.samples
    return StopLines(samples.left[at], samples.right[at], samples.yaw[at], kind[rows] == SignalKind.YIELD)


class Palette:
    """Flat shapes collected for one mesh."""

    def __init__(self) -> None:
        self.points: list[NDArray[np.float64]] = []
        self.faces: list[NDArray[np.int32]] = []
        self.material: list[NDArray[np.uint8]] = []
        self.count = 0

    def add(self, shape: Flat, material: Material = Material.MARKING_WHITE, place: NDArray[np.float64] | None = None):
        """A shape in the world's frame, or in that of `place` (4,): x, y, z m, yaw rad."""
        points, faces = shape
        if place is not None:
            points = _turned(points, place)
        self.points.append(points)
        self.faces.append(faces + np.int32(self.count))
        self.material.append(np.full(len(faces), material, np.uint8))
        self.count += len(points)


def _turned(points: NDArray[np.float64], place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (n, 3) of the frame at `place` (4,) in the world's."""
    c, s = np.cos(place[3]), np.sin(place[3])
    x, y = c * points[:, 0] - s * points[:, 1] + place[0], s * points[:, 0] + c * points[:, 1] + place[1]
    return np.column_stack([x, y, points[:, 2] + place[2]])


def paint_mesh(
    town: Town, painted: Painted, lines: StopLines, bays: NDArray[np.float64], x: float, y: float, size: float
) -> Mesh:
    """All paint in the square with low corner (x, y), on the ground; `bays` (P, 6) are poses of parking bays."""
    vertices, faces, material = _lane_marks(town, x, y, size)
    palette = Palette()
    for k in _inside(painted.place, x, y, size):
        _add_painted(palette, town.surface, painted, int(k))
    _add_stop_lines(palette, painted, lines, _inside(0.5 * (lines.left + lines.right), x, y, size))
    _add_bays(palette, bays, x, y, size)
    if palette.points:
        draped = drape(town.surface, np.concatenate(palette.points))
        faces = np.concatenate([faces, *(part + np.int32(len(vertices)) for part in palette.faces)])
        vertices = np.concatenate([vertices, draped])
        material = np.concatenate([material, *palette.material])
    return Mesh(vertices, faces, material, np.full(len(faces), Label.ROAD_LINES, np.uint8))


def _lane_marks(town: Town, x: float, y: float, size: float):
    room = ROOM
    while True:
        vertices, faces = np.empty((room, 3), np.float32), np.empty((room, 3), np.int32)
        colour = np.empty(room, np.uint8)
        marks = (town.network, town.surface, town.signals.sample_limit, x, y, size)
        nv, nf = lane_marks(*marks, vertices, faces, colour)
        if nv >= 0:
            return vertices[:nv].copy(), faces[:nf].copy(), COLOURS[colour[:nf]]
        room *= 4


def _inside(place: NDArray[np.float64], x: float, y: float, size: float) -> NDArray[np.int64]:
    """Rows of places (n, 2 or more) in the square."""
    px, py = place[:, 0], place[:, 1]
    return np.flatnonzero((px >= x) & (px < x + size) & (py >= y) & (py < y + size))


def _add_painted(palette: Palette, surface: Surface, painted: Painted, k: int) -> None:
    kind, place = Paint(painted.kind[k]), painted.place[k]
    outline = painted.outline[painted.outline_start[k] : painted.outline_start[k + 1]]
    colour = Material.MARKING_YELLOW if painted.yellow[k] else Material.MARKING_WHITE
    if kind == Paint.CROSSWALK:
        stripes = _turned(zebra(outline).reshape(-1, 3), place)
        on_kerb = (heights(surface, stripes, 0)[1] == Label.SIDEWALKS).reshape(-1, 4).any(axis=1)
        palette.add(split_quads(stripes.reshape(-1, 4, 3)[~on_kerb]), colour)
    elif kind == Paint.STOP_LINE:
        palette.add(band(outline, STOP_WIDTH), colour, place)
    elif kind == Paint.LINE:
        palette.add(band(outline, LINE_WIDTH), colour, place)
    elif kind == Paint.DASHED_LINE:
        for piece in _dashes(outline):
            palette.add(band(piece, LINE_WIDTH), colour, place)
    elif kind == Paint.HATCHED:
        palette.add(hatching(outline), colour, place)
    else:
        mesh = stencil(kind)
        palette.add((mesh.vertices.astype(np.float64), mesh.faces), colour, place)


def _dashes(line: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Pieces of a line (n, 3): 0.6 m painted, 0.6 m not."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    begin = np.arange(0.0, along[-1] - 0.3, 1.2)
    ends = np.stack([begin, np.minimum(begin + 0.6, along[-1])], axis=1)
    return [np.column_stack([np.interp(pair, along, line[:, k]) for k in range(3)]) for pair in ends]


def _add_stop_lines(palette: Palette, painted: Painted, lines: StopLines, rows: NDArray[np.int64]) -> None:
    """Bars across the lanes, or rows of triangles for who gives way, before a crosswalk if there is one."""
    map_lines = painted.place[painted.kind == Paint.STOP_LINE]
    zebras = np.flatnonzero(painted.kind == Paint.CROSSWALK)
    for k in rows:
        left, right, yaw = lines.left[k], lines.right[k], lines.yaw[k]
        middle = 0.5 * (left + right)
        if len(map_lines) and np.hypot(*(map_lines[:, :2] - middle[:2]).T).min() < 4.0:
            continue
        forward = np.array([np.cos(yaw), np.sin(yaw), 0.0])
        gap = np.hypot(*(painted.place[zebras, :2] - middle[:2]).T)
        back = _clear_of_crosswalks(painted, zebras[gap < CROSSWALK_NEAR], left, right, forward)
        across = (right - left) / max(float(np.linalg.norm(right - left)), 1e-6)
        left, right = left + 0.12 * across - back * forward, right - 0.12 * across - back * forward
        if lines.give_way[k]:
            palette.add(_teeth(left, right, forward))
        else:
            depth = STOP_WIDTH * forward
            palette.add(split_quads(np.array([[left - depth, left, right, right - depth]])))


def _clear_of_crosswalks(painted: Painted, zebras, left, right, forward) -> float:
    """m by which a stop line must move back, so that it lies before every crosswalk around it."""
    back = 0.0
    width = float(np.linalg.norm(right[:2] - left[:2]))
    across = np.array([-forward[1], forward[0]])
    for z in zebras:
        outline = painted.outline[painted.outline_start[z] : painted.outline_start[z + 1], :2]
        c, s = np.cos(painted.place[z, 3]), np.sin(painted.place[z, 3])
        ring = outline @ np.array([[c, s], [-s, c]]) + painted.place[z, :2] - left[:2]
        along, side = ring @ forward[:2], ring @ across
        if side.max() < 0.3 or side.min() > width - 0.3 or along.max() - along.min() > 12.0:
            continue
        if along.min() < STOP_BEFORE and along.max() > -8.0:
            back = max(back, STOP_BEFORE - float(along.min()))
    return min(back, 9.0)


def _teeth(left: NDArray[np.float64], right: NDArray[np.float64], forward: NDArray[np.float64]) -> Flat:
    """Triangles that point at who must give way."""
    count = max(1, int(np.linalg.norm(right - left) / (1.4 * TOOTH)))
    middle = left + (np.arange(count) + 0.5)[:, None] / count * (right - left)
    half = 0.5 * TOOTH * (right - left) / max(float(np.linalg.norm(right - left)), 1e-6)
    points = np.stack([middle - TOOTH_LENGTH * forward, middle - half, middle + half], axis=1).reshape(-1, 3)
    return points, np.arange(3 * count, dtype=np.int32).reshape(-1, 3)


def _add_bays(palette: Palette, slots: NDArray[np.float64], x: float, y: float, size: float) -> None:
    """Side lines of bays that lie side by side, and ends of those that lie one behind the other."""
    rows = _inside(slots, x, y, size)
    if len(rows) == 0:
        return
    around = slots[_inside(slots, x - 7.0, y - 7.0, size + 14.0)]
    c, s = np.cos(slots[rows, 4]), np.sin(slots[rows, 4])
    dx, dy = (around[None, :, k] - slots[rows, None, k] for k in (0, 1))
    ahead, side = np.abs(c[:, None] * dx + s[:, None] * dy), np.abs(c[:, None] * dy - s[:, None] * dx)
    beside = ((side > 1.5) & (side < 4.0) & (ahead < 1.5)).any(axis=1)
    shape = np.where(beside[:, None, None, None], _BESIDE, _BEHIND)
    corners = np.empty((len(rows), 2, 4, 3))
    corners[..., 0] = slots[rows, 0, None, None] + c[:, None, None] * shape[..., 0] - s[:, None, None] * shape[..., 1]
    corners[..., 1] = slots[rows, 1, None, None] + s[:, None, None] * shape[..., 0] + c[:, None, None] * shape[..., 1]
    corners[..., 2] = slots[rows, 2, None, None]
    palette.add(split_quads(corners.reshape(-1, 4, 3)))
