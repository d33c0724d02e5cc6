"""A way through a town, walked along its lanes, and what a place on it has around it.

What a place lacks is told as `Unfit`, in words that complete "there is no ...".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import carla
import numpy as np
from numpy.typing import NDArray

from lead import LeadError
from lead.geometry.poses import wrap_angle
from lead.scenarios.lane_graph import lane_key, position
from lead.scenarios.ways import same_direction_lanes

STEP = 1.0  # m between points
STRAIGHT_ON = np.radians(35.0)  # a junction passed with less of a turn is passed straight on
CHANGE_LENGTH = 5.0  # m along the road that a lane change takes, as when a route is traced
FROM_JUNCTION = 6.0  # m that a way keeps from a junction at its ends, and where its key points stand
KEY_SPACING = 40.0  # m between key points at most

LIGHT, STOP = "1000001", "206"  # OpenDRIVE types of landmarks
SIGN_BEFORE, SIGN_BEHIND = 20.0, 10.0  # m before and in a junction where its signs and lights are looked for


class Unfit(LeadError):
    """A place lacks some geometry, which the message names."""


@dataclass(frozen=True)
class Passage:
    """How a way passes a junction."""

    entry: int  # row of the last point before it
    exit: int  # row of the first point after it
    turn: str  # "left", "right" or "straight"


@dataclass(frozen=True)
class Way:
    """N points about 1 m apart, each the successor of the one before, except where the lane is changed."""

    points: tuple[carla.Waypoint, ...]
    changes: tuple[int, ...] = ()  # rows after which the lane is changed

    def __len__(self) -> int:
        return len(self.points)

    @cached_property
    def place(self) -> NDArray[np.float64]:
        """(N, 3) m."""
        return np.array([position(point) for point in self.points])

    @cached_property
    def in_junction(self) -> NDArray[np.bool_]:
        """(N,)."""
        return np.array([point.is_junction for point in self.points], np.bool_)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Of all junctions, in order."""
        inside = np.flatnonzero(np.diff(self.in_junction.astype(np.int8)))
        pairs = zip(inside[::2].tolist(), inside[1::2].tolist(), strict=False)
        return tuple(
            Passage(entry, last + 1, turn_between(self.points[entry], self.points[last + 1])) for entry, last in pairs
        )

    def next_passage(self, row: int) -> Passage:
        """The first junction at or after a row."""
        found = next((passage for passage in self.passages if passage.entry >= row), None)
        if found is None:
            raise Unfit("junction ahead")
        return found

    def clear(self, row: int) -> int:
        """Metres from a row to the next junction, along the way and beyond its end."""
        ahead = np.flatnonzero(self.in_junction[row:])
        return int(ahead[0]) if len(ahead) else len(self) - row

    def part(self, first: int, last: int) -> "Way":
        """The rows from `first` to `last`, both included."""
        changes = tuple(change - first for change in self.changes if first <= change < last)
        return Way(self.points[first : last + 1], changes)

    def key_points(self) -> NDArray[np.float64]:
        """(K, 3) m: around junctions, where lane changes begin and end, and some between, so that the way is traced."""
        rows = {0, len(self) - 1}
        for passage in self.passages:
            rows |= {max(0, passage.entry - int(FROM_JUNCTION)), min(len(self) - 1, passage.exit + int(FROM_JUNCTION))}
        for change in self.changes:
            rows |= {change, min(len(self) - 1, change + 10)}
        given = sorted(rows)
        for before, after in zip(given[:-1], given[1:], strict=True):
            if not self.in_junction[before:after].any():
                rows |= set(
                    np.linspace(before, after, 1 + max(1, round((after - before) / KEY_SPACING)), dtype=int).tolist()
                )
        return self.place[sorted(rows)]


