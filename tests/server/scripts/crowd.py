"""Walkers under the client's own crowd navigation walk on the town's mesh: PORT."""

import sys

import carla

client = carla.Client("127.0.0.1", int(sys.argv[1]))
client.set_timeout(10.0)
world = client.reload_world()
settings = world.get_settings()
settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
world.apply_settings(settings)
world.set_pedestrians_seed(3)
command, library = carla.command, world.get_blueprint_library()
places = [world.get_random_location_from_navigation() for _ in range(20)]
assert all(places), "the town has no walker mesh"
lift = carla.Location(z=1.0)
blueprint = library.find("walker.pedestrian.0001")
spawned = client.apply_batch_sync([command.SpawnActor(blueprint, carla.Transform(p + lift)) for p in places], True)
ids = [response.actor_id for response in spawned if not response.error]
assert len(ids) > 10, [response.error for response in spawned]
minds = [command.SpawnActor(library.find("controller.ai.walker"), carla.Transform(), walker) for walker in ids]
minds = [response.actor_id for response in client.apply_batch_sync(minds, True)]
world.tick()
controllers, walkers = list(world.get_actors(minds)), list(world.get_actors(ids))
starts = {walker.id: walker.get_location() for walker in walkers}
for controller in controllers:
    controller.start()
    controller.go_to_location(world.get_random_location_from_navigation())
    controller.set_max_speed(1.5)
for _ in range(200):
    world.tick()
moved = [walker.get_location().distance(starts[walker.id]) for walker in walkers]
for controller in controllers:
    controller.stop()
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
assert sum(distance > 5.0 for distance in moved) > len(moved) / 2, moved
print(f"{len(moved)} walkers walked {sum(moved) / len(moved):.1f} m on average")
