"""Ticks per second with the student's and the recorder's sensors, through the real client.

    python benchmarks/sensors.py GridCity Town03 Town05 [--runs 5] [--traffic-manager]

80 moving actors (50 cars, 30 walkers), antialiased images, all data received before the next tick. The car with the
sensors follows its lane at 10 m/s; the other cars drive tight circles and the walkers walk on, so that the client has
nothing to do but to receive. With --traffic-manager CARLA's own client code drives all cars and leads the walkers, which
alone takes about 6 ms a tick (printed as "no sensors"). Two rigs of LEAD (spec/lead-expert-and-data.md, section 3):
- student: 3 RGB cameras of 384x384, 2 LiDARs (60,000 rays a tick), 4 radars, every tick; goal 40 ticks/s;
- recorder: all four channels of these cameras and of 3 perturbed copies, LiDARs and radars, every fifth tick; goal 100.
The reference of the same run is embreex casting the 442,368 primary rays of the three cameras into the same triangles:
no shading, no labels, no transport (`pip install embreex`; left out where it is missing).
"""

import argparse
import itertools
import math
import queue
import statistics
import time
from collections.abc import Callable, Iterator

import carla
import numpy as np
from circling import circling_cars, moving

from lead.client.launch import connect, free_port, start_server
from lead.client.world import apply, spawn_walkers, synchronous, traffic

CAMERAS = ((0.10, -0.35, 2.25, -54.5), (0.35, 0.0, 2.25, 0.0), (0.10, 0.35, 2.25, 54.5))  # x, y, z (m), yaw (degrees)
RADARS = ((2.6, -45.0), (2.6, 45.0), (-2.6, 135.0), (-2.6, 225.0))  # x (m), yaw (degrees)
CHANNELS = ("rgb", "depth", "semantic_segmentation", "instance_segmentation")
CARS, WALKERS = 50, 30
STEP = 0.05  # s
SPEED = 10.0  # m/s of the car with the sensors
WARM_UP = 20  # ticks


def mount(x: float, y: float, z: float, yaw: float) -> carla.Transform:
    """Place of a sensor on the car."""
    return carla.Transform(carla.Location(x, y, z), carla.Rotation(yaw=yaw))


