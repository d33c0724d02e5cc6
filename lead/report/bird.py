"""A moment of a drive from above, the ego's heading up: map, lights, other actors, route, plan, what was believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, hypot, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from lead.roads.draw import Background, View, box_corners, paint_background
from lead.roads.palette import ASPHALT, GRASS, INK, LIGHT_COLOURS
from lead.roads.signals import SignalKind
from lead.roads.town import Town

Colour = tuple[int, int, int]  # BGR, as OpenCV has it

SCALE = 5.0  # pixels per m
PAINTED = 400.0  # m, side of the map that is painted at once
EGO_DOWN = 0.68  # of the picture's height at which the ego is
BITS = 4  # OpenCV's sub-pixel positions
DRIVER, SITUATION, TRAFFIC, STANDING, PROP, PERSON = (
    (60, 190, 40), (30, 140, 250), (214, 160, 90), (176, 170, 160), (130, 190, 235), (200, 60, 200),
)  # fmt: skip
ROUTE, PLAN, WAYPOINT, BELIEVED, UNSEEN = (
    (250, 240, 200),
    (255, 80, 220),
    (255, 255, 255),
    (60, 250, 250),
    (40, 20, 230),
)
TARGETS = ((150, 170, 180), (0, 190, 255), (140, 240, 255))
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Actors:
    """What is there at a moment; rows of N actors, the ego among them."""

    kind: Sequence[str]  # of a type id: vehicle.tesla.model3
    role: Sequence[str]
    pose: Points  # (N, 6) x, y, z (m), pitch, yaw, roll (rad)
    extent: Points  # (N, 3) half sizes, m
    unseen: NDArray[np.bool_]  # (N,) whether the student could not have seen it


@dataclass(frozen=True)
class Intent:
    """What the driver was told and meant, in its own frame (x forward, y right, m); empty where it is not known."""

    targets: Points = field(default_factory=lambda: np.empty((0, 2)))  # (P, 2)
    path: Points = field(default_factory=lambda: np.empty((0, 2)))  # (R, 2)
    waypoints: Points = field(default_factory=lambda: np.empty((0, 2)))  # (W, 2)
    boxes: Points = field(default_factory=lambda: np.empty((0, 5)))  # (B, 5) x, y, yaw (rad), half length, half width


class BirdView:
    """Draws moments of one drive; the map is painted around the ego and again when it nears its edge."""

    def __init__(self, town: Town | None, route: Points, width: int, height: int) -> None:
        """`route` (M, 2 or 3) m is the way to drive; without a town there is plain ground."""
        self._town, self._route = town, route[:, :2]
        self._width, self._height = width, height
        self._reach = hypot(0.5 * width, EGO_DOWN * height) / SCALE
        self._background: Background | None = None
        self._middle = np.full(2, np.inf)

    def draw(
        self, ego: Points, actors: Actors, lights: Mapping[int, int] | None = None, intent: Intent | None = None
    ) -> NDArray[np.uint8]:  # fmt: skip
        """A picture (height, width, 3) BGR around the ego's pose (6,); `lights` are states by row of the town's signals."""
        to_picture = self._frame_of(ego)
        image = self._ground(ego, to_picture)
        self._line(image, self._near(ego), to_picture, ROUTE, 2)
        self._draw_lights(image, lights or {}, to_picture)
        self._draw_actors(image, actors, to_picture)
        if intent is not None:
            self._draw_intent(image, intent)
        return image

    def _frame_of(self, ego: Points) -> Points:
        """World (x, y, 1) to pixels, (2, 3)."""
        c, s = cos(ego[4]), sin(ego[4])
        across, down = np.array([-s, c]) * SCALE, np.array([-c, -s]) * SCALE
        middle = (0.5 * self._width, EGO_DOWN * self._height)
        return np.array([[*across, middle[0] - across @ ego[:2]], [*down, middle[1] - down @ ego[:2]]])

    def _ground(self, ego: Points, to_picture: Points) -> NDArray[np.uint8]:
        if self._town is None:
            return np.full((self._height, self._width, 3), ASPHALT, np.uint8)
        if np.abs(ego[:2] - self._middle).max() > 0.5 * PAINTED - self._reach:
            self._middle = ego[:2].copy()
            view = View(float(ego[0]), float(ego[1]), PAINTED, PAINTED)
            self._background = paint_background(self._town, view, round(PAINTED * SCALE))
        background = self._background
        assert background is not None
        turn = to_picture[:, :2] / background.scale
        shift = to_picture[:, :2] @ np.array(background.origin) + to_picture[:, 2]
        return cv2.warpAffine(
            background.image, np.column_stack([turn, shift]), (self._width, self._height), flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT, borderValue=GRASS,
        )  # fmt: skip

    def _near(self, ego: Points) -> Points:
        near = np.flatnonzero(np.hypot(*(self._route - ego[:2]).T) < self._reach + 5.0)
        return self._route[near[0] : near[-1] + 1] if len(near) else self._route[:0]

    def _draw_lights(self, image: NDArray[np.uint8], lights: Mapping[int, int], to_picture: Points) -> None:
        """A bar across each lane at the stop line of a light that was looked at."""
        if self._town is None:
            return
        signals, samples = self._town.signals, self._town.network.samples
        for row, state in lights.items():
            if signals.kind[row] != SignalKind.LIGHT:
                continue
            stops = signals.stop_sample[signals.stop_start[row] : signals.stop_start[row + 1]]
            for stop in stops:
                ends = np.stack([samples.left[stop, :2], samples.right[stop, :2]])
                self._line(image, ends, to_picture, LIGHT_COLOURS[state], 4)

    def _draw_actors(self, image: NDArray[np.uint8], actors: Actors, to_picture: Points) -> None:
        extent = np.maximum(actors.extent, 0.35)
        corners = box_corners(actors.pose[:, :3], extent, actors.pose[:, 4])
        for row in np.argsort(actors.pose[:, 2], kind="stable").tolist():
            box = _fixed(_moved(corners[row], to_picture))
            cv2.fillPoly(image, [box], _colour(actors.kind[row], actors.role[row]), cv2.LINE_AA, BITS)
            cv2.polylines(image, [box], True, INK, 1, cv2.LINE_AA, BITS)
            if actors.unseen[row]:
                cv2.polylines(image, [box], True, UNSEEN, 3, cv2.LINE_AA, BITS)
            if actors.kind[row].startswith("vehicle."):
                c = corners[row]
                front = np.stack([0.8 * c[0] + 0.2 * c[3], 0.8 * c[1] + 0.2 * c[2]])
                self._line(image, front, to_picture, INK, 1)

    def _draw_intent(self, image: NDArray[np.uint8], intent: Intent) -> None:
        """Plan, waypoints, target points and believed boxes, given in the ego's frame."""
        own = np.array([[0.0, SCALE, 0.5 * self._width], [-SCALE, 0.0, EGO_DOWN * self._height]])
        if len(intent.boxes):
            flat = np.column_stack([intent.boxes[:, :2], np.zeros(len(intent.boxes))])
            for box in box_corners(flat, intent.boxes[:, 3:5], intent.boxes[:, 2]):
                cv2.polylines(image, [_fixed(_moved(box, own))], True, BELIEVED, 2, cv2.LINE_AA, BITS)
        self._line(image, intent.path, own, PLAN, 2)
        for places, radius, colours in ((intent.waypoints, 3.0, (WAYPOINT,)), (intent.targets, 5.5, TARGETS)):
            pixels = _fixed(_moved(places, own))
            for number, place in enumerate(pixels):
                colour = colours[min(number, len(colours) - 1)]
                for reach, paint in ((radius + 1.0, INK), (radius, colour)):
                    cv2.circle(image, place.tolist(), round(reach * (1 << BITS)), paint, cv2.FILLED, cv2.LINE_AA, BITS)

    def _line(self, image: NDArray[np.uint8], line: Points, moved: Points, colour: Colour, width: int) -> None:
        if len(line) > 1:
            cv2.polylines(image, [_fixed(_moved(line, moved))], False, colour, width, cv2.LINE_AA, BITS)


def _colour(kind: str, role: str) -> Colour:
    if role == "hero":
        return DRIVER
    if role == "scenario":
        return SITUATION
    if kind.startswith("walker."):
        return PERSON
    if role == "parked":
        return STANDING
    return PROP if kind.startswith("static.prop") else TRAFFIC


def _moved(points: Points, to_picture: Points) -> Points:
    return np.asarray(points)[:, :2] @ to_picture[:, :2].T + to_picture[:, 2]


def _fixed(pixels: Points) -> NDArray[np.int32]:
    return np.round(np.clip(pixels - 0.5, -3e4, 3e4) * (1 << BITS)).astype(np.int32)
