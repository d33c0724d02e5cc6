"""What tells a start whether it has to compile."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from lead.geometry import compilation


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


def test_a_second_installation_of_the_same_source_compiles_too(copied):
    """Numba keeps kernels per folder of the source: what one installation compiled the other cannot use."""
    one, other = copied("one"), copied("other")
    assert one.source_hash("geometry") == other.source_hash("geometry")
    assert not one.is_compiled()
    one.mark_compiled()
    assert one.is_compiled() and not other.is_compiled()


def test_an_edited_source_compiles_again(copied):
    one = copied("one")
    one.mark_compiled()
    kernel = one.SOURCES / "simulator" / "world.py"
    kernel.write_text(kernel.read_text() + "\n")
    one.source_hash.cache_clear()
    assert not one.is_compiled()
