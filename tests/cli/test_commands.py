"""The command line as a user meets it: installed, in its own process."""

import subprocess
import sys

import cv2
import pytest


def lead(*arguments: str, cwd=None, timeout: float = 240.0) -> subprocess.CompletedProcess[str]:
    """Run `python -m lead ...` and return what it printed and its exit code."""
    return subprocess.run(
        [sys.executable, "-m", "lead", *arguments], capture_output=True, text=True, timeout=timeout, cwd=cwd
    )


def test_help_names_every_verb():
    result = lead("--help")
    assert result.returncode == 0
    for verb in ("doctor", "sim", "demo", "maps"):
        assert verb in result.stdout


def test_maps_list_shows_the_generated_towns():
    result = lead("maps", "list")
    assert result.returncode == 0
    assert "GridCity" in result.stdout and "generated" in result.stdout


def test_a_generated_town_is_written_and_drawn(tmp_path):
    assert lead("maps", "generate", "village", "--seed", "3", "--out", "mine.xodr", cwd=tmp_path).returncode == 0
    result = lead("maps", "show", "mine.xodr", "--out", "mine.png", "--width", "600", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    image = cv2.imread(str(tmp_path / "mine.png"))
    assert image.shape[1] == 600 and image.std() > 5


def test_an_unknown_town_is_answered_with_the_names_there_are():
    result = lead("maps", "show", "GridCty")
    assert result.returncode == 1
    assert "GridCty" in result.stderr and "GridCity" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--port", "70000", "65534"), ("--client-version", "0.9.10", "0.9.16, 0.9.15"), ("--async-hz", "0", "equal to 1")],
)
def test_sim_refuses_bad_options_and_says_what_it_takes(option, value, said):
    result = lead("sim", option, value)
    assert result.returncode != 0
    assert said in result.stderr and "Traceback" not in result.stderr


def test_doctor_finds_this_machine_well():
    result = lead("doctor")
    assert "server" in result.stdout
    assert result.returncode == 0, result.stdout


def test_demo_leaves_a_picture_and_a_clip(tmp_path):
    result = lead("demo", "--out", str(tmp_path), "--vehicles", "8", "--walkers", "3", "--seconds", "5")
    assert result.returncode == 0, result.stderr
    assert cv2.imread(str(tmp_path / "town.png")).shape[1] >= 1000
    capture = cv2.VideoCapture(str(tmp_path / "traffic.mp4"))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 50
