"""Global records are computed as the leaderboard computed the published ones."""

from dataclasses import replace

import pytest

from lead import InputError
from lead.score.checkpoint import Results, read_results
from lead.score.global_record import finished_results, global_record


@pytest.mark.parametrize("part", range(4))
def test_global_records_are_the_published(pdm_lite, part):
    results = read_results(pdm_lite / f"eval_bench2drive220_{part}.json")
    assert_same_global(results)


def test_global_records_of_fail2drive_are_the_published(tfv6):
    paths = sorted(tfv6.rglob("*.json"))
    assert len(paths) == 600
    for path in paths:
        results = read_results(path)
        if results.global_record is not None:
            assert_same_global(results)


def assert_same_global(results: Results) -> None:
    """Compare with the file: all figures equal, sums of times and lengths but for the order of addition."""
    ours, theirs = global_record(results.records, results.progress[1]), results.global_record
    assert replace(ours, meta=theirs.meta) == theirs
    assert ours.meta.exceptions == theirs.meta.exceptions
    for name in ("total_length", "duration_game", "duration_system"):
        assert getattr(ours.meta, name) == pytest.approx(getattr(theirs.meta, name), abs=1e-6)


def test_missing_routes_count_zero_in_the_means_alone(make_record):
    together = global_record([make_record("1"), make_record("2", completion=50.0)], 4)
    assert together.scores_mean.score_route == 37.5 and together.status == "Failed"
    assert together.scores_std_dev.score_route == round(((62.5**2 + 12.5**2) / 3) ** 0.5, 3)
    assert together.meta.exceptions == (("RouteScenario_2_rep0", 0, "Failed"),)
    with pytest.raises(InputError, match="found 2 records of 1 routes"):
        global_record([make_record("1"), make_record("2")], 1)


def test_lanes_left_are_kilometres_and_events_per_kilometre(make_record):
    records = [make_record("1", length=3000.0, stop_infraction=2, outside_route_lanes=2), make_record("2")]
    infractions = global_record(records, 2).infractions
    assert infractions["stop_infraction"] == 0.5
    assert infractions["outside_route_lanes"] == 0.004  # only the first of the two messages, each of 4 m
    standing = global_record([make_record(completion=0.0, collisions_vehicle=1)], 1).infractions
    assert standing["collisions_vehicle"] == 1000.0


@pytest.mark.parametrize(
    ("status", "entry_status"),
    [
        ("Failed - Agent got blocked", "Finished"),
        ("Failed - Simulation crashed", "Crashed"),
        ("Failed - Agent's sensors were invalid", "Rejected"),
    ],
)
def test_entry_status(make_record, status, entry_status):
    records = [make_record("1"), replace(make_record("2", completion=1.0), status=status)]
    results = finished_results(records, 2, [])
    assert (results.entry_status, results.eligible) == (entry_status, entry_status == "Finished")
    assert finished_results(records[:1], 2, []).entry_status == "Invalid"
