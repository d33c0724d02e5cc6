"""RFS and ADE equal the published metric case by case, and keep its rules on cases made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.realworld.waymo.rfs import (
    RfsSettings,
    average_displacement_error,
    best_rater,
    padded,
    rater_feedback_score,
    score_by_cluster,
    trust_regions,
)

KINDS = (
    "random", "zero_displacement", "rater_count", "rater_length", "labels", "speed", "edge", "floor",
    "proposals", "parameters",
)  # fmt: skip
STRAIGHT = np.stack([np.arange(1, 21) * 2.0, np.zeros(20)], axis=1)  # 8 m/s ahead: at 24 m after 3 s, 40 m after 5 s


def raters_of(cases, rows) -> np.ndarray:
    """(N, 6, 20, 2) the rated trajectories, cut or filled up."""
    result = np.zeros((len(rows), cases["rater_xy"].shape[1], 20, 2))
    for n, row in enumerate(rows):
        count, lengths = cases["rater_count"][row], cases["rater_len"][row]
        result[n, :count] = padded([cases["rater_xy"][row, k, : lengths[k]] for k in range(count)])
    return result


def settings_of(cases, row) -> RfsSettings:
    names = ("lat_mult", "lon_mult", "decay", "floor", "num_raters")
    lateral, longitudinal, decay, floor, raters = (cases[f"param_{name}"][row].item() for name in names)
    return RfsSettings(lateral, longitudinal, decay, floor, raters)


@pytest.mark.parametrize("kind", KINDS)
def test_cases_score_as_published(rfs_cases, kind):
    rows = np.flatnonzero(rfs_cases["kind"] == kind)
    assert len(rows)
    for settings in {settings_of(rfs_cases, row) for row in rows}:
        alike = np.array([row for row in rows if settings_of(rfs_cases, row) == settings])
        _check(rfs_cases, alike, settings)


def _check(cases, rows, settings):
    chosen = {name: array[rows] for name, array in cases.items()}
    xy = raters_of(cases, rows)
    regions = trust_regions(xy, chosen["rater_count"], chosen["rater_score"], chosen["init_speed"], settings)
    there = np.arange(chosen["pred_xy"].shape[1]) < chosen["pred_count"][:, None]
    result = rater_feedback_score(chosen["pred_xy"], np.where(there, chosen["pred_prob"], 0.0), regions, settings)
    assert np.allclose(result.score, chosen["out_rfs"], rtol=0, atol=1e-9)
    assert np.allclose(result.per_proposal[there], chosen["out_rfs_per_proposal"][there], rtol=0, atol=1e-9)
    assert np.array_equal(result.inside[there], chosen["out_inside"][there] == 1)

    used = slice(settings.raters)
    assert np.allclose(regions.centre, chosen["out_region_center"][:, used], rtol=0, atol=1e-12)
    assert np.allclose(2 * regions.thresholds, chosen["out_region_length_width"], rtol=0, atol=1e-12)
    angle = np.degrees(np.arctan2(regions.forward[..., 1], regions.forward[..., 0]))
    assert np.allclose(angle, chosen["out_region_angle_deg"][:, used], rtol=0, atol=1e-9)

    best = best_rater(chosen["rater_score"], chosen["rater_count"], settings)
    assert np.array_equal(best, chosen["out_best_rater"])
    _check_ade(chosen, xy[np.arange(len(rows)), best], there, "out_ade")
    _check_ade(chosen, chosen["log_xy"], there, "out_log_ade")


def _check_ade(chosen, target, there, name):
    for seconds, ade in zip((3, 5), average_displacement_error(chosen["pred_xy"], target[:, None]), strict=True):
        assert np.allclose(ade[there], chosen[f"{name}{seconds}"][there], rtol=0, atol=1e-9, equal_nan=True)


def score_of(prediction, labels=(8.0,), raters=(STRAIGHT,), speed=8.0):
    regions = trust_regions(padded(raters)[None], [len(raters)], np.array([labels]), [speed])
    return rater_feedback_score(np.asarray(prediction)[None, None], np.ones((1, 1)), regions)


def aside(metres: float, from_point: int = 0) -> np.ndarray:
    moved = STRAIGHT.copy()
    moved[from_point:, 1] += metres
    return moved


def test_on_the_border_of_the_region_is_inside():
    standing = np.zeros((20, 2))
    limit = 0.5  # m lateral at 3 s and low speed
    on, out = standing.copy(), standing.copy()
    on[11, 1], out[11, 1] = limit, np.nextafter(limit, 1.0)
    assert score_of(on, (2.0,), (standing,), 0.0).inside.all()
    assert not score_of(out, (2.0,), (standing,), 0.0).inside.any()


def test_a_fully_inside_prediction_may_score_below_the_floor():
    assert score_of(STRAIGHT, (2.0,)).score[0] == 2.0


def test_far_from_everybody_the_floor_holds():
    assert score_of(aside(50.0), (9.0,)).score[0] == 4.0


def test_inside_of_different_raters_at_the_two_times_is_not_inside():
    between = aside(10.0)
    between[:12] = STRAIGHT[:12]
    result = score_of(between, (1.0, 2.0), (STRAIGHT, aside(10.0)))
    assert not result.inside.any() and result.score[0] == 4.0


def test_minus_one_takes_part_as_a_number():
    assert score_of(STRAIGHT, (-1.0,)).score[0] == -1.0


def test_a_standing_rater_is_judged_along_the_vehicle():
    standing = np.zeros((20, 2))
    ahead, left = standing + [1.9, 0.0], standing + [0.0, 1.9]
    assert score_of(ahead, (7.0,), (standing,), 0.0).score[0] == 7.0  # 2 m are allowed along
    assert score_of(left, (7.0,), (standing,), 0.0).score[0] == 4.0  # 0.5 m are aside


def test_only_the_first_three_raters_count():
    assert score_of(aside(30.0), (5.0, 5.0, 5.0, 10.0), (STRAIGHT,) * 3 + (aside(30.0),)).score[0] == 4.0


def test_weights_are_used_as_they_are():
    regions = trust_regions(padded([STRAIGHT])[None], [1], np.array([[8.0]]), [8.0])
    both = np.stack([STRAIGHT, STRAIGHT])[None]
    assert rater_feedback_score(both, np.array([[0.5, 1.0]]), regions).score[0] == 12.0


def test_the_five_second_point_is_the_last_and_no_copy_of_an_earlier_one():
    late = STRAIGHT.copy()
    late[19] += [0.0, 20.0]
    three, five = average_displacement_error(late, STRAIGHT)
    assert three == 0.0 and five == pytest.approx(1.0)
    assert score_of(late, (8.0,)).score[0] == pytest.approx(4.0)  # 8 at 3 s, about 0 at 5 s


@given(turn=st.floats(-np.pi, np.pi), offset=st.floats(-6, 6))
def test_turning_everything_leaves_the_score(turn, offset):
    c, s = np.cos(turn), np.sin(turn)
    rotation = np.array([[c, s], [-s, c]])
    plain = score_of(aside(offset), (7.5,)).score[0]
    assert score_of(aside(offset) @ rotation, (7.5,), (STRAIGHT @ rotation,)).score[0] == pytest.approx(plain, abs=1e-9)


def test_clusters_weigh_alike_whatever_their_size():
    overall, means = score_by_cluster([4.0, 6.0, 8.0], ["cyclist", "cyclist", "spotlight"])
    assert means == {"cyclist": 5.0, "spotlight": 8.0} and overall == 6.5


def test_bad_input_is_refused():
    with pytest.raises(InputError, match="0 raters"):
        trust_regions(np.zeros((1, 3, 20, 2)), [0], np.zeros((1, 3)), [1.0])
    with pytest.raises(InputError, match=r"\(1, 1, 19, 2\)"):
        score_of(STRAIGHT[:19])
    with pytest.raises(InputError, match="at least one"):
        padded([np.zeros((0, 2))])
