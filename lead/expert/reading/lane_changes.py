"""Changes of lane on a way: not into a lane that is still too narrow, and over a length that can be driven.

A plan changes lanes within 5 m, and several at once where they end soon; the way moves over along a cosine instead, as
far before and behind the plan's change as the lanes lie beside each other. Source of the narrow lanes:
spec/lead-expert-and-data.md, 1.2 ("no too-early lane change").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import carla
import numpy as np
from numpy.typing import NDArray

from lead.scenarios.lane_graph import Command, lane_key, position

WIDE_ENOUGH = 2.5  # m of a lane that may be changed to though it still widens
ON_LANE = 1.0  # m to the side between a lane and the one that continues it
PER_LANE = 20.0  # m along the road over which one lane is changed

Point = tuple[carla.Waypoint, Command]


def late_changes(points: Sequence[Point]) -> list[Point]:
    """The points of a way, on the lane before as long as the one that is changed to is narrow and widens."""
    kept = list(points[:1])
    for (waypoint, command), following in zip(points[1:], [*points[2:], None], strict=True):
        stays = None
        if lane_key(kept[-1][0]) != lane_key(waypoint) and waypoint.lane_width < WIDE_ENOUGH and following is not None:
            if following[0].lane_width > waypoint.lane_width:
                stays = _continued(kept[-1][0], waypoint)
        kept.append((waypoint, command) if stays is None else (stays, Command.LANE_FOLLOW))
    return kept


def _continued(before: carla.Waypoint, narrow: carla.Waypoint) -> carla.Waypoint | None:
    """The lane beside a narrow one that continues the lane before it; None if none does."""
    ahead = heading(before)
    for left in (True, False):
        lane = _lanes_over(narrow, 1, left)
        if lane is None:
            continue
        east, south = (position(lane) - position(before))[:2]
        if abs(ahead[0] * south - ahead[1] * east) < ON_LANE:
            return lane
    return None


def gradual_changes(points: Sequence[Point], begin: int) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Places (M, 3) m and commands (M,) of points (M,) with gradual changes of lane, none before the row `begin`."""
    places = np.array([position(waypoint) for waypoint, _ in points])
    command = np.array([command for _, command in points], np.int8)
    along = _along(points, places)
    for change in _changes(points, along):
        rows, here, there = _beside_each_other(points, along, change, begin)
        low, high = _window(along, rows, change)
        moved = rows[(along[rows] >= low) & (along[rows] <= high)]
        kept = np.isin(rows, moved)
        share = (along[moved] - low) / max(high - low, 1e-6)
        blend = (0.5 - 0.5 * np.cos(np.pi * share))[:, None]
        places[moved] = (1.0 - blend) * here[kept] + blend * there[kept]
        command[moved] = Command.CHANGE_LANE_LEFT if change.left else Command.CHANGE_LANE_RIGHT
    return places, command


@dataclass(frozen=True)
class _Change:
    """Lanes that are changed one soon after the other, to the same side."""

    last: int  # row of the last point on the lane before
    first: int  # row of the first point on the lane after
    left: bool
    steps: tuple[int, ...]  # rows from which on one lane more has been changed

    @property
    def lanes(self) -> int:
        return len(self.steps)


def _changes(points: Sequence[Point], along: NDArray[np.float64]) -> list[_Change]:
    found: list[_Change] = []
    for row in range(len(points) - 1):
        here, there = points[row][0], points[row + 1][0]
        if here.road_id != there.road_id or here.lane_id == there.lane_id or here.lane_id * there.lane_id < 0:
            continue
        if here.is_junction or points[row][1] not in (Command.CHANGE_LANE_LEFT, Command.CHANGE_LANE_RIGHT):
            continue
        left, before = abs(there.lane_id) < abs(here.lane_id), found[-1] if found else None
        if before is not None and before.left == left and along[row] - along[before.first] < PER_LANE:
            found[-1] = _Change(before.last, row + 1, left, (*before.steps, row + 1))
        else:
            found.append(_Change(row, row + 1, left, (row + 1,)))
    return found


def _beside_each_other(
    points: Sequence[Point], along: NDArray[np.float64], change: _Change, begin: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Rows (R,) around a change at which the lanes before and after it lie side by side, and their places (R, 3)."""
    reach = PER_LANE * change.lanes

    def lanes_at(row: int) -> tuple[carla.Waypoint, carla.Waypoint] | None:
        waypoint = points[row][0]
        if waypoint.is_junction:
            return None
        changed = sum(row >= step for step in change.steps)
        before = _lanes_over(waypoint, changed, not change.left)
        after = _lanes_over(waypoint, change.lanes - changed, change.left)
        return None if before is None or after is None else (before, after)

    found = {row: lanes for row in range(change.last, change.first + 1) if (lanes := lanes_at(row)) is not None}
    for rows, edge in (
        (range(change.last - 1, begin - 1, -1), change.last), (range(change.first + 1, len(points)), change.first)
    ):  # fmt: skip
        for row in rows:
            lanes = lanes_at(row)
            if lanes is None or abs(along[row] - along[edge]) > reach or _changes_here(points, row, change):
                break
            found[row] = lanes
    rows = np.array(sorted(found), np.int64)
    here = np.array([position(found[row][0]) for row in rows.tolist()]).reshape(-1, 3)
    there = np.array([position(found[row][1]) for row in rows.tolist()]).reshape(-1, 3)
    return rows, here, there


def _changes_here(points: Sequence[Point], row: int, change: _Change) -> bool:
    """Whether another change begins or ends at a row."""
    beside = row + 1 if row < change.last else row - 1
    here, there = points[row][0], points[beside][0]
    return here.road_id == there.road_id and here.lane_id != there.lane_id


def _window(along: NDArray[np.float64], rows: NDArray[np.int64], change: _Change) -> tuple[float, float]:
    """From where to where (m along) the way moves over: half of it before the plan's change if there is room."""
    if not len(rows):
        return 0.0, -1.0
    last, first = along[change.last], along[change.first]
    wanted = max(PER_LANE * change.lanes - (first - last), 0.0)
    room_before, room_after = max(last - along[rows[0]], 0.0), max(along[rows[-1]] - first, 0.0)
    before = min(room_before, max(0.5 * wanted, wanted - room_after))
    after = min(room_after, wanted - before)
    return last - before, first + after


def _along(points: Sequence[Point], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """(M,) m along the road, without the metres to the side."""
    ahead = np.array([heading(waypoint) for waypoint, _ in points])
    steps = (np.diff(places[:, :2], axis=0) * ahead[:-1]).sum(axis=1)
    return np.concatenate([[0.0], np.cumsum(np.maximum(steps, 0.0))])


def _lanes_over(waypoint: carla.Waypoint, count: int, left: bool) -> carla.Waypoint | None:
    """The waypoint so many lanes beside, all wide enough and of the same direction; None where there is none."""
    here = waypoint
    for _ in range(count):
        lane = here.get_left_lane() if left else here.get_right_lane()
        if lane is None or lane.lane_type != carla.LaneType.Driving or lane.lane_id * waypoint.lane_id < 0:
            return None
        if lane.lane_width < WIDE_ENOUGH:
            return None
        here = lane
    return here


def heading(waypoint: carla.Waypoint) -> NDArray[np.float64]:
    """Unit vector (2,) along its lane."""
    yaw = np.radians(waypoint.transform.rotation.yaw)
    return np.array([np.cos(yaw), np.sin(yaw)])
