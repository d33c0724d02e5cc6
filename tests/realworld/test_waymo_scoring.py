"""Plans for the challenge go through the model's own waypoints, and archives are scored against rated frames."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.realworld.waymo.frame import E2EDFrame, EgoStates
from lead.realworld.waymo.plans import challenge_plan
from lead.realworld.waymo.scoring import UNKNOWN, read_clusters, score_predictions

AHEAD = np.stack([2.0 * np.arange(1, 21), np.zeros(20)], axis=1)  # 8 m/s
PAST = EgoStates(np.zeros((16, 2)), velocity_iso=np.tile([8.0, 0.0], (16, 1)))


def frame(name, ratings=(10.0, 5.0, 2.0), future=AHEAD):
    ways = (AHEAD, 0.2 * AHEAD, AHEAD + [0.0, 9.0])
    rated = tuple(EgoStates(way, preference_score=score) for way, score in zip(ways, ratings))
    return E2EDFrame(name, PAST, EgoStates(future), preferences=rated)


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 25.0))
def test_a_plan_goes_through_the_waypoints(seed, speed):
    steps = np.random.default_rng(seed).normal([4.0, 0.0], [1.0, 0.5], (10, 2))
    waypoints = np.cumsum(steps, axis=0)
    plan = challenge_plan(waypoints, speed)
    assert plan.shape == (20, 2)
    np.testing.assert_allclose(plan[1::2], waypoints * (1.0, -1.0), atol=1e-9)  # y is to the left there


def test_the_plan_at_5_s_is_the_models_and_not_that_at_4_75_s():
    plan = challenge_plan(AHEAD[1::2], 8.0)
    np.testing.assert_allclose(plan, AHEAD, atol=1e-9)
    assert plan[19, 0] - plan[18, 0] == pytest.approx(2.0)


def test_a_plan_that_ends_early_is_refused():
    with pytest.raises(InputError, match=r"\(9, 2\), 0.5 s apart; expected finite ones up to 5 s"):
        challenge_plan(AHEAD[1:18:2], 8.0)
    with pytest.raises(InputError, match="finite"):
        challenge_plan(np.full((10, 2), np.nan), 8.0)


def test_scores_by_cluster_with_the_same_weight_each():
    frames = [frame("a-100"), frame("a-101"), frame("b-100"), frame("c-7", ratings=())]
    plans = {"a-100": AHEAD, "a-101": AHEAD, "b-100": AHEAD + [0.0, 50.0], "c-7": AHEAD}
    result = score_predictions(plans, frames, {"a": "intersection", "b": "cyclist"})
    assert result.by_cluster == {"cyclist": 4.0, "intersection": 10.0} and result.rfs == 7.0
    assert result.count_by_cluster == {"cyclist": 1, "intersection": 2}
    assert (result.frames, result.rated, result.inside) == (4, 3, pytest.approx(2 / 3))
    assert result.ade_rater == pytest.approx((50 / 3, 50 / 3)) and result.ade_log == pytest.approx((12.5, 12.5))


def test_segments_that_no_list_names_are_told_apart():
    assert score_predictions({"a-1": AHEAD}, [frame("a-1")]).by_cluster == {UNKNOWN: 10.0}


def test_frames_without_ratings_give_displacements_alone():
    result = score_predictions({"a-1": AHEAD + [3.0, 4.0]}, [frame("a-1", ratings=())])
    assert np.isnan(result.rfs) and result.by_cluster == {} and result.ade_log == (5.0, 5.0)
    assert np.isnan(score_predictions({"a-1": AHEAD}, [frame("a-1", (), AHEAD[:0])]).ade_log[0])


def test_a_plan_of_no_frame_is_named():
    with pytest.raises(InputError, match=r"no frames for 1 of 2 plans \(b-1\)"):
        score_predictions({"a-1": AHEAD, "b-1": AHEAD}, [frame("a-1")])


def test_other_lists_of_clusters_are_refused(tmp_path):
    (tmp_path / "c.json").write_text('{"a": 3}')
    with pytest.raises(InputError, match="no object of segment to cluster"):
        read_clusters(tmp_path / "c.json")
