"""A moment of a drive from above, and through the cameras where its data set has them."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lead.dataset.bev_grid import CARLA
from lead.dataset.codecs import decode_rgb
from lead.dataset.road_tiles import RoadShapes, RoadTiles
from lead.dataset.roads_below import shapes_of
from lead.dataset.route_file import RouteFile
from lead.dataset.writer import FRAMES
from lead.expert.scene import Kind
from lead.study.moments import Moment

Picture = NDArray[np.uint8]  # (H, W, 3) RGB
Colour = tuple[int, int, int]

SCALE = 2  # pixels to one of the window's
WIDTH = 960  # pixels of a camera picture
GROUNDS = np.array([(14, 14, 18), (56, 56, 64), (110, 110, 116)], np.uint8)
COLOURS: dict[int, Colour] = {
    Kind.CAR: (80, 170, 255), Kind.BICYCLE: (190, 110, 255), Kind.WALKER: (255, 90, 170), Kind.OBSTACLE: (255, 150, 30),
}  # fmt: skip
HIDDEN, SUBJECT, WAY, EGO = (255, 40, 40), (255, 240, 60), (60, 255, 90), (255, 255, 255)
TARGETS: tuple[Colour, ...] = ((150, 110, 0), (255, 190, 0), (255, 240, 140))  # previous, current, next
EGO_HALF = (2.45, 0.92)  # m
FONT = cv2.FONT_HERSHEY_SIMPLEX
LEGEND = (
    ("filled: seen by the student's sensors", (200, 200, 200)), ("red outline: no evidence of it", HIDDEN),
    ("ring: whom it is about", SUBJECT), ("line: the expert's way", WAY), ("dots: target points", TARGETS[1]),
)  # fmt: skip


class RoadsFromAbove:
    """The ground of the student's window, in any town; black where a town is not at hand."""

    def __init__(self, shapes: Callable[[str], RoadShapes] = shapes_of) -> None:
        self._shapes, self._towns = shapes, {}

    def __call__(self, town: str, pose: NDArray[np.float64]) -> Picture:
        """Seen from a world pose (6,)."""
        if town not in self._towns:
            try:
                self._towns[town] = RoadTiles(self._shapes(town))
            except LookupError:
                self._towns[town] = None
        tiles = self._towns[town]
        ground = np.zeros((CARLA.rows, CARLA.columns), np.uint8) if tiles is None else tiles.seen_from(pose, CARLA)
        return GROUNDS[np.minimum(ground, len(GROUNDS) - 1)]


def moment_picture(moment: Moment, roads: RoadsFromAbove, frames: Path | None = None) -> Picture:
    """The moment from above, forward up, with its story; the cameras' picture above it if its frames are at hand."""
    above = _captioned(_bird(moment, roads), moment)
    camera = _camera(moment, frames)
    if camera is None:
        return above
    height = round(camera.shape[0] * above.shape[1] / camera.shape[1])
    return np.concatenate([cv2.resize(camera, (above.shape[1], height), interpolation=cv2.INTER_AREA), above])


def _bird(moment: Moment, roads: RoadsFromAbove) -> Picture:
    audit, row = moment.audit, moment.row
    x, y, yaw = audit["pose"][row]
    ground = roads(audit.header.town, np.array([x, y, 0.0, 0.0, yaw, 0.0]))
    picture = cv2.resize(ground, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_NEAREST)

    def pixels(places: NDArray[np.floating]) -> NDArray[np.int32]:
        away = np.asarray(places, np.float64) - (x, y)
        c, s = np.cos(yaw), np.sin(yaw)
        own = np.stack([c * away[..., 0] + s * away[..., 1], -s * away[..., 0] + c * away[..., 1]], axis=-1)
        return np.round(CARLA.pixels(own) * SCALE).astype(np.int32)

    way = audit["way"][row]
    cv2.polylines(picture, [pixels(way[np.isfinite(way[:, 0])])], False, WAY, 3, cv2.LINE_AA)
    for k in range(audit["first"][row], audit["first"][row + 1]):
        corners = pixels(_corners(audit["box"][k]))
        if audit["seen"][k]:
            cv2.fillPoly(picture, [corners], COLOURS[int(audit["kind"][k])], cv2.LINE_AA)
        else:
            cv2.polylines(picture, [corners], True, HIDDEN, 2, cv2.LINE_AA)
        if audit["actor"][k] == moment.subject:
            cv2.circle(picture, pixels(audit["box"][k][:2]).tolist(), 22, SUBJECT, 2, cv2.LINE_AA)
    for place, colour in zip(pixels(audit["told"][row]), TARGETS, strict=True):
        cv2.circle(picture, place.tolist(), 6, colour, -1, cv2.LINE_AA)
    cv2.fillPoly(picture, [pixels(_corners(np.array([x, y, yaw, *EGO_HALF])))], EGO, cv2.LINE_AA)
    return cv2.rotate(picture, cv2.ROTATE_90_COUNTERCLOCKWISE)


def _corners(box: NDArray[np.floating]) -> NDArray[np.float64]:
    """Corners (4, 2) m of a box (5,) x, y, yaw, half length, half width; people are drawn as large as one can see."""
    x, y, yaw, length, width = (float(value) for value in box)
    length, width = max(length, 0.4), max(width, 0.4)
    along, aside = np.array([np.cos(yaw), np.sin(yaw)]) * length, np.array([-np.sin(yaw), np.cos(yaw)]) * width
    return np.array([x, y]) + np.array([along + aside, along - aside, -along - aside, -along + aside])


def _captioned(picture: Picture, moment: Moment) -> Picture:
    header, audit, row = moment.audit.header, moment.audit, moment.row
    lines = [
        f"{moment.situation}, route {header.route}, {header.town}, seed {header.seed}, {moment.time:.1f} s",
        f"expert {header.agent}, student's rig {header.rig}: {moment.measure}",
        moment.told,
        f"driving {audit['speed'][row]:.1f} m/s, target {audit['target'][row]:.1f}, "
        f"with the student's knowledge {audit['target'][row] - moment.speed:.1f}",
    ]
    banner = np.full((24 * len(lines) + 12, picture.shape[1], 3), 20, np.uint8)
    for number, line in enumerate(lines):
        cv2.putText(banner, line, (8, 22 + 24 * number), FONT, 0.45, (235, 235, 235), 1, cv2.LINE_AA)
    for number, (text, colour) in enumerate(LEGEND):
        cv2.putText(picture, text, (8, picture.shape[0] - 80 + 17 * number), FONT, 0.42, colour, 1, cv2.LINE_AA)
    return np.concatenate([banner, picture])


def _camera(moment: Moment, frames: Path | None) -> Picture | None:
    """What the cameras saw in the frame nearest to the moment, None without one."""
    if frames is None or not (frames / FRAMES).exists():
        return None
    route = RouteFile(frames)
    tick = int(moment.audit["tick"][moment.row])
    if not len(route):
        return None
    nearest = min(range(len(route)), key=lambda number: abs(route.frame(number).tick - tick))
    rgb = route.frame(nearest).view.rgb
    return None if rgb is None else decode_rgb(rgb)
