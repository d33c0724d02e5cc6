"""A town while it is being drawn: roads, junctions and furniture as plain records, not yet OpenDRIVE text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from lead.roads.generate.curves import PlanePose, Track
from lead.roads.generate.profiles import LaneSpec, Profile


class Knot(NamedTuple):
    """A height on a road: s and z in m, slope dz/ds."""

    s: float
    z: float
    slope: float


class RoadLink(NamedTuple):
    """What a road end touches: a "road" or a "junction", its id, and for a road which of its ends."""

    kind: str
    id: int
    at_start: bool = True


class SignalDraft(NamedTuple):
    """A light or sign: where it stands (road s, t; h_offset turns it to the driver) and which lanes it counts for."""

    id: int
    type: str
    name: str
    s: float
    t: float
    h_offset: float
    lanes: tuple[int, int]  # (0, 0): none here, only through references
    subtype: str = "-1"
    value: float = -1.0
    z_offset: float = 0.0


class CrosswalkDraft(NamedTuple):
    """A zebra: anchor s on the road and the polygon's corners as (forward, left) of the anchor, m."""

    id: int
    s: float
    corners: tuple[tuple[float, float], ...]


@dataclass
class RoadDraft:
    """One road: reference line, cross-section, heights, links and what stands beside it."""

    id: int
    name: str
    track: Track
    profile: Profile
    heights: list[Knot]
    speed: float  # km/h
    kind: str = "town"  # OpenDRIVE road type
    junction: int = -1
    predecessor: RoadLink | None = None
    successor: RoadLink | None = None
    lane_predecessor: dict[int, int] = field(default_factory=dict)
    lane_successor: dict[int, int] = field(default_factory=dict)
    signals: list[SignalDraft] = field(default_factory=list)
    references: list[tuple[int, float]] = field(default_factory=list)  # (signal id, s), for lane -1
    crosswalks: list[CrosswalkDraft] = field(default_factory=list)

    def height(self, s: float) -> Knot:
        """Height and slope at `s` from the cubic between the two knots around it."""
        after = next((i for i, knot in enumerate(self.heights) if knot.s > s), len(self.heights) - 1)
        if after == 0:
            return self.heights[0]
        a, b, c, d = hermite(self.heights[after - 1], self.heights[after])
        ds = s - self.heights[after - 1].s
        return Knot(s, a + ds * (b + ds * (c + ds * d)), b + ds * (2 * c + 3 * ds * d))


class Arm(NamedTuple):
    """A road end at a junction."""

    road: RoadDraft
    at_start: bool

    @property
    def pose(self) -> PlanePose:
        """Pose of the road end, heading into the junction."""
        return self.road.track.start.reversed() if self.at_start else self.road.track.end

    @property
    def s(self) -> float:
        """Position of the end on its road, m."""
        return 0.0 if self.at_start else self.road.track.length

    @property
    def height(self) -> Knot:
        """Height at the end; slope seen by a traveller into the junction."""
        knot = self.road.height(self.s)
        return knot._replace(slope=-knot.slope) if self.at_start else knot

    @property
    def incoming(self) -> tuple[LaneSpec, ...]:
        """Lanes into the junction, from the centre outwards."""
        return self.road.profile.left if self.at_start else self.road.profile.right

    @property
    def outgoing(self) -> tuple[LaneSpec, ...]:
        """Lanes out of the junction, from the centre outwards."""
        return self.road.profile.right if self.at_start else self.road.profile.left

    def incoming_id(self, index: int) -> int:
        """OpenDRIVE lane id of the index-th incoming lane."""
        return index + 1 if self.at_start else -(index + 1)

    def outgoing_id(self, index: int) -> int:
        """OpenDRIVE lane id of the index-th outgoing lane."""
        return -(index + 1) if self.at_start else index + 1


@dataclass
class JunctionDraft:
    """One junction: its arms, the connecting roads with the arms they leave and reach, and its light controllers."""

    id: int
    name: str
    arms: list[Arm]
    connections: list[tuple[RoadDraft, int, int]] = field(default_factory=list)  # road, from arm, to arm
    corners: dict[tuple[int, int], RoadDraft] = field(default_factory=dict)  # (from, to) -> road with the roadside
    controllers: list[tuple[int, list[int]]] = field(default_factory=list)  # (controller id, signal ids)


@dataclass
class Draft:
    """A whole town."""

    name: str
    roads: list[RoadDraft] = field(default_factory=list)
    junctions: list[JunctionDraft] = field(default_factory=list)
    last_id: int = 0

    def new_id(self) -> int:
        """A number not used before in this town (roads, junctions, signals and objects share one count)."""
        self.last_id += 1
        return self.last_id

    def add_road(self, track: Track, profile: Profile, heights: list[Knot], speed: float, **fields) -> RoadDraft:
        """Add a road and return it."""
        number = self.new_id()
        fields.setdefault("name", f"Road {number}")
        road = RoadDraft(id=number, track=track, profile=profile, heights=heights, speed=speed, **fields)
        self.roads.append(road)
        return road


def flat(length: float, z: float = 0.0) -> list[Knot]:
    """Heights of a level road."""
    return [Knot(0.0, z, 0.0), Knot(length, z, 0.0)]


def hermite(before: Knot, after: Knot) -> tuple[float, float, float, float]:
    """Cubic a + b ds + c ds^2 + d ds^3 with the heights and slopes of both knots."""
    length = max(after.s - before.s, 1e-9)
    rise = (after.z - before.z) / length
    c = (3 * rise - 2 * before.slope - after.slope) / length
    d = (before.slope + after.slope - 2 * rise) / length**2
    return before.z, before.slope, c, d
