"""Pictures of a town from above: a still map for a page, and a background that moving actors are painted on.

A picture is painted once at twice its size and shrunk, which smooths thin lane marks. Colours are BGR, as in OpenCV.
Picture right is +x and picture down is +y, so that CARLA's left-handed frame looks as a driver sees it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from lead.roads.crossings import is_crosswalk, object_outline
from lead.roads.draw_caption import CAPTION_HEIGHT, draw_caption
from lead.roads.labels import Label
from lead.roads.network import LaneKind, MarkColour, MarkKind, RoadNetwork, Samples
from lead.roads.opendrive import parse_opendrive
from lead.roads.palette import (
    ASPHALT,
    CROSSWALK,
    FOOTPRINTS,
    GRASS,
    INK,
    KERB,
    LANE_COLOURS,
    MARK_COLOURS,
    OUTLINE,
    PARKED,
    SIGNAL_COLOURS,
    SPAWN,
)
from lead.roads.signals import SignalKind, Signals
from lead.roads.town import Town

SUPERSAMPLING = 2
MAX_PIXELS = 120_000_000  # of the enlarged picture; a picture that would be larger is not supersampled
FRACTION_BITS = 4  # OpenCV's sub-pixel positions
LEVEL = 3.0  # m of height that are painted together; higher roads cover lower ones
CHUNK = 12  # samples of a lane painted as one polygon
DASH, DASH_PERIOD = 3.0, 9.0  # m, length of a dash and from dash to dash


class View(NamedTuple):
    """A rectangle of the world seen from above: its middle in m and its width and height in m."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Background:
    """A painted town and how world places map to its pixels."""

    image: NDArray[np.uint8]  # (H, W, 3) BGR
    origin: tuple[float, float]  # world x, y (m) of the picture's top left corner
    scale: float  # pixels per m
    town: Town

    def pixel(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """World (..., 2 or more) m to picture (..., 2) column, row."""
        return (np.asarray(points, dtype=np.float64)[..., :2] - self.origin) * self.scale


def draw_town(town: Town, path: Path, width_px: int = 1600) -> None:
    """Write a PNG of the whole town with spawn points, signals, its name, its numbers and a scale bar."""
    view = whole_town(town)
    background = paint_background(town, view, width_px)
    band = int(CAPTION_HEIGHT * max(0.5, width_px / 1600))
    image = cv2.copyMakeBorder(background.image, 0, band, 0, 0, cv2.BORDER_CONSTANT, value=GRASS)
    canvas = _Canvas(image, background.origin, background.scale)
    _draw_spawn_points(canvas, town)
    _draw_signals(canvas, town.signals)
    draw_caption(image, town, background.scale)
    written, data = cv2.imencode(".png", image)
    if not written:
        raise ValueError(f"cannot encode a picture of shape {image.shape} as PNG")
    Path(path).write_bytes(data.tobytes())


def whole_town(town: Town, margin: float = 15.0) -> View:
    """The view that holds all lanes, with `margin` m around them."""
    edges = np.concatenate([town.network.samples.left[:, :2], town.network.samples.right[:, :2]])
    low, high = edges.min(0) - margin, edges.max(0) + margin
    middle, size = (low + high) / 2, high - low
    return View(float(middle[0]), float(middle[1]), float(size[0]), float(size[1]))


def paint_background(town: Town, view: View, width_px: int = 1280) -> Background:
    """Paint ground, lanes, marks, crosswalks and scenery of a view; the part of a frame that never changes."""
    scale = width_px / view.width
    height_px = max(1, round(view.height * scale))
    factor = SUPERSAMPLING if width_px * height_px * SUPERSAMPLING**2 <= MAX_PIXELS else 1
    origin = (view.x - view.width / 2, view.y - view.height / 2)
    image = np.empty((height_px * factor, width_px * factor, 3), np.uint8)
    image[:] = GRASS
    canvas = _Canvas(image, origin, scale * factor)
    _shade_hills(canvas, town.network.samples)
    _draw_footprints(canvas, town)
    _draw_lanes(canvas, town.network)
    _draw_crosswalks(canvas, town)
    _draw_parked(canvas, town)
    if factor > 1:
        image = cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return Background(image, origin, scale, town)


@dataclass(frozen=True)
class _Canvas:
    """A picture under the brush, addressed in world metres."""

    image: NDArray[np.uint8]
    origin: tuple[float, float]
    scale: float

    def points(self, world: NDArray[np.floating]) -> NDArray[np.int32]:
        """World (..., 2 or more) m to OpenCV's fixed-point pixels."""
        pixels = (np.asarray(world, dtype=np.float64)[..., :2] - self.origin) * self.scale - 0.5
        return np.round(np.clip(pixels, -3e4, 6e4) * (1 << FRACTION_BITS)).astype(np.int32)

    def sees(self, world: NDArray[np.floating], margin: float = 5.0) -> NDArray[np.bool_]:
        """Which of the world points (N, 2 or more) lie in the picture, give or take `margin` m."""
        height, width = self.image.shape[:2]
        pixels = (world[:, :2] - self.origin) * self.scale
        reach = margin * self.scale
        return ((pixels > -reach) & (pixels < (width + reach, height + reach))).all(1)

    def fill(self, polygon: NDArray[np.floating], colour: tuple[int, int, int]) -> None:
        """Fill a polygon (N, 2 or more) of world points."""
        cv2.fillPoly(self.image, [self.points(polygon)], colour, cv2.LINE_AA, FRACTION_BITS)

    def stroke(
        self, line: NDArray[np.floating], colour: tuple[int, int, int], width: float, closed: bool = False
    ) -> None:
        """Draw a polyline of world points, `width` m thick but never thinner than a pixel."""
        thickness = max(1, round(width * self.scale))
        cv2.polylines(self.image, [self.points(line)], closed, colour, thickness, cv2.LINE_AA, FRACTION_BITS)


def _draw_lanes(canvas: _Canvas, network: RoadNetwork) -> None:
    """Fill the lanes from the lowest level up, each level's marks on top of its lanes."""
    rank = {int(kind): place for place, kind in enumerate(LANE_COLOURS)}
    samples = network.samples
    seen = canvas.sees(samples.centre, margin=20.0)
    chunks = []
    for lane, first, last in _chunks(network, seen):
        level = int(samples.centre[first:last, 2].mean() // LEVEL)
        chunks.append((level, rank.get(int(network.lanes.kind[lane]), -1), lane, first, last))
    chunks.sort()
    levels = sorted({chunk[0] for chunk in chunks})
    start = 0
    for level in levels:
        end = start
        while end < len(chunks) and chunks[end][0] == level:
            end += 1
        for _, place, lane, first, last in chunks[start:end]:
            if place >= 0 and network.lanes.lane[lane] != 0:
                outline = np.concatenate([samples.left[first:last, :2], samples.right[first:last, :2][::-1]])
                kind = LaneKind(network.lanes.kind[lane])
                paved = kind == LaneKind.SHOULDER and network.lanes.junction[lane] != -1
                canvas.fill(outline, ASPHALT if paved else LANE_COLOURS[kind])
        for _, _, lane, first, last in chunks[start:end]:
            _draw_marks(canvas, samples, int(network.lanes.lane[lane]), first, last)
        start = end


def _chunks(network: RoadNetwork, seen: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    """Pieces of lanes in the picture as (lane row, first sample, one past the last sample); neighbours share one."""
    for lane in range(len(network.lanes.road)):
        for first in range(int(network.lanes.first[lane]), int(network.lanes.last[lane]) - 1, CHUNK):
            last = min(first + CHUNK + 1, int(network.lanes.last[lane]))
            if seen[first:last].any():
                yield lane, first, last


def _draw_marks(canvas: _Canvas, samples: Samples, lane_id: int, first: int, last: int) -> None:
    """Paint a lane's outer mark: in travel direction the centre line is on the left, so that is the right edge."""
    edge = samples.centre if lane_id == 0 else samples.right
    run_start = first
    for index in range(first + 1, last):
        if index == last - 1 or samples.mark[index] != samples.mark[run_start]:
            kind = MarkKind(samples.mark[run_start])
            colour = MARK_COLOURS[MarkColour(samples.mark_colour[run_start])]
            width = max(0.12, float(samples.mark_width[run_start]))
            _draw_mark(canvas, edge[run_start : index + 1, :2], samples.s[run_start : index + 1], kind, colour, width)
            run_start = index


def _draw_mark(
    canvas: _Canvas,
    line: NDArray[np.float64],
    s: NDArray[np.float64],
    kind: MarkKind,
    colour: tuple[int, int, int],
    width: float,
) -> None:
    if kind in (MarkKind.NONE, MarkKind.GRASS, MarkKind.OTHER) or len(line) < 2:
        return
    if kind == MarkKind.CURB:
        canvas.stroke(line, KERB, width)
        return
    double = kind in (MarkKind.SOLID_SOLID, MarkKind.SOLID_BROKEN, MarkKind.BROKEN_SOLID, MarkKind.BROKEN_BROKEN)
    broken = kind in (MarkKind.BROKEN, MarkKind.BROKEN_BROKEN, MarkKind.BOTTS_DOTS)
    if double and width * canvas.scale >= 0.5:
        along = np.gradient(line, axis=0)
        normal = np.stack([-along[:, 1], along[:, 0]], 1) / np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
        lines = [line + normal * width, line - normal * width]
    else:
        lines = [line]
    for one in lines:
        if broken and DASH * canvas.scale >= 3.0:
            for dash in _dashes(one, s):
                canvas.stroke(dash, colour, width)
        else:
            canvas.stroke(one, colour, width)


def _dashes(line: NDArray[np.float64], s: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Cut a line into dashes at fixed places along the road's s, so that pieces of a lane continue each other."""
    low, high = min(s[0], s[-1]), max(s[0], s[-1])
    order = np.argsort(s, kind="stable")
    for k in range(int(low // DASH_PERIOD), int(high // DASH_PERIOD) + 1):
        begin, end = max(low, k * DASH_PERIOD), min(high, k * DASH_PERIOD + DASH)
        if end - begin < 0.2:
            continue
        at = np.array([begin, (begin + end) / 2, end])
        yield np.stack([np.interp(at, s[order], line[order, axis]) for axis in range(2)], 1)


def _shade_hills(canvas: _Canvas, samples: Samples) -> None:
    """Light the ground from the north-west where the roads rise and fall; flat towns stay plain."""
    z = samples.centre[:, 2]
    if np.ptp(z) < 2.0:
        return
    from scipy.ndimage import gaussian_filter
    from scipy.spatial import cKDTree

    height, width = canvas.image.shape[:2]
    step = max(width, height) / 160
    columns, rows = np.meshgrid(np.arange(step / 2, width, step), np.arange(step / 2, height, step))
    places = np.stack([columns, rows], -1) / canvas.scale + canvas.origin
    tree = cKDTree(samples.centre[::4, :2])
    distances, nearest = tree.query(places.reshape(-1, 2), k=6)
    weights = 1.0 / np.maximum(distances, 5.0) ** 2
    ground = ((z[::4][nearest] * weights).sum(1) / weights.sum(1)).reshape(columns.shape)
    ground = gaussian_filter(ground, 3.0)
    slope_y, slope_x = np.gradient(ground, step / canvas.scale)
    light = 1.0 - 2.2 * (slope_x + slope_y)
    light = cv2.resize(np.clip(light, 0.86, 1.1).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    canvas.image[:] = np.clip(canvas.image * light[..., None], 0, 255).astype(np.uint8)


def _draw_footprints(canvas: _Canvas, town: Town) -> None:
    """Footprints of buildings, walls and trees, with a little shadow under what is tall."""
    scenery = town.scenery
    corners = box_corners(scenery.centre, scenery.extent, scenery.yaw)
    shown = np.isin(scenery.label, list(FOOTPRINTS)) & canvas.sees(scenery.centre, margin=60.0)
    for row in np.nonzero(shown)[0]:
        shadow = min(3.0, 0.25 * float(scenery.extent[row, 2]))
        canvas.fill(corners[row] + shadow, tuple(int(0.82 * c) for c in GRASS))
    for row in np.nonzero(shown)[0]:
        colour = FOOTPRINTS[int(scenery.label[row])]
        if scenery.label[row] == Label.VEGETATION:
            radius = max(1, round(float(scenery.extent[row, :2].max()) * canvas.scale))
            middle = tuple(int(v) for v in canvas.points(scenery.centre[row]))
            cv2.circle(canvas.image, middle, radius << FRACTION_BITS, colour, cv2.FILLED, cv2.LINE_AA, FRACTION_BITS)
            continue
        canvas.fill(corners[row], colour)
        if scenery.label[row] == Label.BUILDINGS:
            canvas.stroke(corners[row], OUTLINE, 0.3, closed=True)


def box_corners(
    centre: NDArray[np.float64], extent: NDArray[np.float64], yaw: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Footprint corners (B, 4, 2) of upright boxes: front right, front left, rear left, rear right."""
    cos, sin = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    forward = extent[:, :1] * np.array([[1.0, 1.0, -1.0, -1.0]])
    right = extent[:, 1:2] * np.array([[1.0, -1.0, -1.0, 1.0]])
    return centre[:, None, :2] + np.stack([forward * cos - right * sin, forward * sin + right * cos], -1)


def crosswalk_polygons(town: Town) -> list[NDArray[np.float64]]:
    """The crosswalks that the map draws, each as corners (C, 2) in m."""
    opendrive = parse_opendrive(town.opendrive)
    outlines = [object_outline(opendrive, item)[:, :2] for item in opendrive.objects if is_crosswalk(item)]
    return [line[:-1] if np.allclose(line[0], line[-1]) else line for line in outlines if len(line) >= 4]


def _draw_crosswalks(canvas: _Canvas, town: Town) -> None:
    """Zebra stripes across each crosswalk of four corners; other shapes are left plain."""
    for polygon in crosswalk_polygons(town):
        if not canvas.sees(polygon).any():
            continue
        if len(polygon) != 4:
            canvas.fill(polygon, CROSSWALK)
            continue
        first, second = polygon[1] - polygon[0], polygon[2] - polygon[1]
        if np.linalg.norm(first) < np.linalg.norm(second):
            polygon, first = np.roll(polygon, -1, axis=0), second
        count = max(1, int(np.linalg.norm(first) // 1.2))
        for k in range(count):
            u = (k + np.array([0.25, 0.75])) / count
            near = polygon[0] + u[:, None] * (polygon[1] - polygon[0])
            far = polygon[3] + u[:, None] * (polygon[2] - polygon[3])
            canvas.fill(np.concatenate([near, far[::-1]]), CROSSWALK)


def _draw_parked(canvas: _Canvas, town: Town) -> None:
    """Thin outlines of the places where cars may be parked."""
    slots = town.parking_slots
    if not len(slots) or canvas.scale < 1.5:
        return
    corners = box_corners(slots[:, :3], np.tile([2.6, 1.0, 0.0], (len(slots), 1)), slots[:, 4])
    for row in np.nonzero(canvas.sees(slots))[0]:
        canvas.stroke(corners[row], PARKED, 0.1, closed=True)


def _draw_spawn_points(canvas: _Canvas, town: Town) -> None:
    """A small arrow per spawn point."""
    size = max(1.6, 4.0 / canvas.scale)
    shape = np.array([[1.0, 0.0], [-0.8, 0.7], [-0.4, 0.0], [-0.8, -0.7]]) * size
    for pose in town.spawn_points:
        cos, sin = np.cos(pose[4]), np.sin(pose[4])
        canvas.fill(pose[:2] + shape @ np.array([[cos, sin], [-sin, cos]]), SPAWN)


def _draw_signals(canvas: _Canvas, signals: Signals) -> None:
    """A dot per light and sign, with a dark rim, at the head's place."""
    radius = max(3.0, 1.1 * canvas.scale)
    for row in range(len(signals.kind)):
        middle = tuple(int(v) for v in canvas.points(signals.head[row]))
        colour = SIGNAL_COLOURS[SignalKind(signals.kind[row])]
        size = radius if signals.kind[row] != SignalKind.SPEED_LIMIT else 0.8 * radius
        for reach, paint in ((size + 1.2, INK), (size, colour)):
            cv2.circle(
                canvas.image, middle, round(reach * (1 << FRACTION_BITS)), paint, cv2.FILLED, cv2.LINE_AA, FRACTION_BITS
            )
