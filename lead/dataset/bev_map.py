"""The bird's-eye semantic map: roads and marks below, what stands and moves on them above.

Source: spec/tfv6.md, 3.2 (bev_semantic).
"""

from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from lead.dataset.bev_grid import BevWindow
from lead.dataset.box_labels import BoxClass, BoxLabels, SeenBoxes
from lead.dataset.frame import Boxes, Surroundings
from lead.dataset.kinds import BoxFlag, BoxKind, LightState


class BevClass(IntEnum):
    """Classes of the map's pixels."""

    UNLABELED = 0
    ROAD = 1
    LANE_MARKERS = 2
    STOP_SIGNS = 3
    VEHICLE = 4
    WALKER = 5
    OBSTACLE = 6
    PARKING_VEHICLE = 7
    SPECIAL_VEHICLE = 8
    BIKER = 9
    TRAFFIC_GREEN = 10
    TRAFFIC_RED_NORMAL = 11
    TRAFFIC_RED_NOT_NORMAL = 12


PAINT = {
    BoxClass.OBSTACLE: BevClass.OBSTACLE,
    BoxClass.PARKING: BevClass.PARKING_VEHICLE,
    BoxClass.VEHICLE: BevClass.VEHICLE,
    BoxClass.SPECIAL: BevClass.SPECIAL_VEHICLE,
    BoxClass.BIKER: BevClass.BIKER,
    BoxClass.WALKER: BevClass.WALKER,
}
"""Classes of boxes in the order in which they are painted."""

ENLARGED, LEAST = 2.5, 0.4  # factor of the half sizes of walkers and bicycles, and the least of them in m before it
DOOR = 0.6  # m that an opened door reaches out
SITE_RADIUS, SITE_CORNERS = 24.0, (24, 3)  # m; corners of cones and of warning signs that make a building site
SCENE_RADIUS = 48.0  # m from the ego, within which the actors of an accident are filled to one area
SCENES = ("Accident", "AccidentTwoWays", "ParkedObstacle", "ParkedObstacleTwoWays")
FRACTION_BITS = 4  # OpenCV's sub-pixel positions
CORNERS = np.array([(1, 1), (1, -1), (-1, -1), (-1, 1)], np.float64)


def bev_map(
    roads: NDArray[np.uint8], seen: SeenBoxes, surroundings: Surroundings, window: BevWindow
) -> NDArray[np.uint8]:
    """BevClass (rows, columns) of a window over its `roads` (rows, columns) from `RoadTiles`, in the boxes' frame."""
    image, chosen, labels = roads.copy(), seen.boxes, seen.labels
    canvas = _Canvas(image, window)
    corners = box_corners(labels)
    _paint_signals(canvas, chosen, labels, corners)
    _paint_scenes(canvas, chosen, surroundings, labels, corners)
    drawn = (chosen.kind != BoxKind.LIGHT) & (chosen.kind != BoxKind.STOP_SIGN)
    near = np.linalg.norm(labels.centre[:, :2], axis=1) < 2.0 * max(window.max_x, -window.min_x, window.max_y)
    for category, paint in PAINT.items():
        canvas.fill(corners[drawn & near & (labels.category == category)], paint)
    return image


def box_corners(labels: BoxLabels) -> NDArray[np.float64]:
    """Outlines (N, 4, 2) m of boxes as they are painted: walkers and bicycles larger, vehicles with their doors."""
    half = labels.extent[:, :2].astype(np.float64)
    weak = (labels.category == BoxClass.WALKER) | (labels.category == BoxClass.BIKER)
    half[weak] = np.maximum(half[weak], LEAST) * ENLARGED
    local = CORNERS[None] * half[:, None]
    local[labels.flags & BoxFlag.DOOR_RIGHT > 0] += DOOR * (CORNERS[:, 1:] > 0) * (0.0, 1.0)
    local[labels.flags & BoxFlag.DOOR_LEFT > 0] -= DOOR * (CORNERS[:, 1:] < 0) * (0.0, 1.0)
    return _turned(local, labels)


