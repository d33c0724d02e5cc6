"""`lead demo`: its commands, what it leaves when it is stopped, and the whole flow with the least there is to do."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lead import InputError, LeadError
from lead.cli import demo
from lead.cli.demo import follow, run_verb
from lead.cli.demo_steps import QUICK, WHOLE, Course, Step, report_of, steps
from lead.cli.main import app
from lead.scenarios.suites import resolve_routes
from tests.cli.test_documented_commands import parse
from tests.report.run_folders import Outcome, write_run

ROUTE = """<routes><route id="{id}" town="GridCity">
<weathers><weather route_percentage="0" sun_altitude_angle="60"/></weathers>
<waypoints>{points}</waypoints><scenarios/></route></routes>"""
SLIM = ("batch=2", "data.workers=0", "pretrain.data.selection.skip_last=8", "planner.cached_epochs=1", "data.samples=8")


@pytest.mark.parametrize("course", [WHOLE, QUICK])
@pytest.mark.parametrize("student", ["nano", "elsewhere/weights", None])
def test_each_step_is_a_command_that_can_be_typed(course: Course, student: str | None):
    planned = steps(course, Path("out/demo"), 3, 2, student)
    for step in planned:
        parse(step.command)
        assert step.seconds > 0.0
    told = [" ".join(step.command) for step in planned]
    assert sum("evaluate" in line for line in told) == (4 if student else 3)
    assert any("--stage planner --initial" in line for line in told) == bool(student)
    assert sum("--seed 3" in line or "seed=3" in line for line in told) == len(told) - 1


def test_it_is_taught_and_tested_in_towns_apart():
    for course in (WHOLE, QUICK):
        lessons, test = resolve_routes(course.lessons), resolve_routes(course.test)
        assert not {route.town for route in lessons} & {route.town for route in test}
    assert len(resolve_routes(WHOLE.lessons)) == 6


def some_steps(out: Path) -> list[Step]:
    names = ("expert", "blind", "trained-student")
    return [Step(name, ("evaluate", "--out", str(out / "drives" / name)), 60.0) for name in names]


def test_a_page_follows_each_step_and_ctrl_c_leaves_the_last_one(tmp_path: Path):
    ran = []

    def run(words):
        ran.append(words)
        if words[0] == "evaluate":
            write_run(Path(words[-1]), {"1": Outcome()}, logs=False)
            if words[-1].endswith("blind"):
                raise KeyboardInterrupt
        return 0

    assert follow(some_steps(tmp_path), tmp_path, run)
    assert [words[0] for words in ran] == ["evaluate", "report", "evaluate", "report"]
    folders = [str(tmp_path / "drives" / name) for name in ("expert", "blind")]
    assert ran[-1] == ("report", *folders, "--out", str(tmp_path / "report.html"), "--videos", "made")
    assert run_verb(ran[-1]) == 0 and (tmp_path / "report.html").exists()


def test_what_a_verb_says_of_being_stopped_is_heard(tmp_path: Path):
    assert follow(some_steps(tmp_path)[:1], tmp_path, lambda words: demo.STOPPED)


def test_a_student_has_its_time_and_the_rest_goes_on(tmp_path: Path, capsys):
    (late, *rest), ran = some_steps(tmp_path), []

    def run(words):
        ran.append(words)
        if len(ran) == 1:
            time.sleep(30.0)
        return 0

    assert not follow([replace(late, limit=0.1), *rest], tmp_path, run)
    assert len(ran) == 3 and "0:00 min are over" in capsys.readouterr().out
    limits = [step.limit for step in steps(WHOLE, tmp_path, 0, 2, "nano") if "evaluate" in step.command]
    assert limits == [WHOLE.limit, WHOLE.limit, 0.0, 0.0]


def test_a_route_that_fails_ends_nothing_but_a_step_that_others_need_does(tmp_path: Path, capsys):
    assert not follow(some_steps(tmp_path), tmp_path, lambda words: 1)
    assert capsys.readouterr().out.count("exit code 1") == 3
    with pytest.raises(LeadError, match="step 1 did not come through"):
        follow([Step("machine", ("doctor",), 1.0, needed=True)], tmp_path, lambda words: 1)


def test_without_a_trained_student_it_says_so_and_does_the_rest(tmp_path: Path, monkeypatch):
    planned = []
    monkeypatch.setattr(demo, "is_shipped", lambda name: False)
    monkeypatch.setattr(demo, "follow", lambda steps, out: planned.extend(steps))
    told = CliRunner().invoke(app, ["demo", "--out", str(tmp_path)], catch_exceptions=False)
    assert told.exit_code == 0 and "came without a trained student" in " ".join(told.output.split())
    assert [step.command[0] for step in planned] == ["doctor", "collect", "train", *["evaluate"] * 3]
    other = CliRunner().invoke(app, ["demo", "--quick", "--out", str(tmp_path)])
    assert isinstance(other.exception, InputError) and "holds another demo" in str(other.exception)
    with pytest.raises(InputError, match="there is no folder"):
        CliRunner().invoke(app, ["demo", "--student", "nowhere"], catch_exceptions=False)


@pytest.mark.timeout(900)
def test_expert_lesson_training_student_and_page(tmp_path: Path):
    """The whole flow on a route of 30 m, with a student of two steps; it is asked for its plan once a second, for a minute."""
    route = resolve_routes("mini:5")[0].key_points
    points = "".join(f'<position x="{x:.2f}" y="{y:.2f}" z="{z:.2f}"/>' for x, y, z in route[:2, :3])
    for number, name in enumerate(("lesson", "test")):
        (tmp_path / f"{name}.xml").write_text(ROUTE.format(id=number, points=points))
    out = tmp_path / "out"
    course = Course(str(tmp_path / "lesson.xml"), str(tmp_path / "test.xml"), 2, 200.0, "a minute")
    _, lesson, training, fresh, _, expert = steps(course, out, 0, 1, None)
    training = Step("", (*training.command[:2], *SLIM, *training.command[2:]), 1.0, needed=True)
    fresh = Step(
        "",
        tuple(f"{word},every=20" if word.startswith("student:") else word for word in fresh.command),
        1.0,
        limit=60.0,
    )
    assert not follow([lesson, training, fresh, expert], out)
    run = json.loads((out / "training" / "posttrain" / "run.json").read_text())
    assert run["recipe"] == "nano" and run["data"] == str(out / "lessons") and len(run["data_sha256"]) == 64
    assert run["command"].startswith("lead train nano batch=2") and run["initial"] == ""
    text = (out / "report.html").read_text()
    for shown in ("student:", "expert:aligned", "recipe nano", "lead collect", "posttrain", "embedded"):
        assert shown in text
    assert report_of(out)[:3] == ("report", str(out / "drives" / "expert"), str(out / "drives" / "new-student"))
