"""The ego's mean speed beside the traffic's, segment by segment."""

import numpy as np
import pytest
from moments import at, straight_line

from lead.scenarios.criteria.min_speed import MinSpeed
from lead.scenarios.criteria.rules import Rules, rules_of

LEADERBOARD, BENCH2DRIVE = Rules(), rules_of("bench2drive-0.0.4")


def drive(rules: Rules, speed, traffic, metres: float = 400.0, finish: bool = True) -> MinSpeed:
    """Drive a route of 400 m, at each metre at `speed(x)` among traffic at `traffic(x)` (None: nobody)."""
    criterion = MinSpeed(straight_line(400), rules)
    for k, x in enumerate(np.arange(0.0, metres + 0.5, 0.5)):
        criterion.update(at(0.05 * k, (x + 0.01, 0.0), speed=speed(x), background_speed=traffic(x)))
    if finish:
        criterion.finish()
    return criterion


def percents(criterion: MinSpeed) -> list[float]:
    assert all(event.kind == "min_speed_infractions" for event in criterion.events)
    return [event.percent for event in criterion.events]


def test_each_quarter_has_its_own_value():
    found = percents(drive(LEADERBOARD, lambda x: [2.0, 5.0, 12.0, 7.5][min(int(x / 100.01), 3)], lambda x: 10.0))
    assert found == pytest.approx([20.0, 50.0, 75.0], abs=1.5), "the third was faster than the traffic"


@pytest.mark.parametrize(("speed", "events"), [(9.99, 4), (10.0, 0), (10.01, 0)])
def test_who_keeps_up_has_no_event(speed, events):
    assert percents(drive(LEADERBOARD, lambda x: speed, lambda x: 10.0)) == [99.9] * events


def test_bench2drive_tells_twenty_segments_whatever_they_are():
    assert percents(drive(BENCH2DRIVE, lambda x: 12.0, lambda x: 10.0)) == [120.0] * 20
    assert percents(drive(BENCH2DRIVE, lambda x: 12.0, lambda x: None)) == [100.0] * 20


def test_ticks_without_traffic_do_not_count():
    """Slow, but only while nobody else is there; then half as fast."""
    found = percents(drive(LEADERBOARD, lambda x: 1.0 if x < 50.0 else 5.0, lambda x: None if x < 50.0 else 10.0))
    assert found == [50.0] * 4
    assert not percents(drive(LEADERBOARD, lambda x: 1.0, lambda x: None))


def test_traffic_that_stands_asks_for_nothing():
    assert not percents(drive(LEADERBOARD, lambda x: 0.0, lambda x: 0.0))


@pytest.mark.parametrize(("metres", "events"), [(379.9, 3), (381.5, 4), (400.0, 4)])
def test_the_last_segment_counts_beyond_95_percent(metres, events):
    assert len(drive(LEADERBOARD, lambda x: 5.0, lambda x: 10.0, metres).events) == events


def test_finishing_twice_tells_it_once():
    criterion = drive(LEADERBOARD, lambda x: 5.0, lambda x: 10.0)
    criterion.finish()
    assert len(criterion.events) == 4
    assert len(drive(LEADERBOARD, lambda x: 5.0, lambda x: 10.0, finish=False).events) == 3


def test_values_are_rounded_to_two_digits():
    assert percents(drive(LEADERBOARD, lambda x: 1.0, lambda x: 3.0)) == [33.33] * 4