class Rig:
    """Sensors on one car, each with a queue that `receive` empties."""

    def __init__(
        self, world: carla.World, car: carla.Actor, channels: tuple[str, ...], copies: int, tick: float
    ) -> None:
        self._world, self._car, self._tick = world, car, tick
        self._queues: list[queue.Queue] = []
        self.sensors: list[carla.Sensor] = []
        for copy in range(copies):
            for x, y, z, yaw in CAMERAS:
                for channel in channels:
                    size = {"image_size_x": 384, "image_size_y": 384, "fov": 60}
                    self._add(f"sensor.camera.{channel}", mount(x, y + 0.5 * copy, z, yaw + 5.0 * copy), **size)
        every = max(1, round(tick / STEP))  # the same rays a frame, however long it takes
        beam = {"range": 85, "rotation_frequency": 10 / every, "channels": 64, "upper_fov": 10, "lower_fov": -30}
        for yaw in (-90.0, -270.0):
            self._add("sensor.lidar.ray_cast", mount(0.0, 0.0, 2.5, yaw), points_per_second=600000 // every, **beam)
        fan = {"horizontal_fov": 90, "vertical_fov": 0.1, "points_per_second": 1500 // every}
        for x, yaw in RADARS:
            self._add("sensor.other.radar", mount(x, 0.0, 0.6, yaw), **fan)

    def _add(self, blueprint: str, place: carla.Transform, **attributes: float) -> None:
        definition = self._world.get_blueprint_library().find(blueprint)
        for name, value in {"sensor_tick": self._tick, **attributes}.items():
            definition.set_attribute(name, str(value))
        sensor, arrived = self._world.spawn_actor(definition, place, attach_to=self._car), queue.Queue()
        sensor.listen(arrived.put)
        self.sensors.append(sensor)
        self._queues.append(arrived)

    def receive(self) -> None:
        """Wait for one frame of every sensor."""
        for arrived in self._queues:
            arrived.get(timeout=60.0)

    def destroy(self) -> None:
        """Stop and remove the sensors."""
        for sensor in self.sensors:
            sensor.stop()
            sensor.destroy()


def rate(tick: Callable[[], None], ticks: int) -> float:
    """Calls per second."""
    begun = time.perf_counter()
    for _ in range(ticks):
        tick()
    return ticks / (time.perf_counter() - begun)


class Alone:
    """Cars and walkers that move without anybody's help, and one car that follows its lane."""

    def __init__(self, client: carla.Client, world: carla.World) -> None:
        self._world = world
        self.car, *self.others = circling_cars(client, world, CARS)
        blueprints = world.get_blueprint_library().filter("walker.pedestrian.*")
        places = [world.get_random_location_from_navigation() for _ in range(WALKERS)]
        spawn = [
            carla.command.SpawnActor(blueprints[k], carla.Transform(place + carla.Location(z=1.0)))
            for k, place in enumerate(places)
        ]
        people = [answer.actor_id for answer in apply(client, world, spawn) if not answer.error]
        self.people = world.get_actors(people)
        for walker in self.people:
            heading = carla.Vector3D(math.cos(walker.id), math.sin(walker.id), 0.0)
            walker.apply_control(carla.WalkerControl(heading, 1.4))
        self.car.set_simulate_physics(False)
        self._way = world.get_map().get_waypoint(self.car.get_location())

    def tick(self) -> None:
        """Move the car on, then the world."""
        self._way = self._way.next(SPEED * STEP)[0]
        self.car.set_transform(self._way.transform)
        self._world.tick()


def measure(town: str, runs: int, manager: bool) -> None:
    """Run one town and print its figures."""
    with start_server(town) as server:
        client = connect(server.endpoint, timeout=120.0)
        world = client.get_world()
        with synchronous(world, STEP):
            if not manager:
                alone = Alone(client, world)
                measure_rigs(town, runs, world, alone.car, alone.tick)
                print(f"{town}: {1 + moving([*alone.others, *alone.people])} actors moved to the end")
                return
            with traffic(client, world, CARS, port=free_port()) as ids:
                spawn_walkers(client, world, WALKERS)
                measure_rigs(f"{town}, TrafficManager", runs, world, world.get_actor(ids[0]), world.tick)


def measure_rigs(name: str, runs: int, world: carla.World, car: carla.Actor, tick: Callable[[], None]) -> None:
    """Print ticks per second without sensors, and with each rig on the car."""
    rate(tick, 100)
    report(name, "no sensors", [rate(tick, 200) for _ in range(runs)], None)
    for label, channels, copies, every, goal in (
        ("student", CHANNELS[:1], 1, 1, 40),
        ("recorder", CHANNELS, 2, 5, 100),
    ):
        rig = Rig(world, car, channels, copies, 0.0 if every == 1 else every * STEP)
        numbers = itertools.count()

        def step(rig: Rig = rig, every: int = every, numbers: Iterator[int] = numbers) -> None:
            tick()
            if next(numbers) % every == 0:
                rig.receive()

        rate(step, WARM_UP)
        report(name, label, [rate(step, 100) for _ in range(runs)], goal)
        rig.destroy()


def report(name: str, label: str, rates: list[float], goal: int | None) -> None:
    """Print one row."""
    spread = f"min {min(rates):.1f}, max {max(rates):.1f}" + (f"; goal {goal}" if goal else "")
    print(f"{name}, {label}: {statistics.median(rates):.1f} ticks/s ({spread})", flush=True)


def embree_pass(town: str, runs: int) -> float:
    """Milliseconds, median, that embreex takes for the primary rays of three cameras in the town's static triangles."""
    from embreex.mesh_construction import TriangleMesh
    from embreex.rtcore_scene import EmbreeScene

    from lead.rendering.camera import camera_axes
    from lead.rendering.stage import Stage
    from lead.roads.town import load_town
    from lead.simulator.world import World

    loaded = load_town(town)
    stage, world, place = Stage(loaded), World(loaded), loaded.spawn_points[0]
    eye = place[:3] + (0.0, 0.0, 2.25)
    stage.update(world, eye[None])
    soup, items = stage.triangles, stage.items
    shown = [np.arange(f, f + n) for f, n, least in zip(items.first_face, items.faces, items.least) if least == 0.0]
    faces = soup.faces[np.concatenate(shown)]
    scene = EmbreeScene()
    TriangleMesh(scene, np.ascontiguousarray(np.stack([soup.x, soup.y, soup.z], axis=1)[faces]))
    slope = (np.arange(384) + 0.5 - 192.0) / (192.0 / np.tan(np.radians(30.0)))
    right, down = np.meshgrid(slope, slope)
    rays = []
    for *_, yaw in CAMERAS:
        axes = camera_axes((*eye, 0.0, place[4] + np.radians(yaw), 0.0))
        rays.append((axes[2] + right[..., None] * axes[0] + down[..., None] * axes[1]).reshape(-1, 3))
    directions = np.concatenate(rays).astype(np.float32)
    origins = np.broadcast_to(eye.astype(np.float32), directions.shape).copy()
    times = []
    for _ in range(runs + 1):
        begun = time.perf_counter()
        scene.run(origins, directions)
        times.append(time.perf_counter() - begun)
    print(f"{town} embreex, {len(directions)} primary rays, {len(faces)} triangles, one thread: ", end="")
    return 1000.0 * statistics.median(times[1:])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("towns", nargs="+")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--traffic-manager", action="store_true", help="the client drives all cars and leads the walkers"
    )
    arguments = parser.parse_args()
    for name in arguments.towns:
        measure(name, arguments.runs, arguments.traffic_manager)
        try:
            print(f"{embree_pass(name, arguments.runs):.1f} ms")
        except ImportError:
            print("embreex is not installed: no reference (pip install embreex)")
