"""`lead waymo` and `lead navsim` from recorded drives to a score and a submission that is whole."""

import json

import pytest
from typer.testing import CliRunner

from lead.cli.main import app
from lead.realworld.navsim.scene_file import read_plans
from tests.realworld.drives_made import record

SHORT = ["epochs=1", "batch=8", "data.workers=0", "pace.log=1", "data.samples=8"]
ME = ["--account", "a@b.org", "--method", "mine", "--authors", "A. Author"]
TEAM = ["--team", "a", "--authors", "b, c", "--email", "d@e.org", "--institution", "f", "--country", "g"]


def run(*words, code=0):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


@pytest.fixture(scope="module")
def waymo(tmp_path_factory):
    root = tmp_path_factory.mktemp("waymo")
    record(root / "recorded", "waymo-3cam", count=3)
    run("waymo", "standin", root / "recorded", "--out", root / "standin")
    return root


@pytest.fixture(scope="module")
def navsim(tmp_path_factory):
    root = tmp_path_factory.mktemp("navsim")
    record(root / "recorded", "navsim-4cam")
    run("navsim", "standin", root / "recorded", "--out", root / "standin")
    return root


def test_waymo_from_drives_to_a_submission(waymo):
    data, out = waymo / "standin", waymo / "out"
    told = run(
        "waymo",
        "train",
        "nano-waymo",
        "--simulated",
        waymo / "recorded",
        "--real",
        data / "train",
        "--out",
        out,
        *SHORT,
    )
    assert "pretrain: nano_waymo, 8 samples" in told and "of 64 samples are simulated: 40 from epoch 0, 32" in told
    model = out / "posttrain" / "model"
    run("waymo", "predict", model, "--frames", data / "val", "--out", out / "val.tar.gz")
    scored = json.loads(run(
        "waymo", "score", out / "val.tar.gz", "--frames", data / "val", "--json",
        "--clusters", data / "val_sequence_name_to_scenario_cluster.json",
    ))  # fmt: skip
    assert scored["rated"] == scored["frames"] == 4 and set(scored["by_cluster"]) == {"foreign_object"}
    assert 0.0 <= scored["rfs"] <= 10.0 and scored["ade_log"][1] > 0.0
    assert "no score of WOD-E2E" in run("waymo", "score", out / "val.tar.gz", "--frames", data / "val")
    names = ["--list", data / "test_sequence_frames_for_submission.json"]
    run("waymo", "predict", model, "--frames", data / "test", "--out", out / "test.tar.gz", *names)
    run("waymo", "submit", out / "test.tar.gz", "--out", out / "mine.tar.gz", *names, *ME)
    assert "1 plans in 1 shards, all frames of the list; nothing to mend" in run(
        "waymo", "check", out / "mine.tar.gz", *names
    )
    run(
        "waymo",
        "draw",
        "--frames",
        data / "val",
        "--predictions",
        out / "val.tar.gz",
        "--out",
        out / "drawn",
        "--count",
        2,
    )
    assert len(list((out / "drawn").glob("*.png"))) == 2
    assert (
        run("waymo", "train", "nano-waymo", "--simulated", waymo / "recorded", "--out", out, "batch=12", code=1)
        is not None
    )


def test_navsim_from_drives_to_a_submission(navsim):
    data, out = navsim / "standin", navsim / "out"
    run(
        "navsim",
        "train",
        "nano-navsim",
        "--simulated",
        navsim / "recorded",
        "--real",
        data / "train",
        "--out",
        out,
        *SHORT,
    )
    run("navsim", "predict", out / "posttrain" / "model", "--cache", data / "test", "--out", out / "plans.json")
    assert len(read_plans(out / "plans.json")[1]) == 9
    scored = json.loads(run("navsim", "score", out / "plans.json", "--scenes", data / "scenes", "--json"))
    assert len(scored["pdms"]) == len(scored["epdms"]) == 9 and scored["two_stage"] == {}
    assert sum(row["ec"] is not None for row in scored["epdms"].values()) == 8
    shown = run("navsim", "score", out / "plans.json", "--scenes", data / "scenes")
    assert "no score of NAVSIM" in shown and "PDMS (v1), 9 scored" in shown
    run("navsim", "submit", out / "plans.json", "--out", out / "s.pkl", *TEAM, "--devkit", "v1")
    told = run("navsim", "check", out / "s.pkl", "--devkit", "v1", "--scenes", data / "scenes")
    assert "9 plans in predictions; nothing to mend" in told
    run(
        "navsim",
        "draw",
        out / "plans.json",
        "--cache",
        data / "test",
        "--scenes",
        data / "scenes",
        "--out",
        out / "drawn",
    )
    assert len(list((out / "drawn").glob("*.png"))) == 6


@pytest.mark.parametrize(
    "words",
    [
        ("navsim", "score", "nowhere.json", "--scenes", "nowhere"),
        ("navsim", "train", "nano-waymo", "--out", "nowhere"),
        ("waymo", "train", "nano-waymo", "--out", "nowhere", "--mixture", "more"),
        ("waymo", "train", "nano-waymo", "--out", "nowhere"),
    ],
)
def test_wrong_words_end_with_exit_code_1(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(*words, code=1) is not None
    assert not (tmp_path / "nowhere").exists()
