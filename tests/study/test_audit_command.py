"""`lead audit`, as a user runs it."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lead import InputError
from lead.cli.main import app
from lead.study.live import AuditOf
from tests.study.audits import written


@pytest.fixture
def driven(tmp_path: Path) -> Path:
    """Two seeds of a privileged expert and one of an aligned one."""
    for seed in (0, 1):
        written(tmp_path / f"privileged-{seed}", seed=seed)
    written(tmp_path / "aligned", "aligned")
    return tmp_path


def test_tables_plots_and_pictures(driven: Path, tmp_path: Path):
    result = CliRunner().invoke(app, ["audit", str(driven), "--out", str(tmp_path / "out"), "--moments", "1"])
    assert result.exit_code == 0, result.output
    assert "expert privileged, student's rig nano: 2 drives, seed 0, 1" in result.output
    assert re.search(r"DynamicObjectCrossing +30 +[\d.]+ ±0\.0", result.output), result.output
    assert "walker" in result.output and "slower for a hidden walker" in result.output
    pictures = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert pictures == [
        "01-visibility-DynamicObjectCrossing.png", "causes.png", "intent.png", "uncertainty.png", "visibility.png",
    ]  # fmt: skip
    assert all((tmp_path / "out" / name).stat().st_size > 2000 for name in pictures)


def test_json_holds_the_same_figures(driven: Path):
    result = CliRunner().invoke(app, ["audit", str(driven), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    aligned, privileged = told["experts"]
    assert (aligned["agent"], privileged["agent"], privileged["seeds"]) == ("aligned", "privileged", [0, 1])
    there = privileged["situations"]["DynamicObjectCrossing"]
    assert there["visibility"]["mean"] > 0.0 and there["causes"]["walker"]["mean"] > 0.0
    assert aligned["situations"]["all"]["visibility"]["mean"] == 0.0
    assert told["moments"][0]["causes"] == ["walker"] and told["moments"][0]["speed"] < 0.0
    assert not list(driven.rglob("*.png"))


def test_bad_input_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="does not exist; expected the folder of an evaluation or of a data set"):
        CliRunner().invoke(app, ["audit", str(tmp_path / "gone")], catch_exceptions=False)
    with pytest.raises(InputError, match="expected an expert, which can be asked again"):
        AuditOf.checked("nano", "npc")
    with pytest.raises(InputError, match="there is no rig 'eyes'"):
        AuditOf.checked("eyes", "expert:lead")
