"""The examples in their order, each with the least that it can do; a later one takes what an earlier one left."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LEAST = {
    "01_simulate.py": ("2",),
    "02_expert.py": ("mini:19", "aligned"),
    "03_record.py": ("train:50",),
    "04_train.py": ("2",),
    "05_student.py": ("out/examples/training", "2"),
    "06_judge.py": ("mini:19", "blind"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where they leave what they make."""
    return tmp_path_factory.mktemp("examples")


def run(name: str, place: Path) -> str:
    command = [sys.executable, str(EXAMPLES / name), *LEAST[name]]
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent)}
    ended = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=290, env=environment)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_these_are_all():
    assert sorted(path.name for path in EXAMPLES.glob("*.py")) == list(LEAST)


def test_simulate(place: Path):
    assert "km/h" in run("01_simulate.py", place)
    for clip in ("traffic.mp4", "street.mp4"):
        assert cv2.VideoCapture(str(place / "out" / "examples" / clip)).get(cv2.CAP_PROP_FRAME_COUNT) == 20


def test_expert(place: Path):
    told = run("02_expert.py", place)
    assert "OppositeVehicleRunningRedLight" in told and "wants" in told and "driving score" in told


@pytest.mark.timeout(900)
def test_record_train_and_drive(place: Path):
    told = run("03_record.py", place)
    assert "kept: True" in told and "faults: none" in told
    assert cv2.imread(str(place / "out" / "examples" / "data" / "50.jpg")).shape == (128, 512, 3)
    told = run("04_train.py", place)
    assert "pretrain 2/2: loss" in told and "posttrain 2/2: loss" in told
    assert run("05_student.py", place).count("in two seconds") == 2


def test_judge(place: Path):
    told = run("06_judge.py", place)
    assert "blind: driving score" in told and "1 drives, 1 videos" in told
    assert (place / "out" / "examples" / "report.html").exists()
