"""What the package imports is what it declares, pins and explains."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import lead

HOSTS = {"leaderboard", "navsim"}  # who loads an agent file of ours, and so is there
SOURCE = Path(lead.__file__).parent
ROOT = SOURCE.parent


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    """Distributions of `dependencies` in pyproject.toml."""
    block = re.search(r"^dependencies = \[(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.S | re.M)[1]
    return {normal(name) for name in re.findall(r'"([A-Za-z0-9._-]+)', block)}


def imported() -> set[str]:
    """Distributions that any file of the package imports."""
    modules = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules.add(node.module.split(".")[0])
    homes = importlib.metadata.packages_distributions()
    foreign = modules - set(sys.stdlib_module_names) - HOSTS - {"lead"}
    return {normal(homes[module][0]) for module in foreign}


def test_every_import_is_declared_and_nothing_else():
    assert imported() == declared()


def test_every_dependency_is_pinned_and_explained():
    pinned = {
        normal(re.split(r"[=<>;\s]", line)[0]) for line in (ROOT / "constraints.txt").read_text().splitlines() if line
    }
    explained = {
        normal(name)
        for row in re.findall(r"^\| ([a-z].*?) \|", (ROOT / "docs" / "dependencies.md").read_text(), re.M)
        for name in row.split(", ")
    }
    assert declared() <= pinned and declared() <= explained
