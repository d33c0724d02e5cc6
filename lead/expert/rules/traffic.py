"""Traffic: keep a distance from who drives ahead, and stop for whom the way would meet.

Source: spec/lead-expert-and-data.md, 1.7, and 1.2 (leading and trailing vehicles).
"""

from dataclasses import replace
from math import radians

import numpy as np
from numpy.typing import NDArray

from lead.expert.control import PedalMemory
from lead.expert.decision import Cause, Proposal
from lead.expert.idm import target_speed
from lead.expert.kernels.driving import DT
from lead.expert.kernels.overlap import NEVER, first_overlaps
from lead.expert.predict import HORIZON, forecast_actors, forecast_ego
from lead.expert.scene import SPACING, Kind
from lead.expert.view import Forecast, View
from lead.scenarios.plan import CHANGES

NEIGHBOURHOOD = 80.0  # m ahead and behind
LEADING_ASIDE, LEADING_TURNED = 2.5, radians(35.0)  # m from the path, rad from its direction
TRAILING_ASIDE, TRAILING_TURNED = 3.0, radians(30.0)
CHANGED_ASIDE, CHANGED = 6.0, 15.0  # m, if a lane change lies within the last 15 m

FACING = radians(150.0)  # rad from the path's direction from which on a vehicle comes towards the ego
BESIDE = 0.3  # m between the ego and one that drives past it

LEADER = (4.0, 0.25)  # m at rest, s of headway
CLOSE = 2.0  # m of room that one has to leave to a leader in any case
BICYCLE = (6.0, 0.5)
WALKER = (4.5, 0.125)
STANDS = (1.5, 0.5)
STANDING, CREEPING = 0.1, 2.0  # m/s of a vehicle that waits, and at most of an ego that comes nearer to it then
WALKER_ROOM = 0.5  # m, of a walker


def ask(
    view: View, pedals: PedalMemory, factors: NDArray[np.float64], joined: frozenset[int] = frozenset()
) -> tuple[Proposal, ...]:
    """What leaders and all whose boxes the ego's forecast meets ask for; `factors` as in `forecast_actors`.

    Among those `joined` (ids), with others close behind, the ego does not fall behind a leader that drives.
    """
    vehicle = (view.actors.kind == Kind.CAR) | (view.actors.kind == Kind.BICYCLE)
    ahead = leading(view) & vehicle
    made_way_for = view.actors.emergency & (view.ahead < 0.0)
    skipped = (view.actors.kind == Kind.OBSTACLE) | passing_by(view) | made_way_for
    if view.near_lane_change:
        leaders = ()
    else:
        leaders = tuple(_lead(view, row, int(view.actors.ids[row]) in joined) for row in np.flatnonzero(ahead))
        skipped |= ahead | (trailing(view) & vehicle)
    way = way_to_meeting(view, pedals, factors, skipped)
    return leaders + tuple(_avoid(view, row, float(way[row])) for row in np.flatnonzero(~np.isnan(way)))


def leading(view: View) -> NDArray[np.bool_]:
    """Mask (A,) of who is ahead on the path and goes its way."""
    near = (view.ahead > 0.0) & (view.ahead <= NEIGHBOURHOOD) & (np.abs(view.aside) < LEADING_ASIDE)
    return near & (np.abs(view.turned) < LEADING_TURNED)


def trailing(view: View) -> NDArray[np.bool_]:
    """Mask (A,) of who is behind on the path and goes its way; from wherever the ego just came, if it changed lanes."""
    gone = view.path.command[max(0, view.index - round(CHANGED / SPACING)) : view.index + 1]
    reach = CHANGED_ASIDE if ((gone == CHANGES[0]) | (gone == CHANGES[1])).any() else TRAILING_ASIDE
    near = (view.ahead <= 0.0) & (view.ahead >= -NEIGHBOURHOOD) & (np.abs(view.aside) < reach)
    return near & (np.abs(view.turned) < TRAILING_TURNED)


