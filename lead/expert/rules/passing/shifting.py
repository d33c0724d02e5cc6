"""The way round obstacles: on which side, from where to where.

Source: spec/lead-expert-and-data.md, 1.2 and 1.8.
"""

import numpy as np

from lead.expert.path import Shift
from lead.expert.rules.passing.obstacles import Obstacles
from lead.expert.rules.passing.row import Row, rung
from lead.expert.scene import SPACING, Briefing, Side, Visibility
from lead.expert.view import View

LATER = {Visibility.LIMITED: 0.5, Visibility.VERY_LIMITED: 0.7}  # m nearer to the obstacle (published as points)
SHORTER = {Visibility.LIMITED: 4.0, Visibility.VERY_LIMITED: 6.0}  # m of ramp
TOWN = 15.0  # m/s, a low speed limit is lower


def way_round(view: View, briefing: Briefing, row: Row, obstacles: Obstacles) -> Shift:
    """The shift that leads round obstacles, from a ramp before the first to one behind the last of them."""
    transition, before, after = row.transition, row.before, row.after
    if row.weather and view.settings.weather_lane_changes:
        transition -= SHORTER.get(view.scene.visibility, 0.0)
        before -= LATER.get(view.scene.visibility, 0.0)
    if row.town_after is not None and view.scene.ego.speed_limit < TOWN:
        after = row.town_after
    left = to_the_left(view, briefing, row, obstacles)
    first = index_at(view, obstacles.ahead[0])
    factor = rung(row.factor, view.route.lane_width[first])
    return Shift(
        max(view.index, index_at(view, obstacles.begin - before - transition)),
        index_at(view, obstacles.end + after + transition),
        transition, left, factor, _offset(view, briefing, row, first, factor), briefing.name,
    )  # fmt: skip


def to_the_left(view: View, briefing: Briefing, row: Row, obstacles: Obstacles) -> bool:
    """Whether obstacles are passed on their left: to the side where they do not stand, if it has a lane of the same
    direction; else to the other side, if that has one. An oncoming lane lies to the left."""
    if row.two_ways:
        return True
    wanted = briefing.direction != "left" if briefing.direction else bool(obstacles.aside.mean() >= 0.0)
    lane = {left: borrowed_side(view, obstacles, left) is Side.SAME for left in (True, False)}
    return wanted if lane[wanted] or not lane[not wanted] else not wanted


def borrowed_side(view: View, obstacles: Obstacles, left: bool) -> Side:
    """What lies beside the lane where the first obstacle stands."""
    sides = view.route.left_side if left else view.route.right_side
    return Side(int(sides[index_at(view, obstacles.ahead[0])]))


def index_at(view: View, ahead: float) -> int:
    """Index on the route so far (m) ahead of the ego's."""
    return int(np.clip(view.index + round(float(ahead) / SPACING), 0, len(view.route) - 1))


def _offset(view: View, briefing: Briefing, row: Row, first: int, factor: float) -> float:
    """m to move by where the lane to be borrowed is not next to the ego's; 0 where it is."""
    next_to = view.route.left_side[first] in (Side.OPPOSITE, Side.SAME)
    if not row.two_ways or next_to or not len(briefing.beside):
        return 0.0
    away = briefing.beside[:, :2] - view.route.points[first, :2]
    return factor * float(np.hypot(away[:, 0], away[:, 1]).min())
