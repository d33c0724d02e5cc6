"""The 600 published records of TFv6 follow from Leaderboard 2.0 and give the published rows of Fail2Drive."""

import pytest

from lead.score.penalty import penalty_2_0, penalty_2_1, penalty_bounds, penalty_without_min_speed, rescore, tally
from lead.score.protocols import score_paths
from lead.score.record_set import read_record_set


def test_every_penalty_follows_from_the_messages(tfv6):
    records = read_record_set([tfv6]).records
    assert len(records) == 600
    exact = 0
    for record in records:
        infractions = tally(record)
        least, greatest = penalty_bounds(infractions, penalty_2_0)
        assert least <= record.scores.score_penalty <= greatest
        # A percentage outside the lanes is rounded in its message; all else is written in full.
        assert greatest - least < 1.2e-6 + 1.1e-4 * bool(infractions.outside) + 2e-4 * len(infractions.speeds)
        if not infractions.outside:
            assert round(penalty_2_0(infractions), 6) == record.scores.score_penalty
            exact += 1
        else:
            assert penalty_2_0(infractions) == pytest.approx(record.scores.score_penalty, abs=5.1e-5)
        assert rescore(record, penalty_2_0) is record
    assert exact == 575


def test_other_rules_would_be_noticed(tfv6):
    records = read_record_set([tfv6]).records
    for rules in (penalty_2_1, penalty_without_min_speed):
        assert sum(rescore(record, rules) is not record for record in records) > 60
    score = score_paths([tfv6], "leaderboard-2.1")
    assert "did not follow from the rules of leaderboard-2.1" in score.notes[0]


def test_figures_are_the_published(tfv6):
    score = score_paths([tfv6], "fail2drive")
    assert (score.routes, score.repetitions, score.records) == (200, 3, 600)
    assert round(score.extras["base"]["harmonic_mean"], 1) == 91.7
    assert round(score.extras["generalization"]["harmonic_mean"], 1) == 74.8
    assert score.notes == ()
