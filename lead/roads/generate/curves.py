"""Plane curves of lines and arcs, the only two shapes that CARLA's OpenDRIVE reader evaluates exactly.

Frame: OpenDRIVE's (x right, y up on paper, heading counter-clockwise), metres and radians.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

COLLINEAR = 1e-4  # m or rad: what counts as "already on the line"


class PlanePose(NamedTuple):
    """A place and a heading in the plane."""

    x: float
    y: float
    heading: float

    def ahead(self, distance: float) -> PlanePose:
        """The pose `distance` m further along the heading."""
        return PlanePose(
            self.x + distance * math.cos(self.heading), self.y + distance * math.sin(self.heading), self.heading
        )

    def right(self, distance: float) -> PlanePose:
        """The pose `distance` m to the right of the heading."""
        return PlanePose(
            self.x + distance * math.sin(self.heading), self.y - distance * math.cos(self.heading), self.heading
        )

    def reversed(self) -> PlanePose:
        """The same place, looking back."""
        return PlanePose(self.x, self.y, wrap(self.heading + math.pi))


class Piece(NamedTuple):
    """A line (curvature 0) or an arc (curvature in 1/m, positive to the left)."""

    length: float
    curvature: float


@dataclass(frozen=True)
class Track:
    """A smooth curve: a start pose and pieces, each continuing the heading of the one before."""

    start: PlanePose
    pieces: tuple[Piece, ...]

    @property
    def length(self) -> float:
        """Length in m."""
        return sum(piece.length for piece in self.pieces)

    def at(self, s: float) -> PlanePose:
        """Pose at `s` m from the start; beyond either end the last piece is continued."""
        pose = self.start
        for index, piece in enumerate(self.pieces):
            if s <= piece.length or index == len(self.pieces) - 1:
                return advance(pose, Piece(s, piece.curvature))
            pose = advance(pose, piece)
            s -= piece.length
        return pose

    @property
    def end(self) -> PlanePose:
        """Pose at the far end."""
        return self.at(self.length)


def wrap(angle: float) -> float:
    """The same angle in (-pi, pi]."""
    return math.pi - (math.pi - angle) % (2 * math.pi)


def advance(pose: PlanePose, piece: Piece) -> PlanePose:
    """Pose after driving along `piece` from `pose`."""
    if abs(piece.curvature) < 1e-12:
        return pose.ahead(piece.length)
    turn = piece.length * piece.curvature
    chord = 2.0 / piece.curvature * math.sin(turn / 2)
    middle = pose.heading + turn / 2
    return PlanePose(pose.x + chord * math.cos(middle), pose.y + chord * math.sin(middle), wrap(pose.heading + turn))


def join(start: PlanePose, end: PlanePose, lead: float = 0.0) -> Track:
    """The smoothest line-and-arc curve from one pose to another.

    A straight line where that fits; else line, arc, line with at least `lead` m of line at both ends and the
    widest arc that leaves; else a biarc (an S, or a turn whose legs are too short).
    """
    forward, left = _seen_from(start, end)
    turn = wrap(end.heading - start.heading)
    if abs(turn) < COLLINEAR and abs(left) < COLLINEAR and forward > 0:
        return Track(start, (Piece(forward, 0.0),))
    if abs(math.sin(turn)) > 1e-3 and abs(turn) < 3.0:
        second = left / math.sin(turn)  # from the crossing of the two lines to the end
        first = forward - second * math.cos(turn)
        tangent = min(first, second) - lead
        if tangent > 0.5:
            radius = tangent / math.tan(abs(turn) / 2)
            arc = Piece(radius * abs(turn), math.copysign(1 / radius, turn))
            pieces = (Piece(first - tangent, 0.0), arc, Piece(second - tangent, 0.0))
            return Track(start, tuple(piece for piece in pieces if piece.length > COLLINEAR))
    return Track(start, _biarc(start, end))


def track_through(poses: list[PlanePose]) -> Track:
    """A smooth curve through all poses in turn."""
    pieces: list[Piece] = []
    for before, after in zip(poses, poses[1:], strict=False):
        pieces += join(before, after).pieces
    return Track(poses[0], tuple(pieces))


def _seen_from(pose: PlanePose, other: PlanePose) -> tuple[float, float]:
    """Position of `other` as (forward, left) of `pose`."""
    dx, dy = other.x - pose.x, other.y - pose.y
    cos, sin = math.cos(pose.heading), math.sin(pose.heading)
    return dx * cos + dy * sin, dy * cos - dx * sin


def _biarc(start: PlanePose, end: PlanePose) -> tuple[Piece, ...]:
    """Two arcs with equal control lengths (Bolton 1975, "Biarc curves")."""
    vx, vy = end.x - start.x, end.y - start.y
    ax, ay = math.cos(start.heading), math.sin(start.heading)
    bx, by = math.cos(end.heading), math.sin(end.heading)
    square = vx * vx + vy * vy
    along = vx * (ax + bx) + vy * (ay + by)
    spread = 2 * (1 - ax * bx - ay * by)
    if spread < 1e-9:
        projected = 2 * along
        if projected < 1e-9:
            raise ValueError(f"no biarc from {start} to {end}: the end lies beside or behind a parallel start")
        control = square / projected
    else:
        control = (-along + math.sqrt(along * along + spread * square)) / spread
    middle_x = (start.x + end.x + control * (ax - bx)) / 2
    middle_y = (start.y + end.y + control * (ay - by)) / 2
    first = _arc_to(start, middle_x, middle_y)
    return first, _arc_to(advance(start, first), end.x, end.y)


def _arc_to(pose: PlanePose, x: float, y: float) -> Piece:
    """The arc that leaves `pose` along its heading and reaches (x, y)."""
    forward, left = _seen_from(pose, PlanePose(x, y, 0.0))
    chord = math.hypot(forward, left)
    angle = math.atan2(left, forward)
    if abs(angle) < 1e-9:
        return Piece(chord, 0.0)
    return Piece(chord * angle / math.sin(angle), 2 * math.sin(angle) / chord)