def _turned(local: NDArray[np.float64], labels: BoxLabels) -> NDArray[np.float64]:
    c, s = np.cos(labels.yaw.astype(np.float64)), np.sin(labels.yaw.astype(np.float64))
    x = c[:, None] * local[..., 0] - s[:, None] * local[..., 1]
    y = s[:, None] * local[..., 0] + c[:, None] * local[..., 1]
    return np.stack([x, y], -1) + labels.centre[:, None, :2]


class _Canvas:
    """The map under the brush, addressed in metres of the view."""

    def __init__(self, image: NDArray[np.uint8], window: BevWindow) -> None:
        self._image, self._window = image, window

    def fill(self, polygons: NDArray[np.float64], paint: BevClass) -> None:
        """Fill convex polygons (K, N, 2) m."""
        for pixels in np.round((self._window.pixels(polygons) - 0.5) * (1 << FRACTION_BITS)).astype(np.int32):
            cv2.fillConvexPoly(self._image, pixels, int(paint), cv2.LINE_8, FRACTION_BITS)

    def fill_hull(self, points: NDArray[np.float64], paint: BevClass) -> None:
        """Fill the convex hull of points (..., 2) m."""
        hull = cv2.convexHull(points.reshape(-1, 2).astype(np.float32))[:, 0]
        self.fill(hull[None].astype(np.float64), paint)


def _paint_signals(canvas: _Canvas, boxes: Boxes, labels: BoxLabels, corners: NDArray[np.float64]) -> None:
    """Stop signs to be stopped at, and the stop lines of the light that affects the ego as one area in its colour."""
    affects = boxes.flags & BoxFlag.AFFECTS_EGO > 0
    canvas.fill(corners[affects & (boxes.kind == BoxKind.STOP_SIGN)], BevClass.STOP_SIGNS)
    moved = boxes.flags & (BoxFlag.OVERHEAD | BoxFlag.EUROPEAN) > 0
    stops = (boxes.state == LightState.RED) | (boxes.state == LightState.YELLOW)
    lights = affects & (boxes.kind == BoxKind.LIGHT)
    for chosen, paint in (
        (boxes.state == LightState.GREEN, BevClass.TRAFFIC_GREEN),
        (stops & ~moved, BevClass.TRAFFIC_RED_NORMAL),
        (stops & moved, BevClass.TRAFFIC_RED_NOT_NORMAL),
    ):
        if (lights & chosen).any():
            canvas.fill_hull(corners[lights & chosen], paint)


def _paint_scenes(
    canvas: _Canvas, boxes: Boxes, surroundings: Surroundings, labels: BoxLabels, corners: NDArray[np.float64]
) -> None:
    """Building sites, accidents and parked obstacles as whole areas: what lies between their parts is blocked, too."""
    cones, signs = ((boxes.flags & flag > 0) for flag in (BoxFlag.CONE, BoxFlag.WARNING_SIGN))
    site = np.flatnonzero(cones | signs)
    if len(site):
        middle = labels.centre[site, :2].mean(0)
        site = site[np.linalg.norm(labels.centre[site, :2] - middle, axis=1) < SITE_RADIUS]
        if 4 * cones[site].sum() >= SITE_CORNERS[0] and 4 * signs[site].sum() >= SITE_CORNERS[1]:
            canvas.fill_hull(corners[site], BevClass.OBSTACLE)
    near = np.linalg.norm(labels.centre[:, :2], axis=1) < SCENE_RADIUS
    for row, name in enumerate(surroundings.type):
        if name in SCENES:
            cast = surroundings.cast[surroundings.cast[:, 0] == row, 1]
            chosen = near & np.isin(boxes.id, cast) & (labels.category == BoxClass.OBSTACLE)
            if chosen.any():
                canvas.fill_hull(corners[chosen], BevClass.OBSTACLE)
