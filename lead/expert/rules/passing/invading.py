"""Oncoming cars that cut into the ego's lane in a turn: aside within the lane.

Source: spec/lead-expert-and-data.md, 1.8 (InvadingTurn).
"""

from dataclasses import replace

from lead.expert.decision import Proposal
from lead.expert.path import Shift
from lead.expert.rules.passing.memory import Manoeuvre, Stage
from lead.expert.rules.passing.obstacles import Obstacles
from lead.expert.rules.passing.row import Row
from lead.expert.rules.passing.shifting import index_at
from lead.expert.scene import Briefing
from lead.expert.view import View

KEPT = 0.7  # m that lack to half a lane by which the cars come over at offset 0 (spec/benchmarks.md, 2.2)
EDGE = 0.1  # m of its lane that the ego keeps free beside it


def keeping_aside(
    view: View, briefing: Briefing, row: Row, obstacles: Obstacles, manoeuvre: Manoeuvre
) -> tuple[Manoeuvre, tuple[Proposal, ...]]:
    """Give way to the right by as much as the cars come over, as far as the lane allows, from the trigger on."""
    if obstacles.distance.min() >= row.trigger or obstacles.end < 0.0:
        return manoeuvre, ()
    width = float(view.route.lane_width[index_at(view, obstacles.ahead[0])])
    free = 0.5 * width - view.scene.ego.extent[1] - EDGE
    aside = max(0.0, min(briefing.offset + 0.5 * width - KEPT, free))
    start = min(briefing.trigger, index_at(view, obstacles.begin - row.before - row.transition))
    end = index_at(view, obstacles.end + row.after + row.transition)
    shift = Shift(max(start, view.index), end, row.transition, left=False, offset=aside, owner=briefing.name)
    return replace(manoeuvre, stage=Stage.DONE, shift=shift if aside > 0.0 else None), ()
