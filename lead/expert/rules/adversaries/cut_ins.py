"""Parked or standing cars that pull out before the ego: a stop at their first movement.

Source: spec/lead-expert-and-data.md, 1.10. Which car it is shows in its moving, not in the situation.
"""

import numpy as np

from lead.expert.decision import Cause, Proposal
from lead.expert.view import View

FIRST_MOVEMENT = {"ParkingCutIn": 1.0, "StaticCutIn": 2.1}  # m/s above which the ego stops
ROLLING = 4.25  # m/s from which it need not stop
THROUGH = 5.0  # m/s at which a car has cut in for good

MERGING = "HighwayCutIn"
BESIDE, ABREAST = -3.0, 5.0  # m ahead of the ego between which a merging car counts in any case
BEFORE = 12.0  # m to which it counts while it comes nearer
NEXT_LANE = 5.0  # m from the way
NEARER = 0.2  # m/s
GIVES_WAY, SLOWEST = 2.0, 6.0  # m/s slower than it, but not so slow that both wait for each other


def cut_ins(view: View, through: frozenset[int]) -> tuple[frozenset[int], tuple[Proposal, ...]]:
    """Ids of those who have cut in, and a stop for the nearest who is about to (U1)."""
    proposals, still = [], set()
    actors, speed = view.actors, view.actors.ground_speed
    for told in view.scene.briefings:
        if told.type not in FIRST_MOVEMENT or not view.settings.cautious_stops:
            continue
        own = actors.among(told.ids)
        through = through | frozenset(actors.ids[own & (speed >= THROUGH)].tolist())
        still.update(told.ids)
        pulling = own & (speed > FIRST_MOVEMENT[told.type]) & (speed < ROLLING) & ~actors.among(through)
        rows = np.flatnonzero(pulling & (view.in_ego[:, 0] > -view.scene.ego.extent[0]))
        if len(rows):
            row = min(rows, key=lambda k: view.ahead[k])
            proposals.append(Proposal(Cause.CUT_IN, 0.0, int(actors.ids[row]), float(view.ahead[row])))
    return through & still, tuple(proposals)


def merging(view: View) -> tuple[Proposal, ...]:
    """Less speed than a car from the ramp beside the ego, until it is ahead (not published: there the ego brakes
    late, for the forecast collision, and may meet it again beside itself)."""
    proposals = []
    ahead, off, speed = view.in_ego[:, 0], np.abs(view.aside), view.actors.ground_speed
    for told in view.scene.briefings:
        if told.type == MERGING and told.playing:
            reach = np.where(view.outwards < -NEARER, BEFORE, ABREAST)
            own = view.actors.among(told.ids) & (off <= NEXT_LANE)
            for row in np.flatnonzero(own & (ahead >= BESIDE) & (ahead <= reach)):
                wanted = max(SLOWEST, float(speed[row]) - GIVES_WAY)
                proposals.append(Proposal(Cause.CUT_IN, wanted, int(view.actors.ids[row]), float(ahead[row])))
    return tuple(proposals)
