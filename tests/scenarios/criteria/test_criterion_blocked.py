"""Standing for too long."""

import pytest
from moments import TICK, at

from lead.scenarios.criteria.blocked import Blocked
from lead.scenarios.criteria.rules import Rules, rules_of
from lead.scenarios.stage import Referee


def stand(criterion: Blocked, begin: float, end: float, speed: float = 0.0, referee: Referee | None = None) -> bool:
    for k in range(round(begin / TICK), round(end / TICK) + 1):
        criterion.update(at(k * TICK, (1.0, 2.0), speed=speed, referee=referee or Referee()))
    return criterion.over


@pytest.mark.parametrize(("protocol", "seconds"), [("leaderboard-2.0", 180.0), ("bench2drive-0.0.3", 60.0)])
def test_the_route_is_over_after_its_seconds(protocol, seconds):
    criterion = Blocked(rules_of(protocol))
    assert not stand(criterion, 0.0, seconds - 0.05) and not criterion.events
    assert stand(criterion, seconds, seconds + 0.05)
    assert stand(criterion, seconds + 0.1, seconds + 10.0)
    (event,) = criterion.events
    assert event.kind == "vehicle_blocked" and event.place == (1.0, 2.0, 0.0)
    assert event.time == pytest.approx(seconds, abs=0.06)


@pytest.mark.parametrize(("speed", "over"), [(0.09, True), (0.11, False)])
def test_standing_is_below_a_tenth_of_a_metre_per_second(speed, over):
    assert stand(Blocked(Rules()), 0.0, 200.0, speed) == over


def test_moving_starts_the_clock_anew():
    criterion = Blocked(Rules())
    stand(criterion, 0.0, 170.0)
    stand(criterion, 170.05, 170.05, speed=1.0)
    assert not stand(criterion, 170.1, 350.0)
    assert stand(criterion, 350.05, 350.2)


def test_switched_off_nothing_counts_and_on_again_the_clock_starts_anew():
    criterion, referee = Blocked(Rules()), Referee()
    stand(criterion, 0.0, 170.0, referee=referee)
    referee.blocked_test = False
    assert not stand(criterion, 170.05, 500.0, referee=referee)
    referee.blocked_test = True
    assert not stand(criterion, 500.05, 680.0, referee=referee)
    assert stand(criterion, 680.05, 680.2, referee=referee)


def test_the_clock_starts_in_the_tick_of_switching_on():
    criterion = Blocked(Rules(blocked_seconds=10.0))
    over = {}
    for quarter in range(70):  # quarters of a second, which numbers hold exactly
        referee = Referee(blocked_test=quarter >= 21)
        criterion.update(at(0.25 * quarter, (0.0, 0.0), referee=referee))
        over[0.25 * quarter] = criterion.over
    assert not over[15.25] and over[15.5]
