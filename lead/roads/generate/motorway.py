"""A motorway ring with two interchanges: three lanes each way, exit and entry lanes, ramps and bridges over it."""

from __future__ import annotations

import math

import numpy as np

from lead.roads.generate.curves import Piece, PlanePose, Track
from lead.roads.generate.draft import Arm, Draft, RoadDraft, flat
from lead.roads.generate.furniture import add_speed_signs
from lead.roads.generate.junctions import Movement, add_junction
from lead.roads.generate.profiles import COUNTRY_ROAD, NO_MARK, LaneSpec, Profile, one_way
from lead.roads.generate.streets import Crossing, Port, Street, draft_streets

LANE = 3.6  # m
HALF_MEDIAN = 3.0  # m from the middle of the motorway to a carriageway's yellow line
BRIDGE_HEIGHT = 6.5  # m of the crossing road above the motorway
TERMINAL = 100.0  # m from the middle of the motorway to a ramp's end on the crossing road
RAMP = one_way(1, width=4.0, outer=LaneSpec("shoulder", 1.5, NO_MARK), inner=0.8)
GORE = 3.8  # m between motorway and ramp where they part: the hard shoulder and the ramp's inner one
RAMP_ANGLE = math.radians(4.0)
RAMP_LEVEL = 40.0  # m from a terminal to where its ramps have become parallel to the motorway
RAMP_INSET = -2.0  # m, so that a ramp's lane and not its left edge points at the middle of the terminal
BEND = 140.0  # m, radius of the bends of the road around the ring
CARRIAGEWAY, WIDE_CARRIAGEWAY = one_way(3, width=LANE), one_way(4, width=LANE)

# stations along a straight, m from its middle in travel direction
OPENS = (-430.0, -360.0)  # a fourth lane opens
EXIT = (-220.0, -170.0)  # it leaves as the ramp
ENTRY = (170.0, 220.0)  # the other ramp joins as a fourth lane
CLOSES = (370.0, 450.0)  # which ends


def motorway(name: str, seed: int, straight: int = 1000, radius: int = 380) -> Draft:
    """Draft a stadium-shaped motorway ring, `straight` m between its bends of `radius` m, and its two interchanges.

    Traffic keeps right, so the outer carriageway runs counter-clockwise.
    """
    if straight < 2 * CLOSES[1] + 60 or radius < 240:
        raise ValueError(f"need straight >= {2 * CLOSES[1] + 60:.0f} and radius >= 240, got {straight} and {radius}")
    random, draft = np.random.default_rng(seed), Draft(name)
    crossings, streets = _surface_roads(random, straight, radius)
    parts = {}
    for outer in (True, False):
        for side in (0, 1):  # 0 south, 1 north
            parts[outer, side] = _straight(draft, outer, side, radius)
    for outer in (True, False):
        _bends(draft, [parts[outer, 0], parts[outer, 1]], outer, straight, radius)
    ramps = []
    for (outer, side), part in parts.items():
        title = f"{'Outer' if outer else 'Inner'} {('South', 'North')[side]}"
        level = PlanePose(0.0, crossings[title].y, part["frame"].heading)
        before, after = (level.ahead(distance).right(RAMP_INSET) for distance in (-RAMP_LEVEL, RAMP_LEVEL))
        heights = (0.92 * BRIDGE_HEIGHT,)
        streets.append(Street(Port(part["off"]), title, RAMP, 50.0, 0, via=(before,), heights=heights, kind="motorway"))
        streets.append(Street(title, Port(part["on"]), RAMP, 50.0, 0, via=(after,), heights=heights, kind="motorway"))
        ramps.append(part)
    roads = draft_streets(draft, crossings, streets)[-2 * len(ramps) :]
    for index, part in enumerate(ramps):
        off, on = roads[2 * index], roads[2 * index + 1]
        through = [Movement(0, lane, 1, lane) for lane in range(3)]
        add_junction(
            draft, [Arm(part["before"], False), Arm(part["under"], True), Arm(off, True)], "Exit", 100.0,
            [*through, Movement(0, 3, 2, 0, GORE)], marked=True,
        )  # fmt: skip
        add_junction(
            draft, [Arm(part["under"], False), Arm(part["after"], True), Arm(on, False)], "Entry", 100.0,
            [*through, Movement(2, 0, 1, 3, GORE)], marked=True,
        )  # fmt: skip
    add_speed_signs(draft)
    return draft


