"""The ledger: whole entries, one evaluation per folder."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lead import InputError
from lead.drive.ending import Ending
from lead.drive.evaluation import Evaluation
from lead.drive.ledger import Entry, Ledger, not_driven
from lead.score.record import RouteRecord, Scores

EVALUATION = Evaluation("blind", "mini", "leaderboard-2.0")
ENTRY = Entry(
    "7", Ending.FINISHED, RouteRecord("RouteScenario_7_rep0", "Perfect", scores=Scores(100.0, 1.0, 100.0)), ticks=400,
    situations=({"name": "Accident_1", "type": "Accident", "part": "ended"},), notes=("odd",), seconds={"world": 2.5},
)  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledger = Ledger(tmp_path / "out")
    ledger.open(EVALUATION)
    return ledger


def test_what_is_written_is_read(ledger: Ledger):
    assert not ledger.has("7")
    ledger.write(ENTRY)
    assert ledger.has("7") and ledger.read("7") == ENTRY
    assert [entry.route for entry in ledger.entries(["6", "7"])] == ["7"]
    assert not list(ledger.out.rglob(".*")), "no half-written files stay"


def test_a_route_that_was_not_driven_is_looked_at_again(ledger: Ledger):
    ledger.write(not_driven("7", 0, "the town is not here"))
    assert not ledger.has("7") and ledger.entries(["7"])[0].detail == "the town is not here"


def test_another_evaluation_is_refused_with_what_differs(ledger: Ledger):
    ledger.open(EVALUATION)
    ledger.open(replace(EVALUATION, timeout=5.0, attempts=1))
    with pytest.raises(InputError, match="seed: 0 there, 3 now"):
        ledger.open(replace(EVALUATION, seed=3))


def test_an_agent_file_counts_by_its_text(tmp_path: Path):
    agent = tmp_path / "agent.py"
    agent.write_text("first")
    evaluation = replace(EVALUATION, agent=str(agent))
    Ledger(tmp_path / "out").open(evaluation)
    agent.write_text("second")
    with pytest.raises(InputError, match="agent_sha256"):
        Ledger(tmp_path / "out").open(evaluation)


def test_damaged_entries_are_told(ledger: Ledger):
    ledger.path("7").write_text("{")
    with pytest.raises(InputError, match="7.json is no JSON"):
        ledger.read("7")
    ledger.path("7").write_text(json.dumps({"schema": 99}))
    with pytest.raises(InputError, match="schema 99, expected 1"):
        ledger.read("7")


def test_ids_that_are_no_file_names(ledger: Ledger):
    ledger.write(replace(ENTRY, route="../a/b c"))
    assert ledger.path("../a/b c").parent == ledger.out / "ledger" and ledger.has("../a/b c")
