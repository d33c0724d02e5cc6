"""Change worlds with cameras: PORT ORDER TIMES. "leaderboard": asynchronous mode first, sensors stopped and destroyed,
then load_world, as its clean-up does; "listening": load_world while they all listen."""

import os
import queue
import sys

import carla

port, order, times = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
client = carla.Client("127.0.0.1", port)
client.set_timeout(20.0)
world = client.get_world()
town = world.get_map().name


def synchronous(on: bool) -> None:
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = on, 0.05 if on else None
    world.apply_settings(settings)


for _ in range(times):
    world = client.load_world(town, order != "leaderboard")
    synchronous(True)
    library = world.get_blueprint_library()
    car = world.spawn_actor(library.find("vehicle.lincoln.mkz_2020"), world.get_map().get_spawn_points()[0])
    sensors, readings = [], []
    kinds = ("camera.rgb", "camera.depth", "camera.instance_segmentation", "lidar.ray_cast", "other.radar")
    for kind in kinds:
        blueprint = library.find(f"sensor.{kind}")
        if kind.startswith("camera"):
            blueprint.set_attribute("image_size_x", "320")
            blueprint.set_attribute("image_size_y", "200")
        sensor = world.spawn_actor(blueprint, carla.Transform(carla.Location(z=2.5)), attach_to=car)
        data: queue.Queue = queue.Queue()
        sensor.listen(data.put)
        sensors.append(sensor)
        readings.append(data)
    for _ in range(4):
        frame = world.tick()
        for data in readings:
            assert data.get(timeout=20.0).frame == frame
    if order == "leaderboard":
        synchronous(False)
        for sensor in sensors:
            sensor.stop()
            assert sensor.destroy()
        car.destroy()
synchronous(False)
print(times, "worlds seen", flush=True)
os._exit(0)  # a stream thread of the client that wants Python's lock while Python ends would abort the process
