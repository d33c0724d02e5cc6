"""From a street plan - crossings and the streets between them - to drafted roads and junctions."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

from lead.roads.generate.curves import PlanePose, join, track_through
from lead.roads.generate.draft import Arm, Draft, Knot, RoadDraft
from lead.roads.generate.furniture import (
    STOP_TYPE,
    YIELD_TYPE,
    add_crosswalks,
    add_lights,
    add_priority_signs,
    kerb,
)
from lead.roads.generate.junctions import CORNER_LEAD, add_junction
from lead.roads.generate.profiles import LaneSpec, Profile

OPPOSITE = math.radians(150)  # arms further apart than this share a straight kerb and need no room for a corner


class Crossing(NamedTuple):
    """A junction: place, height and who gives way ("lights", "all_way_stop", "stop", "yield" for minor arms, "none")."""

    x: float
    y: float
    z: float = 0.0
    control: str = "none"
    corner_radius: float = 6.0  # m, kerb
    crosswalks: bool = True


class Port(NamedTuple):
    """A road end that is joined to something else later: its pose in the road's direction, and height."""

    pose: PlanePose
    z: float = 0.0


class Street(NamedTuple):
    """A road between two crossings (or ports); `via` are poses it passes, `heights` their z.

    At a crossing the lower rank gives way; `end_rank` is given where it differs from the rank at the start.
    """

    start: str | Port
    end: str | Port
    profile: Profile
    speed: float  # km/h
    rank: int = 0
    end_rank: int | None = None
    via: tuple[PlanePose, ...] = ()
    heights: tuple[float, ...] = ()
    kind: str = "town"
    name: str = ""


def draft_streets(draft: Draft, crossings: dict[str, Crossing], streets: list[Street]) -> list[RoadDraft]:
    """Add the roads of a plan, in the order of `streets`, and join them at its crossings."""
    setbacks: dict[tuple[int, bool], float] = {}
    for name, crossing in crossings.items():
        setbacks |= _setbacks(name, crossing, crossings, streets)
    arms: dict[str, list[tuple[Arm, int]]] = {name: [] for name in crossings}
    roads = []
    for index, street in enumerate(streets):
        road = _draft_street(
            draft, street, crossings, setbacks.get((index, True), 0.0), setbacks.get((index, False), 0.0)
        )
        roads.append(road)
        end_rank = street.rank if street.end_rank is None else street.end_rank
        for place, at_start, rank in ((street.start, True, street.rank), (street.end, False, end_rank)):
            if isinstance(place, str):
                arms[place].append((Arm(road, at_start), rank))
    for name, crossing in crossings.items():
        _draft_crossing(draft, name, crossing, [arm for arm, _ in arms[name]], [rank for _, rank in arms[name]])
    return roads


def _draft_crossing(draft: Draft, name: str, crossing: Crossing, arms: list[Arm], ranks: list[int]) -> None:
    if len(arms) < 3:
        raise ValueError(f"crossing {name} has {len(arms)} streets; expected at least 3 (let a street bend instead)")
    junction = add_junction(draft, arms, name, speed=arms[0].road.speed)
    minor = [a for a, rank in enumerate(ranks) if rank < max(ranks)]
    if crossing.control == "lights":
        add_lights(draft, junction)
    elif crossing.control == "all_way_stop":
        add_priority_signs(draft, junction, list(range(len(arms))), STOP_TYPE)
    elif crossing.control in ("stop", "yield"):
        if not minor:
            raise ValueError(
                f"crossing {name} has control {crossing.control!r} but no street of lower rank to give way"
            )
        add_priority_signs(draft, junction, minor, STOP_TYPE if crossing.control == "stop" else YIELD_TYPE)
    elif crossing.control != "none":
        raise ValueError(
            f"crossing {name}: unknown control {crossing.control!r}; expected lights, all_way_stop, stop, yield or none"
        )
    if crossing.crosswalks:
        add_crosswalks(draft, junction, [a for a, arm in enumerate(arms) if _has_sidewalks(arm.road.profile)])


