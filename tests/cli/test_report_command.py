"""`lead report` as a user runs it."""

from pathlib import Path

from typer.testing import CliRunner

from lead.cli.main import app
from tests.report.run_folders import Outcome, write_run


def run(*arguments: object):
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def test_the_page_lies_in_the_first_folder_and_its_path_comes_last(tmp_path: Path):
    write_run(tmp_path / "run", {"1": Outcome()}, logs=False)
    result = run(tmp_path / "run")
    assert result.exit_code == 0, result.output
    last = result.output.strip().splitlines()[-1]
    assert last == str(tmp_path / "run" / "report.html") and Path(last).exists()
    assert "drives 1, videos 0" in result.output


def test_out_names_the_page(tmp_path: Path):
    write_run(tmp_path / "run", {"1": Outcome()}, logs=False)
    assert run(tmp_path / "run", "--out", tmp_path / "new" / "page.html", "--videos", "none").exit_code == 0
    assert (tmp_path / "new" / "page.html").exists()


def test_what_is_wrong_is_told(tmp_path: Path):
    assert "no evaluated run" in str(run(tmp_path).exception)
    assert "found nothing at" in str(run(tmp_path / "absent").exception)
    assert "expected one of auto, beside, failed, made, none" in str(run(tmp_path, "--videos", "yes").exception)
