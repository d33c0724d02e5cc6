"""The command line as a user meets it: installed, in its own process."""

import errno
import socket
import subprocess
import sys

import cv2
import pytest

from lead import InputError, __version__
from lead.cli import doctor, main
from lead.client.launch import ServerFault


def lead(*arguments: str, cwd=None, timeout: float = 240.0) -> subprocess.CompletedProcess[str]:
    """Run `python -m lead ...` and return what it printed and its exit code."""
    return subprocess.run(
        [sys.executable, "-m", "lead", *arguments], capture_output=True, text=True, timeout=timeout, cwd=cwd
    )


def test_help_names_every_verb():
    result = lead("--help")
    assert result.returncode == 0
    for verb in ("doctor", "sim", "demo", "maps", "score"):
        assert verb in result.stdout


def test_version_is_the_packages():
    result = lead("--version")
    assert result.returncode == 0 and result.stdout.strip() == f"lead {__version__}"


def test_maps_list_shows_the_generated_towns():
    result = lead("maps", "list")
    assert result.returncode == 0
    assert "GridCity" in result.stdout and "generated" in result.stdout


def test_a_generated_town_is_written_and_drawn(tmp_path):
    assert lead("maps", "generate", "village", "--seed", "3", "--out", "mine.xodr", cwd=tmp_path).returncode == 0
    result = lead("maps", "show", "mine.xodr", "--out", "mine.png", "--width", "600", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    image = cv2.imread(str(tmp_path / "mine.png"))
    assert image.shape[1] == 600 and image.std() > 5


def test_an_unknown_town_is_answered_with_the_names_there_are():
    result = lead("maps", "show", "GridCty")
    assert result.returncode == 1
    assert "GridCty" in result.stderr and "GridCity" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--port", "70000", "65534"), ("--client-version", "0.9.10", "0.9.16, 0.9.15"), ("--async-hz", "0", "equal to 1")],
)
def test_sim_refuses_bad_options_and_says_what_it_takes(option, value, said):
    result = lead("sim", option, value)
    assert result.returncode != 0
    assert said in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "fault",
    [
        ServerFault("the log ends: [a, b] in [/usr/lib/x]"),
        InputError("found [/x]"),
        PermissionError(errno.EACCES, "[/x]"),
    ],
)
def test_faults_are_shown_whole_and_without_traceback(fault, monkeypatch, capsys):
    def fail():
        raise fault

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.strip() == f"lead: {fault}"


def test_faults_of_the_program_keep_their_traceback(monkeypatch):
    def fail():
        raise ValueError("shapes do not match")

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(ValueError, match="shapes"):
        main.main()


def test_maps_of_an_installation_are_listed(tmp_path):
    folder = tmp_path / "CarlaUE4" / "Content" / "Carla" / "Maps" / "OpenDrive"
    folder.mkdir(parents=True)
    (folder / "Ownville.xodr").write_text("<OpenDRIVE/>")
    result = lead("maps", "list", "--carla", str(tmp_path))
    assert result.returncode == 0 and "Ownville" in result.stdout and "installation" in result.stdout
    result = lead("sim", "--port", "0", "--carla", str(tmp_path / "nothing"), "--town", "Ownville")
    assert result.returncode == 1 and "not a CARLA installation" in result.stderr


def test_doctor_takes_a_port_in_use_for_a_note():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("0.0.0.0", 8000))
            taken.listen()
        except OSError:
            pass  # somebody else has it: all the better
        finding = doctor.check_traffic_port()
    assert finding.well and "in use" in finding.found


def test_doctor_names_what_is_missing(monkeypatch):
    monkeypatch.setattr(
        doctor.importlib.metadata,
        "requires",
        lambda _: ["numpy>=2.0", "no-such-library>=1", 'pytest>=8; extra == "test"'],
    )
    finding = doctor.check_libraries()
    assert not finding.well and finding.mend.endswith("constraints.txt no-such-library")
    assert finding.found.startswith("numpy ") and "pytest" not in finding.found


def test_doctor_finds_this_machine_well():
    result = lead("doctor")
    assert "server" in result.stdout
    assert result.returncode == 0, result.stdout
