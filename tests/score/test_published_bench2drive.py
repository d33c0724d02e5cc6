"""The 220 published records of PDM-Lite give the published figures of Bench2Drive 0.0.3."""

import json
from dataclasses import replace

import pytest

from lead import InputError
from lead.score.bench2drive import merged
from lead.score.protocol import Inputs, score_records
from lead.score.protocols import PROTOCOLS, score_paths
from lead.score.record_set import Incomplete, read_record_set


def test_figures_are_the_published(pdm_lite):
    score = score_paths([pdm_lite], "bench2drive-0.0.3")
    published = json.loads((pdm_lite / "merged.json").read_text())
    abilities = json.loads((pdm_lite / "merged_ability.json").read_text())
    assert score.convention == "complete" and (score.routes, score.records) == (220, 220)
    assert score.driving_score == pytest.approx(published["driving score"], abs=1e-10)
    assert round(score.driving_score, 4) == 97.0158
    assert score.success_rate == pytest.approx(100 * published["success rate"], abs=1e-10)
    assert round(score.success_rate, 2) == 92.27
    assert score.extras["efficiency"] == pytest.approx(abilities["Driving Efficiency"], abs=1e-10)
    assert round(score.extras["efficiency"], 3) == 250.039
    for name in ("Overtaking", "Merging", "Emergency_Brake", "Give_Way", "Traffic_Signs", "mean"):
        assert score.extras["abilities"][name] == pytest.approx(100 * abilities[name], abs=1e-10), name
    assert score.extras["smoothness"] is None and "metric_info.json" in score.notes[0]
    assert len(score.notes) == 1


def test_the_merged_file_scores_as_its_parts_and_is_not_counted_with_them(pdm_lite):
    whole = score_paths([pdm_lite / "merged.json"], "bench2drive-0.0.3")
    parts = score_paths(sorted(pdm_lite.glob("eval_*.json")), "bench2drive-0.0.3")
    assert whole.driving_score == pytest.approx(parts.driving_score, abs=1e-10)
    assert whole.extras["abilities"] == parts.extras["abilities"]
    assert read_record_set([pdm_lite]).files == tuple(sorted(pdm_lite.glob("eval_*.json")))


def test_our_merged_file_is_the_official(pdm_lite):
    official = json.loads((pdm_lite / "merged.json").read_text())
    ours = merged(read_record_set([pdm_lite]).records)
    assert ours["_checkpoint"] == official["_checkpoint"]
    assert ours["driving score"] == pytest.approx(official["driving score"], abs=1e-10)
    assert (ours["success rate"], ours["eval num"]) == (official["success rate"], official["eval num"])


def test_without_junction_points_the_sign_ability_is_unknown_and_the_route_named(pdm_lite):
    records = [r for r in read_record_set([pdm_lite]).records if r.route != "27018"]
    broken = next(r for r in read_record_set([pdm_lite]).records if r.route == "27018")
    renamed = replace(broken, route_id="RouteScenario_999999_rep0")
    found = replace(read_record_set([pdm_lite]), records=(*records, renamed))
    score = score_records(found, PROTOCOLS["bench2drive-0.0.3"])
    assert score.extras["abilities"]["Traffic_Signs"] is None and score.extras["abilities"]["mean"] is None
    assert any("999999" in note for note in score.notes)
    assert score.extras["abilities"]["Merging"] == pytest.approx(88.75)
    known = score_records(found, PROTOCOLS["bench2drive-0.0.3"], inputs=Inputs({"999999": (22, 60)}))
    assert known.extras["abilities"]["Traffic_Signs"] == pytest.approx(100 * 178 / 190)
    later = score_records(found, PROTOCOLS["bench2drive-0.0.3"], inputs=Inputs({"999999": (23, 60)}))
    assert later.extras["abilities"]["Traffic_Signs"] == pytest.approx(100 * 177 / 190)


def test_a_part_is_refused_unless_a_convention_is_named(pdm_lite):
    part = [pdm_lite / "eval_bench2drive220_0.json"]
    with pytest.raises(InputError, match="found 55 records, expected 220"):
        score_paths(part, "bench2drive-0.0.3")
    zero = score_paths(part, "bench2drive-0.0.3", Incomplete.ZERO)
    driven = score_paths(part, "bench2drive-0.0.3", Incomplete.DRIVEN)
    assert driven.driving_score == pytest.approx(99.285864, abs=1e-6)
    assert zero.driving_score == pytest.approx(99.285864 / 4, abs=1e-6)
    assert (zero.convention, driven.convention) == ("missing routes count 0", "only driven routes")
