"""`lead routes generate` as a user meets it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from lead import InputError
from lead.cli.routes import app
from lead.roads.library import MapNotFoundError
from lead.scenarios.route_file import read_routes
from lead.scenarios.suites import suite


def run(*arguments: str):
    return CliRunner().invoke(app, [*arguments])


def test_routes_of_the_types_in_turn_are_written_and_found_good(tmp_path: Path):
    out = tmp_path / "new" / "mine.xml"
    made = run(
        "generate", "--town", "village:5", "--count", "3", "--types", "ParkingCutIn,T_Junction", "--length", "150-280",
        "--out", str(out),
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    assert made.output.strip().splitlines()[-1].endswith("mine.xml")
    routes = read_routes(out)
    assert [route.situations[0].type for route in routes] == ["ParkingCutIn", "T_Junction", "ParkingCutIn"]
    assert {route.town for route in routes} == {"village_5"}
    assert run("check", str(out)).exit_code == 0


def test_a_suite_is_made_as_shipped(tmp_path: Path):
    out = tmp_path / "mini.xml"
    assert run("generate", "--suite", "mini", "--out", str(out)).exit_code == 0
    assert out.read_bytes() == suite("mini").read_bytes()


@pytest.mark.parametrize("given, error, said", [
    (("--town", "Nowhere"), MapNotFoundError, "Nowhere"),
    (("--town", "VillageCrossing", "--types", "Accidentt"), InputError, "'Accidentt'; known are"),
    (("--town", "VillageCrossing", "--types", "Accident"), InputError, "2 lanes of the same direction"),
    (("--town", "VillageCrossing", "--length", "300-60"), InputError, "MIN-MAX"),
    (("--town", "VillageCrossing", "--suite", "mini"), InputError, "either --town or --suite"),
    ((), InputError, "either --town or --suite"),
    (("--suite", "maxi"), InputError, "mini, mini-long, train"),
])  # fmt: skip
def test_bad_input_is_refused_and_nothing_written(tmp_path: Path, given: tuple[str, ...], error: type, said: str):
    out = tmp_path / "mine.xml"
    result = run("generate", *given, "--out", str(out))
    assert isinstance(result.exception, error) and said in str(result.exception)
    assert not out.exists()
