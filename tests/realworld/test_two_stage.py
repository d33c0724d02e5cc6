"""EC of neighbouring frames and the two stages of pseudo-simulation equal the devkit's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdm_fixture import scene_from_json

from lead import InputError
from lead.realworld.navsim.comfort import extended_comfort, frame_differences
from lead.realworld.navsim.epdms import HumanFilter, PlanScore, score_plan
from lead.realworld.navsim.two_stage import FramePair, score_two_stages, stage_weights

LONG_NAMES = {
    "nc": "no_at_fault_collisions", "dac": "drivable_area_compliance", "ddc": "driving_direction_compliance",
    "tlc": "traffic_light_compliance", "ep": "ego_progress", "ttc": "time_to_collision_within_bound",
    "lk": "lane_keeping", "hc": "history_comfort", "ec": "two_frame_extended_comfort", "score": "score",
}  # fmt: skip
DIFFERENCES = ("acceleration", "jerk", "yaw_rate", "yaw_accel")
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def scored(pdm_records):
    """A function from a scene's id to the score of its first plan."""
    known: dict[str, PlanScore] = {}

    def score(scene_id):
        if scene_id not in known:
            record = pdm_records["scenes"][scene_id]
            case = record["cases"][0]
            since = HumanFilter.SINCE_2025_09_29 if case["human_penalty_filter"] else HumanFilter.OFF
            known[scene_id] = score_plan(scene_from_json(record), case["plan"], since)
        return known[scene_id]

    return score


def groups(pdm_records, kind):
    found = [group for group in pdm_records["groups"] if group["kind"] == kind]
    assert found
    return found


def test_pairs_of_frames(pdm_records, scored):
    for group in groups(pdm_records, "ec_pair"):
        expected, now, previous = group["expected"], scored(group["now"]), scored(group["previous"])
        interval = (now.start_us - previous.start_us) * 1e-6
        differences = dict(zip(DIFFERENCES, frame_differences(now.states, previous.states, interval), strict=True))
        assert differences == pytest.approx(expected["rms_difference"], abs=TOLERANCE), group["group"]
        pair = FramePair(now, previous)
        assert pair.ec == expected["two_frame_extended_comfort"][group["now"]], group["group"]
        assert now.score(pair.ec) == pytest.approx(expected["epdms"][group["now"]], abs=TOLERANCE)
        assert previous.score() == pytest.approx(expected["epdms"][group["previous"]], abs=TOLERANCE)


def test_two_stages(pdm_records, scored):
    for group in groups(pdm_records, "two_stage"):
        expected = group["expected"]
        first = FramePair(scored(group["now"]), scored(group["previous"]))
        second = [FramePair(scored(now), scored(previous)) for now, previous in group["second_stage"]]
        result = score_two_stages(first, second)
        assert result.score == pytest.approx(expected["combined_score"], abs=TOLERANCE), group["group"]
        for found, name in (
            (result.combined, "combined"),
            (result.stage_one, "stage_one"),
            (result.stage_two, "stage_two"),
        ):
            told = {LONG_NAMES[column]: value for column, value in found.items()}
            assert told == pytest.approx(expected[f"{name}_metrics"], abs=TOLERANCE), (group["group"], name)
        assert result.stage_one["score"] == pytest.approx(expected["stage_one_score"], abs=TOLERANCE)
        assert result.stage_two["score"] == pytest.approx(expected["stage_two_score"], abs=TOLERANCE)
        check_scenes(group, scored, first, second, result)


def check_scenes(group, scored, first, second, result):
    pairs = [(first, (group["now"], group["previous"]), (1.0, 1.0))]
    weights = zip(result.weights_now, result.weights_previous, strict=True)
    pairs += zip(second, group["second_stage"], weights, strict=True)
    for pair, names, frame_weights in pairs:
        for name, weight in zip(names, frame_weights, strict=True):
            plan, expected = scored(name), group["expected"]["per_scene"][name]
            assert pair.ec == expected["two_frame_extended_comfort"], name
            assert weight == pytest.approx(expected["weight"], abs=TOLERANCE), name
            assert plan.score(pair.ec) == pytest.approx(expected["epdms"], abs=TOLERANCE), name
            assert plan.start == pytest.approx(expected["start_xy"], abs=TOLERANCE), name
            assert plan.end == pytest.approx(expected["plan_end_xy"], abs=TOLERANCE), name


def test_far_scenes_of_the_second_stage_count_alike():
    assert stage_weights(np.zeros(2), np.array([[1.95, 0.0], [0.0, 1.97]])).tolist() == [0.5, 0.5]
    near, far = stage_weights(np.zeros(2), np.array([[1.8, 0.0], [1.9, 0.0]]))
    assert near > far


@given(starts=st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=1, max_size=8))
def test_weights_of_the_second_stage_sum_to_one(starts):
    weights = stage_weights(np.zeros(2), np.array(starts))
    assert np.sum(weights) == pytest.approx(1.0) and np.all(weights >= 0.0)


def test_equal_plans_are_comfortable_together():
    states = np.zeros((41, 11))
    assert extended_comfort(states, states, 0.5) == 1.0


@pytest.mark.parametrize("interval", [0.0, 0.55, -0.5])
def test_frames_too_far_apart_are_refused(interval):
    with pytest.raises(InputError, match="less than 0.55 s"):
        frame_differences(np.zeros((41, 11)), np.zeros((41, 11)), interval)


def test_no_second_stage_is_refused(scored, pdm_records):
    group = groups(pdm_records, "ec_pair")[0]
    with pytest.raises(InputError, match="second stage"):
        score_two_stages(FramePair(scored(group["now"]), scored(group["previous"])), [])
