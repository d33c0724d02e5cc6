"""Slow bicycles at the lane's edge: past them on the lane beside, for as long as they ride along.

Source: spec/lead-expert-and-data.md, 1.8 (HazardAtSideLane, HazardAtSideLaneTwoWays).
"""

from dataclasses import replace
from math import ceil

import numpy as np

from lead.expert.decision import Cause, Proposal
from lead.expert.path import Shift
from lead.expert.rules.passing.memory import Manoeuvre, Stage
from lead.expert.rules.passing.merging import lane_free
from lead.expert.rules.passing.obstacles import Obstacles, beside_route, on_wheels
from lead.expert.rules.passing.oncoming import in_the_way, opposing, seconds_for
from lead.expert.rules.passing.overtaking import opened, overtake, waits
from lead.expert.rules.passing.row import Row, rung
from lead.expert.rules.passing.shifting import index_at, to_the_left
from lead.expert.scene import LOST, SPACING, Briefing
from lead.expert.view import View

STEPS = 10  # route points by which the shift's end moves on at a time
ROOM = 1.0  # m before and behind everybody that are kept free when the ego comes back behind the bicycles
STOPPING = 0.07  # m per (m/s)^2 that a full stop takes
MEETINGS = 4  # times that the place is refined at which moving bicycles will have been passed


def riding_beside(
    view: View, briefing: Briefing, row: Row, obstacles: Obstacles, manoeuvre: Manoeuvre
) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """Change the lane when the last bicycle is near and the lane free, and come back before it, wherever it is then."""
    if manoeuvre.shift is None:
        if obstacles.distance[-1] >= row.trigger or obstacles.ahead[0] < 0.0:
            return manoeuvre, ()
        since = view.scene.time if manoeuvre.waiting is None else manoeuvre.waiting
        manoeuvre = replace(manoeuvre, waiting=since)
        if not lane_free(view, to_the_left(view, briefing, row, obstacles), view.scene.time - since):
            return manoeuvre, ()
    shift = _past(view, briefing, row, obstacles, manoeuvre.shift, obstacles.ahead[-1] + row.after)
    passed = obstacles.ahead[-1] < -row.after
    return replace(manoeuvre, shift=shift, stage=Stage.DONE if passed else Stage.APPROACHING), ()


def riding_two_ways(
    view: View, briefing: Briefing, row: Row, obstacles: Obstacles, manoeuvre: Manoeuvre
) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """Follow the bicycles until the oncoming lane is free for as long as it takes to pass them; when somebody comes
    after all, come back behind them if there is room."""
    manoeuvre = opened(view, briefing, row, obstacles, manoeuvre)
    speed = rung(row.speed, view.route.lane_width[view.index])
    if manoeuvre.stage is Stage.APPROACHING:
        coming_back = manoeuvre.shift is not None and view.index < manoeuvre.shift.end
        far = obstacles.distance[0] >= row.trigger or obstacles.ahead[0] < 0.0
        if far or coming_back or waits(view, manoeuvre):
            return manoeuvre, ()
        since = view.scene.time if manoeuvre.waiting is None else manoeuvre.waiting
        shift = _past(view, briefing, row, obstacles, None, _meeting(view, row, obstacles, speed))
        free = in_the_way(view, briefing, row, shift, speed, view.scene.time - since) == LOST
        if not free:
            return replace(manoeuvre, waiting=since), ()
        manoeuvre = replace(manoeuvre, stage=Stage.OVERTAKING, shift=shift, waiting=since)
    shift = _past(view, briefing, row, obstacles, manoeuvre.shift, obstacles.ahead[-1] + row.after)
    manoeuvre = replace(manoeuvre, shift=shift)
    if manoeuvre.stage is Stage.OVERTAKING and _had_better_return(view, row, obstacles):
        manoeuvre = replace(manoeuvre, stage=Stage.RETURNING)
    if manoeuvre.stage is not Stage.RETURNING:
        return overtake(view, briefing, row, manoeuvre, speed)
    if in_the_way(view, briefing, row, shift, speed) == LOST:
        return replace(manoeuvre, stage=Stage.OVERTAKING), ()
    if not _lane_free_ahead(view, row.transition):
        return manoeuvre, (Proposal(Cause.ONCOMING, 0.0, overrides=True),)
    back = replace(shift, end=index_at(view, row.transition))
    return replace(manoeuvre, stage=Stage.APPROACHING, shift=back, waiting=None), ()


def _had_better_return(view: View, row: Row, obstacles: Obstacles) -> bool:
    """Whether an opposing vehicle comes (U7), a bicycle is still ahead, and there is room to come back before it."""
    met = opposing(view, row) if view.settings.negotiation else None
    if met is None or obstacles.ahead[-1] < 0.0:
        return False
    return met[1] - 2.0 * view.scene.ego.extent[0] - STOPPING * view.speed**2 >= row.transition + ROOM


def _lane_free_ahead(view: View, metres: float) -> bool:
    """Whether nobody is on the ego's own lane beside it or so far ahead."""
    actors, half = view.actors, view.scene.ego.extent[0]
    ahead, aside, _, _ = beside_route(view, actors.middle, actors.pose[:, 4])
    there = on_wheels(actors) & (np.abs(aside) < 0.5 * view.route.lane_width[view.index])
    reach = actors.extent[:, 0] + half + ROOM
    return not (there & (ahead > -reach) & (ahead < reach + metres)).any()


def _past(view: View, briefing: Briefing, row: Row, obstacles: Obstacles, before: Shift | None, back: float) -> Shift:
    """The shift from here on, whose second ramp begins so far (m) ahead; never earlier than `before`, and as it was when
    the ego is on that ramp."""
    end = STEPS * ceil(index_at(view, back + row.transition) / STEPS)
    if before is not None:
        coming_back = view.index > before.end - row.transition / SPACING
        return before if coming_back else replace(before, end=max(before.end, end))
    left = to_the_left(view, briefing, row, obstacles)
    return Shift(view.index, end, row.transition, left, owner=briefing.name)


def _meeting(view: View, row: Row, obstacles: Obstacles, speed: float) -> float:
    """m ahead where the last bicycle, as fast as it is, will have been passed by an ego that accelerates to `speed`."""
    back = obstacles.ahead[-1] + row.after
    for _ in range(MEETINGS):
        time = seconds_for(back, view.speed, speed)
        back = obstacles.ahead[-1] + row.after + max(0.0, obstacles.along[-1]) * time
    return float(back)