def passing_by(view: View) -> NDArray[np.bool_]:
    """Mask (A,) of oncoming vehicles that keep to their own lane until they have passed the ego.

    Judged beside the path: in a bend a forecast with steady steering leads many an oncoming car across the ego's lane.
    Where a junction lies between them it may turn off, and the forecast counts.
    """
    half = view.scene.ego.extent
    clear = half[1] + view.actors.extent[:, 1] + BESIDE
    oncoming = (np.abs(view.turned) >= FACING) & (view.ahead > 0.0) & (view.actors.kind == Kind.CAR)
    oncoming &= np.abs(view.aside) >= clear
    if not oncoming.any():
        return oncoming
    length = half[0] + view.actors.extent[:, 0]
    time = (view.ahead + length) / np.maximum(max(0.0, view.speed) + view.actors.ground_speed, 1.0)
    oncoming &= np.abs(view.aside) + np.minimum(view.outwards, 0.0) * np.minimum(time, HORIZON * DT) >= clear
    crossed = np.concatenate([[0], np.cumsum(view.route.in_junction)])
    there = np.minimum(view.index + np.round(view.ahead / SPACING).astype(np.int64), len(view.route) - 1)
    return oncoming & (crossed[np.maximum(there, view.index)] == crossed[view.index])


def way_to_meeting(
    view: View, pedals: PedalMemory, factors: NDArray[np.float64], skipped: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Metres (A,) that the ego drives until each actor's forecast box meets its own, NaN if none; (A,) `skipped`.

    To those who wait it comes creeping, when it keeps to its path more closely: infinite if it meets them no more then.
    """
    others = forecast_actors(view, factors)
    way = _way_to(forecast_ego(view, pedals), others, skipped)
    met = waiting(view) & ~np.isnan(way)
    if not met.any():
        return way
    slowly = _way_to(forecast_ego(view, pedals, CREEPING), others, ~met)
    return np.where(met, np.where(np.isnan(slowly), np.inf, slowly), way)


def waiting(view: View) -> NDArray[np.bool_]:
    """Mask (A,) of the vehicles that stand before an ego that stands or creeps."""
    still = (view.actors.kind == Kind.CAR) & (view.actors.ground_speed <= STANDING)
    return still & (view.speed < CREEPING)


def _way_to(ego: Forecast, others: Forecast, skipped: NDArray[np.bool_]) -> NDArray[np.float64]:
    first = np.where(skipped, NEVER, 0)
    first_overlaps(ego.pose[0], ego.half[0], others.pose, others.half, first)
    gone = np.cumsum(np.abs(ego.speed[0])) * DT
    return np.where(first != NEVER, gone[first], np.nan)


def _avoid(view: View, row: int, way: float) -> Proposal:
    """What to do about an actor on a collision course that the ego meets after so many metres of way."""
    kind = view.actors.kind[row]
    if kind == Kind.CAR:
        speed = target_speed(CREEPING, view.speed, way, 0.0, *STANDS) if waiting(view)[row] else 0.0
        return Proposal(Cause.VEHICLE, speed, int(view.actors.ids[row]), _distance(view, row))
    if kind == Kind.BICYCLE:
        return _follow(view, row, Cause.BICYCLE, BICYCLE)
    distance = _distance(view, row)
    gap = distance - WALKER_ROOM - float(view.scene.ego.extent[0])
    speed = target_speed(view.limit, view.speed, gap, 0.0, *WALKER)
    return Proposal(Cause.WALKER, speed, int(view.actors.ids[row]), distance)


def _lead(view: View, row: int, joined: bool) -> Proposal:
    """Keep a distance from who drives ahead; in a stream that is joined as fast as he is, unless he is very close."""
    proposal = _follow(view, row, Cause.LEADER, LEADER)
    room = view.ahead[row] - view.actors.extent[row, 0] - view.scene.ego.extent[0]
    if not joined or room < CLOSE:
        return proposal
    pace = min(view.limit, float(view.actors.ground_speed[row] * np.cos(view.turned[row])))
    return replace(proposal, target_speed=max(proposal.target_speed, pace))


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
