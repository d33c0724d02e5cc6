"""`lead demo`: the whole flow in one command, small enough for a laptop.

Each step is a command of `lead`, printed before it is run: what the demo does can be done by hand, with other numbers.
"""

import json
import os
import shlex
import signal
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lead import InputError, LeadError
from lead.cli.demo_steps import PAGE, QUICK, WHOLE, Step, report_of, steps
from lead.model.shipped import SHIPPED, is_shipped
from lead.whole_file import replace_text

SETTINGS = "demo.json"
STOPPED = 130  # exit code of what was interrupted
console = Console(highlight=False)


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
    done = {"lessons": course.lessons, "test": course.test, "epochs": course.epochs}
    _claim(out, {**done, "seed": seed, "student": student if there else None})
    stopped = follow(planned, out)
    page = out / PAGE
    if page.exists():
        if browse and not stopped and _has_screen():
            webbrowser.open(page.resolve().as_uri())
        console.print(f"\n{page.resolve()}", soft_wrap=True)
    if stopped:
        raise typer.Exit(STOPPED)


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
            with _limited(step.limit) as over:
                code = _interruptible(run, step.command, over)
            if over:
                console.print(f"{_minutes(step.limit)} are over; what it drove counts, the same command gives it more")
            elif code and step.needed:
                raise LeadError(f"step {number} did not come through; what it said stands above")
            elif code:
                console.print(f"that ended with exit code {code}; the others are driven nevertheless")
            quiet += step.seconds
            if report := report_of(out):
                _interruptible(run, report)
    except KeyboardInterrupt:
        report = report_of(out)
        shown = "the page shows what has been done" if report else "there is nothing to show yet"
        console.print(f"\nstopped; {shown}, and the same command goes on from here", soft_wrap=True)
        if report:
            run((*report, "--videos", "made"))
        return True
    return False


def run_verb(words: Sequence[str]) -> int:
    """Run a command of `lead` in this process; returns its exit code. Raises LeadError, and typer.Abort on Ctrl-C."""
    from lead.cli.main import app

    return app(list(words), standalone_mode=False) or 0


def _interruptible(run: Callable[[Sequence[str]], int], words: Sequence[str], over: Sequence[bool] = ()) -> int:
    """The exit code of a command, STOPPED if its time was over.

    Raises KeyboardInterrupt if somebody stopped it, however it told that.
    """
    try:
        code = run(words)
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    if code == STOPPED and not over:
        raise KeyboardInterrupt
    return code


@contextmanager
def _limited(seconds: float) -> Iterator[list[bool]]:
    """Interrupts what is done within when its time (s) is over, of which the list then tells; 0: it never is."""
    over: list[bool] = []

    def ring(*_: object) -> None:
        over.append(True)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield over
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


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
