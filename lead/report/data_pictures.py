"""A recorded frame as a picture: boxes, route and target points as the cameras see them, and from above beside it."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.dataset.bev_grid import CARLA, BevWindow
from lead.dataset.box_labels import LabelSettings, is_seen, relevant
from lead.dataset.codecs import decode_rgb, decode_semantics
from lead.dataset.frame import Boxes, Frame
from lead.dataset.header import Camera, RouteHeader
from lead.dataset.kinds import BoxKind, LightState
from lead.dataset.lidar_raster import count_raster
from lead.dataset.roads_below import RoadsBelow
from lead.dataset.route_file import RouteFile
from lead.dataset.target_points import told_points
from lead.dataset.viewpoint import moved_by, seen_from, view_pose
from lead.geometry.poses import to_local, to_world
from lead.report.video import Clip

Colour = tuple[int, int, int]  # RGB
Picture = NDArray[np.uint8]  # (H, W, 3)

COLOURS: dict[BoxKind, Colour] = {
    BoxKind.VEHICLE: (80, 170, 255), BoxKind.BICYCLE: (190, 110, 255), BoxKind.WALKER: (255, 80, 160),
    BoxKind.OBSTACLE: (255, 150, 30), BoxKind.PARKED: (130, 160, 180), BoxKind.LIGHT: (255, 255, 90),
    BoxKind.STOP_SIGN: (230, 40, 40),
}  # fmt: skip
LIGHTS: dict[int, Colour] = {
    LightState.RED: (255, 40, 40),
    LightState.YELLOW: (255, 220, 0),
    LightState.GREEN: (40, 220, 60),
}
UNSEEN: Colour = (90, 90, 90)
ROUTE, TARGETS = (60, 255, 90), ((150, 110, 0), (255, 190, 0), (255, 240, 140))
CLASSES = np.array([
    (0, 0, 0), (80, 170, 255), (110, 80, 120), (255, 220, 0), (255, 80, 160), (230, 230, 230), (255, 150, 30),
    (40, 80, 255), (230, 40, 40), (190, 110, 255),
], np.uint8)  # fmt: skip  # of lead.dataset.kinds.Semantic
GROUNDS = np.array([(12, 12, 16), (52, 52, 60), (105, 105, 110), (105, 105, 110)], np.uint8)
ABOVE_SCALE = 3  # pixels of the bird's-eye view to one of the window's
TICKS = 20.0  # per second
NEAR = 0.3  # m ahead of a camera, up to which lines are cut off
POP_DISTANCE = 3.25  # m, of the target points that are drawn
EDGES = [(a, b) for a in range(8) for b in range(a + 1, 8) if bin(a ^ b).count("1") == 1]
CORNERS = np.array([[(k >> axis & 1) * 2.0 - 1.0 for axis in range(3)] for k in range(8)])


def frame_picture(route: RouteFile, row: int, roads: RoadsBelow, perturbed: bool = False) -> Picture:
    """A frame in one picture: colour above classes, the bird's-eye view beside them; `perturbed` as the copy saw it."""
    frame, header = route.frame(row), route.header
    moved = moved_by(perturbed, header, frame.moved)
    pose, view = view_pose(frame.ego.pose, moved), frame.perturbed if perturbed else frame.view
    rows = []
    if view.rgb is not None:
        rows.append(_marked(decode_rgb(view.rgb).copy(), frame, header, pose))
    if view.semantics is not None:
        rows.append(CLASSES[decode_semantics(view.semantics)])
    ground = roads(route, pose, CARLA)
    above = _bird(frame, header, pose, ground, perturbed)
    if not rows:
        return above
    left = np.concatenate(rows)
    width = round(above.shape[1] * left.shape[0] / above.shape[0])
    return np.concatenate([left, cv2.resize(above, (width, left.shape[0]), interpolation=cv2.INTER_AREA)], axis=1)


def _marked(picture: Picture, frame: Frame, header: RouteHeader, pose: NDArray[np.float64]) -> Picture:
    """Boxes, route and target points drawn into the cameras' pictures."""
    boxes, seen, left = frame.boxes, _told(frame.boxes), 0
    corners = _corners(boxes)
    points, _ = _targets(frame, header)
    ground = np.column_stack([points, np.full(3, frame.ego.pose[2])])
    for camera in header.rig.cameras:
        part = np.ascontiguousarray(picture[:, left : left + camera.width])
        for n in np.flatnonzero(seen)[::-1]:
            for a, b in EDGES:
                _line(part, camera, pose, corners[n, [a, b]], _colour(boxes, int(n)), 1)
        for k in range(len(frame.intent.route) - 1):
            _line(part, camera, pose, frame.intent.route[k : k + 2], ROUTE, 2)
        for place, colour in zip(ground, TARGETS):
            _line(part, camera, pose, np.array([place, place + (0.0, 0.0, 2.0)]), colour, 3)
        picture[:, left : left + camera.width] = part
        left += camera.width
    return picture


