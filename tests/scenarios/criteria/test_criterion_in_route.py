"""How far from its route the ego may be, and for how long."""

import numpy as np
import pytest
from moments import at, straight_line

from lead.scenarios.criteria.in_route import InRoute


@pytest.mark.parametrize(("away", "over"), [(29.9, False), (30.0, True), (30.1, True)])
def test_thirty_metres_beside_the_route_end_it(away, over):
    criterion = InRoute(straight_line(100))
    criterion.update(at(0.0, (0.0, away)))
    criterion.update(at(0.05, (0.0, away)))
    assert criterion.over == over and [event.kind for event in criterion.events] == ["route_dev"] * over


@pytest.mark.parametrize(("away", "metres", "over"), [(14.9, 400, False), (15.1, 119, False), (15.1, 121, True)])
def test_thirty_percent_at_more_than_fifteen_metres_end_it(away, metres, over):
    criterion = InRoute(straight_line(400))
    for x in np.arange(0.0, metres + 1.0, 1.0):
        criterion.update(at(0.1 * x, (x, away)))
    assert criterion.over == over


def test_metres_add_up_over_several_excursions():
    criterion = InRoute(straight_line(400))
    for x in range(401):
        criterion.update(at(0.1 * x, (x, 20.0 if x % 100 < 38 else 0.0)))
        if criterion.over:
            break
    assert x == 307, "more than 120 m, after excursions of 37 (the first point was there), 38 and 38 m"


def test_distance_is_seen_from_above():
    criterion = InRoute(straight_line(100))
    criterion.update(at(0.0, (0.0, 0.0, 50.0)))
    assert not criterion.over


def test_a_jump_ahead_leaves_the_window():
    criterion = InRoute(straight_line(100))
    criterion.update(at(0.0, (34.9, 0.0)))
    assert not criterion.over
    criterion = InRoute(straight_line(100))
    criterion.update(at(0.0, (35.1, 0.0)))
    assert criterion.over
