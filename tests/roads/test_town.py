"""Assembling a town and its cache: same arrays back, damage noticed, other text never mistaken for it."""

import numpy as np
import pytest
import small_maps as maps

from lead.roads.opendrive import OpenDriveError
from lead.roads.town import _flat, build_town, load_town


def arrays_of(town):
    parts = {name: getattr(town, name) for name in ("network", "signals", "surface", "scenery")}
    arrays = {name: array for part, value in parts.items() for name, array in _flat(part, value)}
    return arrays | {"spawn_points": town.spawn_points, "parking_slots": town.parking_slots}


def assert_same(first, second):
    assert (first.name, first.opendrive, first.geo_reference) == (second.name, second.opendrive, second.geo_reference)
    assert first.walker_mesh == second.walker_mesh
    ours, theirs = arrays_of(first), arrays_of(second)
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        assert array.dtype == theirs[name].dtype, name
        np.testing.assert_array_equal(array, theirs[name], err_msg=name)


@pytest.fixture
def map_file(tmp_path):
    path = tmp_path / "Street.xodr"
    path.write_text(maps.straight())
    return path


def test_same_text_and_seed_give_the_same_town():
    assert_same(build_town("Street", maps.straight(), seed=4), build_town("Street", maps.straight(), seed=4))


def test_the_cache_returns_what_was_built(map_file, tmp_path):
    said = []
    built = load_town(map_file, tmp_path / "cache", said.append)
    assert built.name == "Street" and said
    said.clear()
    cached = load_town(map_file, tmp_path / "cache", said.append)
    assert not said, "nothing is built the second time"
    assert_same(built, cached)
    assert isinstance(cached.network.grid.cell, float) and isinstance(cached.network.grid.rows, int)
    assert [file.suffix for file in (tmp_path / "cache").iterdir()] == [".npz"], "no unfinished file is left"


@pytest.mark.parametrize("damage", [b"", b"not a zip file", None])
def test_a_damaged_cache_is_rebuilt_with_a_message(map_file, tmp_path, damage):
    built = load_town(map_file, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2] if damage is None else damage)
    said = []
    assert_same(built, load_town(map_file, tmp_path / "cache", said.append))
    assert "cannot be read" in said[0]
    said.clear()
    load_town(map_file, tmp_path / "cache", said.append)
    assert not said, "the damaged file was replaced"


def test_another_text_under_the_same_name_is_another_town(map_file, tmp_path):
    first = load_town(map_file, tmp_path / "cache")
    map_file.write_text(maps.straight(length=60.0))
    second = load_town(map_file, tmp_path / "cache")
    assert len(second.network.samples.s) < len(first.network.samples.s)


def test_a_cache_that_cannot_be_written_is_said_and_does_no_harm(map_file, tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = []
    assert load_town(map_file, tmp_path / "file" / "cache", said.append).name == "Street"
    assert any("cannot be written" in line for line in said)


def test_a_map_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "Bad.xodr").write_text("<OpenDRIVE>")
    with pytest.raises(OpenDriveError, match="well-formed"):
        load_town(tmp_path / "Bad.xodr", tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_the_seed_varies_the_scenery_and_has_a_cache_file_of_its_own(map_file, tmp_path):
    map_file.write_text(maps.straight(length=400.0))
    plain, seeded = (load_town(map_file, tmp_path / "cache", seed=seed) for seed in (0, 7))
    assert not np.array_equal(plain.scenery.centre, seeded.scenery.centre)
    np.testing.assert_array_equal(plain.spawn_points, seeded.spawn_points)
    said = []
    assert_same(plain, load_town(map_file, tmp_path / "cache", said.append))
    assert_same(seeded, load_town(map_file, tmp_path / "cache", said.append, seed=7))
    assert not said, "both came from the cache"
    with pytest.raises(ValueError, match="seed -1, expected 0 or more"):
        load_town(map_file, tmp_path / "cache", seed=-1)


def test_the_three_newest_cache_files_of_a_name_are_kept(map_file, tmp_path):
    folder = tmp_path / "cache"
    other = tmp_path / "Street-2.xodr"
    other.write_text(maps.straight(length=33.0))
    load_town(other, folder)
    for length in (50.0, 60.0, 70.0, 80.0, 90.0):
        map_file.write_text(maps.straight(length=length))
        load_town(map_file, folder)
    assert len([file for file in folder.iterdir() if not file.name.startswith("Street-2-")]) == 3
    assert len(list(folder.iterdir())) == 4, "the file of another name stays"
    said = []
    load_town(map_file, folder, said.append)
    assert not said, "the newest is among them"
