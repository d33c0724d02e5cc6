"""Junctions: which lane leads to which, and the connecting roads between them with their roadside."""

from __future__ import annotations

import math
from typing import NamedTuple

from lead.roads.generate.curves import join, wrap
from lead.roads.generate.draft import Arm, Draft, JunctionDraft, Knot, RoadDraft, RoadLink
from lead.roads.generate.profiles import NO_MARK, YELLOW_EDGE, LaneSpec, Mark, Profile

STRAIGHT = math.radians(40)  # turns smaller than this count as going straight on
STEM_BULGE = 6.5  # m by which a right turn at a T's stem is widened to pave the gap to the left turn
CORNER_LEAD = 5.0  # m of straight kerb before and after a corner's arc: room for a crosswalk


class Movement(NamedTuple):
    """One permitted path: from incoming lane index of one arm to outgoing lane index of another.

    `gore` is the paved width in m between the path and the lanes it parts from or joins, at the ramp's end.
    """

    from_arm: int
    from_lane: int
    to_arm: int
    to_lane: int
    gore: float = 0.0


def add_junction(
    draft: Draft,
    arms: list[Arm],
    name: str = "",
    speed: float = 30.0,
    movements: list[Movement] | None = None,
    marked: bool = False,
) -> JunctionDraft:
    """Join road ends with connecting roads and link everything both ways.

    Without `movements` the usual rules apply (`usual_movements`). The outermost movement from each arm to the arm
    on its right also carries the roadside: sidewalk, bicycle lane, shoulder. `marked` continues the lines of lanes
    that go straight on, as at motorway exits.
    """
    junction = JunctionDraft(draft.new_id(), name, arms)
    junction.name = name or f"Junction {junction.id}"
    corners = _right_neighbours(arms)
    moves = usual_movements(arms) if movements is None else movements
    through = {move.from_arm for move in moves if abs(turn_angle(arms[move.from_arm], arms[move.to_arm])) < STRAIGHT}
    for move in moves:
        origin, target = arms[move.from_arm], arms[move.to_arm]
        outermost = move.from_lane == _last_driving(origin.incoming) and move.to_lane == _last_driving(target.outgoing)
        is_corner = outermost and corners.get(move.from_arm) == move.to_arm
        stem = move.from_arm not in through or move.to_arm not in through
        road = _connecting_road(draft, junction, move, is_corner, outermost, stem, speed, marked)
        junction.connections.append((road, move.from_arm, move.to_arm))
        if is_corner:
            junction.corners[move.from_arm, move.to_arm] = road
    for arm in arms:
        link = RoadLink("junction", junction.id)
        if arm.at_start:
            arm.road.predecessor = link
        else:
            arm.road.successor = link
    draft.junctions.append(junction)
    return junction


def turn_angle(origin: Arm, target: Arm) -> float:
    """Change of heading from one arm into another, rad, positive to the left."""
    return wrap(target.pose.heading + math.pi - origin.pose.heading)


def usual_movements(arms: list[Arm]) -> list[Movement]:
    """Left turns from the left lane, right turns from the right lane, straight on from every lane.

    Lanes going straight pair up from the right where the numbers differ; nobody turns back.
    """
    moves = []
    for a, origin in enumerate(arms):
        sources = driving_lanes(origin.incoming)
        for b, target in enumerate(arms):
            sinks = driving_lanes(target.outgoing)
            if a == b or not sources or not sinks:
                continue
            turn = turn_angle(origin, target)
            if turn > STRAIGHT:
                moves.append(Movement(a, sources[0], b, sinks[0]))
            elif turn < -STRAIGHT:
                moves.append(Movement(a, sources[-1], b, sinks[-1]))
            else:
                pairs = zip(reversed(sources), reversed(sinks), strict=False)
                moves += [Movement(a, source, b, sink) for source, sink in pairs]
    return moves


def driving_lanes(lanes: tuple[LaneSpec, ...]) -> list[int]:
    """Indices of the driving lanes."""
    return [index for index, lane in enumerate(lanes) if lane.kind == "driving"]


def inner_edge(lanes: tuple[LaneSpec, ...], index: int) -> float:
    """Distance of a lane's inner edge from the road's reference line, m."""
    return sum(lane.width for lane in lanes[:index])


def _last_driving(lanes: tuple[LaneSpec, ...]) -> int:
    return max(driving_lanes(lanes), default=-1)


def _right_neighbours(arms: list[Arm]) -> dict[int, int]:
    """For each arm the next one counter-clockwise around the junction: what lies on a traveller's right."""
    outward = [arm.pose.heading + math.pi for arm in arms]
    neighbours = {}
    for a, angle in enumerate(outward):
        others = [b for b in range(len(arms)) if b != a]
        neighbours[a] = min(others, key=lambda b: (outward[b] - angle) % (2 * math.pi))
    return neighbours