def _bird(
    frame: Frame, header: RouteHeader, pose: NDArray[np.float64], ground: NDArray[np.uint8], perturbed: bool
) -> Picture:  # fmt: skip
    """Roads, LiDAR, radar, boxes, route and target points from above, forward up."""
    window: BevWindow = CARLA
    view = frame.perturbed if perturbed else frame.view
    moved = moved_by(perturbed, header, frame.moved)
    scale = ABOVE_SCALE
    picture = cv2.resize(
        GROUNDS[np.minimum(ground, len(GROUNDS) - 1)], None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST
    )
    if frame.cloud is not None:
        points = cv2.resize(
            count_raster(frame.cloud, window, moved), None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST
        )
        picture[points > 0] = (190, 200, 210)
    if view.radar is not None:
        for x, y in window.pixels(view.radar[:, :2]) * scale:
            cv2.circle(picture, (int(x), int(y)), 2, (255, 60, 255), -1)
    boxes, told = frame.boxes, _told(frame.boxes)
    flat = _corners(boxes)[:, [0, 1, 3, 2]].reshape(-1, 3)
    outlines = (window.pixels(seen_from(flat, pose)) * scale).reshape(-1, 4, 2)
    for n in range(len(boxes)):
        colour = _colour(boxes, n) if told[n] else UNSEEN
        cv2.polylines(picture, [outlines[n].astype(np.int32)], True, colour, 2)
    way = (window.pixels(seen_from(frame.intent.route, pose)) * scale).astype(np.int32)
    cv2.polylines(picture, [way], False, ROUTE, 2)
    points, _ = _targets(frame, header)
    there = window.pixels(seen_from(np.column_stack([points, np.zeros(3)]), pose)) * scale
    for (x, y), colour in zip(there, TARGETS):
        cv2.circle(picture, (int(x), int(y)), 7, colour, -1)
    half = np.array([[1, 1, 0], [1, -1, 0], [-1, -1, 0], [-1, 1, 0]]) * header.ego_extent
    ego = to_world(np.ascontiguousarray(half + header.ego_centre), frame.ego.pose)
    cv2.polylines(picture, [(window.pixels(seen_from(ego, pose)) * scale).astype(np.int32)], True, (255, 255, 255), 2)
    return cv2.rotate(picture, cv2.ROTATE_90_COUNTERCLOCKWISE)


def _told(boxes: Boxes) -> NDArray[np.bool_]:
    """Which boxes a student is to say."""
    return is_seen(boxes, LabelSettings()) & (relevant(boxes) | np.isin(boxes.kind, (BoxKind.LIGHT, BoxKind.STOP_SIGN)))


def _targets(frame: Frame, header: RouteHeader) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    row = header.pop_distances.index(POP_DISTANCE)
    return told_points(header.plan.points, header.plan.commands, int(frame.intent.reached[row]))


def _colour(boxes: Boxes, row: int) -> Colour:
    kind = BoxKind(boxes.kind[row])
    return LIGHTS.get(int(boxes.state[row]), COLOURS[kind]) if kind == BoxKind.LIGHT else COLOURS[kind]


def _corners(boxes: Boxes) -> NDArray[np.float64]:
    """World corners (B, 8, 3); the first four are the lower ones."""
    found = np.empty((len(boxes), 8, 3))
    for n in range(len(boxes)):
        local = boxes.centre[n] + CORNERS * boxes.extent[n]
        found[n] = to_world(np.ascontiguousarray(local, np.float64), np.ascontiguousarray(boxes.pose[n], np.float64))
    return found


def _line(
    picture: Picture, camera: Camera, pose: NDArray[np.float64], ends: NDArray[np.float64], colour: Colour, width: int
) -> None:
    """A line between two world places (2, 3), as a camera of the rig at a world pose sees it."""
    rig = to_local(np.ascontiguousarray(ends, np.float64), pose)
    a, b = to_local(rig, np.array(camera.mount))
    if max(a[0], b[0]) < NEAR:
        return
    if a[0] < NEAR:
        a = a + (b - a) * (NEAR - a[0]) / (b[0] - a[0])
    if b[0] < NEAR:
        b = b + (a - b) * (NEAR - b[0]) / (a[0] - b[0])
    pixels = [
        (
            int(np.clip(0.5 * camera.width + camera.focal * y / x, -1e4, 1e4)),
            int(np.clip(0.5 * camera.height - camera.focal * z / x, -1e4, 1e4)),
        )
        for x, y, z in (a, b)
    ]
    cv2.line(picture, *pixels, colour, width, cv2.LINE_AA)


def draw_sheet(route: RouteFile, path: Path, count: int, perturbed: bool = False, width: int = 1200) -> None:
    """Write frames from a whole drive, evenly spread, one below the other, as one picture of that width (pixels)."""
    roads = RoadsBelow()
    rows = np.unique(np.linspace(0, len(route) - 1, count).round().astype(int)).tolist()
    pictures = [frame_picture(route, row, roads, perturbed) for row in rows]
    small = [
        cv2.resize(p, (width, round(p.shape[0] * width / p.shape[1])), interpolation=cv2.INTER_AREA) for p in pictures
    ]
    if not cv2.imwrite(str(path), np.concatenate(small)[..., ::-1]):
        raise InputError(f"cannot write {path}; expected a folder that is there and a name that ends with .jpg or .png")


def draw_clip(
    route: RouteFile, path: Path, perturbed: bool = False, drawn: Callable[[], None] = lambda: None, width: int = 1280
) -> None:
    """Write all frames as a clip at the speed of the drive; `drawn` is called after each."""
    roads = RoadsBelow()
    with Clip(path, round(TICKS / route.header.ticks_per_frame)) as clip:
        for row in range(len(route)):
            picture = frame_picture(route, row, roads, perturbed)
            height = round(picture.shape[0] * width / picture.shape[1])
            clip.add(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA))
            drawn()