def _draft_street(
    draft: Draft, street: Street, crossings: dict[str, Crossing], setback_start: float, setback_end: float
) -> RoadDraft:
    """The road of a street, from setback to setback, level at both ends."""
    leave, arrive = _end_poses(street, crossings)
    poses = [leave.ahead(setback_start), *street.via, arrive.ahead(-setback_end)]
    parts = [join(before, after) for before, after in zip(poses, poses[1:], strict=False)]
    stations = [0.0, *itertools.accumulate(part.length for part in parts)]
    first, last = (_height(place, crossings) for place in (street.start, street.end))
    levels = [first, *(street.heights or _even(first, last, stations)), last]
    names = {"name": street.name} if street.name else {}
    track = track_through(poses)
    return draft.add_road(
        track, street.profile, smooth_heights(stations, levels), street.speed, kind=street.kind, **names
    )


def smooth_heights(stations: list[float], levels: list[float]) -> list[Knot]:
    """Knots through heights at stations: level at both ends, in between the slope of the neighbours' chord."""
    knots = []
    for i, (s, z) in enumerate(zip(stations, levels, strict=True)):
        inner = 0 < i < len(stations) - 1
        slope = (levels[i + 1] - levels[i - 1]) / (stations[i + 1] - stations[i - 1]) if inner else 0.0
        knots.append(Knot(s, z, slope))
    return knots


def _even(start: float, end: float, stations: list[float]) -> list[float]:
    return [start + (end - start) * s / stations[-1] for s in stations[1:-1]]


def _height(place: str | Port, crossings: dict[str, Crossing]) -> float:
    return place.z if isinstance(place, Port) else crossings[place].z


def _end_poses(street: Street, crossings: dict[str, Crossing]) -> tuple[PlanePose, PlanePose]:
    """Poses at both ends before setbacks; at a crossing a street points to or from its nearest via pose."""
    first, last = (place.pose if isinstance(place, Port) else crossings[place] for place in (street.start, street.end))
    after = street.via[0] if street.via else last
    before = street.via[-1] if street.via else first
    leave = math.atan2(after.y - first.y, after.x - first.x)
    arrive = math.atan2(last.y - before.y, last.x - before.x)
    return (
        first if isinstance(first, PlanePose) else PlanePose(first.x, first.y, leave),
        last if isinstance(last, PlanePose) else PlanePose(last.x, last.y, arrive),
    )


def _setbacks(
    name: str, crossing: Crossing, crossings: dict[str, Crossing], streets: list[Street]
) -> dict[tuple[int, bool], float]:
    """How far each street ends before its crossing, so that every kerb corner has its radius and its crosswalk."""
    arms: list[tuple[tuple[int, bool], float, tuple[LaneSpec, ...], tuple[LaneSpec, ...]]] = []
    for index, street in enumerate(streets):
        leave, arrive = _end_poses(street, crossings)
        right, left = street.profile.right, street.profile.left
        if street.start == name:
            arms.append(((index, True), leave.heading, left, right))
        if street.end == name:
            arms.append(((index, False), arrive.heading + math.pi, right, left))
    arms.sort(key=lambda arm: arm[1] % (2 * math.pi))
    setbacks = {arm[0]: 4.0 for arm in arms}
    for arm, neighbour in zip(arms, arms[1:] + arms[:1], strict=True):
        angle = (neighbour[1] - arm[1]) % (2 * math.pi)
        if not 0.0 < angle < OPPOSITE:
            continue
        near, far = kerb(arm[2]), kerb(neighbour[3])
        walks = any(lane.kind == "sidewalk" for lane in arm[2])
        room = crossing.corner_radius / math.tan(angle / 2) + (CORNER_LEAD if walks else 0.5)
        setbacks[arm[0]] = max(setbacks[arm[0]], room + (far + near * math.cos(angle)) / math.sin(angle))
        setbacks[neighbour[0]] = max(setbacks[neighbour[0]], room + (near + far * math.cos(angle)) / math.sin(angle))
    return setbacks


def _has_sidewalks(profile: Profile) -> bool:
    return all(any(lane.kind == "sidewalk" for lane in side) for side in (profile.left, profile.right))
