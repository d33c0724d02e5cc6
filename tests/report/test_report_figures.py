"""Figures of a report equal those of the results; groups, differences and losses follow from hand-made runs."""

import json
from statistics import stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.drive.ending import Ending
from lead.drive.ledger import Entry
from lead.report.comparison import bootstrap, compare
from lead.report.groups import grouped
from lead.report.losses import FAULT, NAMES, causes
from lead.report.runs import find_runs, read_run
from lead.report.time_line import time_line
from lead.score.checkpoint import read_results
from lead.score.penalty import COSTS_2_1, FACTORS_2_0
from lead.score.protocols import score_paths
from tests.report.run_folders import HIT, SLOW, Outcome, record, write_run

CRASH = (3.0, *HIT)
CRAWL = (6.0, *SLOW)
THREE = {"1": Outcome(), "2": Outcome(infractions=[CRASH]), "5": Outcome(40.0, failure="Agent timed out")}


def test_figures_equal_the_result_file(tmp_path):
    folder = write_run(tmp_path / "run", THREE)
    run = read_run(folder.path)
    score, official = run.score(), score_paths([folder.path / "results.json"], "leaderboard-2.0")
    assert score == official
    mean = read_results(folder.path / "results.json").global_record.scores_mean
    assert score.driving_score == pytest.approx(mean.score_composed, abs=1e-6)
    assert score.route_completion == pytest.approx(mean.score_route, abs=1e-6)


def test_a_broken_off_run_says_what_is_missing(tmp_path):
    folder = write_run(tmp_path / "run", {"1": Outcome(), "2": Outcome(20.0)}, results=False)
    run = read_run(folder.path)
    assert run.missing == ("5",)
    assert run.score().driving_score == 60.0
    assert run.score().convention == "only driven routes"


def test_a_route_that_was_not_driven_is_no_result(tmp_path):
    folder = write_run(tmp_path / "run", {"1": Outcome(), "2": Outcome(0.0, ending=Ending.NOT_DRIVEN)}, results=False)
    run = read_run(folder.path)
    assert [entry.route for entry in run.judged] == ["1"] and run.missing == ("2", "5")


def test_what_collecting_leaves_is_no_evaluated_run(tmp_path):
    folder = write_run(tmp_path / "data", THREE)
    (folder.path / "collection.json").write_text("{}")
    assert find_runs([tmp_path]) == []


def test_seeds_are_taken_together_and_agents_apart(tmp_path):
    for seed, completion in enumerate((100.0, 50.0, 30.0)):
        write_run(tmp_path / f"a{seed}", {"1": Outcome(completion)}, seed=seed)
    write_run(tmp_path / "b0", {"1": Outcome()}, agent="blind")
    groups = grouped(find_runs([tmp_path]))
    assert [(group.name, group.seeds) for group in groups] == [("expert", "0, 1, 2"), ("blind", "0")]
    figure = groups[0].figures[0]
    assert figure.mean == 60.0 and figure.spread == pytest.approx(stdev([100.0, 50.0, 30.0]))
    assert groups[1].figures[0].spread is None


def test_the_same_run_twice_is_two_groups_with_names_that_differ(tmp_path):
    for name in ("first", "second"):
        write_run(tmp_path / name, {"1": Outcome()})
    names = [group.name for group in grouped(find_runs([tmp_path / "first", tmp_path / "second"]))]
    assert names == ["expert (first)", "expert (second)"]


def test_an_official_file_needs_a_protocol(tmp_path):
    folder = write_run(tmp_path / "run", THREE)
    value = json.loads((folder.path / "results.json").read_text())
    for key in ("benchmark", "simulator", "agent", "seed", "routes"):
        del value[key]
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(value))
    with pytest.raises(InputError, match="--protocol"):
        find_runs([path])
    run = find_runs([path], "leaderboard-2.0")[0]
    assert run.agent == "theirs" and run.simulator == "not recorded" and not run.has_ledger
    assert run.score().driving_score == read_run(folder.path).score().driving_score


def test_pairs_are_of_the_same_route_and_seed(tmp_path):
    write_run(tmp_path / "a0", {"1": Outcome(50.0), "2": Outcome(50.0)}, seed=0)
    write_run(tmp_path / "a1", {"1": Outcome(70.0)}, seed=1)
    write_run(tmp_path / "b0", {"1": Outcome(60.0), "5": Outcome()}, agent="blind", seed=0)
    write_run(tmp_path / "b1", {"1": Outcome(100.0)}, agent="blind", seed=1)
    base, other = grouped(find_runs([tmp_path]))
    pair = compare(base, other)
    assert pair.per_route == (("1", 20.0),)  # mean of +10 and +30
    assert pair.pairs == 2 and pair.left_out == 2
    assert (pair.wins, pair.losses) == (1, 0)
    assert [d.measure for d in pair.differences] == ["driving score", "success rate", "route completion"]
    assert pair.differences[1].mean == pytest.approx(50.0)


