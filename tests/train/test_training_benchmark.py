"""The benchmark of training steps runs on what samples and models are now."""

import runpy
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "training.py"


@pytest.mark.parametrize("name", ["nano", "nano_blind"])
def test_it_measures_steps_of_a_variant(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "argv", [str(BENCHMARK), name, "--batch", "2", "--steps", "1"])
    runpy.run_path(str(BENCHMARK), run_name="__main__")
    *_, line = capsys.readouterr().out.strip().splitlines()
    assert line.startswith(name) and float(line.split("samples/s")[0].split()[-1]) > 0.0
