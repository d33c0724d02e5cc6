"""What tells a start whether it has to compile."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lead.geometry import compilation

CALL = """
from lead.geometry.boxes import corners
corners(0.0, 0.0, 0.0, 2.0, 1.0)
print(sum(corners.stats.cache_hits.values()))
"""


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A function that installs the sources of the kernels in a folder and loads the module from there."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)

    def load(name):
        for room in {*compilation.WORLD_ROOMS, *compilation.RENDERER}:
            target = tmp_path / name / room
            target.mkdir(parents=True)
            for source in (compilation.SOURCES / room).glob("*.py"):
                shutil.copy(source, target)
        spec = importlib.util.spec_from_file_location(name, tmp_path / name / "geometry" / "compilation.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def test_a_second_installation_of_the_same_source_need_not_compile(copied):
    one, other = copied("one"), copied("other")
    assert not one.is_compiled()
    one.mark_compiled()
    assert one.is_compiled() and other.is_compiled()


def test_what_one_installation_compiled_another_loads(tmp_path):
    """Both are started as processes of their own; numba counts where its machine code came from."""
    loaded = []
    for name in ("one", "other"):
        shutil.copytree(compilation.SOURCES / "geometry", tmp_path / name / "lead" / "geometry")
        shutil.copy(compilation.SOURCES / "__init__.py", tmp_path / name / "lead")
        places = {"PYTHONPATH": str(tmp_path / name), "HOME": str(tmp_path)}
        ended = subprocess.run(
            [sys.executable, "-c", CALL], env={**os.environ, **places}, cwd=tmp_path, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        loaded.append(int(ended.stdout))
    assert loaded == [0, 1]


def test_an_edited_source_compiles_again(copied):
    one = copied("one")
    one.mark_compiled()
    kernel = one.SOURCES / "simulator" / "world.py"
    kernel.write_text(kernel.read_text() + "\n")
    one.source_hash.cache_clear()
    assert not one.is_compiled()