def walk(
    start: carla.Waypoint, metres: float, random: np.random.Generator, changes: Sequence[tuple[float, str]] = ()
) -> Way:
    """A way from a waypoint, never twice along a lane, turning at random.

    Args:
        start: outside junctions.
        metres: of its length; it is shorter where the road ends, and ends outside junctions.
        random: draws the turns.
        changes: (m from the start, "left" or "right") of lane changes, in order.

    Raises:
        Unfit: there is no lane to change to.
    """
    points, rows, waiting, been = [start], [], list(changes), {lane_key(start)}
    while len(points) < metres:
        here = points[-1]
        if waiting and len(points) > waiting[0][0] and not here.is_junction:
            rows.append(len(points) - 1)
            points.append(_changed(here, waiting.pop(0)[1]))
            been.add(lane_key(points[-1]))
            continue
        following = [each for each in here.next(STEP) if lane_key(each) == lane_key(here) or lane_key(each) not in been]
        if not following:
            break
        points.append(following[int(random.integers(len(following)))])
        been.add(lane_key(points[-1]))
    if waiting:
        raise Unfit("stretch long enough for the lane changes")
    while points and (points[-1].is_junction or _just_left(points)):
        points.pop()
    return Way(tuple(points), tuple(rows))


def along(start: carla.Waypoint, metres: float, *, backward: bool = False) -> carla.Waypoint:
    """The waypoint so far along the lane, straight on through junctions; or back."""
    here = start
    for _ in range(int(metres / STEP)):
        following = here.previous(STEP) if backward else here.next(STEP)
        if not following:
            raise Unfit("road long enough")
        here = min(following, key=lambda each: abs(_turned(here, each)))
    return here


def lane_beside(point: carla.Waypoint, side: str, *kinds: carla.LaneType) -> carla.Waypoint:
    """The lane to the "left" or "right", if it is of one of these kinds."""
    other = point.get_left_lane() if side == "left" else point.get_right_lane()
    if other is None or other.lane_type not in kinds:
        raise Unfit(f"{' or '.join(str(kind).lower() for kind in kinds)} lane to the {side}")
    return other


def need_lanes(point: carla.Waypoint, count: int) -> list[carla.Waypoint]:
    """All driving lanes of the same direction, from left to right, if there are so many."""
    lanes = same_direction_lanes(point)
    if len(lanes) < count:
        raise Unfit(f"{count} lanes of the same direction")
    return lanes


def need_opposite(point: carla.Waypoint) -> carla.Waypoint:
    """The lane to the left, if it leads the other way."""
    other = point.get_left_lane()
    if other is None or other.lane_type != carla.LaneType.Driving or other.lane_id * point.lane_id > 0:
        raise Unfit("lane of the opposite direction to the left")
    return other


def need_sidewalk(point: carla.Waypoint, side: str) -> None:
    """There is a sidewalk beyond the lanes of a side."""
    here: carla.Waypoint | None = point
    while here is not None and here.lane_type != carla.LaneType.Sidewalk:
        onward = (here.lane_id * point.lane_id > 0) == (side == "right")
        here = here.get_right_lane() if onward else here.get_left_lane()
    if here is None:
        raise Unfit(f"sidewalk to the {side}")


def has_landmark(entry: carla.Waypoint, kind: str) -> bool:
    """Whether a sign or light of a type governs the lane whose last point before a junction is `entry`."""
    before = entry.previous(SIGN_BEFORE)
    seen = before[0].get_landmarks_of_type(SIGN_BEFORE + SIGN_BEHIND, kind, False) if before else []
    return bool(seen)


def _changed(here: carla.Waypoint, side: str) -> carla.Waypoint:
    allowed = carla.LaneChange.Left if side == "left" else carla.LaneChange.Right
    other = here.get_left_lane() if side == "left" else here.get_right_lane()
    if other is None or not here.lane_change & allowed or other.lane_id * here.lane_id < 0:
        raise Unfit(f"lane to change to on the {side}")
    following = other.next(CHANGE_LENGTH) if other.lane_type == carla.LaneType.Driving else []
    if not following or following[0].is_junction:
        raise Unfit(f"lane to change to on the {side}")
    return following[0]


def _just_left(points: Sequence[carla.Waypoint]) -> bool:
    return any(point.is_junction for point in points[-int(2 * FROM_JUNCTION) :])


def turn_between(entry: carla.Waypoint, end: carla.Waypoint) -> str:
    """ "left", "right" or "straight" from one waypoint to a later one."""
    turned = _turned(entry, end)
    return "straight" if abs(turned) < STRAIGHT_ON else "right" if turned > 0.0 else "left"


def _turned(here: carla.Waypoint, there: carla.Waypoint) -> float:
    """Radians clockwise, as CARLA counts."""
    return float(wrap_angle(np.radians(there.transform.rotation.yaw - here.transform.rotation.yaw)))
