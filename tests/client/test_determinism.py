"""Same seed, same bytes: separate client processes on separate servers end in the same world."""

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("drive_and_hash.py")


def run(ticks: int) -> str:
    result = subprocess.run(
        [sys.executable, str(PROGRAM), "GridCity", "30", "10", str(ticks)], capture_output=True, text=True, timeout=280
    )
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout.strip()


def test_the_world_is_the_same_from_two_client_processes():
    first = run(400)
    assert len(first) == 64
    assert run(400) == first


def test_the_hash_sees_a_difference():
    assert run(40) != run(41)
