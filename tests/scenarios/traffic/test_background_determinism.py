"""Same seed, same traffic, from separate client processes on separate servers."""

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("background_drive_and_hash.py")


def run(ticks: int, seed: int) -> str:
    command = [sys.executable, str(PROGRAM), "GridCity", str(ticks), str(seed)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout.strip()


def test_the_same_seed_gives_the_same_poses():
    first = run(600, 7)
    assert len(first) == 64
    assert run(600, 7) == first


def test_another_seed_gives_others():
    assert run(40, 7) != run(40, 8)
