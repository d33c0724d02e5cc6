"""Worlds are left as they were found, and traffic is the same for the same seed."""

import numpy as np
import pytest

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
