"""Whether the lane of oncoming traffic can be borrowed: who is on it, and who would be there too early.

Source: spec/lead-expert-and-data.md, 1.8 (oncoming test, negotiation guard).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead.expert.kernels.driving import DT, next_speed, pedals
from lead.expert.kernels.places import along_path
from lead.expert.path import Shift, lateral
from lead.expert.rules.passing.merging import taken_behind
from lead.expert.rules.passing.obstacles import STOREY, beside_route, on_wheels, speed_along
from lead.expert.rules.passing.row import Row, rung
from lead.expert.scene import SPACING, Actors, Briefing
from lead.expert.view import View

ROOM = 10.0  # m beyond the end of the shift, and the ego's length, where an oncoming vehicle may be as the ego is back
MARGIN = 0.2  # s that it must be later
LEAST_SPEED = 1.0  # m/s that is expected of it
ON_LANE = 0.6  # of the lane's width from the borrowed lane's middle
LOOK = 150.0  # m beyond the end of the shift that are looked at where the lane runs along the route
EGO_SLOW, OTHER_FAST = 1.0, 3.0  # m/s: a close vehicle this fast is past before an ego this slow is on the lane
START = 0.45  # s: and it is close if it will have come by within this
TIME_LIMIT = 60.0  # s, longer than any overtaking

EAGER_FROM, EAGER_TO = 10.0, 25.0  # s of waiting over which the room beyond the shift shrinks to nothing
BOLD_FROM, BOLD_TO = 30.0, 90.0  # s of waiting over which the time asked of oncoming vehicles shrinks
BOLDEST = 0.5  # share of that time that is asked in the end

HALF_TURN = 0.5 * np.pi  # rad from the route's direction beyond which a lane leads the other way
FACING = np.radians(135.0)  # rad from the path's direction from which on a vehicle is an opposing one
GUARD = 7.0  # m, part of the distance at which it stops an overtaking ego
FAST_ROAD, FAST_NEGOTIATION = 15.0, 2.75  # m/s of speed limit above which this many s of travel come to it


@dataclass(frozen=True)
class Oncoming:
    """K vehicles on the borrowed lane, as seen from the ego."""

    ids: NDArray[np.int64]  # (K,)
    ahead: NDArray[np.float64]  # (K,) m along the lane
    towards: NDArray[np.float64]  # (K,) m/s at which they come along it


def in_the_way(view: View, briefing: Briefing, row: Row, shift: Shift, speed: float, waited: float = 0.0) -> int:
    """Id of a vehicle because of which the lane of a shift cannot be borrowed now; LOST if it can.

    A vehicle on the borrowed lane must not be before the place where the ego is back, and must take longer to get there
    than an ego that accelerates to `speed` (m/s). The longer the ego has `waited` (s) the smaller the gap that it takes,
    as drivers do: some flows leave no gap of the published size. And there must be room on its own lane.
    """
    others = oncoming(view, briefing, shift)
    eager = float(np.clip((waited - EAGER_FROM) / (EAGER_TO - EAGER_FROM), 0.0, 1.0))
    bold = float(np.clip((waited - BOLD_FROM) / (BOLD_TO - BOLD_FROM), 0.0, 1.0))
    room = (1.0 - eager) * (2.0 * view.scene.ego.extent[0] + ROOM)
    back = (shift.end - view.index) * SPACING + room
    needed = (seconds_for(back, view.speed, speed) + MARGIN) * (1.0 - (1.0 - BOLDEST) * bold)
    late = (others.ahead - back) / np.maximum(others.towards, LEAST_SPEED) >= needed
    passing = np.zeros(len(others.ids), bool)
    if view.speed < EGO_SLOW:
        nearer = np.minimum(rung(row.starting, view.route.lane_width[view.index]), START * others.towards)
        passing = (others.towards > OTHER_FAST) & (others.ahead < nearer)
    blocking = np.flatnonzero(~late & ~passing)
    if len(blocking):
        return int(others.ids[blocking[np.argmin(others.ahead[blocking])]])
    return taken_behind(view, briefing, shift, seconds_for((shift.end - view.index) * SPACING, view.speed, speed))


def opposing(view: View, row: Row) -> tuple[int, float, float] | None:
    """The nearest vehicle that comes towards the ego on its path within the distance of the negotiation guard (U7):
    its id, m to it, its speed; None without one."""
    seconds = FAST_NEGOTIATION if view.scene.ego.speed_limit > FAST_ROAD else row.negotiation
    reach = seconds * view.speed + GUARD + view.scene.ego.extent[0]
    width = ON_LANE * view.route.lane_width[view.index]
    meets = (np.abs(view.turned) > FACING) & (np.abs(view.aside) < width) & on_wheels(view.actors)
    rows = np.flatnonzero(meets & (view.ahead > 0.0) & (view.ahead - view.actors.extent[:, 0] < reach))
    if not len(rows):
        return None
    nearest = rows[np.argmin(view.ahead[rows])]
    return int(view.actors.ids[nearest]), float(view.ahead[nearest]), float(view.actors.speed[nearest])


def oncoming(view: View, briefing: Briefing, shift: Shift) -> Oncoming:
    """Who is on the borrowed lane ahead of the ego: only those whom it sees if so set (V5)."""
    actors = view.actors if view.settings.oncoming_seen else view.scene.actors
    actors = actors.rows(on_wheels(actors) & ~actors.among(briefing.ids))
    found = [_along_route(view, actors, shift)]
    if len(briefing.beside) > 1:
        found.append(_along_lane(view, actors, briefing.beside[::-1]))
    ids, ahead, towards = (np.concatenate(column) for column in zip(*found, strict=True))
    before = ahead > 0.0
    return Oncoming(ids[before], ahead[before], towards[before])


def seconds_for(distance: float, speed: float, target: float) -> float:
    """How long an ego that drives at a speed takes for a distance (m) while it accelerates to a target (m/s)."""
    gone = time = 0.0
    while gone < distance and time < TIME_LIMIT:
        speed = next_speed(speed, *pedals(speed, target))
        gone, time = gone + DT * speed, time + DT
    return time


def _along_route(view: View, actors: Actors, shift: Shift) -> tuple[NDArray, NDArray, NDArray]:
    """Ids, m ahead and m/s towards the ego of those who are where the shift leads, or further along that lane."""
    ahead, aside, turned, rise = beside_route(view, actors.middle, actors.pose[:, 4])
    there = np.clip(view.index + np.round(ahead / SPACING).astype(np.int64), 0, len(view.route) - 1)
    full = float(lateral(view.route, shift, np.array([(shift.start + shift.end) // 2]))[0])
    full /= shift.factor if shift.offset == 0.0 else 1.0
    on = (np.abs(aside - full) < ON_LANE * view.route.lane_width[there]) & (np.abs(rise) < STOREY)
    on &= ahead < (shift.end - view.index) * SPACING + LOOK
    return actors.ids[on], ahead[on], -speed_along(actors, turned)[on]


def _along_lane(view: View, actors: Actors, lane: NDArray[np.float64]) -> tuple[NDArray, NDArray, NDArray]:
    """Likewise for those on a lane (M, 3) m told from the obstacle on, against the direction of its traffic; nobody if
    its traffic has the ego's direction."""
    way = np.gradient(lane[:, :2], axis=0)
    yaw = np.arctan2(way[:, 1], way[:, 0])
    ahead, aside, turned, rise = (np.empty(len(actors)) for _ in range(4))
    along_path(actors.middle, actors.pose[:, 4], lane, yaw, 0, len(lane), 1.0, ahead, aside, turned, rise)
    on = (np.abs(aside) < ON_LANE * view.route.lane_width[view.index]) & (np.abs(rise) < STOREY)
    on &= (ahead > 0.0) & (ahead < len(lane))
    begin, _, against, _ = (float(value[0]) for value in beside_route(view, lane[:1], yaw[:1]))
    on &= abs(against) < HALF_TURN
    return actors.ids[on], begin + ahead[on], -speed_along(actors, turned)[on]
