"""Cars that keep moving without anybody's help, for benchmarks of the server alone."""

import carla

from lead.client.world import spawn_vehicles

MOVING = 0.5  # m/s


def circling_cars(client: carla.Client, world: carla.World, count: int) -> list[carla.Vehicle]:
    """Spawn up to `count` cars that drive tight circles at 3 m/s; the world is synchronous."""
    cars = list(world.get_actors(spawn_vehicles(client, world, count)))
    for car in cars:
        car.apply_control(carla.VehicleControl(throttle=0.2, steer=1.0))
        car.enable_constant_velocity(carla.Vector3D(3.0, 0.0, 0.0))
    for _ in range(100):
        world.tick()
    return cars


def moving(actors: list[carla.Actor]) -> int:
    """How many of them move."""
    return sum(actor.get_velocity().length() > MOVING for actor in actors)
