"""The time budget, the limit of ticks, and what situations report."""

from dataclasses import replace

import pytest
from moments import TICK, at, straight_line

from lead.scenarios.criteria.limits import RouteTimeout, TickLimit
from lead.scenarios.criteria.reported import scenario_timeout, yield_to_emergency
from lead.scenarios.criteria.rules import Rules, rules_of
from lead.scenarios.stage import Referee


def over_at(metres: float, speed_limit: float, begun: float = 0.0) -> float:
    """Seconds from the start to the timeout, for who drives so far in a tenth of a second each and then stands."""
    criterion = RouteTimeout(straight_line(300))
    for k in range(200_000):
        x = min(metres, 1.0 * k)
        criterion.update(at(begun + k * TICK, (x + 0.01, 0.0), speed_limit=speed_limit))
        if criterion.over:
            assert [event.kind for event in criterion.events] == ["route_timeout"]
            return k * TICK
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    ("metres", "speed_limit", "budget"),
    [(0.0, 10.0, 300.0), (100.0, 10.0, 400.0), (100.0, 20.0, 350.0), (300.0, 10.0, 600.0), (100.0, 0.0, 300.0)],
)
def test_every_metre_adds_its_time_at_a_tenth_of_the_limit(metres, speed_limit, budget):
    assert over_at(metres, speed_limit) == pytest.approx(budget + TICK, abs=0.06)


def test_the_clock_starts_at_the_first_moment():
    assert over_at(0.0, 10.0, begun=1000.0) == pytest.approx(300.0 + TICK, abs=0.06)


def test_ticks():
    limit = TickLimit(replace(Rules(), tick_limit=3))
    seen = []
    for _ in range(5):
        limit.update()
        seen.append(limit.over)
    assert seen == [False, False, False, True, True]
    assert rules_of("bench2drive-0.0.3").tick_limit == 4000 and rules_of("leaderboard-2.0").tick_limit is None


def test_what_situations_report_is_told_once_each():
    referee = Referee()
    timeout, failed = scenario_timeout(), yield_to_emergency()
    for time, names in enumerate([[], ["Accident_1"], [], ["Accident_1", "ParkingExit_2"]]):
        referee.timeouts += names
        for criterion in (timeout, failed):
            criterion.update(at(float(time), (time, 0.0), referee=referee))
    told = [(event.kind, event.time, event.name) for event in timeout.events]
    assert told == [
        ("scenario_timeouts", 1.0, "Accident_1"),
        ("scenario_timeouts", 3.0, "Accident_1"),
        ("scenario_timeouts", 3.0, "ParkingExit_2"),
    ]
    assert not failed.events
    referee.failed_to_yield.append("Yield_1")
    failed.update(at(4.0, (0.0, 0.0), referee=referee))
    assert [(event.kind, event.name) for event in failed.events] == [("yield_emergency_vehicle_infractions", "Yield_1")]
