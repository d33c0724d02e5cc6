"""Somebody fast close behind after a merge: more speed.

Source: spec/lead-expert-and-data.md, 1.10. Not published: with somebody slow close ahead the ego does not speed up.
"""

import numpy as np
from numpy.typing import NDArray

from lead.expert.decision import Cause, Proposal
from lead.expert.rules.adversaries.classes import Danger, to_crossing
from lead.expert.rules.adversaries.memory import AdversaryMemory
from lead.expert.rules.adversaries.turns import TURNS
from lead.expert.rules.adversaries.violators import VIOLATIONS, of_violation
from lead.expert.scene import Briefing
from lead.expert.view import View

MERGES = frozenset({"EnterActorFlow", "EnterActorFlowV2", "InterurbanAdvancedActorFlow"})
BEHIND = -1.0  # m, x in the ego's frame
FAST = 5.0  # m/s of both
CLOSE, NEAR = 8.0, 16.0  # m
FASTER = 5.0  # m/s more than one who is close
AT_CROSSING = 2.0  # m to the crossing within which those of a turn may be behind
FREE, FREE_TIME = 8.0, 1.0  # m and s of the ego's speed that have to be free ahead


def rear_danger(view: View, memory: AdversaryMemory, classes: NDArray[np.int8]) -> tuple[Proposal, ...]:
    """The speed, in place of a lower one, at which the nearest adversary behind does not come closer."""
    if not view.settings.rear_danger:
        return ()
    candidates = np.zeros(len(view.actors), bool)
    for told in view.scene.briefings:
        candidates |= _adversaries(view, memory, told, classes)
    rows = np.flatnonzero(candidates & (view.in_ego[:, 0] < BEHIND))
    if not len(rows) or view.speed <= FAST:
        return ()
    distances = np.linalg.norm(view.in_ego[rows, :2], axis=1)
    nearest = int(distances.argmin())
    distance, speed = float(distances[nearest]), float(view.actors.speed[rows[nearest]])
    wanted = speed + FASTER if distance < CLOSE else speed
    if distance >= NEAR or speed <= FAST or _blocked(view, wanted):
        return ()
    subject = int(view.actors.ids[rows[nearest]])
    return (Proposal(Cause.REAR_DANGER, wanted, subject, distance, raises=True),)


def _adversaries(view: View, memory: AdversaryMemory, told: Briefing, classes: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Who (A,) of a situation may come from behind."""
    own = view.actors.among(told.ids)
    if told.type in MERGES:
        on_lane = np.abs(view.aside) <= 0.5 * view.route.lane_width[view.index]
        return own & on_lane & (np.cos(view.turned) > 0.0)
    if told.type in VIOLATIONS:
        return of_violation(view, told)
    crossing = memory.crossings.get(told.name)
    if told.type not in TURNS or not TURNS[told.type].published or crossing is None:
        return np.zeros_like(own)
    return (
        own & ((classes == Danger.DANGEROUS) | (classes == Danger.SAFE)) & (to_crossing(view, crossing) < AT_CROSSING)
    )


def _blocked(view: View, wanted: float) -> bool:
    """Whether somebody slower than a wanted speed is close ahead on the ego's way."""
    on_way = np.abs(view.aside) <= 0.5 * view.route.lane_width[view.index] + 0.5
    close = (view.ahead > 0.0) & (view.ahead < FREE + FREE_TIME * view.speed + 2.0 * view.scene.ego.extent[0])
    forward = view.actors.speed * np.cos(view.turned)
    return bool((on_way & close & (forward < wanted)).any())