def _frame(outer: bool, side: int, radius: float) -> PlanePose:
    """Middle of a straight on the carriageway's reference line, in travel direction."""
    distance = radius + (HALF_MEDIAN if outer else -HALF_MEDIAN)
    south = side == 0
    return PlanePose(0.0, -distance if south else distance, 0.0 if south == outer else math.pi)


def _straight(draft: Draft, outer: bool, side: int, radius: float) -> dict:
    """The four-lane and three-lane pieces of one carriageway along an interchange, and where its ramps begin and end."""
    frame = _frame(outer, side, radius)
    speed = 120.0 if outer else 100.0

    def piece(start: float, end: float, profile: Profile) -> RoadDraft:
        track = Track(frame.ahead(start), (Piece(end - start, 0.0),))
        return draft.add_road(track, profile, flat(track.length), speed, kind="motorway")

    edge = 3 * LANE + GORE
    off, on = frame.ahead(EXIT[1]).right(edge), frame.ahead(ENTRY[0]).right(edge)
    return {
        "before": piece(OPENS[1], EXIT[0], WIDE_CARRIAGEWAY),
        "under": piece(EXIT[1], ENTRY[0], CARRIAGEWAY),
        "after": piece(ENTRY[1], CLOSES[0], WIDE_CARRIAGEWAY),
        "off": off._replace(heading=off.heading - RAMP_ANGLE),
        "on": on._replace(heading=on.heading + RAMP_ANGLE),
        "frame": frame,
    }


def _bends(draft: Draft, parts: list[dict], outer: bool, straight: float, radius: float) -> None:
    """Close a carriageway: from where a straight's fourth lane ends, around the bend, to where the next one opens."""
    turn = 1.0 if outer else -1.0
    bend = radius + turn * HALF_MEDIAN
    rest, lead = straight / 2 - CLOSES[1], straight / 2 + OPENS[0]
    for part, following in ((parts[0], parts[1]), (parts[1], parts[0])):
        pieces = (Piece(rest, 0.0), Piece(math.pi * bend, turn / bend), Piece(lead, 0.0))
        track = Track(part["frame"].ahead(CLOSES[1]), pieces)
        road = draft.add_road(track, CARRIAGEWAY, flat(track.length), 120.0 if outer else 100.0, kind="motorway")
        same = [Movement(0, lane, 1, lane) for lane in range(3)]
        add_junction(
            draft, [Arm(part["after"], False), Arm(road, True)], "Lane ends", 100.0, [*same, Movement(0, 3, 1, 2)], True
        )
        add_junction(
            draft,
            [Arm(road, False), Arm(following["before"], True)],
            "Lane opens",
            100.0,
            [*same, Movement(0, 2, 1, 3)],
            True,
        )


def _surface_roads(
    random: np.random.Generator, straight: float, radius: float
) -> tuple[dict[str, Crossing], list[Street]]:
    """The two bridges with their ramp terminals, the road inside the ring and the road around its eastern end."""
    crossings = {}
    for place, distance in (("Outer", radius + TERMINAL), ("Inner", radius - TERMINAL)):
        for side, sign in (("South", -1.0), ("North", 1.0)):
            crossings[f"{place} {side}"] = Crossing(0.0, sign * distance, BRIDGE_HEIGHT, "stop", 9.0, False)
    sway = float(random.uniform(15.0, 25.0))
    far, east = radius + TERMINAL + 60.0, straight / 2 + radius + 220.0
    around = (
        PlanePose(0.0, -far, -math.pi / 2),
        PlanePose(BEND, -far - BEND, 0.0),
        PlanePose(straight / 2, -far - BEND, 0.0),
        PlanePose(east, 0.0, math.pi / 2),
        PlanePose(straight / 2, far + BEND, math.pi),
        PlanePose(BEND, far + BEND, math.pi),
        PlanePose(0.0, far, -math.pi / 2),
    )
    heights = (4.5, 0.5, 2.0, float(random.uniform(6.0, 10.0)), 2.0, 0.5, 4.5)
    streets = [
        Street("Outer South", "Inner South", COUNTRY_ROAD, 70.0, 1, kind="rural", name="South Bridge"),
        Street("Inner North", "Outer North", COUNTRY_ROAD, 70.0, 1, kind="rural", name="North Bridge"),
        Street(
            "Inner South", "Inner North", COUNTRY_ROAD, 70.0, 1, kind="rural", heights=(1.0,),
            via=(PlanePose(0.0, 0.0, math.pi / 2 + sway / 100),),
        ),
        Street("Outer South", "Outer North", COUNTRY_ROAD, 70.0, 1, via=around, heights=heights, kind="rural"),
    ]  # fmt: skip
    return crossings, streets
