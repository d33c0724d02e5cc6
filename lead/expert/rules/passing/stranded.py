"""Vehicles that stand in the ego's lane for good: after some patience they are passed as a parked car is.

Not published: there the ego waits behind them until it is taken for blocked.
"""

from dataclasses import dataclass

import numpy as np

from lead.expert.rules.lights import GREEN
from lead.expert.rules.passing.obstacles import beside_route, on_wheels
from lead.expert.scene import LOST, SPACING, Briefing, Side
from lead.expert.view import View

STRANDED, STRANDED_TWO_WAYS = "stranded vehicle", "stranded vehicle, two ways"  # types that no route file has

NEAR = 15.0  # m from the ego's middle to its own
STANDING, DRIVING = 0.1, 1.0  # m/s up to which a vehicle stands, from which on the ego drives
IN_LANE = 0.5  # of the lane's width from its middle
FACING = 0.8  # cosine, at least, of its heading against the route's
QUEUE = 15.0  # m before it in which nobody else may stand: one waits in a queue
PATIENCE, PATIENCE_AT_JUNCTION = 10.0, 25.0  # s, and if a junction or a stop sign lies ahead of it
PATIENCE_IN_SITUATION = 30.0  # s, if it belongs to a situation
AT_JUNCTION = 25.0  # m
ALONG = 8.0  # m before and behind it on which there has to be a lane beside
ROOM = 2.7  # m to the middle of that lane
AT_LIGHT = 60.0  # m ahead of it in which a light that is not green makes everybody wait


@dataclass(frozen=True)
class Standstill:
    """Behind whom the ego stands, and since when; nobody before the first tick.

    Attributes:
        vehicle: its id, LOST if there is none.
        since: s.
        given_up: of each for whom the ego waits no longer, a briefing by which it is passed.
    """

    vehicle: int = LOST
    since: float = 0.0
    given_up: tuple[Briefing, ...] = ()


def stranded(view: View, memory: Standstill) -> Standstill:
    """The standstill as it goes on."""
    everybody = view.scene.actors
    still = frozenset(everybody.ids[everybody.ground_speed <= DRIVING].tolist())
    given_up = tuple(told for told in memory.given_up if told.ids[0] in still)
    vehicle, ahead = _behind(view)
    if vehicle == LOST or any(vehicle in told.ids for told in given_up):
        return Standstill(given_up=given_up)
    if vehicle != memory.vehicle:
        return Standstill(vehicle, view.scene.time, given_up)
    told = _passed_on(view, vehicle, ahead)
    if told is None or view.scene.time - memory.since < _patience(view, vehicle, ahead):
        return Standstill(vehicle, memory.since, given_up)
    return Standstill(given_up=(*given_up, told))


def _behind(view: View) -> tuple[int, float]:
    """Id of the vehicle behind which the ego stands, and m of route to it; LOST if there is none, or a queue."""
    if abs(view.speed) > DRIVING:
        return LOST, 0.0
    actors = view.actors
    passed_anyway = actors.among({actor for told in view.scene.briefings if len(told.beside) for actor in told.ids})
    ahead, aside, turned, _ = beside_route(view, actors.middle, actors.pose[:, 4])
    lane = on_wheels(actors) & (np.abs(aside) < IN_LANE * view.route.lane_width[view.index]) & (ahead > 0.0)
    lane &= (actors.ground_speed <= STANDING) & (np.cos(turned) >= FACING)
    rows = np.flatnonzero(lane)
    rows = rows[np.argsort(ahead[rows], kind="stable")]
    if not len(rows) or ahead[rows[0]] > NEAR or passed_anyway[rows[0]]:
        return LOST, 0.0
    if len(rows) > 1 and ahead[rows[1]] - ahead[rows[0]] < QUEUE:
        return LOST, 0.0
    return int(actors.ids[rows[0]]), float(ahead[rows[0]])


def _patience(view: View, vehicle: int, ahead: float) -> float:
    """Seconds that the ego waits behind a vehicle so far (m) ahead; longest for one whose situation may have an end."""
    route, place = view.route, view.index + round(ahead / SPACING)
    lights = (route.light_index >= view.index) & (route.light_index < place + round(AT_LIGHT / SPACING))
    if (lights & (view.scene.light_state != GREEN)).any():
        return float("inf")
    if any(vehicle in told.ids for told in view.scene.briefings):
        return PATIENCE_IN_SITUATION
    near = place + round(AT_JUNCTION / SPACING)
    stops = (route.stop_index >= view.index) & (route.stop_index < near)
    return PATIENCE_AT_JUNCTION if stops.any() or route.in_junction[view.index : near].any() else PATIENCE


def _passed_on(view: View, vehicle: int, ahead: float) -> Briefing | None:
    """By which a vehicle so far (m) ahead is passed on the lane beside it, preferably on one of the ego's direction; None
    if there is no lane wide enough all along."""
    first = view.index + round(ahead / SPACING)
    there = slice(first - round(ALONG / SPACING), first + round(ALONG / SPACING))
    route = view.route
    sides = (route.left_side[there], route.left[there]), (route.right_side[there], route.right[there])
    for type, direction, (side, away), kind in (
        (STRANDED, "right", sides[0], Side.SAME), (STRANDED, "left", sides[1], Side.SAME),
        (STRANDED_TWO_WAYS, "right", sides[0], Side.OPPOSITE),
    ):  # fmt: skip
        if len(side) and (side == kind).all() and away.min() >= ROOM:
            return Briefing(f"{STRANDED} {vehicle}", type, True, view.index, (vehicle,), direction)
    return None
