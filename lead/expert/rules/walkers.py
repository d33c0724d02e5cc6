"""Moving walkers and cyclists ahead: a full stop, whatever they seem to be up to.

Source: spec/lead-expert-and-data.md, 1.9. There anyone who moves ahead stops the ego, at whatever distance and on
whatever side; here it is anyone who is on the ego's way or comes towards it, from where a calm stop is due.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lead.expert.decision import Asked, Cause, Proposal
from lead.expert.scene import EvidenceIndex, Kind
from lead.expert.view import View

CROSSINGS = frozenset({
    "DynamicObjectCrossing", "ParkingCrossingPedestrian", "PedestrianCrossing", "VehicleTurningRoute",
    "VehicleTurningRoutePedestrian",
})  # fmt: skip

MOVING = 0.25  # m/s from which somebody moves, or comes towards the way
LEAST_PIXELS = 50.0  # camera points per squared half height (1/m^2) that an emergency stop needs (V3)
ASIDE = 6.0  # m on either side of the way within which somebody coming towards it counts
ON_THE_WAY = 1.0  # m beside the lane that still belong to it
RESERVE, REACTION, DECELERATION = 8.0, 0.5, 3.0  # m, s and m/s^2 of a calm stop


@dataclass(frozen=True)
class WalkerMemory:
    """Ids of those who have ever moved, and of those the ego stops for; empty before the first tick."""

    moved: frozenset[int] = frozenset()
    stopped_for: frozenset[int] = frozenset()


def ask(view: View, memory: WalkerMemory) -> Asked:
    """A stop for the nearest walker or cyclist who moves on or towards the way, in situations that are about one (U1).

    Who has never moved does not count, so that the ego comes near enough to set the situation off. A stop that has
    begun lasts until the way is clear.
    """
    if not view.settings.cautious_stops or not any(told.type in CROSSINGS for told in view.scene.briefings):
        return Asked(WalkerMemory())
    actors, ids = view.actors, view.actors.ids
    on_foot = (actors.kind == Kind.WALKER) | (actors.kind == Kind.BICYCLE)
    moved = on_foot & ((actors.ground_speed >= MOVING) | actors.among(memory.moved))
    threat = moved & _seen_well(view) & (view.in_ego[:, 0] >= 0.0) & _in_the_way(view)
    held = actors.among(memory.stopped_for)
    stops = threat & (held | (view.ahead <= _calm_stop(view.speed)))
    remembered = WalkerMemory(
        (memory.moved & frozenset(view.scene.actors.ids.tolist())) | frozenset(ids[moved].tolist()),
        frozenset(ids[stops].tolist()),
    )
    if not stops.any():
        return Asked(remembered)
    row = min(np.flatnonzero(stops), key=lambda k: view.ahead[k])
    return Asked(remembered, (Proposal(Cause.WALKER_CLOSE, 0.0, int(ids[row]), float(view.ahead[row])),))


def _calm_stop(speed: float) -> float:
    """Metres within which the ego stops without haste."""
    return RESERVE + REACTION * speed + speed**2 / (2.0 * DECELERATION)


def _seen_well(view: View) -> NDArray[np.bool_]:
    """Whether each actor (A,) fills enough of the pictures for an emergency stop; all if that does not matter."""
    if not view.settings.stop_pixels:
        return np.ones(len(view.actors), bool)
    points = view.actors.evidence[:, EvidenceIndex.CAMERA]
    return points >= LEAST_PIXELS * view.actors.extent[:, 2] ** 2


def _in_the_way(view: View) -> NDArray[np.bool_]:
    """Whether each actor (A,) is on the ego's lane or comes towards it from close by."""
    off = np.abs(view.aside)
    on_the_way = off <= 0.5 * view.route.lane_width[view.index] + ON_THE_WAY
    return on_the_way | ((off <= ASIDE) & (view.outwards <= -MOVING))
