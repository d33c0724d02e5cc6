"""Each benchmark version at hand-made records, and which sets it takes."""

from dataclasses import replace
from pathlib import Path

import pytest

from lead import InputError
from lead.score.bench2drive_abilities import ABILITIES, SignCounting, abilities, passed_junction
from lead.score.bench2drive_efficiency import efficiency
from lead.score.bench2drive_junctions import JUNCTIONS_0_0_3
from lead.score.checkpoint import Results, write_results
from lead.score.global_record import finished_results
from lead.score.protocol import score_records
from lead.score.protocols import PROTOCOLS, protocol_named, score_paths
from lead.score.record_set import Incomplete, RecordSet, read_record_set
from lead.score.town13 import normalised_penalty


def record_set(records) -> RecordSet:
    return RecordSet(tuple(records), (Path("x.json"),), len(records))


def test_names_of_the_protocols():
    assert list(PROTOCOLS) == [
        "leaderboard-2.0",
        "leaderboard-2.1",
        "longest6-v2",
        "town13",
        "bench2drive-0.0.3",
        "bench2drive-0.0.4",
        "fail2drive",
    ]
    with pytest.raises(InputError, match="found protocol 'longest6', expected one of leaderboard-2.0, .*fail2drive"):
        protocol_named("longest6")


def test_leaderboards_take_any_set_of_routes(make_record):
    records = [make_record("1", penalty=0.7, red_light=1), make_record("2", completion=50.0)]
    score = score_records(record_set(records), PROTOCOLS["leaderboard-2.0"])
    assert (score.driving_score, score.route_completion, score.infraction_penalty) == pytest.approx((60, 75, 0.85))
    assert score.success_rate == 0 and score.statuses == {"Completed": 1, "Failed": 1}
    assert score.infractions_per_km["red_light"] == round(1 / 1.5, 3)
    other = score_records(record_set(records), PROTOCOLS["leaderboard-2.1"])
    assert other.driving_score == pytest.approx((100 / 1.4 + 50) / 2, abs=1e-5) and len(other.notes) == 1


@pytest.mark.parametrize(("name", "routes"), [("longest6-v2", 36), ("town13", 20), ("fail2drive", 200)])
def test_sizes_and_conventions(make_record, name, routes):
    seeds = [make_record(str(route), repetition=k) for route in range(routes) for k in range(3)]
    score = score_records(record_set(seeds), PROTOCOLS[name])
    assert (score.convention, score.repetitions, score.driving_score) == ("complete", 3, 100.0)
    with pytest.raises(InputError, match=f"found {3 * routes - 1} records, expected {3 * routes} .3 x {routes} routes"):
        score_records(record_set(seeds[1:]), PROTOCOLS[name])
    zero = score_records(record_set(seeds[1:]), PROTOCOLS[name], Incomplete.ZERO)
    assert zero.driving_score == pytest.approx(100 * (3 * routes - 1) / (3 * routes))
    assert zero.success_rate == zero.driving_score and zero.convention == "missing routes count 0"
    driven = score_records(record_set(seeds[1:]), PROTOCOLS[name], Incomplete.DRIVEN)
    assert driven.driving_score == 100 and driven.convention == "only driven routes"
    with pytest.raises(InputError, match=f"found {routes + 1} distinct routes, expected the {routes}"):
        score_records(record_set([*seeds, make_record("5000")]), PROTOCOLS[name])


def test_files_say_how_many_routes_there_are(make_record, tmp_path):
    write_results(Results(records=(make_record("1"), make_record("2")), progress=(2, 3)), tmp_path / "a.json")
    with pytest.raises(InputError, match="found 2 records, expected 3"):
        score_paths([tmp_path], "leaderboard-2.0")
    assert score_paths([tmp_path], "leaderboard-2.0", Incomplete.ZERO).driving_score == pytest.approx(200 / 3)


def test_what_a_folder_holds(make_record, tmp_path):
    (tmp_path / "deep").mkdir()
    write_results(finished_results([make_record("1")], 1, []), tmp_path / "deep" / "a.json")
    write_results(
        finished_results([make_record("2"), replace(make_record("3"), status="Started")], 2, []), tmp_path / "b.json"
    )
    (tmp_path / "plan.json").write_text('{"routes": 3}')
    found = read_record_set([tmp_path, tmp_path / "b.json"])
    assert [record.route for record in found.records] == ["2", "1"]
    assert found.announced == 3 and [path.name for path in found.skipped] == ["plan.json"]
    with pytest.raises(InputError, match="no '_checkpoint'"):
        read_record_set([tmp_path / "plan.json"])
    (tmp_path / "b.json").write_text('{"_checkpoint": {"rec')
    with pytest.raises(InputError, match="b.json: found text that is not JSON"):
        read_record_set([tmp_path])


def test_nothing_to_score_and_mixed_worlds_are_refused(make_record, tmp_path):
    with pytest.raises(InputError, match="found no driven route"):
        read_record_set([tmp_path])
    results = finished_results([make_record("1")], 1, [])
    write_results(replace(results, extra={"simulator": "embedded"}), tmp_path / "a.json")
    assert score_paths([tmp_path], "leaderboard-2.0").simulator == "embedded"
    write_results(results, tmp_path / "b.json")
    with pytest.raises(InputError, match="several simulators"):
        read_record_set([tmp_path])


