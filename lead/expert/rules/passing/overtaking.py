"""On the lane of oncoming traffic: when it opens, the drive past, and what to do about a vehicle that comes after all.

Source: spec/lead-expert-and-data.md, 1.8 (two-way procedure, negotiation guard).
"""

from dataclasses import replace

from lead.expert.decision import Cause, Proposal
from lead.expert.rules.passing.memory import Manoeuvre, Stage
from lead.expert.rules.passing.obstacles import Obstacles
from lead.expert.rules.passing.oncoming import opposing
from lead.expert.rules.passing.row import Row
from lead.expert.scene import SPACING, Briefing
from lead.expert.view import View

# s from when a situation's clock runs until the borrowed lane is looked at: after 5 s (spec/benchmarks.md, 2.2) metres on
# that lane no longer count as on a wrong one, and the ego takes the rest to come there.
PATIENCE = 4.5
AT_LINE = 2.0  # m before its shift, where the ego waits and the clock runs in any case
BACK = 2.0  # m before the end of the shift at which the overtaking is over
STANDING = 0.1  # m/s


def opened(view: View, briefing: Briefing, row: Row, obstacles: Obstacles, manoeuvre: Manoeuvre) -> Manoeuvre:
    """The manoeuvre with the time at which the situation's clock began to run: when the ego is as near as the situation
    waits for, or in any case where it waits itself."""
    if manoeuvre.opened is not None:
        return manoeuvre
    near = obstacles.distance.min() < max(row.opens, row.opens_time * view.speed)
    shift = manoeuvre.shift
    there = shift is not None and (shift.start - view.index) * SPACING < AT_LINE
    return replace(manoeuvre, opened=view.scene.time) if there or (briefing.playing and near) else manoeuvre


def waits(view: View, manoeuvre: Manoeuvre) -> bool:
    """Whether it is too early to look at the borrowed lane."""
    return manoeuvre.opened is None or view.scene.time < manoeuvre.opened + PATIENCE


def overtake(view: View, row: Row, manoeuvre: Manoeuvre, speed: float) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """Drive to the end of the shift at a speed (m/s) without regard to others, unless a vehicle comes that is opposing.

    For one that comes the ego stops; if it stands already, the overtaking is given up, and the rules for the traffic at
    large lead the ego on.
    """
    distance = (manoeuvre.shift.end - view.index) * SPACING
    if distance < BACK:
        return replace(manoeuvre, stage=Stage.DONE), ()
    met = opposing(view, row) if view.settings.negotiation else None
    if met is not None:
        vehicle, away, others_speed = met
        if others_speed < STANDING and view.speed < STANDING:
            return replace(manoeuvre, stage=Stage.DONE), ()
        return manoeuvre, (Proposal(Cause.ONCOMING, 0.0, vehicle, away),)
    return manoeuvre, (Proposal(Cause.OVERTAKING, speed, distance=distance, overrides=True),)
