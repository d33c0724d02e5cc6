"""Let agent files import the official packages: the installed ones, or these in their place for as long as needed."""

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

_HERE = "lead.drive.official"
PROVIDED: Mapping[str, str] = {
    "agents.navigation.local_planner": f"{_HERE}.local_planner",
    "agents.navigation.global_route_planner": f"{_HERE}.global_route_planner",
    "srunner.scenariomanager.timer": f"{_HERE}.timer",
    "srunner.scenariomanager.carla_data_provider": f"{_HERE}.carla_data_provider",
    "leaderboard.envs.sensor_interface": f"{_HERE}.sensor_interface",
    "leaderboard.utils.route_manipulation": f"{_HERE}.route_manipulation",
    "leaderboard.autoagents.autonomous_agent": f"{_HERE}.autonomous_agent",
    "leaderboard.autoagents.agent_wrapper": f"{_HERE}.agent_wrapper",
}
"""Official names of modules, and ours."""

TOLD_BY: Mapping[str, str] = {
    "agents": "agents.navigation.local_planner",
    "srunner": "srunner.scenariomanager.carla_data_provider",
    "leaderboard": "leaderboard.autoagents.autonomous_agent",
}
"""Packages, and the module whose presence tells the official one from another folder of that name."""


@contextmanager
def provided() -> Iterator[None]:
    """Inside it the official modules can be imported; what is not installed is ours, and gone from imports afterwards.

    A package is taken as a whole: one that is installed is left as it is.
    """
    before = dict(sys.modules)
    ours = [package for package, module in TOLD_BY.items() if not _is_installed(module)]
    try:
        for name, source in PROVIDED.items():
            if name.partition(".")[0] in ours:
                _place(name, importlib.import_module(source))
        yield
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
            if name in before:
                sys.modules[name] = before[name]
            else:
                del sys.modules[name]


def _is_installed(module: str) -> bool:
    """Whether a module can be imported, other than from here."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # no such package, or one that is no package or has no spec
        return False


def _place(name: str, module: ModuleType) -> None:
    """Make a module importable by a name, with the packages above it."""
    package, _, last = name.rpartition(".")
    sys.modules[name] = module
    if package:
        parent = sys.modules.get(package)
        if parent is None or not hasattr(parent, "__path__"):
            parent = _package(package)
            _place(package, parent)
        setattr(parent, last, module)


def _package(name: str) -> ModuleType:
    """A package that has nothing but what is put into it, and the modules of folders of that name on the path."""
    package = ModuleType(name, "Stands in for the official package, which is not installed.")
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        found = None
    package.__path__ = list(found.submodule_search_locations or []) if found else []
    return package
