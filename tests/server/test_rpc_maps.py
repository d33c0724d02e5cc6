"""Maps: names, changing worlds and settings, a client's own OpenDRIVE."""

import hashlib

import carla
import pytest

from lead.roads.generate import fixed_town


def test_available_maps_can_be_loaded_by_any_of_their_names(client, world):
    names = [name.rpartition("/")[2] for name in client.get_available_maps()]
    assert "GridCity" in names and len(set(names)) == len(names)
    for name in ("GridCity", "/Game/Carla/Maps/GridCity", "GridCity_Opt"):
        assert client.load_world(name, False).get_map().name == "Carla/Maps/GridCity"


def test_another_town(client, world):
    before = world.id
    names = [name.rpartition("/")[2] for name in client.get_available_maps()]
    other = next(name for name in names if name != "GridCity")
    loaded = client.load_world(other)
    assert loaded.id != before
    assert loaded.get_map().name == f"Carla/Maps/{other}"
    assert not loaded.get_settings().synchronous_mode
    assert client.load_world("GridCity").get_map().name == "Carla/Maps/GridCity"


def test_settings_are_kept_or_reset(client, world):
    kept = client.load_world("GridCity", False)
    assert kept.get_settings().synchronous_mode and kept.get_settings().fixed_delta_seconds == pytest.approx(0.05)
    assert kept.tick() > 0
    fresh = client.reload_world(True)
    assert not fresh.get_settings().synchronous_mode and fresh.get_settings().fixed_delta_seconds is None


def test_a_new_world_is_empty_and_starts_at_zero(client, world, place):
    place(0)
    fresh = client.reload_world(False)
    fresh.tick()
    assert len(fresh.get_actors().filter("vehicle.*")) == 0
    assert fresh.get_snapshot().timestamp.elapsed_seconds <= 0.1 + 1e-6  # the client ticks once while it waits


def test_a_town_started_by_its_path_is_loaded_again_by_its_name(start, tmp_path):
    path = tmp_path / "Own Town.xodr"
    path.write_text(fixed_town("VillageCrossing"))
    with start(town=str(path)) as own:
        client = own.client()
        assert client.get_world().get_map().name == "Carla/Maps/Own Town"
        assert "/Game/Carla/Maps/Own Town" in client.get_available_maps()
        client.load_world("GridCity")
        assert client.load_world("Own Town").get_map().name == "Carla/Maps/Own Town"


def test_an_unknown_map_is_named_and_nothing_changes(client, world):
    before = world.id
    with pytest.raises(RuntimeError, match="Atlantis"):
        client.load_world("Atlantis")
    assert client.get_world().id == before
    assert world.tick() > 0


def test_the_same_map_is_not_loaded_again(client, world):
    assert client.load_world_if_different("GridCity") is None
    assert client.get_world().id == world.id


def test_a_world_from_the_clients_opendrive(client, world):
    text = fixed_town("GridCity")
    made = client.generate_opendrive_world(text, carla.OpendriveGenerationParameters())
    assert made.get_map().name == "Carla/Maps/OpenDriveMap"
    assert made.get_map().to_opendrive() == text
    assert len(made.get_map().get_spawn_points()) > 10
    with pytest.raises(RuntimeError, match="not XML"):
        client.generate_opendrive_world("no xml", carla.OpendriveGenerationParameters())
    client.load_world("GridCity")


def test_the_walker_mesh_carries_its_hash(raw, world):
    (name,) = raw.value("get_required_files", "Nav")
    mesh = raw.value("request_file", name)
    assert hashlib.sha256(mesh).hexdigest()[:12] in name
    assert mesh == raw.value("get_navigation_mesh")
    assert raw.value("get_required_files", "") == []
    assert "expected one of" in raw.error("request_file", "/etc/passwd")


def test_other_clients_follow_a_change(server, client, world, eventually):
    other = server.client().get_world()
    fresh = client.reload_world(False)
    fresh.tick()
    assert eventually(lambda: server.client().get_world().id == fresh.id)
    assert other.get_map().name == "Carla/Maps/GridCity"


def test_layers_are_accepted(world):
    world.load_map_layer(carla.MapLayer.Buildings)
    world.unload_map_layer(carla.MapLayer.All)
    world.tick()
