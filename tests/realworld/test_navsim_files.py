"""Scenes, plans and submissions on disk: scored from a file as from memory, whole splits, and what is refused."""

import pickle
import sys
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from straight_road import Other, plan, scene

from lead import InputError
from lead.realworld.navsim.epdms import HumanFilter, score_plan
from lead.realworld.navsim.pdms import score_pdms, simulate_plans
from lead.realworld.navsim.scene import ObjectKind
from lead.realworld.navsim.scene_file import (
    Groups,
    read_groups,
    read_plans,
    read_scene,
    write_groups,
    write_plans,
    write_scene,
)
from lead.realworld.navsim.scoring import means, score_split
from lead.realworld.navsim.submission import META, read_submission, write_submission
from lead.realworld.navsim.two_stage import FramePair, score_two_stages

WORLD = scene(
    [Other(30.0, 0.5, ObjectKind.PEDESTRIAN, 0.6, 0.6, 1.0, 1.5, first_step=4), Other(-12.0, 0.0, speed=9.0)],
    intersections=[(50.0, 60.0)], red_from_step=7, human_plan=plan(7.0),
)  # fmt: skip
PROPOSED = plan(9.0, 0.4)
WHO = {"team_name": "a", "authors": ["b"], "email": "c@d.org", "institution": "e", "country / region": "f"}


def test_a_scene_from_a_file_gives_the_same_scores(tmp_path):
    read = read_scene(write_scene(tmp_path, "token", WORLD))
    for filtered in HumanFilter:
        assert score_plan(read, PROPOSED, filtered).told == score_plan(WORLD, PROPOSED, filtered).told
    before, after = (score_pdms(each, simulate_plans(each, [PROPOSED])) for each in (WORLD, read))
    np.testing.assert_allclose(after.score, before.score, atol=1e-6)
    assert (read.tracks.visible == WORLD.tracks.visible).all() and (read.areas.red == WORLD.areas.red).all()


def test_a_published_scene_from_a_file_gives_the_same_scores(tmp_path, pdm_records):
    from pdm_fixture import scene_from_json

    for record in list(pdm_records["scenes"].values())[:40:4]:
        kept = scene_from_json(record)
        read = read_scene(write_scene(tmp_path, record["id"], kept))
        proposed = np.array(record["cases"][0]["plan"])
        there, again = (score_plan(each, proposed, HumanFilter.OFF) for each in (kept, read))
        assert again.score() == pytest.approx(there.score(), abs=1e-6)


def later(world, seconds):
    return replace(world, start_us=world.start_us + round(seconds * 1e6))


def test_a_split_with_pairs_and_two_stages(tmp_path):
    worlds = {
        "before": WORLD, "now": later(WORLD, 0.5), "second_before": replace(WORLD, synthetic=True),
        "second": replace(later(WORLD, 0.5), synthetic=True),
    }  # fmt: skip
    plans = {token: plan(6.0 + k) for k, token in enumerate(worlds)}
    for token, world in worlds.items():
        write_scene(tmp_path, token, world)
    groups = Groups({"now": "before"}, (("now", "before", (("second", "second_before"),)),))
    write_groups(tmp_path, groups)
    assert read_groups(tmp_path) == groups
    result = score_split(plans, tmp_path)
    alone = {token: score_plan(world, plans[token]) for token, world in worlds.items()}
    pair = FramePair(alone["now"], alone["before"])
    assert result.epdms["now"]["score"] == pytest.approx(alone["now"].score(pair.ec))
    assert result.epdms["before"]["score"] == pytest.approx(alone["before"].score())
    assert np.isnan(result.epdms["before"]["ec"])
    group = score_two_stages(pair, [FramePair(alone["second"], alone["second_before"])])
    assert result.two_stage["now"]["score"] == pytest.approx(group.score)
    told = means(result.epdms)
    assert told["ec"] == pair.ec and told["score"] == pytest.approx(
        np.mean([r["score"] for r in result.epdms.values()])
    )


