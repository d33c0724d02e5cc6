"""Every protocol that scores has rules to watch by."""

import pytest

from lead import InputError
from lead.scenarios.criteria.rules import RULES, Rules, rules_of
from lead.score.protocols import PROTOCOLS


def test_the_names_are_those_of_the_scores():
    assert set(RULES) == set(PROTOCOLS)


def test_bench2drive_deviates_from_the_leaderboard():
    upstream, bench = rules_of("leaderboard-2.0"), rules_of("bench2drive-0.0.4")
    assert upstream == Rules() == rules_of("fail2drive")
    assert bench == rules_of("bench2drive-0.0.3")
    assert (upstream.blocked_seconds, upstream.min_speed_segments, upstream.min_speed_always) == (180.0, 4, False)
    assert (bench.blocked_seconds, bench.min_speed_segments, bench.min_speed_always) == (60.0, 20, True)
    assert (bench.complete_percent, bench.complete_distance) == (99.0, 10.0)


def test_an_unknown_name_is_told():
    with pytest.raises(InputError, match=r"'leaderboard-3'.*expected one of leaderboard-2\.0"):
        rules_of("leaderboard-3")