def test_runs_without_a_common_route_are_not_compared(tmp_path):
    write_run(tmp_path / "a", {"1": Outcome()})
    write_run(tmp_path / "b", {"2": Outcome()}, agent="blind")
    assert compare(*grouped(find_runs([tmp_path]))) is None


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30), st.integers(0, 5))
def test_the_interval_moves_with_the_values_and_follows_the_seed(values, seed):
    rows = np.array(values)[:, None]
    low, high = bootstrap(rows, 400, seed)
    assert min(values) - 1e-9 <= low[0] <= high[0] <= max(values) + 1e-9
    moved = bootstrap(rows + 7.0, 400, seed)
    assert moved[0][0] == pytest.approx(low[0] + 7.0) and moved[1][0] == pytest.approx(high[0] + 7.0)
    assert np.array_equal(bootstrap(rows, 400, seed), (low, high))


def test_the_interval_of_many_equal_differences_is_tight():
    rng = np.random.default_rng(1)
    low, high = bootstrap(rng.normal(10.0, 5.0, (100, 1)))
    assert 8.0 < low[0] < 10.5 < high[0] + 1.0 and high[0] - low[0] == pytest.approx(2 * 1.96 * 0.5, rel=0.25)


@pytest.mark.parametrize("protocol", ["leaderboard-2.0", "leaderboard-2.1", "bench2drive-0.0.3"])
def test_lost_points_add_up(tmp_path, protocol):
    outcomes = {
        "1": Outcome(infractions=[CRASH, CRASH, CRAWL]),
        "2": Outcome(80.0, [CRASH, (7.9, "route_timeout", "Route timeout.")], "Agent timed out"),
        "5": Outcome(0.0, failure="Simulation crashed", ending=Ending.SIMULATOR_FAULT),
    }
    run = read_run(write_run(tmp_path / "run", outcomes, protocol=protocol).path)
    found = {cause.name: cause for cause in causes(run.judged, protocol)}
    assert sum(cause.points for cause in found.values()) == pytest.approx(100.0 - run.score().driving_score, abs=1e-6)
    assert found[FAULT].points == pytest.approx(100.0 / 3) and found[FAULT].drives == 1
    assert found[NAMES["route_timeout"]].points == pytest.approx(20.0 / 3)
    assert found[NAMES["collisions_vehicle"]].drives == 2
    slow = found[NAMES["min_speed_infractions"]]
    assert slow.drives == 1 and (slow.points == 0.0) == protocol.startswith("bench2drive")


def test_one_cause_alone_takes_all_that_a_penalty_took():
    single = record("1", Outcome(infractions=[CRASH]))
    found = causes([Entry("1", Ending.FINISHED, single)], "leaderboard-2.0")
    assert [(cause.name, cause.points) for cause in found] == [
        (NAMES["collisions_vehicle"], pytest.approx(100.0 * (1.0 - FACTORS_2_0["collisions_vehicle"])))
    ]
    assert set(COSTS_2_1) <= set(NAMES)


def test_marks_get_their_times_from_the_log(tmp_path):
    twice = Outcome(infractions=[CRAWL, (1.0, *SLOW), CRASH])
    run = read_run(write_run(tmp_path / "run", {"1": twice}).path)
    line = time_line(run.entries[0], run.log("1"))
    assert [(mark.time, mark.kind) for mark in line.marks] == [
        (1.0, "min_speed_infractions"), (3.0, "collisions_vehicle"), (6.0, "min_speed_infractions"),
    ]  # fmt: skip
    assert line.marks[1].text == "collision with a vehicle: vehicle.audi.tt (31)"
    assert (line.spans[0].begin, line.spans[0].end) == (2.0, 6.0)
    assert line.speed.max() == 5.0 and line.duration == 8.0


def test_without_a_log_infractions_are_told_all_the_same(tmp_path):
    run = read_run(write_run(tmp_path / "run", {"1": Outcome(infractions=[CRASH])}, logs=False).path)
    line = time_line(run.entries[0], run.log("1"))
    assert [(mark.time, mark.kind) for mark in line.marks] == [(None, "collisions_vehicle")] and not len(line.time)


def test_a_damaged_log_is_told_and_costs_nothing_else(tmp_path):
    run = read_run(write_run(tmp_path / "run", {"1": Outcome(infractions=[CRASH])}).path)
    run.log("1").write_bytes(b"PK half a file")
    line = time_line(run.entries[0], run.log("1"))
    assert "cannot be read" in line.fault and len(line.marks) == 1


def test_a_run_that_is_named_twice_counts_once(tmp_path):
    write_run(tmp_path / "b", {"1": Outcome()}, agent="blind")
    write_run(tmp_path / "a", {"1": Outcome()})
    assert [run.agent for run in find_runs([tmp_path / "b", tmp_path])] == ["blind", "expert"]
