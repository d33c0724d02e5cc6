"""Result files are read, written back unchanged, and refused with the place of what is wrong."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead import InputError
from lead.score.checkpoint import Results, read_results, results_from_json, results_to_json, write_results
from lead.score.global_record import finished_results
from lead.score.messages import INFRACTIONS
from lead.score.record import (
    RouteMeta,
    RouteRecord,
    Scores,
    record_from_json,
    record_order,
    record_to_json,
    route_status,
)

whole_or_broken = st.one_of(st.integers(0, 100), st.floats(0, 100))
texts = st.text(max_size=20)
records = st.builds(
    RouteRecord,
    route_id=st.integers(0, 99999).map(lambda number: f"RouteScenario_{number}_rep0"),
    status=texts,
    infractions=st.fixed_dictionaries({name: st.lists(texts, max_size=2).map(tuple) for name in INFRACTIONS}),
    scores=st.builds(Scores, whole_or_broken, whole_or_broken, whole_or_broken),
    meta=st.builds(RouteMeta, whole_or_broken, whole_or_broken, whole_or_broken),
    index=st.one_of(st.none(), st.integers(0, 300)),
    num_infractions=st.integers(0, 30),
    scenario_name=st.one_of(st.none(), texts),
    town_name=st.one_of(st.none(), texts),
    extra=st.dictionaries(st.sampled_from(["seed", "commit"]), st.integers()),
)


@given(record=records)
def test_records_round_trip(record):
    text = json.dumps(record_to_json(record))
    assert record_from_json(json.loads(text), "here") == record
    assert json.dumps(record_to_json(record_from_json(json.loads(text), "here"))) == text


@pytest.mark.parametrize("name", ["pdm_lite", "tfv6"])
def test_published_files_are_written_back_letter_by_letter(name, request, tmp_path):
    paths = [p for p in sorted(request.getfixturevalue(name).rglob("*.json")) if not p.name.startswith("merged")]
    assert paths
    for path in paths:
        write_results(read_results(path), tmp_path / "ours.json")
        assert (tmp_path / "ours.json").read_text() == path.read_text(), path.name


def finished(make_record) -> dict:
    made = [make_record("7", red_light=1), make_record("30", completion=40.0), make_record("4")]
    return results_to_json(finished_results(made, 3, ["carla_imu"]))


def test_a_finished_evaluation_is_complete_and_in_order(make_record):
    value = finished(make_record)
    checkpoint = value["_checkpoint"]
    assert [record["route_id"] for record in checkpoint["records"]] == [
        "RouteScenario_4_rep0",
        "RouteScenario_7_rep0",
        "RouteScenario_30_rep0",
    ]
    assert (value["entry_status"], value["eligible"], checkpoint["progress"]) == ("Finished", True, [3, 3])
    assert len(value["values"]) == len(value["labels"]) == 15
    assert checkpoint["global_record"]["status"] == "Failed"
    assert checkpoint["global_record"]["scores_mean"]["score_composed"] == 80.0
    assert checkpoint["global_record"]["scores_std_dev"]["score_composed"] == round(math.sqrt(1200), 3)
    assert checkpoint["global_record"]["infractions"]["red_light"] == round(1 / 2.4, 3)
    assert results_to_json(results_from_json(json.loads(json.dumps(value)), "here")) == value


def test_writing_replaces_the_file_in_one_step(tmp_path, make_record, monkeypatch):
    path = tmp_path / "results.json"
    write_results(Results(records=(make_record(),), progress=(1, 2)), path)
    before = path.read_text()
    with pytest.raises(ValueError):
        write_results(Results(records=(make_record(completion=math.nan),), progress=(1, 2)), path)
    assert path.read_text() == before and [p.name for p in tmp_path.iterdir()] == ["results.json"]


def without(value: dict, *keys: str) -> dict:
    inner = value
    for key in keys[:-1]:
        inner = inner[int(key)] if key.isdigit() else inner[key]
    del inner[keys[-1]]
    return value


@pytest.mark.parametrize(
    "keys",
    [
        ("_checkpoint",),
        ("entry_status",),
        ("labels",),
        ("_checkpoint", "records"),
        ("_checkpoint", "progress"),
        ("_checkpoint", "records", "1", "scores"),
        ("_checkpoint", "records", "1", "scores", "score_penalty"),
        ("_checkpoint", "records", "1", "meta", "route_length"),
        ("_checkpoint", "records", "1", "infractions", "red_light"),
        ("_checkpoint", "records", "1", "status"),
        ("_checkpoint", "global_record", "scores_mean", "score_route"),
    ],
)
def test_absent_fields_are_named_with_their_place(make_record, keys):
    with pytest.raises(InputError) as fault:
        results_from_json(without(finished(make_record), *keys), "file.json")
    assert f"no {keys[-1]!r}" in str(fault.value) and str(fault.value).startswith("file.json")
    assert "1" not in keys or "records[1]" in str(fault.value)


@pytest.mark.parametrize("bad", ["100", None, True, [], math.nan, math.inf])
def test_scores_that_are_no_finite_numbers_are_refused(make_record, bad):
    value = finished(make_record)
    value["_checkpoint"]["records"][0]["scores"]["score_route"] = bad
    with pytest.raises(InputError, match=r"records\[0\]\.scores\.score_route: found .* expected int or float"):
        results_from_json(value, "file.json")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty file"),
        ("{", "not JSON"),
        ('{"_checkpoint": NaN}', "found NaN"),
        ("[]", "found []"),
        ('{"a": 1}', "no '_checkpoint' among a"),
    ],
)
def test_files_that_are_no_results_are_refused(tmp_path, text, said):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(InputError) as fault:
        read_results(path)
    assert said in str(fault.value) and "x.json" in str(fault.value)


def test_unknown_infractions_and_contradictions_are_refused(make_record):
    value = finished(make_record)
    value["_checkpoint"]["records"][0]["infractions"]["honking"] = []
    with pytest.raises(InputError, match="honking"):
        results_from_json(value, "file.json")
    value = finished(make_record) | {"eligible": False}
    with pytest.raises(InputError, match="eligible"):
        results_from_json(value, "file.json")


def test_names_of_a_record(make_record):
    record = replace(make_record("1711", repetition=2), scenario_name="MergerIntoSlowTrafficV2_1")
    assert (record.route, record.repetition, record.scenario_type) == ("1711", 2, "MergerIntoSlowTrafficV2")
    named = replace(record, route_id="RouteScenario_route_001761_rep0")
    assert named.route == "route_001761"
    ordered = sorted([named, record, make_record("20"), make_record("1711")], key=record_order)
    assert [(r.route, r.repetition) for r in ordered] == [("20", 0), ("1711", 0), ("1711", 2), ("route_001761", 0)]


def test_statuses():
    assert route_status(100, 0) == "Perfect" and route_status(100, 2) == "Completed"
    assert (
        route_status(99.4, 0) == "Failed" and route_status(50, 1, "Agent got blocked") == "Failed - Agent got blocked"
    )