def test_faults_are_counted_apart(make_record):
    crashed = replace(make_record(completion=0.0, penalty=0.0), status="Failed - Simulation crashed")
    score = score_records(record_set([crashed, make_record("2")]), PROTOCOLS["leaderboard-2.0"])
    assert score.driving_score == 50 and "1 drives ended by a fault" in score.notes[0]


def test_normalised_score_counts_events_per_kilometre(make_record):
    record = make_record(completion=50.0, length=4000.0, red_light=3, min_speed_infractions=1, outside_route_lanes=1)
    assert normalised_penalty(record) == pytest.approx((0.2 * 0.7) ** (3 / 2) * 0.82 * 0.75)
    assert normalised_penalty(make_record(completion=0.0, collisions_vehicle=1)) == 1.0
    records = [record, *(make_record(str(route)) for route in range(2, 21))]
    score = score_records(record_set(records), PROTOCOLS["town13"])
    assert score.extras["normalised_driving_score"] == pytest.approx((50 * normalised_penalty(record) + 1900) / 20)


def test_fail2drive_does_not_ask_how_the_route_ended(make_record):
    base = [make_record(str(route)) for route in range(100)]
    shifted = [make_record(str(1000 + route)) for route in range(100)]
    base[0] = make_record("0", completion=50.0, min_speed_infractions=1, penalty=0.82)
    shifted[0] = make_record("1000", outside_route_lanes=1, penalty=0.75)
    shifted[1] = make_record("1001", red_light=1, penalty=0.7)
    score = score_records(record_set([*base, *shifted]), PROTOCOLS["fail2drive"])
    assert score.success_rate == 99.5
    assert score.extras["base"]["success_rate"] == 100 and score.extras["generalization"]["success_rate"] == 99
    driving, success = score.extras["base"]["driving_score"], 100
    assert driving == pytest.approx((41 + 9900) / 100)
    assert score.extras["base"]["harmonic_mean"] == pytest.approx(2 * driving * success / (driving + success))
    assert score.extras["drop"]["success_rate"] == pytest.approx(1)


def test_bench2drive_takes_no_points_for_slow_driving(make_record):
    slow = make_record(penalty=0.6, collisions_vehicle=1, min_speed_infractions=1)
    for name in ("bench2drive-0.0.3", "bench2drive-0.0.4"):
        score = score_records(record_set([slow]), PROTOCOLS[name], Incomplete.DRIVEN)
        assert score.driving_score == 60 and score.extras["abilities"]["mean"] is None
        zero = score_records(record_set([slow]), PROTOCOLS[name], Incomplete.ZERO)
        assert zero.driving_score == pytest.approx(60 / 220) and zero.extras["efficiency"] == 40
        assert "the driven routes alone" in zero.notes[0]
    clean = make_record(min_speed_infractions=3)
    assert score_records(record_set([clean]), PROTOCOLS[name], Incomplete.DRIVEN).success_rate == 100


def test_efficiency_leaves_out_standing_traffic_and_routes_without_any(make_record, with_messages):
    def at(*percents):
        texts = [f"Average speed is {percent}% of the surrounding traffic's one" for percent in percents]
        return with_messages(make_record(), "min_speed_infractions", *texts)

    assert efficiency([at(50.0, 1000.0), at(100, 1000.01), at(), at(4000.0)]) == pytest.approx((525 + 100) / 2)
    assert efficiency([at()]) is None


def named(record, scenario):
    return replace(record, scenario_name=f"{scenario}_1")


def test_sign_routes_count_twice_in_0_0_3_and_once_in_0_0_4(make_record):
    records = [
        named(make_record("1"), "T_Junction"),
        named(make_record("2", collisions_vehicle=1), "T_Junction"),  # no success, but past the junction
        named(make_record("3", red_light=1), "T_Junction"),
        named(make_record("4", completion=60.0), "T_Junction"),
    ]
    for first, votes in ((51, 4), (52, 3)):  # (first + 8) / 100 must be less than 0.6
        junctions = {"4": (first, 100)}
        twice, _ = abilities(records, junctions, SignCounting.TWICE)
        once, _ = abilities(records, junctions, SignCounting.ONCE)
        assert twice["Traffic_Signs"] == pytest.approx(100 * votes / 8)
        assert once["Traffic_Signs"] == pytest.approx(100 * (votes - 1) / 4)
    rates, notes = abilities(records, {}, SignCounting.TWICE)
    assert rates["Traffic_Signs"] is None and "4" in notes[0]
    assert passed_junction(make_record("9", completion=0.0), {}) is False


def test_abilities_without_scenario_names_are_unknown(make_record):
    rates, notes = abilities([make_record()], {}, SignCounting.ONCE)
    assert set(rates.values()) == {None} and "scenario_name" in notes[0]


def test_types_per_ability():
    assert [len(types) for types in ABILITIES.values()] == [9, 16, 12, 2, 19]
    assert len({name for types in ABILITIES.values() for name in types}) == 44
    assert len(JUNCTIONS_0_0_3) == 95
    assert all(0 < first + 8 < points for first, points in JUNCTIONS_0_0_3.values())
