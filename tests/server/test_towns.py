"""A server finds the town it was started on by that town's own name, and no file that a client names."""

import pytest

from lead.roads.generate import generate_town
from lead.roads.library import MapNotFoundError
from lead.server.towns import Towns


@pytest.fixture
def own(tmp_path):
    """A town's file with a blank in its name."""
    path = tmp_path / "My Village.xodr"
    path.write_text(generate_town("village", 9))
    return path


def test_a_town_of_a_file_is_found_by_its_name(own):
    towns = Towns()
    assert towns.start(str(own)).name == "My Village"
    assert "My Village" in towns.names()
    for name in ("My Village", "Carla/Maps/My Village", "/Game/Carla/Maps/my village"):
        assert towns.load(name).opendrive == own.read_text()


def test_files_are_not_named_by_clients(own):
    with pytest.raises(MapNotFoundError):
        Towns().load(str(own))


def test_a_town_of_a_kind_and_seed_is_found_by_its_name():
    towns = Towns()
    town = towns.start("village:9")
    assert towns.load(f"Carla/Maps/{town.name}").opendrive == town.opendrive


def test_the_maps_of_an_installation_can_be_loaded(own, tmp_path):
    folder = tmp_path / "CarlaUE4" / "Content" / "Carla" / "Maps" / "OpenDrive"
    folder.mkdir(parents=True)
    own.rename(folder / "Ownville.xodr")
    towns = Towns(installation=tmp_path)
    assert "Ownville" in towns.names() and towns.load("Ownville").name == "Ownville"
    with pytest.raises(MapNotFoundError, match="not a CARLA installation"):
        Towns(installation=tmp_path / "nothing").load("Ownville")


def test_all_towns_have_the_scenery_of_one_seed(own):
    plain, seeded = Towns().start(str(own)).scenery, Towns(seed=3).start(str(own)).scenery
    assert plain.centre.shape != seeded.centre.shape or (plain.centre != seeded.centre).any()
