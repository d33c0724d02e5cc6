"""Drive TrafficManager vehicles and AI walkers on a fresh server and print one hash of the world at the end.

    python tests/client/drive_and_hash.py GridCity 30 10 2000

A program of its own, so that a test can compare separate client processes.
"""

import hashlib
import sys

import numpy as np

from lead.client.launch import connect, free_port, start_server
from lead.client.scene import SceneReader
from lead.client.world import spawn_walkers, synchronous, traffic


def world_hash(town: str, vehicles: int, walkers: int, ticks: int, seed: int = 7) -> str:
    """SHA-256 over every array of the scene after `ticks` synchronous ticks."""
    with start_server(town, seed=seed) as server:
        client = connect(server.endpoint)
        world = client.get_world()
        with synchronous(world), traffic(client, world, vehicles, port=free_port(), seed=seed) as ids:
            people = spawn_walkers(client, world, walkers, seed=seed)
            assert len(ids) == vehicles and len(people) == walkers, (len(ids), len(people))
            for _ in range(ticks):
                world.tick()
            scene = SceneReader(world).read()
            for _, controller in people:
                world.get_actor(controller).stop()
    digest = hashlib.sha256()
    for array in (scene.ids, scene.kind, scene.pose, scene.velocity, scene.acceleration, scene.control, scene.light):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


if __name__ == "__main__":
    town_name, *numbers = sys.argv[1:]
    print(world_hash(town_name, *map(int, numbers)))
