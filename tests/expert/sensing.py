"""The student's rig on an embedded server: a street with hidden and half hidden actors, and what its sensors have."""

import queue
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from math import degrees

import carla
import numpy as np
from numpy.typing import NDArray

from lead.client.scene import Kind as WorldKind
from lead.client.scene import SceneReader
from lead.client.sensors import listening
from lead.expert.evidence.pictures import Pictures, depth_of, tags_of
from lead.expert.evidence.rig import STUDENT, Mount
from lead.expert.scene import Actors, Ego, EvidenceIndex, Kind
from lead.geometry.poses import to_world

ARRIVAL = 20.0  # s in which a sensor's data arrive
BICYCLES = ("vehicle.bh.crossbike", "vehicle.diamondback.century", "vehicle.gazelle.omafiets")
LIDAR = {
    "channels": 64, "range": 85.0, "points_per_second": 600_000, "rotation_frequency": 10.0, "upper_fov": 10.0,
    "lower_fov": -30.0,
}  # fmt: skip
RADAR = {"horizontal_fov": 90.0, "vertical_fov": 0.1, "range": 100.0, "points_per_second": 1500}


def street(world: carla.World, ego_at: carla.Transform, seed: int, cars: int = 10) -> carla.Actor:
    """An ego and, strewn around it, cars, cyclists, walkers and cones that stand still; nobody overlaps."""
    generator = np.random.default_rng(seed)
    library = world.get_blueprint_library()
    ego = world.spawn_actor(library.find("vehicle.lincoln.mkz_2020"), ego_at)
    ego.set_simulate_physics(False)
    four_wheels = [b for b in library.filter("vehicle.*") if b.get_attribute("base_type") in ("car", "van")]
    walkers = list(library.filter("walker.pedestrian.*"))
    cone = library.find("static.prop.constructioncone")
    bicycles = [library.find(name) for name in BICYCLES]
    strewn = [(four_wheels, cars, 0.1), (bicycles, 4, 0.1), (walkers, 8, 1.0), ([cone], 4, 0.05)]
    for blueprints, count, lift in strewn:
        for _ in range(count):
            blueprint = blueprints[generator.integers(len(blueprints))]
            x, y = generator.uniform(-25.0, 60.0), generator.normal(0.0, 9.0)
            if abs(x) < 5.0 and abs(y) < 3.0:
                continue
            place = ego_at.transform(carla.Location(x=x, y=y, z=lift))
            turn = carla.Rotation(yaw=ego_at.rotation.yaw + generator.choice([0.0, 180.0, generator.uniform(0, 360)]))
            actor = world.try_spawn_actor(blueprint, carla.Transform(place, turn))
            if actor is not None and actor.type_id.startswith("vehicle."):
                actor.set_simulate_physics(False)
    world.tick()
    return ego


@contextmanager
def sensing(world: carla.World, ego: carla.Actor) -> Iterator["Sensing"]:
    """The rig on an ego, while it is needed."""
    with ExitStack() as stack:

        def mount(blueprint: str, at: Mount, turned: float = 0.0, **attributes: object) -> queue.SimpleQueue:
            turn = carla.Rotation(yaw=degrees(at[4]) + turned)
            place = carla.Transform(carla.Location(*at[:3]), turn)
            return stack.enter_context(listening(world, blueprint, place, ego, **attributes))

        cameras = []
        for camera in STUDENT.cameras:
            size = {"image_size_x": camera.width, "image_size_y": camera.height, "fov": degrees(camera.fov)}
            cameras.append(
                [mount(f"sensor.camera.{kind}", camera.mount, **size) for kind in ("depth", "instance_segmentation")]
            )
        lidars = [mount("sensor.lidar.ray_cast", STUDENT.lidar.mount, turned, **LIDAR) for turned in (-90.0, -270.0)]
        radars = [mount("sensor.other.radar", radar.mount, **RADAR) for radar in STUDENT.radars]
        yield Sensing(world, cameras, lidars, radars)


class Sensing:
    """Reads the rig tick by tick."""

    def __init__(self, world: carla.World, cameras: list, lidars: list, radars: list) -> None:
        self._world, self._cameras, self._lidars, self._radars = world, cameras, lidars, radars

    def tick(self) -> Pictures:
        """Tick the world; what the sensors have of it."""
        frame = self._world.tick()
        depth, tag, instance = [], [], []
        for far, shown in self._cameras:
            depth.append(depth_of(_bgra(_of(frame, far))))
            tags, numbers = tags_of(_bgra(_of(frame, shown)))
            tag.append(tags)
            instance.append(numbers)
        clouds = []
        for unit, turned in zip(self._lidars, (-90.0, -270.0), strict=True):
            points = np.frombuffer(_of(frame, unit).raw_data, np.float32).reshape(-1, 4)[:, :3].astype(float)
            mount = np.array(STUDENT.lidar.mount)
            clouds.append(to_world(points, mount + [0, 0, 0, 0, np.radians(turned), 0]))
        echoes = []
        for unit, radar in zip(self._radars, STUDENT.radars, strict=True):
            rows = np.frombuffer(_of(frame, unit).raw_data, np.float32).reshape(-1, 4).astype(float)
            _, azimuth, altitude, distance = rows.T
            rays = np.stack([np.cos(azimuth) * np.cos(altitude), np.sin(azimuth) * np.cos(altitude), np.sin(altitude)])
            echoes.append(to_world(np.ascontiguousarray((rays * distance).T), np.array(radar.mount)))
        return Pictures(tuple(depth), tuple(tag), tuple(instance), np.concatenate(clouds), np.concatenate(echoes))


def _of(frame: int, data: queue.SimpleQueue) -> carla.SensorData:
    """The data of a frame; older ones are thrown away."""
    while True:
        found = data.get(timeout=ARRIVAL)
        if found.frame >= frame:
            assert found.frame == frame
            return found


def _bgra(image: carla.Image) -> NDArray[np.uint8]:
    return np.frombuffer(image.raw_data, np.uint8).reshape(image.height, image.width, 4)


def whole_scene(world: carla.World, ego: carla.Actor) -> tuple[Ego, Actors]:
    """The ego and everybody else after the last tick."""
    scene = SceneReader(world).read()
    row = scene.row(ego.id)
    kinds = {WorldKind.VEHICLE: Kind.CAR, WorldKind.WALKER: Kind.WALKER, WorldKind.PROP: Kind.OBSTACLE}
    rows = np.array([k for k, kind in enumerate(scene.kind.tolist()) if kind in kinds and k != row], np.int64)
    kind = [Kind.BICYCLE if scene.type_id[k] in BICYCLES else kinds[WorldKind(scene.kind[k])] for k in rows]
    count = len(rows)
    others = Actors(
        ids=scene.ids[rows], kind=np.array(kind, np.int8), pose=scene.pose[rows], extent=scene.extent[rows],
        centre=scene.centre[rows], velocity=scene.velocity[rows], yaw_rate=np.zeros(count),
        speed_limit=scene.speed_limit[rows], emergency=np.zeros(count, bool), control=np.zeros((count, 3)),
        walking=np.zeros((count, 3)), evidence=np.zeros((count, len(EvidenceIndex)), np.int32),
    )  # fmt: skip
    return Ego(scene.pose[row], scene.velocity[row], scene.extent[row], scene.centre[row], 10.0), others
