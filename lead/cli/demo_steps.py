"""What `lead demo` does: commands of `lead`, as a user would type them, and about how long each takes."""

from dataclasses import dataclass
from pathlib import Path

from lead.model.shipped import PERCEPTION, SHIPPED

PROTOCOL = "bench2drive-0.0.3"
EXPERT, RIG, QUALITY = "aligned", "nano", "90"  # as the shipped student's data were collected
PAGE = "report.html"


@dataclass(frozen=True)
class Course:
    """How much is done.

    Attributes:
        lessons, test: routes that are recorded, and routes that are driven by all; of other towns.
        epochs: of its lessons in which the new student's planner learns.
        limit: s that a student has to drive the test: one that has learnt little may creep about for long.
        told: how long it takes on two cores that have nothing else to do.
    """

    lessons: str
    test: str
    epochs: int
    limit: float
    told: str


WHOLE = Course("train:2,14,26,38,50,62", "mini:6,7,13,17,18,21", 60, 240.0, "about a quarter of an hour")
QUICK = Course("train:2,50", "mini:7,18", 40, 75.0, "about four minutes")


@dataclass(frozen=True)
class Step:
    """A command of `lead`.

    Attributes:
        title: what it is for.
        command: its words, without `lead`.
        seconds: that it takes on two quiet cores, about.
        needed: whether the demo ends if it fails.
        limit: s after which it is stopped; 0: never.
    """

    title: str
    command: tuple[str, ...]
    seconds: float
    needed: bool = False
    limit: float = 0.0


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
            20.0 + len(course.lessons.split(",")) * (7.0 + 0.4 * course.epochs), needed=True,
        ),
        *(
            Step(
                f"{who} drives where no student has been",
                ("evaluate", "--agent", agent, "--routes", course.test, "--protocol", PROTOCOL, "--record",
                 *(("--audit", RIG) if name == "expert" else ()), *counts, "--out", str(out / "drives" / name)),
                seconds, limit=course.limit if "student" in name else 0.0,
            )
            for name, agent, who, seconds in drives
        ),
    ]  # fmt: skip


def _training(course: Course, lessons: Path, out: Path, seed: int, student: str | None) -> tuple[str, ...]:
    """The planner from perception that is trained; all stages, perception for an epoch each, where there is none."""
    changes = (f"seed={seed}", f"planner.epochs={course.epochs}", "data.validation=0", "schedule.warmup=10",
               "pace.log=20")  # fmt: skip
    begin: tuple[str, ...] = ("pretrain.epochs=1", "posttrain.epochs=1")
    if student:
        perception = student if student in SHIPPED else str(Path(student) / PERCEPTION)
        begin = ("--stage", "planner", "--initial", perception)
    return ("train", "nano", *changes, "--data", str(lessons), *begin, "--out", str(out))


def report_of(out: Path) -> tuple[str, ...]:
    """The command that writes the page of what there is in a demo's folder; empty if there is nothing to show yet."""
    folders = [out / "drives" / name for name in ("expert", "trained-student", "new-student", "blind")]
    folders += [out / "training", out / "lessons"]
    there = [str(folder) for folder in folders if any(folder.glob("*"))]
    shown = any(out.glob("drives/*/ledger/*.json")) or any(out.glob("*/**/train.csv")) or any(out.glob("*/**/*.arrow"))
    return ("report", *there, "--out", str(out / PAGE)) if shown else ()
