"""Parse OpenDRIVE 1.4 text; the result's types (`OpenDrive` and its parts) are importable from here too.

The XML is read as a stream, one road at a time, so that 90 MB towns do not need a gigabyte.
Source: ASAM OpenDRIVE 1.4H, and what CARLA 0.9.16 reads of it.
"""

import io
import re
from array import array

import numpy as np
from lxml import etree
from lxml.etree import _Element as Element

from lead.roads.attributes import integer, link_kind, number, speed_of, validities, where
from lead.roads.network import LaneKind, MarkColour, MarkKind
from lead.roads.opendrive_records import (
    NO_LINK,
    Controller,
    Cubics,
    Geometries,
    GeometryKind,
    LaneLinks,
    LinkKind,
    OpenDrive,
    OpenDriveError,
    RoadObject,
    Roads,
    SectionLanes,
    Sections,
    Signal,
    SignalReference,
)

__all__ = [
    "NO_LINK",
    "Controller",
    "Cubics",
    "Geometries",
    "GeometryKind",
    "LaneLinks",
    "LinkKind",
    "OpenDrive",
    "OpenDriveError",
    "RoadObject",
    "Roads",
    "SectionLanes",
    "Sections",
    "Signal",
    "SignalReference",
    "parse_opendrive",
]

LANE_KINDS = {kind.name.lower(): int(kind) for kind in LaneKind}
MARK_KINDS = {kind.name.lower().replace("_", " "): int(kind) for kind in MarkKind}
MARK_COLOURS = {"standard": 0} | {colour.name.lower(): int(colour) for colour in MarkColour}
DEFAULT_MARK_WIDTH = 0.125  # m, RoadRunner's default where a mark has no width attribute


def parse_opendrive(text: str) -> OpenDrive:
    """Parse OpenDRIVE text; raises OpenDriveError with the place and the reason where it cannot be read."""
    tags = ("header", "road", "controller", "junction")
    events = etree.iterparse(io.BytesIO(text.encode()), tag=tags, encoding="utf-8", huge_tree=True)
    reader = _Reader()
    try:
        for _, element in events:
            parent = element.getparent()
            if parent is not None and parent.getparent() is None:
                if parent.tag != "OpenDRIVE":
                    raise OpenDriveError(f"root element is <{parent.tag}>, expected <OpenDRIVE>")
                reader.read(element)
                element.clear()
    except etree.XMLSyntaxError as error:
        raise OpenDriveError(f"not well-formed XML: {error}; expected an OpenDRIVE document") from error
    if events.root is None or events.root.tag != "OpenDRIVE":
        raise OpenDriveError(f"root element is <{getattr(events.root, 'tag', '')}>, expected <OpenDRIVE>")
    return reader.finish()


