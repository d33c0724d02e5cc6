"""`lead demo`: the whole flow in one command, small enough for a laptop.

Each step is a command of `lead`, printed before it is run: what the demo does can be done by hand, with other numbers.
"""

import json
import os
import shlex
import sys
import time
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lead import InputError, LeadError
from lead.model.shipped import PERCEPTION, SHIPPED, is_shipped
from lead.whole_file import replace_text

PROTOCOL = "bench2drive-0.0.3"
EXPERT, RIG, QUALITY = "aligned", "nano", "90"  # as the shipped student's data were collected
SETTINGS, PAGE = "demo.json", "report.html"
STOPPED = 130  # exit code of what was interrupted
console = Console(highlight=False)


@dataclass(frozen=True)
class Course:
    """How much is done.

    Attributes:
        lessons, test: routes that are recorded, and routes that are driven by all; of other towns.
        samples: that the new student learns from; a frame may come more than once.
        told: how long it takes on two cores that have nothing else to do.
    """

    lessons: str
    test: str
    samples: int
    told: str


WHOLE = Course("train:2,14,26,38,50,62", "mini:2,5,10,14,16,19", 2560, "about a quarter of an hour")
QUICK = Course("train:2,50", "mini:14,19", 384, "about four minutes")


@dataclass(frozen=True)
class Step:
    """A command of `lead`, and about how long it takes (s) on two quiet cores; `needed` ends the demo if it fails."""

    title: str
    command: tuple[str, ...]
    seconds: float
    needed: bool = False


def demo(
    out: Annotated[
        Path | None, typer.Option(help="Folder of all that is made; out/demo or out/demo-quick if not given.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Less of everything.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same drives.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Routes driven at the same time.")] = 2,
    browse: Annotated[bool, typer.Option(help="Open the page in a browser at the end, if there is a screen.")] = True,
    student: Annotated[str, typer.Option(hidden=True, help="Folder of weights in place of those that ship.")] = "nano",
) -> None:
    """See the whole flow: an expert teaches, a student learns, drives and is judged, and a page tells of it.

    Ctrl-C leaves the page of what has been done; the same command goes on from there.
    Example: `lead demo --quick`
    """
    course = QUICK if quick else WHOLE
    out = out or Path("out/demo-quick" if quick else "out/demo")
    if student not in SHIPPED and not Path(student).is_dir():
        raise InputError(f"there is no folder {student}; expected one with config.json and model.safetensors")
    there = student not in SHIPPED or is_shipped(student)
    planned = steps(course, out, seed, workers, student if there else None)
    console.print(f"{len(planned)} steps, {course.told} on two cores, and two minutes more the first time -> {out}/")
    if not there:
        console.print(
            "This version of lead came without a trained student. The new one begins with nothing instead of with "
            "perception that is trained, and no trained one drives beside it; all else is as it would be."
        )
    _claim(out, {**asdict(course), "seed": seed, "student": student})
    stopped = follow(planned, out)
    page = out / PAGE
    if page.exists():
        if browse and not stopped and _has_screen():
            webbrowser.open(page.resolve().as_uri())
        console.print(f"\n{page.resolve()}", soft_wrap=True)
    if stopped:
        raise typer.Exit(STOPPED)


def steps(course: Course, out: Path, seed: int, workers: int, student: str | None) -> list[Step]:
    """The commands of a demo in order.

    `student` names the trained one, which drives and whose perception a new student begins with; None if there is none.
    """
    lessons, training = out / "lessons", out / "training"
    counts = ("--seed", str(seed), "--workers", str(workers))
    routes = len(course.test.split(","))
    drives = [("new-student", f"student:{training}", "the new student", 33.0 * routes)]
    drives += [("trained-student", f"student:{student}", "the trained student", 22.0 * routes)] if student else []
    drives += [("blind", "blind", "one that sees nothing", 8.0 * routes)]
    drives += [("expert", f"expert:{EXPERT}", "the expert", 11.0 * routes)]
    return [
        Step("is this machine fit for it?", ("doctor",), 10.0, needed=True),
        Step(
            "the expert drives lessons, and they are recorded",
            ("collect", "--routes", course.lessons, "--expert", EXPERT, "--rig", RIG, "--quality", QUALITY, "--audit",
             *counts, "--out", str(lessons)),
            15.0 * len(course.lessons.split(",")),
        ),
        Step(
            "a new student learns from them", _training(course, lessons, training, seed, student),
            20.0 + 0.05 * course.samples, needed=True,
        ),
        *(
            Step(
                f"{who} drives where no student has been",
                ("evaluate", "--agent", agent, "--routes", course.test, "--protocol", PROTOCOL, "--record",
                 *(("--audit", RIG) if name == "expert" else ()), *counts, "--out", str(out / "drives" / name)),
                seconds,
            )
            for name, agent, who, seconds in drives
        ),
    ]  # fmt: skip


