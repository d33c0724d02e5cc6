"""What is wrong with a data set is found, and named."""

import json
from pathlib import Path

import pytest

from lead import InputError
from lead.dataset.manifest import MANIFEST, check, read_manifest, write_manifest
from lead.dataset.route_record import RECORD, DriveRecord, Verdict, judge, read_record, write_record
from lead.dataset.routes import recorded_routes
from lead.dataset.writer import FRAMES
from lead.score.record import RouteRecord, Scores, no_infractions
from tests.dataset import made


def record(frames: int, **changed) -> DriveRecord:
    """Of a perfect drive."""
    told = {
        "route": "7", "town": "Village", "situations": ("Accident",), "weather": "ClearNoon", "seed": 3, "repetition": 0,
        "frames": frames, "ticks": 5 * frames, "status": "Perfect", "driving_score": 100.0, "route_completion": 100.0,
        "infractions": {}, "verdict": Verdict(True, "Perfect"), "versions": {"lead": "0.1.0"},
    }  # fmt: skip
    return DriveRecord(**{**told, **changed})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data set of two routes."""
    for name in ("a", "b"):
        folder = made.write(tmp_path / "routes" / name, [made.frame(k) for k in range(3)])
        write_record(folder, record(3))
    write_manifest(tmp_path)
    return tmp_path


def faults(root: Path, **options) -> dict[str, str]:
    return {fault.path: fault.what for fault in check(root, **options)}


def test_a_sound_data_set_has_no_faults(data):
    assert faults(data, decode=True) == {}
    assert [route.frames for route in recorded_routes(data)] == [3, 3]
    assert read_record(data / "routes" / "a") == record(3)


def test_a_flipped_byte_is_found(data):
    path = data / "routes" / "b" / FRAMES
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = faults(data)
    assert list(found) == ["routes/b/frames.arrow"]


def test_a_missing_file_and_a_cut_one_are_found(data):
    (data / "routes" / "a" / RECORD).unlink()
    path = data / "routes" / "b" / FRAMES
    path.write_bytes(path.read_bytes()[:-200])
    found = [(fault.path, fault.what) for fault in check(data)]
    assert ("routes/a/route.json", "is missing") in found
    assert any(path == "routes/b/frames.arrow" and "bytes; the manifest says" in what for path, what in found)
    assert any(path == "routes/b/frames.arrow" and "no end; 3 frames" in what for path, what in found)


def test_a_wrong_schema_version_is_found(data):
    path = data / "routes" / "a" / RECORD
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": 99}))
    write_manifest(data)
    assert "schema version 99; expected 1" in faults(data)["routes/a/route.json"]


def test_routes_that_broke_off_or_are_not_listed_are_named(data):
    made.write(data / "routes" / "c", [made.frame()])
    folder = made.write(data / "routes" / "d", [made.frame()])
    write_record(folder, record(1))
    found = faults(data)
    assert "broke off" in found["routes/c/frames.arrow"] and "not in the manifest" in found["routes/d/frames.arrow"]
    assert len(recorded_routes(data)) == 3
    write_manifest(data)
    assert "routes/d/frames.arrow" in read_manifest(data).files


def test_frames_and_record_must_agree(data):
    write_record(data / "routes" / "a", record(4))
    write_manifest(data)
    assert "3 frames; route.json says 4" in faults(data)["routes/a/frames.arrow"]


def test_no_manifest_is_told(tmp_path):
    with pytest.raises(InputError, match=MANIFEST):
        list(check(tmp_path))


@pytest.mark.parametrize(
    "status, score, infractions, kept",
    [
        ("Perfect", 100.0, {}, True),
        ("Completed", 70.0, {"min_speed_infractions": ("slow",)}, True),
        ("Completed", 60.0, {"min_speed_infractions": ("slow",), "outside_route_lanes": ("off",)}, True),
        ("Completed", 60.0, {"collisions_vehicle": ("bump",)}, False),
        ("Failed - Agent timed out", 40.0, {"min_speed_infractions": ("slow",)}, False),
        ("Failed - Simulation crashed", 0.0, {}, False),
    ],
)
def test_routes_are_kept_as_published_but_for_what_was_not_driven_to_its_end(status, score, infractions, kept):
    told = RouteRecord("RouteScenario_1_rep0", status, {**no_infractions(), **infractions}, Scores(score, 1.0, score))
    verdict = judge(told, frames=10)
    assert verdict.kept is kept and status in verdict.reason
    assert not judge(told, frames=0).kept
    of_learner = judge(told, frames=10, learner=True)
    assert of_learner.kept is ("crashed" not in status) and not judge(told, frames=0, learner=True).kept
