"""A task in a process of its own: whatever it does, the watcher learns how it ended."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from lead.drive.isolation import Phase, Pulse, run_isolated


def test_a_task_that_ends_well(tmp_path: Path):
    seen = []

    def task(pulse: Pulse) -> None:
        print("said by the child")
        for tick in range(3):
            pulse.beat(Phase.SIMULATOR, tick + 1, 10.0 * tick)
            time.sleep(0.1)

    ended = run_isolated(task, tmp_path / "out.txt", 5.0, lambda ticks, percent: seen.append((ticks, percent)))
    assert (ended.code, ended.signal, ended.hung, ended.ticks) == (0, 0, False, 3)
    assert (tmp_path / "out.txt").read_text() == "said by the child\n"
    assert seen[-1] == (3, 20.0)


def test_an_exception_is_an_exit_code_and_a_traceback(tmp_path: Path):
    def task(pulse: Pulse) -> None:
        raise ValueError("no road here")

    ended = run_isolated(task, tmp_path / "out.txt", 5.0)
    assert ended.code == 1 and "exit code 1" in ended.words
    assert "ValueError: no road here" in (tmp_path / "out.txt").read_text()


def test_a_crash_is_told_by_its_signal(tmp_path: Path):
    ended = run_isolated(lambda pulse: os.abort(), tmp_path / "out.txt", 5.0)
    assert ended.signal == signal.SIGABRT and "SIGABRT" in ended.words and not ended.hung


def test_a_hang_is_ended_and_blamed_on_whose_turn_it_was(tmp_path: Path):
    def task(pulse: Pulse) -> None:
        pulse.beat(Phase.AGENT, 7, 50.0)
        time.sleep(60.0)

    begun = time.monotonic()
    ended = run_isolated(task, tmp_path / "out.txt", 0.5)
    assert ended.hung and ended.phase is Phase.AGENT and ended.ticks == 7
    assert time.monotonic() - begun < 5.0


def test_the_child_dies_with_its_watcher(tmp_path: Path):
    script = f"""
import os, time
from pathlib import Path
from lead.drive.isolation import run_isolated
def task(pulse):
    Path({str(tmp_path / "child")!r}).write_text(str(os.getpid()))
    time.sleep(60)
run_isolated(task, Path({str(tmp_path / "out.txt")!r}), 60.0)
"""
    watcher = subprocess.Popen([sys.executable, "-c", script])
    try:
        while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
            time.sleep(0.02)
        child = int((tmp_path / "child").read_text())
    finally:
        watcher.kill()
        watcher.wait()
    for _ in range(100):
        try:
            state = Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.02)
    raise AssertionError("the child outlived its watcher by 2 s")
