"""Worlds are left as they were found, and traffic is the same for the same seed."""

import carla
import numpy as np
import pytest

from lead.client import world as client_world
from lead.client.launch import connect, free_port, start_server
from lead.client.world import apply, spawn_vehicles, spawn_walkers, synchronous, traffic


@pytest.fixture(scope="module")
def client():
    with start_server("GridCity") as server:
        yield connect(server.endpoint)


def vehicles_in(world) -> list[tuple[str, float, float]]:
    return sorted((v.type_id, v.get_location().x, v.get_location().y) for v in world.get_actors().filter("vehicle.*"))


def test_settings_are_restored_even_after_an_error(client):
    world = client.get_world()
    before = world.get_settings()
    with pytest.raises(KeyError), synchronous(world, 0.1):
        assert world.get_settings().synchronous_mode and world.get_settings().fixed_delta_seconds == pytest.approx(0.1)
        raise KeyError
    after = world.get_settings()
    assert (after.synchronous_mode, after.fixed_delta_seconds) == (before.synchronous_mode, before.fixed_delta_seconds)


def test_traffic_drives_and_leaves_nothing_behind(client):
    world = client.get_world()
    with synchronous(world):
        with traffic(client, world, 5, port=free_port(), seed=3) as ids:
            start = {i: world.get_actor(i).get_location() for i in ids}
            for _ in range(100):
                world.tick()
            moved = [world.get_actor(i).get_location().distance(start[i]) for i in ids]
        world.tick()
        assert len(ids) == 5 and max(moved) > 5.0
        assert vehicles_in(world) == []


def test_the_same_seed_spawns_the_same_vehicles(client):
    world = client.get_world()
    seen = []
    with synchronous(world):
        for seed in (1, 1, 2):
            ids = spawn_vehicles(client, world, 6, seed=seed)
            seen.append(vehicles_in(world))
            assert apply(client, world, []) == [] and len(ids) == 6
            for i in ids:
                world.get_actor(i).destroy()
            world.tick()
    assert seen[0] == seen[1] != seen[2]


def test_walkers_stroll(client):
    world = client.get_world()
    with synchronous(world):
        people = spawn_walkers(client, world, 4, seed=5)
        before = {w: world.get_actor(w).get_location() for w, _ in people}
        for _ in range(200):
            world.tick()
        moved = [world.get_actor(w).get_location().distance(before[w]) for w, _ in people]
        for walker, controller in people:
            world.get_actor(controller).stop()
            world.get_actor(controller).destroy()
            world.get_actor(walker).destroy()
    assert len(people) == 4 and np.median(moved) > 3.0


class FakeManager:
    """Stands for a TrafficManager; notes that it was shut down."""

    def __init__(self):
        self.ended = False

    def __getattr__(self, name):
        return lambda *_: 8000

    def shut_down(self):
        self.ended = True


class FakeClient:
    def __init__(self):
        self.manager = FakeManager()

    def get_trafficmanager(self, port):
        return self.manager


class GoneWorld:
    """A world whose server is gone."""

    def get_actors(self, ids):
        raise RuntimeError("time-out")

    def get_settings(self):
        return carla.WorldSettings()

    def apply_settings(self, settings):
        if not settings.synchronous_mode:
            raise RuntimeError("time-out")


def test_a_traffic_manager_ends_when_spawning_fails(monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no room")

    monkeypatch.setattr(client_world, "spawn_vehicles", fail)
    fake = FakeClient()
    with pytest.raises(RuntimeError, match="no room"), traffic(fake, GoneWorld(), 3):
        pass
    assert fake.manager.ended


def test_the_first_fault_is_raised_when_the_server_is_gone(monkeypatch):
    monkeypatch.setattr(client_world, "spawn_vehicles", lambda *_, **__: [1, 2])
    fake = FakeClient()
    with pytest.raises(KeyError, match="first"), synchronous(GoneWorld()), traffic(fake, GoneWorld(), 3):
        raise KeyError("first")
    assert fake.manager.ended
    with pytest.raises(RuntimeError, match="time-out"), traffic(FakeClient(), GoneWorld(), 3):
        pass


def test_a_walker_without_a_controller_is_taken_away(client, monkeypatch):
    world, real, batches = client.get_world(), client_world.apply, []

    def failing(client, world, commands):
        """The first controller is to be attached to nobody."""
        batches.append(commands)
        if len(batches) == 2:
            controller = world.get_blueprint_library().find("controller.ai.walker")
            commands = [carla.command.SpawnActor(controller, carla.Transform(), 999_999), *commands[1:]]
        return real(client, world, commands)

    monkeypatch.setattr(client_world, "apply", failing)
    with synchronous(world):
        people = spawn_walkers(client, world, 4, seed=5)
        world.tick()
        walkers = {walker.id for walker in world.get_actors().filter("walker.*")}
        assert len(people) == len(batches[1]) - 1 and {walker for walker, _ in people} == walkers
        for walker, controller in people:
            assert world.get_actor(controller).parent.id == walker
            world.get_actor(controller).stop()
        real(client, world, [carla.command.DestroyActor(actor) for pair in people for actor in reversed(pair)])