def _training(course: Course, lessons: Path, out: Path, seed: int, student: str | None) -> tuple[str, ...]:
    """The second stage from perception that is trained; both, each with half of the samples, where there is none."""
    samples = course.samples if student else course.samples // 2
    changes = (f"seed={seed}", "epochs=1", f"data.samples={samples}", "data.validation=0", "schedule.warmup=10",
               f"pace.log={max(1, samples // 16 // 8)}")  # fmt: skip
    begin: tuple[str, ...] = ()
    if student:
        perception = student if student in SHIPPED else str(Path(student) / PERCEPTION)
        begin = ("--stage", "posttrain", "--initial", perception)
    return ("train", "nano", *changes, "--data", str(lessons), *begin, "--out", str(out))


def report_of(out: Path) -> tuple[str, ...]:
    """The command that writes the page of what there is in a demo's folder; empty if there is nothing to show yet."""
    folders = [out / "drives" / name for name in ("expert", "trained-student", "new-student", "blind")]
    folders += [out / "training", out / "lessons"]
    there = [str(folder) for folder in folders if any(folder.glob("*"))]
    shown = any(out.glob("drives/*/ledger/*.json")) or any(out.glob("*/**/train.csv")) or any(out.glob("*/**/*.arrow"))
    return ("report", *there, "--out", str(out / PAGE)) if shown else ()


def follow(
    planned: Sequence[Step], out: Path, run: "Callable[[Sequence[str]], int] | None" = None
) -> bool:  # fmt: skip
    """Run the steps, each followed by the page of what there is; returns whether somebody stopped them.

    Raises LeadError if a step failed that others need.
    """
    run = run or run_verb
    begun, quiet = time.perf_counter(), 0.0
    try:
        for number, step in enumerate(planned, 1):
            left = sum(later.seconds for later in planned[number - 1 :])
            gone = time.perf_counter() - begun
            pace = max(1.0, gone / quiet) if quiet else 1.0
            console.print(
                f"\n[bold]{number} of {len(planned)}  {step.title}[/]  [dim]{_minutes(gone)} gone, about "
                f"{_minutes(left * pace)} to go[/]\n[dim]$ {shlex.join(('lead', *step.command))}[/]", soft_wrap=True,
            )  # fmt: skip
            code = _interruptible(run, step.command)
            if code and step.needed:
                raise LeadError(f"step {number} did not come through; what it said stands above")
            if code:
                console.print(f"that ended with exit code {code}; the others are driven nevertheless")
            quiet += step.seconds
            if report := report_of(out):
                _interruptible(run, report)
    except KeyboardInterrupt:
        console.print("\nstopped; the page shows what has been done, and the same command goes on from here")
        if report := report_of(out):
            run((*report, "--videos", "made"))
        return True
    return False


def run_verb(words: Sequence[str]) -> int:
    """Run a command of `lead` in this process; returns its exit code. Raises LeadError, and typer.Abort on Ctrl-C."""
    from lead.cli.main import app

    return app(list(words), standalone_mode=False) or 0


def _interruptible(run: Callable[[Sequence[str]], int], words: Sequence[str]) -> int:
    """The exit code of a command. Raises KeyboardInterrupt, however the command told that it was stopped."""
    try:
        code = run(words)
    except typer.Abort as stopped:
        raise KeyboardInterrupt from stopped
    if code == STOPPED:
        raise KeyboardInterrupt
    return code


def _claim(out: Path, settings: dict[str, object]) -> None:
    """Take a folder for a demo. Raises InputError if it holds another one."""
    path, told = out / SETTINGS, json.dumps(settings, indent=1) + "\n"
    if path.exists() and path.read_text() != told:
        raise InputError(f"{out} holds another demo (see {path}); choose another --out, or remove it")
    out.mkdir(parents=True, exist_ok=True)
    replace_text(path, told)


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d} min"


def _has_screen() -> bool:
    return sys.stdout.isatty() and bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
