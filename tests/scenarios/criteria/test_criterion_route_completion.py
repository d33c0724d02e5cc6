"""Points count once their plane is passed; the end needs 99 % and 10 m."""

from dataclasses import replace

import numpy as np
import pytest
from moments import at, straight_line

from lead import InputError
from lead.scenarios.criteria.route_completion import RouteCompletion
from lead.scenarios.criteria.route_line import RouteLine
from lead.scenarios.criteria.rules import Rules
from lead.scenarios.plan import Plan


def drive_to(criterion: RouteCompletion, x: float, y: float = 0.0) -> RouteCompletion:
    for k, here in enumerate(np.append(np.arange(0.05, x, 0.9), x)):
        criterion.update(at(0.05 * k, (here, y)))
    return criterion


@pytest.mark.parametrize(("x", "percent"), [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (1.01, 0.33), (2.01, 0.67)])
def test_a_point_counts_when_the_ego_is_beyond_it(x, percent):
    assert drive_to(RouteCompletion(straight_line(300), Rules()), x).percent == percent


@pytest.mark.parametrize(
    ("length", "x", "y", "arrived"),
    [
        (1000, 990.5, 0.0, False),  # 99.0 % and 9.5 m: not more than 99 %
        (1000, 991.5, 0.0, True),
        (1000, 991.5, 5.2, True),  # 9.9 m away
        (1000, 991.5, 5.4, False),  # 10.1 m
        (2000, 1989.5, 0.0, False),  # 99.45 % and 10.5 m
        (2000, 1990.5, 0.0, True),
        (100, 99.5, 0.0, False),  # 99 % and 0.5 m
        (100, 100.5, 0.0, True),
    ],
)
def test_the_end_is_reached_near_it_and_beyond_99_percent(length, x, y, arrived):
    criterion = drive_to(RouteCompletion(straight_line(length), Rules()), x, y)
    assert (criterion.percent == 100.0) == arrived and not criterion.over
    criterion.update(at(9e3, (x, y)))
    assert criterion.over == arrived, "told in the tick after"


def test_a_jump_passes_two_points_a_tick_and_nothing_is_lost_by_going_back():
    criterion = RouteCompletion(straight_line(100), Rules())
    criterion.update(at(0.0, (50.5, 0.0)))
    assert criterion.percent == 2.0
    criterion.update(at(0.05, (0.0, 0.0)))
    assert criterion.percent == 2.0


def test_the_end_can_be_set_earlier():
    assert drive_to(RouteCompletion(straight_line(100), replace(Rules(), complete_percent=90.0)), 91.5).percent == 100.0


def test_a_route_that_leads_nowhere_is_refused():
    with pytest.raises(InputError, match="0 points"):
        RouteLine.of(Plan(np.empty((0, 6)), np.empty(0, np.int8), ()))
