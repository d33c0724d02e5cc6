"""The parser: what is kept, in which units, and what it says about files it cannot read."""

import pytest
import small_maps as maps

from lead.roads.network import LaneKind, MarkColour, MarkKind
from lead.roads.opendrive import NO_LINK, LinkKind, OpenDriveError, parse_opendrive

SIGNAL = (
    '<signals><signal name="TL" id="900" s="20" t="-6" zOffset="5" hOffset="0.1" roll="0" pitch="0" orientation="-" '
    'dynamic="yes" country="OpenDRIVE" type="1000001" subtype="-1" value="-1" height="1" width="1">'
    '<validity fromLane="1" toLane="2"/></signal>'
    '<signalReference id="900" s="3" t="1" orientation="+"><validity fromLane="-1" toLane="-1"/></signalReference></signals>'
)
OBJECTS = (
    '<objects><object id="1" name="Crosswalk" type="crosswalk" s="10" t="0" zOffset="0" hdg="0.5" pitch="0" roll="0" '
    'orientation="none"><outline><cornerLocal u="1" v="2" z="0"/><cornerLocal u="-1" v="2" z="0"/></outline></object>'
    '<object id="2" name="" type="parkingSpace" s="11" t="-4" hdg="0" length="5" width="2.5" orientation="none">'
    '<parkingSpace access="all"/></object></objects>'
)


def street(extra: str) -> str:
    return maps.document(
        maps.road(7, 100, maps.geometry(0, 0, 0, 0, 100), maps.section(0, *maps.two_way()), extra=extra)
    )


def test_counts_kinds_and_units_of_a_street():
    opendrive = parse_opendrive(maps.straight())
    assert opendrive.roads.id.tolist() == [7]
    assert opendrive.lanes.id.tolist() == [3, 2, 1, 0, -1, -2, -3], "leftmost first"
    assert opendrive.lanes.kind[0] == LaneKind.SIDEWALK and opendrive.lanes.kind[4] == LaneKind.DRIVING
    assert opendrive.lanes.mark_kind[0] == MarkKind.BROKEN and opendrive.lanes.mark_colour[0] == MarkColour.YELLOW
    assert opendrive.roads.speed[0] == pytest.approx(48.28032), "30 mph in km/h"
    assert opendrive.geo_reference == (48.5, 9.25)
    assert opendrive.lanes.successor[1] == NO_LINK and opendrive.roads.successor_kind[0] == LinkKind.NONE


def test_links_of_roads_lanes_and_junctions():
    opendrive = parse_opendrive(maps.crossing())
    turn = opendrive.roads.id.tolist().index(11)
    assert opendrive.roads.junction[turn] == 100
    assert (opendrive.roads.predecessor[turn], bool(opendrive.roads.predecessor_at_end[turn])) == (1, True)
    assert (opendrive.roads.successor[turn], bool(opendrive.roads.successor_at_end[turn])) == (3, False)
    links = opendrive.lane_links
    assert list(zip(links.incoming.tolist(), links.connecting.tolist(), links.at_end.tolist())) == [
        (1, 10, False),
        (1, 11, False),
        (2, 10, True),
    ]
    assert opendrive.junctions == (100,)
    assert opendrive.junction_controllers == {100: ("50", "51")}, "by sequence, not by place in the file"


def test_signals_references_and_objects():
    opendrive = parse_opendrive(street(OBJECTS + SIGNAL))
    (signal,), (reference,) = opendrive.signals, opendrive.references
    assert (signal.id, signal.road, signal.s, signal.t, signal.z_offset, signal.h_offset) == ("900", 7, 20, -6, 5, 0.1)
    assert (signal.orientation, signal.type, signal.value, signal.dynamic) == ("-", "1000001", 0.0, True)
    assert signal.validities == ((1, 2),) and reference.validities == ((-1, -1),)
    crosswalk, parking = opendrive.objects
    assert crosswalk.corners_local == ((1, 2, 0), (-1, 2, 0)) and not crosswalk.parking_space
    assert parking.parking_space and (parking.length, parking.width) == (5, 2.5)


def test_outlines_are_found_inside_their_wrapper_too():
    wrapped = OBJECTS.replace("<outline>", "<outlines><outline>").replace("</outline>", "</outline></outlines>")
    assert parse_opendrive(street(wrapped)).objects == parse_opendrive(street(OBJECTS)).objects


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not well-formed XML"),
        ("<OpenDRIVE><road id='1'", "not well-formed XML"),
        ("<html><body/></html>", "expected <OpenDRIVE>"),
        ("<OpenDRIVE/>", "no <road> found"),
        (maps.straight().replace('length="100.0"', 'length="far"', 1), "length='far' is not a number"),
        (maps.straight().replace('length="100.0"', 'length="nan"', 1), "not finite"),
        (maps.straight().replace('id="7"', 'id="seven"'), "id='seven', expected an integer"),
        (maps.straight().replace("<line/>", "<bezier/>"), "no shape found"),
        (maps.straight().replace('unit="mph"', 'unit="knots"'), "unit='knots'"),
        (maps.document(*2 * [maps.road(7, 9, maps.geometry(0, 0, 0, 0, 9), maps.section(0, maps.lane(1)))]), "unique"),
    ],
)
def test_unreadable_files_say_where_and_why(text, message):
    with pytest.raises(OpenDriveError, match=message):
        parse_opendrive(text)


def test_the_place_of_an_error_names_road_and_lane():
    broken = maps.straight().replace('a="0.5"', 'a="wide"', 1)
    with pytest.raises(OpenDriveError, match=r"road id=7.*lane id=2.*a='wide'"):
        parse_opendrive(broken)
