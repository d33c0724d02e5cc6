"""Cross-sections: which lanes lie beside each other on a road, how wide they are and how they are marked."""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    """A lane edge: OpenDRIVE road-mark type, colour and whether vehicles may change lane across it."""

    type: str = "none"
    colour: str = "white"
    crossable: bool = False


class LaneSpec(NamedTuple):
    """One lane: OpenDRIVE type, width in m and its outer edge.

    `end_width` is given where the width changes along the road; `bulge` widens the lane's middle by so many metres.
    """

    kind: str
    width: float
    mark: Mark = Mark()
    end_width: float | None = None
    bulge: float = 0.0


class Profile(NamedTuple):
    """Lanes of a road from the centre outwards; `right` runs with the road's direction, `left` against it."""

    right: tuple[LaneSpec, ...]
    left: tuple[LaneSpec, ...] = ()
    centre: Mark = Mark()


NO_MARK = Mark()
EDGE = Mark("solid")
DASHES = Mark("broken", crossable=True)
DOUBLE_YELLOW = Mark("solid_solid", "yellow")
DASHED_YELLOW = Mark("broken", "yellow")
YELLOW_EDGE = Mark("solid", "yellow")
CURB = Mark("curb")

SIDEWALK = LaneSpec("sidewalk", 3.0, NO_MARK)
PARKING = LaneSpec("parking", 2.3, CURB)
BIKING = LaneSpec("biking", 1.8, CURB)
VERGE = LaneSpec("shoulder", 1.2, NO_MARK)
HARD_SHOULDER = LaneSpec("shoulder", 3.0, NO_MARK)


def half_street(lanes: int, *roadside: LaneSpec, width: float = 3.5) -> tuple[LaneSpec, ...]:
    """Driving lanes of one direction with broken lines between them and a solid edge, then the roadside lanes."""
    inner = (LaneSpec("driving", width, DASHES),) * (lanes - 1)
    return (*inner, LaneSpec("driving", width, EDGE), *roadside)


def two_way(lanes: int, *roadside: LaneSpec, width: float = 3.5, centre: Mark = DOUBLE_YELLOW) -> Profile:
    """The same lanes in both directions."""
    half = half_street(lanes, *roadside, width=width)
    return Profile(half, half, centre)


def one_way(lanes: int, width: float = 3.5, outer: LaneSpec = HARD_SHOULDER, inner: float = 1.0) -> Profile:
    """A carriageway or ramp: lanes to the right of the reference line, a narrow shoulder `inner` m wide to its left."""
    return Profile(half_street(lanes, outer, width=width), (LaneSpec("shoulder", inner, NO_MARK),), YELLOW_EDGE)


MAIN_STREET = two_way(2, SIDEWALK)
BIKE_STREET = two_way(2, BIKING, SIDEWALK)
SIDE_STREET = two_way(1, PARKING, SIDEWALK)
VILLAGE_STREET = two_way(1, SIDEWALK, width=3.25, centre=DASHED_YELLOW)
VILLAGE_PARKING_STREET = two_way(1, PARKING, SIDEWALK, width=3.25, centre=DASHED_YELLOW)
COUNTRY_ROAD = two_way(1, VERGE)
COUNTRY_PASSING_ROAD = two_way(1, VERGE, centre=DASHED_YELLOW)
