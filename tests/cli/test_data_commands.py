"""`lead collect` and `lead data` as a user meets them."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from lead.cli.main import app
from lead.dataset.codecs import encode_rgb
from lead.dataset.frame import View
from lead.dataset.manifest import write_manifest
from lead.dataset.route_record import DriveRecord, Verdict, write_record

sys.path.append(str(Path(__file__).parent.parent / "dataset"))
import made  # noqa: E402

RUNNER = CliRunner()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data set of one route in GridCity with three frames."""
    root, size = tmp_path / "data", 64
    picture = encode_rgb(np.random.default_rng(0).integers(0, 255, (size, 3 * size, 3), np.uint8), 75)
    frames = [made.frame(row, view=View(rgb=picture)) for row in range(3)]
    folder = made.write(root / "routes" / "7", frames, town="GridCity", rig=made.mounted(size))
    verdict = Verdict(False, "Failed; 1 red_light")
    record = DriveRecord(
        route="7", town="GridCity", situations=("Accident",), weather="ClearNoon", seed=3, repetition=0, frames=3,
        ticks=15, status="Failed", driving_score=40.0, route_completion=50.0, infractions={"red_light": 1},
        verdict=verdict, versions={},
    )  # fmt: skip
    write_record(folder, record)
    write_manifest(root)
    return root


def test_info_tells_what_is_there_and_what_is_left_out(data: Path):
    result = RUNNER.invoke(app, ["data", "info", str(data)])
    assert result.exit_code == 0, result.output
    for told in ("1 routes, 3 frames", "GridCity", "Accident", "ClearNoon", "7: Failed; 1 red_light", "tfv6-3cam"):
        assert told in result.output


def test_check_finds_a_flipped_byte(data: Path):
    assert RUNNER.invoke(app, ["data", "check", str(data)]).exit_code == 0
    path = data / "routes" / "7" / "frames.arrow"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    result = RUNNER.invoke(app, ["data", "check", str(data)])
    assert result.exit_code == 1 and "routes/7/frames.arrow" in result.output and "checksum" in result.output


def test_show_draws_a_sheet_and_a_clip(data: Path, tmp_path: Path):
    result = RUNNER.invoke(app, ["data", "show", str(data), "--out", str(tmp_path / "seen"), "--sheet", "2"])
    assert result.exit_code == 0, result.output
    sheet = cv2.imread(str(tmp_path / "seen" / "7.jpg"))
    assert sheet.shape[1] == 1200 and sheet.std() > 5
    assert (tmp_path / "seen" / "7.mp4").stat().st_size > 1000


def test_the_plan_is_told_without_a_drive(tmp_path: Path):
    out = tmp_path / "none"
    result = RUNNER.invoke(app, ["collect", "--routes", "mini:0,1", "--out", str(out), "--rig", "nano", "--plan"])
    assert result.exit_code == 0 and "2 routes" in result.output and "frames" in result.output
    assert not out.exists()
