"""Accidents, parked cars, road works and opening doors: round them beside one's own traffic, or through oncoming traffic.

Source: spec/lead-expert-and-data.md, 1.8 (one-way, two-way procedure) and 1.10 (approach caps).
"""

from dataclasses import replace

from lead.expert.decision import Cause, Proposal
from lead.expert.idm import target_speed
from lead.expert.path import Shift
from lead.expert.rules.passing.memory import Manoeuvre, Stage
from lead.expert.rules.passing.merging import lane_free
from lead.expert.rules.passing.obstacles import Obstacles
from lead.expert.rules.passing.oncoming import in_the_way, seconds_for
from lead.expert.rules.passing.overtaking import opened, overtake, waits
from lead.expert.rules.passing.row import Row, rung
from lead.expert.rules.passing.shifting import borrowed_side, way_round
from lead.expert.scene import LOST, SPACING, Briefing, Side
from lead.expert.view import View

PASSED = 3.0  # m to the first obstacle along the route from which on it is as good as passed
LOOK_FROM = 8.0  # m before the shift from which on the lane to be borrowed is looked at
LOOK_TIME = 1.0  # s of travel before it, likewise, where that lane has the ego's direction
ON_THE_MOVE = 3.0  # m/s from which on the lane must stay free until the ego is on it
WAIT_BEYOND = 1.0  # m after the shift's begin that are kept a gap to while waiting: slightly offset
WAIT_GAP, WAIT_HEADWAY = 2.0, 0.1  # m, s
CAP_NEAR = 25.0  # m to the obstacles within which no cap holds


def standing(
    view: View, briefing: Briefing, row: Row, obstacles: Obstacles, manoeuvre: Manoeuvre
) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """Lay the way round as soon as the obstacle is near, then go it when the lane that is borrowed is free."""
    if manoeuvre.shift is None:
        if obstacles.distance.min() >= row.trigger or obstacles.ahead[0] < PASSED:
            return manoeuvre, ()
        manoeuvre = replace(manoeuvre, shift=way_round(view, briefing, row, obstacles))
    shift = manoeuvre.shift
    caps = _approach_caps(view, row, obstacles)
    two_ways = row.two_ways or borrowed_side(view, obstacles, shift.left) is Side.OPPOSITE
    if not two_ways:
        return _change_lane(view, obstacles, manoeuvre, caps)
    manoeuvre = opened(view, briefing, row, obstacles, manoeuvre)
    if manoeuvre.stage is Stage.APPROACHING:
        manoeuvre, blocker = _look(view, briefing, row, shift, manoeuvre)
        if manoeuvre.stage is Stage.APPROACHING:
            return manoeuvre, (*caps, _wait(view, Cause.ONCOMING, shift, blocker))
    return overtake(view, briefing, row, manoeuvre, rung(row.speed, view.route.lane_width[view.index]))


def _change_lane(
    view: View, obstacles: Obstacles, manoeuvre: Manoeuvre, caps: tuple[Proposal, ...]
) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """On the lane of one's own direction: wait before it until it is free, then go."""
    shift = manoeuvre.shift
    if obstacles.ahead[0] < PASSED:
        return replace(manoeuvre, stage=Stage.DONE), ()
    if manoeuvre.stage is Stage.APPROACHING:
        if (shift.start - view.index) * SPACING < max(LOOK_FROM, LOOK_TIME * view.speed):
            since = view.scene.time if manoeuvre.waiting is None else manoeuvre.waiting
            free = lane_free(view, shift.left, view.scene.time - since, _until_across(view, shift))
            manoeuvre = replace(manoeuvre, waiting=since, stage=Stage.OVERTAKING if free else Stage.APPROACHING)
        if manoeuvre.stage is Stage.APPROACHING:
            return manoeuvre, (*caps, _wait(view, Cause.OBSTACLE, shift, int(obstacles.ids[0])))
    return manoeuvre, caps


def _until_across(view: View, shift: Shift) -> float:
    """Seconds until an ego on the move is half on the lane of a shift; 0 for one that stands or creeps, which has to
    squeeze in."""
    if view.speed < ON_THE_MOVE:
        return 0.0
    return seconds_for((shift.start - view.index) * SPACING + 0.5 * shift.transition, view.speed, view.limit)


def _look(view: View, briefing: Briefing, row: Row, shift: Shift, manoeuvre: Manoeuvre) -> tuple[Manoeuvre, int]:
    """The manoeuvre goes over to overtaking if the oncoming lane is free; and who is in the way."""
    if (shift.start - view.index) * SPACING >= LOOK_FROM or waits(view, manoeuvre):
        return manoeuvre, LOST
    since = view.scene.time if manoeuvre.waiting is None else manoeuvre.waiting
    speed = rung(row.speed, view.route.lane_width[view.index])
    blocker = in_the_way(view, briefing, row, shift, speed, view.scene.time - since)
    stage = Stage.OVERTAKING if blocker == LOST else Stage.APPROACHING
    return replace(manoeuvre, stage=stage, waiting=since), blocker


def _wait(view: View, cause: Cause, shift: Shift, subject: int) -> Proposal:
    """Stop at the begin of the shift."""
    gap = (shift.start - view.index) * SPACING + WAIT_BEYOND
    speed = target_speed(view.limit, view.speed, gap, 0.0, WAIT_GAP, WAIT_HEADWAY)
    return Proposal(cause, speed, subject, gap)


def _approach_caps(view: View, row: Row, obstacles: Obstacles) -> tuple[Proposal, ...]:
    """Slower towards obstacles (U3)."""
    distance = float(obstacles.distance.mean())
    if not view.settings.approach_caps or distance < CAP_NEAR or obstacles.ahead[0] < 0.0:
        return ()
    cap = next((cap for cap in row.caps if view.scene.ego.speed_limit > cap.limit), None)
    if cap is None or distance > cap.far:
        return ()
    return (Proposal(Cause.APPROACH, cap.speed, int(obstacles.ids[0]), distance),)