def test_tokens_without_a_plan_or_a_scene_are_named(tmp_path):
    write_scene(tmp_path, "a", WORLD)
    write_scene(tmp_path, "b", WORLD)
    with pytest.raises(InputError, match=r"1 without a plan \(b\)"):
        score_split({"a": PROPOSED}, tmp_path)
    assert len(score_split({"a": PROPOSED}, tmp_path, partial=True).pdms) == 1
    with pytest.raises(InputError, match=r"1 without a scene \(c\)"):
        score_split({"a": PROPOSED, "b": PROPOSED, "c": PROPOSED}, tmp_path, partial=True)


def test_plans_come_back(tmp_path):
    write_plans(tmp_path / "plans.json", "mine", {"t": PROPOSED})
    name, plans = read_plans(tmp_path / "plans.json")
    assert name == "mine"
    np.testing.assert_allclose(plans["t"], PROPOSED, atol=1e-6)


@pytest.mark.parametrize("text", ["", "[]", '{"format": "other", "agent": "", "plans": {}}', '{"plans": 3}'])
def test_other_plans_are_refused(tmp_path, text):
    (tmp_path / "plans.json").write_text(text)
    with pytest.raises(InputError, match="found"):
        read_plans(tmp_path / "plans.json")


def test_a_damaged_scene_is_refused(tmp_path):
    path = write_scene(tmp_path, "t", WORLD)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="no whole gzipped JSON"):
        read_scene(path)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_submission_comes_back(tmp_path, version):
    parts = {"predictions": {"t": PROPOSED}} if version == "v1" else {
        "first_stage_predictions": {"t": PROPOSED}, "second_stage_predictions": {"u": PROPOSED},
    }  # fmt: skip
    write_submission(tmp_path / "s.pkl", WHO, parts, version)
    read = read_submission(tmp_path / "s.pkl", version)
    assert set(read.plans) == set(parts) and dict(read.meta) == WHO
    np.testing.assert_allclose(read.plans[next(iter(parts))]["t"], PROPOSED, atol=1e-5)


def test_a_submission_is_made_of_the_devkits_classes(tmp_path, monkeypatch):
    """Where the devkit is installed, plain pickle makes its own objects of it."""
    write_submission(tmp_path / "s.pkl", WHO, {"predictions": {"t": PROPOSED}}, "v1")
    devkit = {
        "navsim.common.dataclasses": "Trajectory",
        "nuplan.planning.simulation.trajectory.trajectory_sampling": "TrajectorySampling",
    }
    assert not set(devkit) & set(sys.modules)  # nothing is left behind by writing
    for name, cls in devkit.items():
        module = ModuleType(name)
        setattr(module, cls, type(cls, (), {"__module__": name}))
        for part in range(name.count(".") + 1):
            parent = ".".join(name.split(".")[: part + 1])
            monkeypatch.setitem(sys.modules, parent, module if parent == name else ModuleType(parent))
    value = pickle.loads((tmp_path / "s.pkl").read_bytes())
    trajectory = value["predictions"][0]["t"]
    assert type(trajectory).__module__ == "navsim.common.dataclasses"
    assert trajectory.poses.shape == (8, 3) and trajectory.trajectory_sampling.num_poses == 8


def test_what_a_submission_lacks_is_told_at_once(tmp_path):
    wrong = {"predictions": {"t": np.zeros((7, 3))}}
    with pytest.raises(InputError, match="no team_name; .*no email; .*1 plans of predictions"):
        write_submission(tmp_path / "s.pkl", dict.fromkeys(META, ""), wrong, "v1")
    assert not (tmp_path / "s.pkl").exists()
    (tmp_path / "s.pkl").write_bytes(pickle.dumps({"predictions": [print]}))
    with pytest.raises(InputError, match=r"it asks for builtins\.print"):
        read_submission(tmp_path / "s.pkl", "v1")
