"""On the lane of oncoming traffic: when it opens, the drive past, and what to do about a vehicle that comes after all.

Source: spec/lead-expert-and-data.md, 1.8 (two-way procedure, negotiation guard).
"""

from dataclasses import replace

import numpy as np

from lead.expert.decision import Cause, Proposal
from lead.expert.idm import target_speed
from lead.expert.rules.passing.memory import Manoeuvre, Stage
from lead.expert.rules.passing.obstacles import Obstacles, on_wheels, speed_along
from lead.expert.rules.passing.oncoming import opposing
from lead.expert.rules.passing.row import Row
from lead.expert.scene import SPACING, Briefing
from lead.expert.view import View

# s from when a situation's clock runs until the borrowed lane is looked at: after 5 s (spec/benchmarks.md, 2.2) metres on
# that lane no longer count as on a wrong one, and the ego takes the rest to come there.
PATIENCE = 4.5
# s instead of these if there is a junction within so many s at the speed limit beyond the shift: the first oncoming car
# comes out of it after 5 s, and would meet the ego.
PATIENCE_AT_JUNCTION, NEAR_JUNCTION = 5.6, 4.0
AT_LINE = 2.0  # m before its shift, where the ego waits and the clock runs in any case
BACK = 2.0  # m before the end of the shift at which the overtaking is over
STANDING = 0.1  # m/s
GAP, HEADWAY = 4.0, 0.25  # m and s to who is ahead, as for any leader
BESIDE = 0.3  # m between the ego and who is not in its way


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
    if manoeuvre.opened is None:
        return True
    patience = PATIENCE
    if manoeuvre.shift is not None:
        end = manoeuvre.shift.end
        beyond = view.route.in_junction[end : end + round(NEAR_JUNCTION * view.scene.ego.speed_limit / SPACING)]
        patience = PATIENCE_AT_JUNCTION if beyond.any() else PATIENCE
    return view.scene.time < manoeuvre.opened + patience


def overtake(
    view: View, briefing: Briefing, row: Row, manoeuvre: Manoeuvre, speed: float
) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """Drive to the end of the shift at a speed (m/s), behind who is on the way there but without regard to the others,
    unless a vehicle comes that is opposing.

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
    onward = Proposal(Cause.OVERTAKING, speed, distance=distance, overrides=True)
    return manoeuvre, (onward, *_behind(view, briefing, speed))


def _behind(view: View, briefing: Briefing, speed: float) -> tuple[Proposal, ...]:
    """Keep behind the nearest vehicle on the path that drives along it or stands; not published, but where the ego comes
    back there may be a queue."""
    actors, half = view.actors, view.scene.ego.extent
    along = speed_along(actors, view.turned)
    there = on_wheels(actors) & ~actors.among(briefing.ids) & (along > -STANDING)
    there &= (view.ahead > 0.0) & (np.abs(view.aside) - actors.extent[:, 1] < half[1] + BESIDE)
    rows = np.flatnonzero(there)
    if not len(rows):
        return ()
    nearest = rows[np.argmin(view.ahead[rows])]
    gap = float(view.ahead[nearest] - actors.extent[nearest, 0] - half[0])
    slower = target_speed(speed, view.speed, gap, float(along[nearest]), GAP, HEADWAY)
    return (Proposal(Cause.LEADER, slower, int(actors.ids[nearest]), float(view.ahead[nearest])),)
