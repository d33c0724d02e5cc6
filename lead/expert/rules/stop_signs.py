"""Stop signs: stand still before each, then drive on.

Source: spec/lead-expert-and-data.md, 1.7, and 2.2 (U8).
"""

from dataclasses import dataclass

from lead.expert.decision import Asked, Cause, Proposal
from lead.expert.idm import target_speed
from lead.expert.scene import LOST, SPACING
from lead.expert.view import View

STANDSTILL, HEADWAY = 2.0, 0.5  # m, s
STANDING = 0.1  # m/s
NEAR = 3.0  # m within which a stand counts
FAR = 10.0  # m beyond which a sign must be heeded again
REAL_STOP = 25  # ticks: more than 1.25 s


@dataclass(frozen=True)
class StopMemory:
    """How long the ego has stood before the next sign. Empty before the first tick."""

    sign: int = LOST
    ticks: int = 0  # of standing, one after the other
    cleared: bool = False


def ask(view: View, memory: StopMemory) -> Asked:
    """Stop before the next sign on the route until it is cleared."""
    route = view.route
    coming = (route.stop_index >= view.index).nonzero()[0]
    if not len(coming):
        return Asked(StopMemory())
    sign = int(route.stop_id[coming[0]])
    distance = float(route.stop_index[coming[0]] - view.index) * SPACING
    if memory.sign != sign or (memory.cleared and distance > FAR):
        memory = StopMemory(sign)
    if not memory.cleared:
        stands = abs(view.speed) < STANDING and distance < NEAR
        ticks = memory.ticks + 1 if stands else 0
        memory = StopMemory(sign, ticks, ticks > (REAL_STOP if view.settings.real_stop else 0))
    if memory.cleared:
        return Asked(memory)
    speed = target_speed(view.limit, view.speed, distance, 0.0, STANDSTILL, HEADWAY)
    return Asked(memory, (Proposal(Cause.STOP_SIGN, speed, sign, distance),))
