"""`lead evaluate` as a user runs it."""

import subprocess
import sys
from pathlib import Path

from lead.score.checkpoint import read_results


def evaluate(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lead", "evaluate", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=200)


def test_a_suite_is_driven_scored_and_resumed(tmp_path: Path):
    options = ("--agent", "blind", "--routes", "mini:2", "--out", str(tmp_path / "out"))
    first = evaluate(*options)
    assert first.returncode == 0, first.stderr
    assert "ParkedObstacleTwoWays" in first.stdout and "driving score" in first.stdout
    results = read_results(tmp_path / "out" / "results.json")
    assert results.progress == (1, 1) and results.extra["agent"] == "blind"
    assert results.records[0].infractions["collisions_vehicle"], "it drives into the parked car"
    again = evaluate(*options)
    assert again.returncode == 0 and "1 of 1 routes are in the ledger already" in again.stdout


def test_wrong_names_are_told_before_anything_is_driven(tmp_path: Path):
    for options, message in (
        (("--agent", "autopilot", "--routes", "mini"), "found agent 'autopilot', expected 'blind', 'npc'"),
        (("--agent", "blind", "--routes", "mni"), "there is no route file 'mni', and no suite of that name"),
        (("--agent", "blind", "--routes", "mini", "--protocol", "b2d"), "found protocol 'b2d', expected one of"),
        (
            ("--agent", "expert:leed", "--routes", "mini"),
            "found expert preset 'leed', expected one of privileged, lead",
        ),
    ):
        ended = evaluate(*options, "--out", str(tmp_path / "out"))
        assert ended.returncode == 1 and message in " ".join(ended.stderr.split()), ended.stderr
        assert not (tmp_path / "out" / "results.json").exists() and "Traceback" not in ended.stderr
