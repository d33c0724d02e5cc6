"""The junctions that a route crosses, in order, with the lanes that lead into them and out.

Source: spec/benchmarks.md, 2.6 "Junction preprocessing". The hard-coded groups of Town03 and Town04 are left out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import carla
from shapely.geometry import LineString

from lead.scenarios.crossings import entries_and_exits
from lead.scenarios.traffic.road_line import RoadLine
from lead.scenarios.ways import same_direction_lanes

REENTRY = 2.0  # m of road between two runs through the same junction that count as one
MOST_PAIRS = 3  # ways from one road through a junction that is none
OUTSIDE = 1.0  # m from the end of a way through a junction to the road

RoadLane = tuple[int, int]  # road, lane


@dataclass(frozen=True)
class RouteJunction:
    """One crossing of a junction by the route."""

    junction: int  # its id
    first: float  # m along the line where it begins
    last: float  # m where it ends
    other_entries: tuple[carla.Waypoint, ...]  # last ones before it, of lanes beside which the route does not come
    route_entries: tuple[carla.Waypoint, ...]
    other_exits: tuple[carla.Waypoint, ...]  # first ones after it
    route_exits: tuple[carla.Waypoint, ...]


def junctions_of(line: RoadLine) -> tuple[RouteJunction, ...]:
    """The junctions along a line, re-entries merged, fake ones left out."""
    fake: dict[int, bool] = {}
    found = []
    for first, last in _runs(line):
        junction = line.waypoints[first].get_junction()
        if junction.id not in fake:
            fake[junction.id] = is_fake(junction)
        if not fake[junction.id]:
            found.append(_crossing(line, junction, first, last))
    return tuple(found)


def is_fake(junction: carla.Junction) -> bool:
    """Whether it only joins lanes one to one: no two ways through it meet, and few come from one road."""
    pairs = junction.get_waypoints(carla.LaneType.Driving)
    sources = [_beyond(begin.previous(OUTSIDE), begin) for begin, _ in pairs]
    sinks = [_beyond(end.next(OUTSIDE), end) for _, end in pairs]
    if len(set(sources)) < len(pairs) or len(set(sinks)) < len(pairs):
        return False
    if max(Counter(road for road, _ in sources).values(), default=0) > MOST_PAIRS:
        return False
    ways = [LineString([_xy(begin), _xy(end)]) for begin, end in pairs]
    return not any(way.intersects(other) for k, way in enumerate(ways) for other in ways[:k])


def _runs(line: RoadLine) -> list[tuple[int, int]]:
    """First and last row of each run of points in one junction."""
    runs: list[tuple[int, int]] = []
    ids = [waypoint.junction_id if waypoint.is_junction else None for waypoint in line.waypoints]
    for row, junction in enumerate(ids):
        if junction is None:
            continue
        if runs:
            first, last = runs[-1]
            if ids[first] == junction and line.metre[row - 1] - line.metre[last + 1] <= REENTRY:
                runs[-1] = (first, row)
                continue
        runs.append((row, row))
    return runs


def _crossing(line: RoadLine, junction: carla.Junction, first: int, last: int) -> RouteJunction:
    entries, exits = entries_and_exits(junction)
    own_entries, other_entries = _own(entries, line.waypoints[max(0, first - 1)])
    own_exits, other_exits = _own(exits, line.waypoints[min(len(line.waypoints) - 1, last + 1)])
    ends = float(line.metre[first]), float(line.metre[last])
    return RouteJunction(junction.id, *ends, other_entries, own_entries, other_exits, own_exits)


def _own(
    ends: Sequence[carla.Waypoint], on_route: carla.Waypoint
) -> tuple[tuple[carla.Waypoint, ...], tuple[carla.Waypoint, ...]]:
    """The ends on the route's side of its road, and the others; in a fixed order."""
    lanes = {_road_lane(waypoint) for waypoint in same_direction_lanes(on_route)}
    ordered = sorted(ends, key=_road_lane)
    own = tuple(end for end in ordered if _road_lane(end) in lanes)
    return own, tuple(end for end in ordered if _road_lane(end) not in lanes)


def _beyond(outside: Sequence[carla.Waypoint], end: carla.Waypoint) -> RoadLane:
    """The lane outside of a junction at the end of a way through it; that of the way itself where the road stops."""
    return _road_lane(outside[0] if outside else end)


def _road_lane(waypoint: carla.Waypoint) -> RoadLane:
    return waypoint.road_id, waypoint.lane_id


def _xy(waypoint: carla.Waypoint) -> tuple[float, float]:
    return waypoint.transform.location.x, waypoint.transform.location.y