class _Pieces:
    """Rows that belong to owners one after another: `close` ends an owner's rows."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.values = array("d")
        self.start = array("q", [0])

    def add(self, *row: float) -> None:
        self.values.extend(row)

    def close(self) -> None:
        self.start.append(len(self.values) // self.columns)

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        return np.array(self.start, np.int64), np.array(self.values, np.float64).reshape(-1, self.columns)

    def cubics(self) -> Cubics:
        start, rows = self.arrays()
        return Cubics(start, np.ascontiguousarray(rows[:, 0]), np.ascontiguousarray(rows[:, 1:]))


class _Reader:
    """Collects top-level elements into growing arrays."""

    def __init__(self) -> None:
        self.geo_reference = (0.0, 0.0)
        self.roads = _Pieces(9)
        self.geometries = _Pieces(15)
        self.elevation, self.superelevation, self.lane_offset = _Pieces(5), _Pieces(5), _Pieces(5)
        self.speeds = _Pieces(2)
        self.sections = _Pieces(3)
        self.lanes = _Pieces(5)
        self.widths, self.heights, self.marks, self.lane_speeds = _Pieces(5), _Pieces(3), _Pieces(4), _Pieces(2)
        self.lane_links = _Pieces(6)
        self.junctions: list[int] = []
        self.signals: list[Signal] = []
        self.references: list[SignalReference] = []
        self.controllers: list[Controller] = []
        self.junction_controllers: dict[int, tuple[str, ...]] = {}
        self.objects: list[RoadObject] = []

    def read(self, element: Element) -> None:
        if element.tag == "road":
            self._road(element)
        elif element.tag == "junction":
            self._junction(element)
        elif element.tag == "controller":
            signals = tuple(c.get("signalId", "") for c in element.iterfind("control"))
            sequence = integer(element, "sequence", 0)
            self.controllers.append(Controller(element.get("id", ""), element.get("name", ""), sequence, signals))
        else:
            text = element.findtext("geoReference") or ""
            found = [re.search(rf"\+{key}=([-+0-9.eE]+)", text) for key in ("lat_0", "lon_0")]
            if all(found):
                self.geo_reference = (float(found[0][1]), float(found[1][1]))  # type: ignore[index]

    def _road(self, road: Element) -> None:
        road_id, length = integer(road, "id"), number(road, "length")
        link = []
        for side in ("predecessor", "successor"):
            end = road.find(f"link/{side}")
            at_end = end is not None and end.get("contactPoint") == "end"
            link += [0, -1, False] if end is None else [link_kind(end), integer(end, "elementId"), at_end]
        self.roads.add(road_id, length, integer(road, "junction", -1), *link)
        self._reference_line(road)
        for profile, path in (
            (self.elevation, "elevationProfile/elevation"),
            (self.superelevation, "lateralProfile/superelevation"),
            (self.lane_offset, "lanes/laneOffset"),
        ):
            _read_cubics(profile, road.iterfind(path), "s")
        for kind in road.iterfind("type"):
            limit = kind.find("speed")
            self.speeds.add(number(kind, "s", 0.0), 0.0 if limit is None else speed_of(limit))
        self.speeds.close()
        self._sections(road, length)
        self._objects(road, road_id)
        self._signals(road, road_id)

    def _reference_line(self, road: Element) -> None:
        for geometry in road.iterfind("planView/geometry"):
            place = [number(geometry, name) for name in ("s", "x", "y", "hdg", "length")]
            shape = next((child for child in geometry if child.tag in _SHAPES), None)
            if shape is None:
                raise OpenDriveError(f"{where(geometry)}: no shape found, expected one of {', '.join(_SHAPES)}")
            kind, names = _SHAPES[shape.tag]
            values = [number(shape, name) for name in names]
            if kind == GeometryKind.PARAM_POLY3:
                values.append(1.0 if shape.get("pRange", "normalized") == "normalized" else place[4])
            self.geometries.add(*place, kind, *values, *[0.0] * (9 - len(values)))
        self.geometries.close()
        if self.geometries.start[-1] == self.geometries.start[-2]:
            raise OpenDriveError(f"{where(road)}: no <planView><geometry> found")

    def _sections(self, road: Element, length: float) -> None:
        found = road.findall("lanes/laneSection")
        if not found:
            raise OpenDriveError(f"{where(road)}: no <laneSection> found, expected at least one")
        starts = [number(section, "s") for section in found]
        road_row = len(self.roads.values) // self.roads.columns - 1
        for section, start, end in zip(found, starts, [*starts[1:], length], strict=True):
            self.sections.add(road_row, start, end)
            lanes = sorted(section.iterfind("*/lane"), key=lambda lane: -integer(lane, "id"))
            for lane in lanes:
                self._lane(lane)
            self.lanes.close()
        self.sections.close()
        self.roads.close()

    def _lane(self, lane: Element) -> None:
        links = [lane.find("link/predecessor"), lane.find("link/successor")]
        link_ids = [NO_LINK if link is None else integer(link, "id") for link in links]
        section = len(self.sections.values) // self.sections.columns - 1
        kind = LANE_KINDS.get((lane.get("type") or "none").lower(), int(LaneKind.OTHER))
        self.lanes.add(section, integer(lane, "id"), kind, *link_ids)
        if lane.find("border") is not None and lane.find("width") is None:
            raise OpenDriveError(f"{where(lane)}: lane <border> records found, expected <width> records")
        _read_cubics(self.widths, lane.iterfind("width"), "sOffset")
        for height in lane.iterfind("height"):
            self.heights.add(*(number(height, name, 0.0) for name in ("sOffset", "inner", "outer")))
        for mark in lane.iterfind("roadMark"):
            kind = MARK_KINDS.get((mark.get("type") or "none").lower(), int(MarkKind.OTHER))
            colour = MARK_COLOURS.get((mark.get("color") or "standard").lower(), 0)
            self.marks.add(number(mark, "sOffset", 0.0), kind, colour, number(mark, "width", DEFAULT_MARK_WIDTH))
        for limit in lane.iterfind("speed"):
            self.lane_speeds.add(number(limit, "sOffset", 0.0), speed_of(limit))
        for pieces in (self.heights, self.marks, self.lane_speeds):
            pieces.close()

    def _objects(self, road: Element, road_id: int) -> None:
        for item in road.iterfind("objects/object"):
            local = [[number(c, name, 0.0) for name in "uvz"] for c in item.iter("cornerLocal")]
            along = [[number(c, name, 0.0) for name in ("s", "t", "dz")] for c in item.iter("cornerRoad")]
            names = ("s", "t", "zOffset", "hdg", "pitch", "roll")
            self.objects.append(
                RoadObject(
                    item.get("id", ""),
                    road_id,
                    item.get("type", ""),
                    item.get("name", ""),
                    *(number(item, name, 0.0) for name in names),
                    item.get("orientation", "none"),
                    *(number(item, name, 0.0) for name in ("length", "width", "height")),
                    corners_local=tuple(tuple(corner) for corner in local),
                    corners_road=tuple(tuple(corner) for corner in along),
                    parking_space=item.find("parkingSpace") is not None,
                )
            )

    def _signals(self, road: Element, road_id: int) -> None:
        for item in road.iterfind("signals/signal"):
            value = number(item, "value", 0.0)
            self.signals.append(
                Signal(
                    item.get("id", ""),
                    road_id,
                    *(number(item, name, 0.0) for name in ("s", "t", "zOffset", "hOffset", "pitch", "roll")),
                    orientation=item.get("orientation", "none"),
                    type=item.get("type", ""),
                    subtype=item.get("subtype", ""),
                    value=0.0 if value == -1.0 else value,
                    unit=item.get("unit", ""),
                    name=item.get("name", ""),
                    text=item.get("text", ""),
                    dynamic=item.get("dynamic", "no") == "yes",
                    width=number(item, "width", 0.0),
                    height=number(item, "height", 0.0),
                    validities=validities(item),
                )
            )
        for item in road.iterfind("signals/signalReference"):
            place = (number(item, "s"), number(item, "t", 0.0), item.get("orientation", "none"))
            self.references.append(SignalReference(item.get("id", ""), road_id, *place, validities(item)))

    def _junction(self, junction: Element) -> None:
        junction_id = integer(junction, "id")
        self.junctions.append(junction_id)
        for connection in junction.iterfind("connection"):
            incoming, connecting = integer(connection, "incomingRoad", -1), integer(connection, "connectingRoad", -1)
            at_end = connection.get("contactPoint") == "end"
            for link in connection.iterfind("laneLink"):
                self.lane_links.add(
                    junction_id, incoming, connecting, at_end, integer(link, "from"), integer(link, "to")
                )
        controllers = sorted(junction.iterfind("controller"), key=lambda c: integer(c, "sequence", 0))
        self.junction_controllers[junction_id] = tuple(c.get("id", "") for c in controllers)

    def finish(self) -> OpenDrive:
        if not self.roads.values:
            raise OpenDriveError("no <road> found, expected at least one")
        geometry_start, g = self.geometries.arrays()
        shape = np.ascontiguousarray(g[:, 6:])
        lanes = self._finish_lanes()
        section_rows = self.sections.arrays()[1]
        sections = Sections(section_rows[:, 0].astype(np.int32), *section_rows[:, 1:].T.copy(), self.lanes.arrays()[0])
        links = self.lane_links.arrays()[1]
        ints = [links[:, k].astype(np.int32) for k in range(6)]
        return OpenDrive(
            geo_reference=self.geo_reference,
            roads=self._finish_roads(),
            geometries=Geometries(geometry_start, *g[:, :5].T.copy(), g[:, 5].astype(np.uint8), shape),
            elevation=self.elevation.cubics(),
            superelevation=self.superelevation.cubics(),
            lane_offset=self.lane_offset.cubics(),
            sections=sections,
            lanes=lanes,
            lane_links=LaneLinks(*ints[:3], ints[3].astype(np.bool_), *ints[4:]),
            junctions=tuple(self.junctions),
            signals=tuple(self.signals),
            references=tuple(self.references),
            controllers=tuple(self.controllers),
            junction_controllers=self.junction_controllers,
            objects=tuple(self.objects),
        )

    def _finish_roads(self) -> Roads:
        r = self.roads.arrays()[1]
        columns = [r[:, k].astype(np.int32) for k in range(9)]
        ids, counts = np.unique(columns[0], return_counts=True)
        if (counts > 1).any():
            raise OpenDriveError(f"road id {ids[counts > 1][0]} occurs {counts.max()} times, expected unique ids")
        links = [columns[3].astype(np.uint8), columns[4], columns[5].astype(np.bool_)]
        links += [columns[6].astype(np.uint8), columns[7], columns[8].astype(np.bool_)]
        speed_start, speeds = self.speeds.arrays()
        return Roads(
            columns[0], r[:, 1].copy(), columns[2], *links, self.sections.arrays()[0], speed_start, *speeds.T.copy()
        )

    def _finish_lanes(self) -> SectionLanes:
        rows = self.lanes.arrays()[1].astype(np.int32)
        height_start, heights = self.heights.arrays()
        mark_start, marks = self.marks.arrays()
        speed_start, speeds = self.lane_speeds.arrays()
        kinds = [marks[:, k].astype(np.uint8) for k in (1, 2)]
        return SectionLanes(
            *[rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].astype(np.uint8), rows[:, 3].copy(), rows[:, 4].copy()],
            self.widths.cubics(),
            *[height_start, *heights.T.copy()],
            *[mark_start, marks[:, 0].copy(), *kinds, marks[:, 3].astype(np.float32)],
            *[speed_start, *speeds.T.copy()],
        )


def _read_cubics(pieces: _Pieces, elements, position: str) -> None:
    """Append an owner's cubic pieces in ascending order of their start."""
    rows = [[number(element, name, 0.0) for name in (position, *"abcd")] for element in elements]
    for row in sorted(rows, key=lambda row: row[0]):
        pieces.add(*row)
    pieces.close()


_SHAPES = {
    "line": (GeometryKind.LINE, ()),
    "arc": (GeometryKind.ARC, ("curvature",)),
    "spiral": (GeometryKind.SPIRAL, ("curvStart", "curvEnd")),
    "poly3": (GeometryKind.POLY3, tuple("abcd")),
    "paramPoly3": (GeometryKind.PARAM_POLY3, ("aU", "bU", "cU", "dU", "aV", "bV", "cV", "dV")),
}
