"""An emergency vehicle behind: out of its lane until it is past.

Source: spec/lead-expert-and-data.md, 1.8 (YieldToEmergencyVehicle).
"""

from dataclasses import replace

import numpy as np

from lead.expert.decision import Cause, Proposal
from lead.expert.path import Shift
from lead.expert.rules.passing.memory import Manoeuvre, Stage
from lead.expert.rules.passing.merging import lane_free
from lead.expert.rules.passing.obstacles import Obstacles
from lead.expert.rules.passing.row import Row
from lead.expert.rules.passing.shifting import index_at
from lead.expert.scene import SPACING, Briefing, Side
from lead.expert.view import View

SPEED = 40.0 / 3.6  # m/s while it comes past
AHEAD, AHEAD_TIME = 30.0, 1.0  # m at most, and s of travel, to where the ego begins to move aside
MOVING_OVER = 2.0  # s until it is on the lane beside
PATIENCE, HASTE = 4.0, 4.0  # s of waiting in which it asks for less and less of that; a second counts as so many
STAYS = 60.0  # m ahead for which the ego stays aside while the vehicle is behind
BESIDE = 20.0  # m before and behind the ego in which others on a lane make it less free
STEPS = 10  # route points by which the shift's end moves on at a time


def yielding(
    view: View, briefing: Briefing, row: Row, obstacles: Obstacles, manoeuvre: Manoeuvre
) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """Move to the freer side when it is close behind and that is free, and back when it is ahead."""
    behind = obstacles.begin < view.scene.ego.extent[0]
    shift = manoeuvre.shift
    if shift is None:
        if obstacles.distance[0] >= row.trigger or not behind:
            return manoeuvre, ()
        since = view.scene.time if manoeuvre.waiting is None else manoeuvre.waiting
        manoeuvre = replace(manoeuvre, waiting=since)
        left = _free_side(view, view.scene.time - since)
        if left is None:
            return manoeuvre, ()
        start = index_at(view, min(AHEAD, AHEAD_TIME * view.speed))
        shift = Shift(start, start, row.transition, left, owner=briefing.name)
    if not behind:
        end = max(index_at(view, row.transition), shift.start + round(2.0 * row.transition / SPACING))
        return replace(manoeuvre, stage=Stage.DONE, shift=replace(shift, end=min(shift.end, end))), ()
    end = STEPS * (index_at(view, STAYS + row.transition) // STEPS)
    proposal = Proposal(Cause.EMERGENCY_VEHICLE, SPEED, int(obstacles.ids[0]), float(obstacles.distance[0]))
    return replace(manoeuvre, shift=replace(shift, end=end)), (proposal,)


def _free_side(view: View, waited: float) -> bool | None:
    """Whether to go left: to a lane of the same direction on which there is room for an ego that has `waited` (s), of
    two the one with fewer vehicles close by; without such lanes to the shoulder on the right; None if nowhere."""
    lanes = {True: Side(int(view.route.left_side[view.index])), False: Side(int(view.route.right_side[view.index]))}
    same = [left for left, side in lanes.items() if side is Side.SAME]
    speed = min(view.speed, SPEED)
    later = MOVING_OVER * max(0.0, 1.0 - waited / PATIENCE)
    free = [left for left in same if lane_free(view, left, HASTE * waited, later, speed)]
    if len(free) == 2:
        return _close_by(view, left=True) < _close_by(view, left=False)
    if same:
        return free[0] if free else None
    return False if lanes[False] is Side.SHOULDER else None


def _close_by(view: View, *, left: bool) -> int:
    """Vehicles on the lane beside the ego."""
    width = view.route.lane_width[view.index]
    aside = -view.aside if left else view.aside
    return int(((np.abs(view.ahead) < BESIDE) & (aside > 0.5 * width) & (aside < 1.5 * width)).sum())
