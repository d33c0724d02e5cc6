"""`lead score` as a user meets it."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from lead.cli.main import app
from lead.score.checkpoint import write_results
from lead.score.global_record import finished_results


def lead_score(*arguments) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a process of its own."""
    command = [sys.executable, "-m", "lead", "score", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture
def results(make_record, tmp_path):
    """A result file of three routes."""
    records = [make_record("1"), make_record("2", penalty=0.7, red_light=1), make_record("3", completion=20.0)]
    path = tmp_path / "results.json"
    write_results(finished_results(records, 3, []), path)
    return path


def test_json_is_one_object_of_the_promised_keys(results):
    done = lead_score(results, "--protocol", "leaderboard-2.0", "--json")
    assert done.returncode == 0 and done.stderr == ""
    score = json.loads(done.stdout)
    assert score["driving_score"] == pytest.approx(190 / 3) and score["success_rate"] == pytest.approx(100 / 3)
    assert score["route_completion"] == pytest.approx(220 / 3)
    assert score["infraction_penalty"] == pytest.approx(2.7 / 3) and score["routes"] == 3
    assert score["protocol"] == "leaderboard-2.0" and score["convention"] == "complete"


@pytest.mark.parametrize(
    ("protocol", "keys"),
    [
        ("leaderboard-2.1", set()),
        ("longest6-v2", set()),
        ("town13", {"normalised_driving_score"}),
        ("bench2drive-0.0.3", {"efficiency", "smoothness", "abilities"}),
        ("bench2drive-0.0.4", {"efficiency", "smoothness", "abilities"}),
        ("fail2drive", {"harmonic_mean"}),
    ],
)
def test_each_protocol_has_its_own_figures(results, protocol, keys):
    done = CliRunner().invoke(app, ["score", str(results), "--protocol", protocol, "--incomplete", "zero", "--json"])
    own = {"normalised_driving_score", "efficiency", "smoothness", "abilities", "harmonic_mean"}
    assert done.exit_code == 0 and set(json.loads(done.stdout)) & own == keys
    assert json.loads(done.stdout)["convention"] == ("complete" if "2.1" in protocol else "missing routes count 0")


def test_the_table_shows_figures_convention_and_simulator(results):
    done = CliRunner().invoke(app, ["score", str(results), "--protocol", "leaderboard-2.0"])
    for text in ("63.33 %", "33.33 %", "0.9000", "complete", "not recorded", "3 of 3 drives", "1 Failed"):
        assert text in done.stdout


def test_junction_points_come_from_a_file(results, tmp_path):
    path = tmp_path / "junctions.json"
    arguments = ["--protocol", "bench2drive-0.0.4", "--incomplete", "driven", "--junctions", str(path)]
    path.write_text('{"3": [10, 100]}')
    assert CliRunner().invoke(app, ["score", str(results), *arguments]).exit_code == 0
    path.write_text('{"3": 10}')
    assert "found 10" in str(CliRunner().invoke(app, ["score", str(results), *arguments]).exception)


@pytest.mark.parametrize(
    ("change", "protocol", "said"),
    [
        (None, "leaderboard-3", "expected one of leaderboard-2.0"),
        (None, "town13", "found 3 records, expected 20 (1 x 20 routes)"),
        ("{}", "leaderboard-2.0", "no '_checkpoint'"),
        ("", "leaderboard-2.0", "an empty file"),
    ],
)
def test_bad_input_ends_with_a_message_and_exit_code_1(results, change, protocol, said):
    if change is not None:
        results.write_text(change)
    done = lead_score(results, "--protocol", protocol)
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr and done.stdout == ""


def test_published_records_through_the_command(pdm_lite):
    score = json.loads(lead_score(pdm_lite, "--protocol", "bench2drive-0.0.3", "--json").stdout)
    assert round(score["driving_score"], 4) == 97.0158 and round(score["success_rate"], 2) == 92.27
    assert round(score["abilities"]["Traffic_Signs"], 3) == 93.684
