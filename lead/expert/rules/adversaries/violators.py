"""Vehicles that take the ego's priority at a junction: a stop until they are gone.

Source: spec/lead-expert-and-data.md, 1.10 and 2.1 (V4). Published, the ego stands until the vehicle is out of sight or
taken away; here, until it has crossed the ego's way (drives off from it, if its own is not known) or the ego is across,
and not at all where the ego would stand on the crossing and is over it in time if it goes on.
"""

import numpy as np
from numpy.typing import NDArray

from lead.expert.decision import Cause, Proposal
from lead.expert.rules.adversaries.crossing import Crossing, nearest_approach, on_way
from lead.expert.rules.adversaries.memory import AdversaryMemory
from lead.expert.scene import SPACING, Briefing, EvidenceIndex
from lead.expert.view import View

VIOLATIONS = frozenset({"OppositeVehicleRunningRedLight", "OppositeVehicleTakingPriority"})
MOVING = 0.1  # m/s
LEAST_POINTS = 10  # of the cameras or of the LiDAR (V4)
CLEAR = 3.0  # m past the crossing, beyond half a vehicle's length, at which the vehicle or the ego is across
DRIVING_OFF = 0.5  # m/s away from the way
BRAKES, SPARE = 8.0, 0.5  # m/s2 that the ego brakes with at the most, and s by which it has to be first
STANDS_OFF = 8.0  # m from the crossing at which nobody who turns there hits an ego that stands
BESIDE = 4.0  # m from the way at which a vehicle that drives off is no longer on it


def violators(view: View, memory: AdversaryMemory) -> tuple[Proposal, ...]:
    """A stop for the nearest vehicle that takes the priority (U1)."""
    proposals = []
    for told in view.scene.briefings:
        if told.type not in VIOLATIONS or not view.settings.cautious_stops:
            continue
        rows = np.flatnonzero(violating(view, memory, told))
        if len(rows):
            distances = np.linalg.norm(view.in_ego[rows, :2], axis=1)
            nearest = int(distances.argmin())
            subject = int(view.actors.ids[rows[nearest]])
            proposals.append(Proposal(Cause.VIOLATOR, 0.0, subject, float(distances[nearest])))
    return tuple(proposals)


def of_violation(view: View, told: Briefing) -> NDArray[np.bool_]:
    """Who (A,) is a vehicle of a situation that moves and, if that matters, is seen."""
    moving = view.actors.among(told.ids) & (view.actors.ground_speed >= MOVING)
    if not view.settings.violators_seen:
        return moving
    seen = view.actors.evidence[:, [EvidenceIndex.CAMERA, EvidenceIndex.LIDAR]] >= LEAST_POINTS
    return moving & seen.any(axis=1)


def violating(view: View, memory: AdversaryMemory, told: Briefing) -> NDArray[np.bool_]:
    """Who (A,) of a situation is a danger that a stop can avoid."""
    danger = of_violation(view, told) & (view.in_ego[:, 0] > 0.0)
    crossing = memory.crossings.get(told.name)
    if crossing is None:
        danger &= ~_driving_off(view)
        beside = nearest_approach(view.route, told.trigger, told.flow) if danger.any() else None
        return danger & ~_outrun(view, beside, _along(view, told)) if beside is not None else danger
    if (view.index - crossing.index) * SPACING > CLEAR:
        return np.zeros_like(danger)
    along = _along(view, told)
    danger &= along - crossing.along <= CLEAR + view.actors.extent[:, 0]
    return danger & ~_outrun(view, crossing, along)


def _along(view: View, told: Briefing) -> NDArray[np.float64]:
    """How far (A,) m everybody is along the way of a situation's traffic."""
    return on_way(view.actors.pose[:, :2], told.flow)[0]


def _outrun(view: View, crossing: Crossing, along: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whom (A,) the ego is past before they come to a crossing, if it is too near to it to stop; `along` as `_along`."""
    ego, gap = view.scene.ego, (crossing.index - view.index) * SPACING
    coming = crossing.along - along
    if not view.settings.gaps or gap - ego.extent[0] - STANDS_OFF >= ego.speed**2 / (2.0 * BRAKES):
        return np.zeros(len(coming), bool)
    across = (gap + ego.extent[0] + CLEAR) / max(ego.speed, MOVING)
    left = (coming - view.actors.extent[:, 0] - CLEAR) / np.maximum(view.actors.ground_speed, MOVING)
    return left > across + SPARE


def _driving_off(view: View) -> NDArray[np.bool_]:
    """Who (A,) is beside the ego's way and gets farther from it."""
    return (np.abs(view.aside) > BESIDE) & (view.outwards > DRIVING_OFF)
