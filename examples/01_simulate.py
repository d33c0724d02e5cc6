"""Simulate: start a server, let CARLA's TrafficManager drive cars through the real client, and film it.

    python examples/01_simulate.py [SECONDS]         # -> out/examples/traffic.mp4, street.mp4

Everything below `start_server` is CARLA's own Python API: it runs against a CARLA server as well.
"""

import sys
from pathlib import Path

import carla
import numpy as np

from lead.client.launch import connect, free_port, start_server
from lead.client.scene import ControlIndex, Kind, Scene, SceneReader
from lead.client.sensors import listening, pixels
from lead.client.world import spawn_walkers, synchronous, traffic
from lead.report.video import Clip
from lead.roads.draw import paint_background, whole_town
from lead.roads.draw_frame import Traffic, VehicleState, draw_frame
from lead.roads.town import load_town

TOWN, OUT = "GridCity", Path("out/examples")
RATE, EVERY = 20, 2  # ticks a second; of so many one is filmed
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0


def from_above(scene: Scene) -> Traffic:
    """What is drawn of a scene: boxes coloured by what the cars do, walkers, lights."""
    cars = scene.of(Kind.VEHICLE)
    speed = np.linalg.norm(scene.velocity[cars], axis=1)
    braking = scene.control[cars, ControlIndex.BRAKE] > 0.1
    state = np.where(speed < 0.2, VehicleState.STOPPED, np.where(braking, VehicleState.BRAKING, VehicleState.MOVING))
    signals = np.flatnonzero((scene.kind == Kind.LIGHT) | (scene.kind == Kind.SIGN))
    walkers = scene.pose[scene.of(Kind.WALKER), :3]
    return Traffic(scene.pose[cars], scene.extent[cars], state, walkers, scene.light[signals])


OUT.mkdir(parents=True, exist_ok=True)
town = load_town(TOWN)
background = paint_background(town, whole_town(town), width_px=1280)
with start_server(TOWN, report=print) as server:
    client = connect(server.endpoint)
    world = client.get_world()
    seat = carla.Transform(carla.Location(x=-7.0, z=3.0), carla.Rotation(pitch=-10.0))  # behind and above a car
    view = {"image_size_x": 960, "image_size_y": 540, "sensor_tick": EVERY / RATE}
    with (
        synchronous(world, 1.0 / RATE),
        traffic(client, world, vehicles=20, port=free_port()) as cars,
        listening(world, "sensor.camera.rgb", seat, world.get_actor(cars[0]), **view) as frames,
        Clip(OUT / "traffic.mp4", RATE // EVERY) as above,
        Clip(OUT / "street.mp4", RATE // EVERY) as street,
    ):
        spawn_walkers(client, world, 10)
        reader = SceneReader(world)
        for tick in range(int(SECONDS * RATE)):
            world.tick()
            scene = reader.read()  # the whole world as arrays
            if tick % EVERY == 0:
                above.add(draw_frame(background, from_above(scene), f"{scene.time:5.1f} s")[..., ::-1])
                street.add(pixels(frames.get(timeout=60.0)))
        place, speed = world.get_actor(cars[0]).get_location(), world.get_actor(cars[0]).get_velocity().length()
        print(f"car {cars[0]}: x {place.x:.1f} m, y {place.y:.1f} m, {3.6 * speed:.1f} km/h")
print(OUT / "traffic.mp4", OUT / "street.mp4")
