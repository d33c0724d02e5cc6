"""Traffic: keep a distance from who drives ahead, and stop for whom the way would meet.

Source: spec/lead-expert-and-data.md, 1.7, and 1.2 (leading and trailing vehicles).
"""

from math import radians

import numpy as np
from numpy.typing import NDArray

from lead.expert.control import PedalMemory
from lead.expert.decision import Cause, Proposal
from lead.expert.idm import target_speed
from lead.expert.kernels.overlap import NEVER, first_overlaps
from lead.expert.predict import forecast_actors, forecast_ego
from lead.expert.scene import SPACING, Kind
from lead.expert.view import View
from lead.scenarios.plan import CHANGES

NEIGHBOURHOOD = 80.0  # m ahead and behind
LEADING_ASIDE, LEADING_TURNED = 2.5, radians(35.0)  # m from the path, rad from its direction
TRAILING_ASIDE, TRAILING_TURNED = 3.0, radians(30.0)
CHANGED_ASIDE, CHANGED = 6.0, 15.0  # m, if a lane change lies within the last 15 m

LEADER = (4.0, 0.25)  # m at rest, s of headway
BICYCLE = (6.0, 0.5)
WALKER = (4.5, 0.125)
WALKER_ROOM = 0.5  # m, of a walker


def ask(view: View, pedals: PedalMemory, factors: NDArray[np.float64]) -> tuple[Proposal, ...]:
    """What leaders and all whose boxes the ego's forecast meets ask for; `factors` as in `forecast_actors`."""
    vehicle = (view.actors.kind == Kind.CAR) | (view.actors.kind == Kind.BICYCLE)
    ahead = leading(view) & vehicle
    skipped = (view.actors.kind == Kind.OBSTACLE) | (view.actors.emergency & (view.ahead < 0.0))  # made way for, behind
    if view.near_lane_change:
        leaders = ()
    else:
        leaders = tuple(_follow(view, row, Cause.LEADER, LEADER) for row in np.flatnonzero(ahead))
        skipped |= ahead | (trailing(view) & vehicle)
    met = met_at(view, pedals, factors, skipped) != NEVER
    return leaders + tuple(_avoid(view, row) for row in np.flatnonzero(met))


def leading(view: View) -> NDArray[np.bool_]:
    """Mask (A,) of who is ahead on the path and goes its way."""
    near = (view.ahead > 0.0) & (view.ahead <= NEIGHBOURHOOD) & (np.abs(view.aside) < LEADING_ASIDE)
    return near & (np.abs(view.turned) < LEADING_TURNED)


def trailing(view: View) -> NDArray[np.bool_]:
    """Mask (A,) of who is behind on the path and goes its way; from wherever the ego just came, if it changed lanes."""
    gone = view.path.command[max(0, view.index - round(CHANGED / SPACING)) : view.index + 1]
    reach = CHANGED_ASIDE if np.isin(gone, CHANGES).any() else TRAILING_ASIDE
    near = (view.ahead <= 0.0) & (view.ahead >= -NEIGHBOURHOOD) & (np.abs(view.aside) < reach)
    return near & (np.abs(view.turned) < TRAILING_TURNED)


def met_at(
    view: View, pedals: PedalMemory, factors: NDArray[np.float64], skipped: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The tick (A,) from now at which each actor's forecast box first meets the ego's, NEVER if none; (A,) `skipped`."""
    ego, others = forecast_ego(view, pedals), forecast_actors(view, factors)
    first = np.where(skipped, NEVER, 0)
    first_overlaps(ego.pose[0], ego.half[0], others.pose, others.half, first)
    return first


def _avoid(view: View, row: int) -> Proposal:
    """What to do about an actor on a collision course."""
    kind = view.actors.kind[row]
    if kind == Kind.CAR:
        return Proposal(Cause.VEHICLE, 0.0, int(view.actors.ids[row]), _distance(view, row))
    if kind == Kind.BICYCLE:
        return _follow(view, row, Cause.BICYCLE, BICYCLE)
    distance = _distance(view, row)
    gap = distance - WALKER_ROOM - float(view.scene.ego.extent[0])
    speed = target_speed(view.limit, view.speed, gap, 0.0, *WALKER)
    return Proposal(Cause.WALKER, speed, int(view.actors.ids[row]), distance)


def _follow(view: View, row: int, cause: Cause, spacing: tuple[float, float]) -> Proposal:
    """Keep a distance, `spacing` (m at rest, s of headway), from a vehicle as fast as it goes the path's way."""
    actors, distance = view.actors, _distance(view, row)
    along = actors.pose[row, 4] - view.turned[row]
    speed = float(actors.velocity[row, 0] * np.cos(along) + actors.velocity[row, 1] * np.sin(along))
    gap = distance - 2.0 * float(actors.extent[row, 0])
    target = target_speed(view.limit, view.speed, gap, max(0.0, speed), *spacing)
    return Proposal(cause, target, int(actors.ids[row]), distance)


def _distance(view: View, row: int) -> float:
    """m from the ego to an actor's middle."""
    return float(np.hypot(view.in_ego[row, 0], view.in_ego[row, 1]))
