"""Penalties of leaderboard 2.0 and 2.1 at hand-made records, and what holds for all of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.score.penalty import (
    FACTORS_2_0,
    Tally,
    penalty_2_0,
    penalty_2_1,
    penalty_bounds,
    penalty_without_min_speed,
    rescore,
    tally,
)

RULES = (penalty_2_0, penalty_2_1, penalty_without_min_speed)
tallies = st.builds(
    Tally,
    counts=st.fixed_dictionaries({name: st.integers(0, 4) for name in FACTORS_2_0}),
    outside=st.lists(st.floats(0, 99), max_size=2).map(tuple),
    speeds=st.lists(st.floats(0, 100), max_size=20).map(tuple),
)


@pytest.mark.parametrize(
    ("name", "factor", "cost"),
    [
        ("collisions_pedestrian", 0.5, 1.0),
        ("collisions_vehicle", 0.6, 0.7),
        ("collisions_layout", 0.65, 0.6),
        ("red_light", 0.7, 0.4),
        ("scenario_timeouts", 0.7, 0.4),
        ("yield_emergency_vehicle_infractions", 0.7, 0.4),
        ("stop_infraction", 0.8, 0.25),
        ("outside_route_lanes", 0.75, 1 / 3),  # 25 % of the route: a factor of 0.75 in both
        ("min_speed_infractions", 0.82, 0.24),  # 40 % of the traffic's speed
    ],
)
def test_each_event_costs_what_the_rules_say(make_record, name, factor, cost):
    once, twice = tally(make_record(**{name: 1})), tally(make_record(**{name: 2}))
    assert penalty_2_0(once) == pytest.approx(factor)
    assert penalty_2_0(twice) == pytest.approx(factor**2)
    assert penalty_2_1(once) == pytest.approx(1 / (1 + cost))
    if name != "outside_route_lanes":
        assert penalty_2_1(twice) == pytest.approx(1 / (1 + 2 * cost))


def test_what_ends_a_route_costs_nothing_more(make_record, with_messages):
    record = with_messages(make_record(), "vehicle_blocked", "Agent got blocked at (x=1.0, y=2.0, z=3.0)")
    assert [rule(tally(record)) for rule in RULES] == [1.0, 1.0, 1.0]


def test_events_of_several_kinds_multiply_in_2_0_and_add_up_in_2_1(make_record):
    infractions = tally(make_record(red_light=2, collisions_vehicle=1, min_speed_infractions=1))
    assert penalty_2_0(infractions) == pytest.approx(0.7**2 * 0.6 * 0.82)
    assert penalty_without_min_speed(infractions) == pytest.approx(0.7**2 * 0.6)
    assert penalty_2_1(infractions) == pytest.approx(1 / (1 + 0.8 + 0.7 + 0.24))


@pytest.mark.parametrize("rule", RULES)
@given(infractions=tallies)
def test_penalties_lie_in_0_1(rule, infractions):
    assert 0 < rule(infractions) <= 1
    least, greatest = penalty_bounds(infractions, rule)
    assert least < rule(infractions) < greatest


@pytest.mark.parametrize("rule", RULES)
@given(infractions=tallies, name=st.sampled_from(sorted(FACTORS_2_0)), percent=st.floats(0.1, 99))
def test_one_more_infraction_never_helps(rule, infractions, name, percent):
    more = replace(infractions, counts={**infractions.counts, name: infractions.counts[name] + 1})
    assert rule(more) < rule(infractions)
    assert rule(replace(infractions, outside=(*infractions.outside, percent))) < rule(infractions)
    assert rule(replace(infractions, speeds=(*infractions.speeds, percent))) <= rule(infractions)


def test_driving_faster_than_the_traffic_wins_nothing(make_record, with_messages):
    fast = "Average speed is 346.09% of the surrounding traffic's one"
    record = with_messages(make_record(), "min_speed_infractions", fast)
    assert [rule(tally(record)) for rule in RULES] == [1.0, 1.0, 1.0]


def test_a_penalty_from_the_unrounded_percentage_is_kept(make_record):
    record = make_record(penalty=0.750031, outside_route_lanes=1)  # 24.9969 %, which the message rounds to 25.0
    assert rescore(record, penalty_2_0) is record


def test_a_penalty_of_other_rules_is_computed_anew(make_record):
    record = make_record(completion=80.0, penalty=0.6, collisions_vehicle=1)
    new = rescore(record, penalty_2_1)
    assert new.scores.score_penalty == round(1 / 1.7, 6)
    assert new.scores.score_composed == round(80 / 1.7, 6)
    assert new.infractions == record.infractions and new.meta == record.meta


def test_a_route_that_was_never_judged_stays_as_it_is(make_record):
    record = make_record(completion=0.0, penalty=0.0)
    assert rescore(record, penalty_2_0) is record


def test_a_percentage_that_cannot_be_read_is_an_error(make_record, with_messages):
    record = with_messages(
        make_record(), "min_speed_infractions", "Average speed is nan% of the surrounding traffic's one"
    )
    with pytest.raises(InputError, match="nan%"):
        tally(record)
