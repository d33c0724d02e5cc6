"""Settings and fixtures that the tests of several rooms share."""

from pathlib import Path

import pytest
from hypothesis import settings

# The first call of a numba kernel compiles, so a wall-clock deadline per example would be about the compiler.
settings.register_profile("lead", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("lead")


def pytest_addoption(parser):
    parser.addoption(
        "--fixtures-dir",
        metavar="DIR",
        default=None,
        help="folder with the published numbers that a room's tests compare with (default: in ../shared/fixtures); "
        "`--fixtures DIR` means the same",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Read `--fixtures DIR` as a folder of numbers; pytest's own `--fixtures`, which takes nothing, stays what it is."""
    folders = [arg for arg in config.args if Path(arg).is_dir() and not any(Path(arg).rglob("test_*.py"))]
    if config.option.showfixtures and len(folders) == 1:
        config.option.showfixtures = False
        config.option.fixtures_dir = folders[0]
        config.args.remove(folders[0])