def _connecting_road(
    draft: Draft,
    junction: JunctionDraft,
    move: Movement,
    is_corner: bool,
    outermost: bool,
    stem: bool,
    speed: float,
    marked: bool,
) -> RoadDraft:
    """The one-way road of a movement: lane -1 drives, further lanes are the roadside."""
    origin, target = junction.arms[move.from_arm], junction.arms[move.to_arm]
    start = origin.pose.right(inner_edge(origin.incoming, move.from_lane))
    end = target.pose.reversed().right(inner_edge(target.outgoing, move.to_lane))
    straight = abs(turn_angle(origin, target)) < STRAIGHT
    track = join(start, end, CORNER_LEAD if is_corner and _has_sidewalk(origin) and not straight else 0.0)
    width, end_width = origin.incoming[move.from_lane].width, target.outgoing[move.to_lane].width
    mark = origin.incoming[move.from_lane].mark if marked else NO_MARK
    # painted on, but a connecting road has no neighbour lane to change to
    mark = mark._replace(crossable=False) if mark == target.outgoing[move.to_lane].mark else NO_MARK
    lanes, before, after = [LaneSpec("driving", width, mark, end_width)], {}, {}
    before[-1], after[-1] = origin.incoming_id(move.from_lane), target.outgoing_id(move.to_lane)
    if is_corner:
        roadside = _roadside(origin.incoming, move.from_lane, target.outgoing, move.to_lane)
    elif outermost and straight:
        roadside = _bike_path(origin.incoming, move.from_lane, target.outgoing, move.to_lane)
    else:
        roadside = []
    for lane, source, sink in roadside:
        lanes.append(lane)
        if source is not None and sink is not None:
            before[-len(lanes)], after[-len(lanes)] = origin.incoming_id(source), target.outgoing_id(sink)
    left, centre = _left_side(origin, target, move, stem)
    if left and left[0].width > 0.0 and move.gore == 0.0:  # an inner shoulder, not paving
        before[1], after[1] = origin.outgoing_id(0), target.incoming_id(0)
    up, down = origin.height, target.height
    heights = [Knot(0.0, up.z, up.slope), Knot(track.length, down.z, -down.slope)]
    return draft.add_road(
        track,
        Profile(tuple(lanes), left, centre),
        heights,
        speed,
        kind=origin.road.kind,
        junction=junction.id,
        predecessor=RoadLink("road", origin.road.id, origin.at_start),
        successor=RoadLink("road", target.road.id, target.at_start),
        lane_predecessor=before,
        lane_successor=after,
    )


def _left_side(origin: Arm, target: Arm, move: Movement, stem: bool) -> tuple[tuple[LaneSpec, ...], Mark]:
    """What lies left of a connecting road's lane: a carriageway's inner shoulder, or paving where paths part."""
    inner = [lane.kind for lane in origin.outgoing]
    if move.from_lane == move.to_lane == 0 and inner == [lane.kind for lane in target.incoming] == ["shoulder"]:
        return (_through(origin.outgoing[0], target.incoming[0]),), origin.road.profile.centre
    if move.gore > 0.0:
        widths = (0.0, move.gore) if move.from_lane > move.to_lane else (move.gore, 0.0)
        return (LaneSpec("shoulder", widths[0], NO_MARK, widths[1]),), YELLOW_EDGE
    if stem and turn_angle(origin, target) < -STRAIGHT:
        return (LaneSpec("shoulder", 0.0, NO_MARK, 0.0, STEM_BULGE),), NO_MARK
    return (), NO_MARK


def _has_sidewalk(arm: Arm) -> bool:
    return any(lane.kind == "sidewalk" for lane in arm.incoming)


def _roadside(
    before: tuple[LaneSpec, ...], source: int, after: tuple[LaneSpec, ...], sink: int
) -> list[tuple[LaneSpec, int | None, int | None]]:
    """Lanes outside the driving lane around a corner, as (lane, incoming index, outgoing index).

    Equal roadsides continue lane by lane. Otherwise sidewalk meets sidewalk and whatever lies between it and the
    road becomes one paved strip. Nobody parks inside a junction, so parking lanes become paved strips too.
    """
    left, right = list(range(source + 1, len(before))), list(range(sink + 1, len(after)))
    if [before[i].kind for i in left] == [after[j].kind for j in right]:
        return [(_through(before[i], after[j]), i, j) for i, j in zip(left, right, strict=True)]
    walks = [
        next((i for i in side if lanes[i].kind == "sidewalk"), None) for side, lanes in ((left, before), (right, after))
    ]
    strip_before = sum(before[i].width for i in left if walks[0] is None or i < walks[0])
    strip_after = sum(after[j].width for j in right if walks[1] is None or j < walks[1])
    lanes: list[tuple[LaneSpec, int | None, int | None]] = []
    if strip_before + strip_after > 0:
        lanes.append((LaneSpec("shoulder", strip_before, NO_MARK, strip_after), None, None))
    if walks[0] is not None and walks[1] is not None:
        lanes.append((_through(before[walks[0]], after[walks[1]]), walks[0], walks[1]))
    return lanes


def _bike_path(
    before: tuple[LaneSpec, ...], source: int, after: tuple[LaneSpec, ...], sink: int
) -> list[tuple[LaneSpec, int | None, int | None]]:
    """A bicycle lane straight across, where both roads have one beside their outermost driving lane."""
    i, j = source + 1, sink + 1
    if i < len(before) and j < len(after) and before[i].kind == after[j].kind == "biking":
        return [(_through(before[i], after[j]), i, j)]
    return []


def _through(before: LaneSpec, after: LaneSpec) -> LaneSpec:
    kind = "shoulder" if before.kind == "parking" else before.kind
    return LaneSpec(kind, before.width, NO_MARK, after.width)
