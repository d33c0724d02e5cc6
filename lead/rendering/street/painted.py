"""What a map says is painted on its roads: crosswalks, stop lines, arrows and words, hatched areas.

The town's arrays do not hold these, and parsing all of a large map takes seconds, so only the roads that have some are
read, without their lanes.
"""

import re
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lead.roads.crossings import is_crosswalk
from lead.roads.opendrive import OpenDrive, RoadObject, parse_opendrive
from lead.roads.reference_line import road_points

_WANTED = re.compile(r'="(?:crosswalk|[^"]*(?:Crosswalk|StopLine|Stencil_|SingleW|SingleY|Region))')
_OBJECT = re.compile(r"<object\s[^>]*?(?:/>|[^/]>.*?</object>)", re.DOTALL)
_NO_LANES = '<lanes><laneSection s="0"><center><lane id="0" type="none"/></center></laneSection></lanes>'
_ARROW = re.compile(r"Stencil_ArrowType(\d)\w*?([LRB]?)$")


class Paint(IntEnum):
    """Shapes of paint; an outline's points are in the object's own frame."""

    CROSSWALK = 0  # closed outline
    STOP_LINE = 1  # open outline
    LINE = 2  # open outline, white
    DASHED_LINE = 3
    HATCHED = 4  # closed outline
    WORD_STOP = 5
    GIVE_WAY = 6  # triangle
    ARROW_AHEAD = 7
    ARROW_RIGHT = 8
    ARROW_LEFT = 9
    ARROW_AHEAD_RIGHT = 10
    ARROW_AHEAD_LEFT = 11


class Painted(NamedTuple):
    """Painted objects (P rows) in CARLA's frame."""

    kind: NDArray[np.uint8]  # (P,) Paint
    yellow: NDArray[np.bool_]  # (P,)
    place: NDArray[np.float64]  # (P, 4) x, y, z m and yaw rad
    outline_start: NDArray[np.int64]  # (P + 1,) rows of `outline`
    outline: NDArray[np.float64]  # (K, 3) m, along, to the right, up, from `place`


def find_painted(text: str) -> Painted:
    """Everything painted that an OpenDRIVE text names; objects without a place or shape are left out."""
    opendrive = parse_opendrive(_roads_with_paint(text))
    found = [(kind, item) for item in opendrive.objects if (kind := _kind(item)) is not None]
    outlines = [_outline(opendrive, kind, item) for kind, item in found]
    items = [item for _, item in found]
    place = np.zeros((len(items), 4))
    if items:
        place = road_points(opendrive, [o.road for o in items], [o.s for o in items], [o.t for o in items])
        place[:, 2] += [o.z_offset for o in items]
        place[:, 3] -= [o.heading for o in items]
    return Painted(
        np.array([kind for kind, _ in found], np.uint8),
        np.array(["Yellow" in item.name for item in items], np.bool_),
        place,
        np.concatenate([[0], np.cumsum([len(outline) for outline in outlines])]).astype(np.int64),
        np.concatenate([np.zeros((0, 3)), *outlines]),
    )


def crosswalk_points(painted: Painted) -> NDArray[np.float64]:
    """Places (n, 2) m, closer than 2 m to each other, all over the crosswalks."""
    points = [np.zeros((0, 2))]
    for k in np.flatnonzero(painted.kind == Paint.CROSSWALK):
        outline = painted.outline[painted.outline_start[k] : painted.outline_start[k + 1], :2]
        middle = outline.mean(axis=0)
        corner = np.concatenate([outline, 0.5 * (outline + np.roll(outline, -1, axis=0))])
        share = np.linspace(0.0, 1.0, 2 + int(np.ptp(outline, axis=0).max() // 3.0))[:, None, None]
        local = (middle + share * (corner - middle)).reshape(-1, 2)
        c, s = np.cos(painted.place[k, 3]), np.sin(painted.place[k, 3])
        points.append(local @ np.array([[c, s], [-s, c]]) + painted.place[k, :2])
    return np.concatenate(points)


def _roads_with_paint(text: str) -> str:
    """A small OpenDRIVE text with the reference lines of the roads that have paint, and those objects."""
    roads = []
    start = text.find("<road ")
    while start >= 0:
        following = text.find("<road ", start + 6)
        end = following if following >= 0 else len(text)
        objects = text.find("<object ", start, end)
        if objects >= 0:
            kept = [item for item in _OBJECT.findall(text, objects, end) if _WANTED.search(item, 0, item.find(">"))]
            if kept:
                head = text[start : text.find("<lanes", start, end)]
                roads.append(f"{head}{_NO_LANES}<objects>{''.join(kept)}</objects></road>")
        start = following
    if not roads:
        roads = ['<road id="0" length="1"><planView><geometry s="0" x="0" y="0" hdg="0" length="1"><line/></geometry>']
        roads.append(f"</planView>{_NO_LANES}</road>")
    return f"<OpenDRIVE>{''.join(roads)}</OpenDRIVE>"


def _kind(item: RoadObject) -> Paint | None:
    """What kind of paint an object is, None if it is none that can be drawn."""
    name, outlined = item.name, len(item.corners_local) + len(item.corners_road)
    if is_crosswalk(item):
        return Paint.CROSSWALK
    if name.startswith("Stencil_"):
        return _stencil(name)
    if outlined < 2:
        return None
    if name.startswith("StopLine"):
        return Paint.STOP_LINE
    if "Region" in name:
        return Paint.HATCHED if outlined >= 3 else None
    if "Single" in name:
        return Paint.DASHED_LINE if name.startswith("Dashed") else Paint.LINE
    return None


def _stencil(name: str) -> Paint | None:
    """What RoadRunner's stencil assets show."""
    if name == "Stencil_STOP":
        return Paint.WORD_STOP
    if name == "Stencil_GiveWay":
        return Paint.GIVE_WAY
    arrow = _ARROW.match(name)
    if arrow is None:
        return None
    number, side = int(arrow[1]), arrow[2]
    if number == 1 or side == "":
        return Paint.ARROW_AHEAD
    if number in (2, 3):
        return Paint.ARROW_AHEAD_LEFT if side == "L" else Paint.ARROW_AHEAD_RIGHT
    return Paint.ARROW_LEFT if side == "L" else Paint.ARROW_RIGHT


def _outline(opendrive: OpenDrive, kind: Paint, item: RoadObject) -> NDArray[np.float64]:
    """Outline (n, 3) in the object's frame; closed ones do not repeat their first point."""
    if kind > Paint.HATCHED:
        return np.zeros((0, 3))
    if item.corners_local:
        points = np.array(item.corners_local) * [1.0, -1.0, 1.0]
    else:
        s, t, up = np.array(item.corners_road).T
        world = road_points(opendrive, np.full(len(s), item.road), s, t)
        x, y, z, yaw = road_points(opendrive, [item.road], [item.s], [item.t])[0]
        yaw -= item.heading
        dx, dy = world[:, 0] - x, world[:, 1] - y
        points = np.column_stack(
            [
                np.cos(yaw) * dx + np.sin(yaw) * dy,
                np.cos(yaw) * dy - np.sin(yaw) * dx,
                world[:, 2] + up - z - item.z_offset,
            ]
        )
    closed = kind in (Paint.CROSSWALK, Paint.HATCHED)
    return points[:-1] if closed and len(points) > 3 and np.abs(points[0] - points[-1]).max() < 1e-3 else points
