"""A drafted town as OpenDRIVE text that CARLA's reader takes.

Written with scenariogeneration. What CARLA's reader wants beyond the standard is done here: curves of lines and arcs
alone, every lane linked both ways, `<outline>` directly under `<object>`, a geoReference, signal orientation "+" for
lanes 1..N and "-" for lanes -N..-1, and one connection per pair of lanes.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from scenariogeneration import xodr

from lead.roads.generate.curves import advance
from lead.roads.generate.draft import Draft, JunctionDraft, RoadDraft, RoadLink, SignalDraft, hermite
from lead.roads.generate.profiles import LaneSpec, Mark

GEO_REFERENCE = "+proj=tmerc +lat_0=0 +lon_0=0 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"
DATE = "2026-01-01T00:00:00"  # fixed, so that the same town is the same bytes
LINE_WIDTH = 0.12  # m, a painted line
LIGHT_TYPE = "1000001"  # OpenDRIVE signal type of a three-light traffic signal


def to_opendrive(draft: Draft) -> str:
    """The town as OpenDRIVE 1.4 text; the same draft gives the same bytes."""
    document = xodr.OpenDrive(draft.name, revMajor="1", revMinor="4", geo_reference=GEO_REFERENCE)
    for road in draft.roads:
        document.add_road(_road(road))
    for junction in draft.junctions:
        document.add_junction(_junction(junction))
    root = document.get_element()
    _complete_header(root, draft)
    for parent in root.iter("object"):
        for wrapper in parent.findall("outlines"):
            parent.extend(list(wrapper))
            parent.remove(wrapper)
    _add_controllers(root, draft)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _road(road: RoadDraft) -> xodr.Road:
    plan, pose = xodr.PlanView(), road.track.start
    for piece in road.track.pieces:
        curvature, length = round(piece.curvature, 10), round(piece.length, 8)
        shape = xodr.Line(length) if curvature == 0.0 else xodr.Arc(curvature, length=length)
        plan.add_fixed_geometry(shape, round(pose.x, 8), round(pose.y, 8), round(pose.heading, 10))
        pose = advance(pose, piece)
    lanes = xodr.Lanes()
    lanes.add_lanesection(_lane_section(road))
    written = xodr.Road(road.id, plan, lanes, road_type=road.junction, name=road.name)
    for link, add in ((road.predecessor, written.add_predecessor), (road.successor, written.add_successor)):
        if link is not None:
            add(*_link(link))
    written.add_type(xodr.RoadType[road.kind], speed=road.speed, speed_unit="km/h")
    for before, after in zip(road.heights, road.heights[1:], strict=False):
        written.add_elevation(round(before.s, 6), *(round(value, 12) for value in hermite(before, after)))
    # appended directly: scenariogeneration's own add_signal renumbers ids that another town has used before
    written.signals += [_signal(signal) for signal in road.signals]
    written.signals += [_reference(signal_id, s) for signal_id, s in road.references]
    written.objects += [_crosswalk(crosswalk) for crosswalk in road.crosswalks]
    return written


def _link(link: RoadLink) -> tuple:
    if link.kind == "junction":
        return xodr.ElementType.junction, link.id
    return xodr.ElementType.road, link.id, xodr.ContactPoint.start if link.at_start else xodr.ContactPoint.end


def _lane_section(road: RoadDraft) -> xodr.LaneSection:
    centre = xodr.Lane(lane_type=xodr.LaneType.none)
    centre.add_roadmark(_mark(road.profile.centre))
    section = xodr.LaneSection(0, centre)
    for sign, lanes, add in (
        (1, road.profile.left, section.add_left_lane),
        (-1, road.profile.right, section.add_right_lane),
    ):
        for index, spec in enumerate(lanes):
            lane, number = _lane(spec, road.track.length), sign * (index + 1)
            if number in road.lane_predecessor:
                lane.add_link("predecessor", road.lane_predecessor[number])
            if number in road.lane_successor:
                lane.add_link("successor", road.lane_successor[number])
            add(lane)
    return section


def _lane(spec: LaneSpec, length: float) -> xodr.Lane:
    end = spec.width if spec.end_width is None else spec.end_width
    growth = end - spec.width
    lane = xodr.Lane(
        lane_type=xodr.LaneType[spec.kind],
        a=spec.width,
        b=round(4 * spec.bulge / length, 12),
        c=round(3 * growth / length**2 - 4 * spec.bulge / length**2, 12),
        d=round(-2 * growth / length**3, 14),
    )
    lane.add_roadmark(_mark(spec.mark))
    return lane


def _mark(mark: Mark) -> xodr.RoadMark:
    change = xodr.LaneChange.both if mark.crossable else xodr.LaneChange.none
    return xodr.RoadMark(
        xodr.RoadMarkType[mark.type],
        LINE_WIDTH if mark.type != "none" else 0.0,
        color=xodr.RoadMarkColor[mark.colour],
        laneChange=change,
    )


def _signal(signal: SignalDraft) -> xodr.Signal:
    first, last = signal.lanes
    is_light = signal.type == LIGHT_TYPE
    written = xodr.Signal(
        round(signal.s, 4),
        round(signal.t, 4),
        "OpenDRIVE",
        signal.type,
        subtype=signal.subtype,
        id=str(signal.id),
        name=signal.name,
        dynamic=xodr.Dynamic.yes if is_light else xodr.Dynamic.no,
        value=signal.value,
        unit="km/h" if signal.value > 0 else "",
        zOffset=signal.z_offset,
        orientation=xodr.Orientation.positive if last > 0 else xodr.Orientation.negative,
        hOffset=round(signal.h_offset, 6),
        height=1.16 if is_light else 0.8,
        width=0.52 if is_light else 0.8,
    )
    written.add_validity(first, last)
    return written


def _reference(signal_id: int, s: float) -> xodr.SignalReference:
    reference = xodr.SignalReference(s, 0.0, id=str(signal_id), orientation=xodr.Orientation.negative)
    reference.add_validity(-1, -1)
    return reference


def _crosswalk(crosswalk) -> xodr.Object:
    written = xodr.Object(
        round(crosswalk.s, 4),
        0.0,
        Type=xodr.ObjectType.crosswalk,
        name="SimpleCrosswalk",
        id=str(crosswalk.id),
        orientation=xodr.Orientation.none,
    )
    outline = xodr.Outline()
    for u, v in (*crosswalk.corners, crosswalk.corners[0]):
        outline.add_corner(xodr.CornerLocal(round(u, 4), round(v, 4), 0.0, 0.0))
    written.add_outline(outline)
    return written


def _junction(junction: JunctionDraft) -> xodr.Junction:
    written = xodr.Junction(junction.name, junction.id)
    for road, origin, _ in junction.connections:
        connection = xodr.Connection(junction.arms[origin].road.id, road.id, xodr.ContactPoint.start)
        for lane, before in road.lane_predecessor.items():
            connection.add_lanelink(before, lane)
        written.add_connection(connection)
    return written


def _add_controllers(root: ET.Element, draft: Draft) -> None:
    """Controllers on the root and their order of turns in each junction (scenariogeneration has no class for them)."""
    elements = {element.get("id"): element for element in root.findall("junction")}
    place = list(root).index(elements[str(draft.junctions[0].id)]) if draft.junctions else len(root)
    for junction in draft.junctions:
        for turn, (number, signals) in enumerate(junction.controllers):
            controller = ET.Element("controller", name=f"ctrl{number}", id=str(number), sequence=str(turn))
            for signal in signals:
                ET.SubElement(controller, "control", signalId=str(signal), type="")
            root.insert(place, controller)
            place += 1
            ET.SubElement(elements[str(junction.id)], "controller", id=str(number), type="0", sequence=str(turn))


def _complete_header(root: ET.Element, draft: Draft) -> None:
    """Fixed date and the true extent of the town."""
    places = [road.track.at(road.track.length * k / 8) for road in draft.roads for k in range(9)]
    header = root.find("header")
    if header is None:
        raise ValueError("scenariogeneration wrote no <header>; expected OpenDRIVE.get_element() to write one")
    header.set("date", DATE)
    header.set("version", "1")
    header.set("north", f"{max(place.y for place in places):.2f}")
    header.set("south", f"{min(place.y for place in places):.2f}")
    header.set("east", f"{max(place.x for place in places):.2f}")
    header.set("west", f"{min(place.x for place in places):.2f}")
