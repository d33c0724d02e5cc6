"""A scene to take pictures of: one town with its world and stage, drawn in this process without a server."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from math import atan2, cos, hypot, sin

import numpy as np
from numpy.typing import ArrayLike, NDArray
from weather import lamps_for

from lead.rendering.camera import Channel, Images, Painter, View
from lead.rendering.stage import Stage
from lead.roads.network import LaneKind
from lead.roads.surface import ground_height
from lead.roads.town import load_town
from lead.simulator.actors import ActorKind, SpawnError
from lead.simulator.blueprints import library
from lead.simulator.world import World

COLOURS = ("180,20,20", "20,40,140", "230,230,230", "20,20,20", "90,120,60", "160,160,165")
TRAFFIC_REACH = 110.0  # m around a camera within which traffic stands
CLEARANCE = 11.0  # m around it within which none does
TO_BONNET = 3.2  # m from the camera back to the middle of its own car: its headlamps are beside the camera
DT = 0.05  # s
Pose = tuple[float, float, float, float, float, float]  # x, y, z (m), pitch, yaw, roll (rad)


class Scene:
    """A town, what stands and moves in it, and a camera for it; with `own_car`, on the bonnet of a car."""

    def __init__(self, town: str, own_car: bool = False) -> None:
        self.town = load_town(town)
        self.world = World(self.town)
        self.stage = Stage(self.town)
        self._painter = Painter(_threads())
        self._own = self._own_car() if own_car else 0

    def _own_car(self) -> int:
        car = next(actor for pose in self.town.spawn_points if (actor := self.put("vehicle.lincoln.mkz_2020", pose)))
        self.world.set_physics(car, False)
        self.world.set_collisions(car, False)
        return car

    def set_weather(self, weather: list[float]) -> None:
        """Change the weather; all drivers switch the lamps on that it calls for."""
        self.world.set_weather(weather)
        for actor in self.world.table.id[self.world.table.kind == ActorKind.VEHICLE]:
            self.world.set_lamps(int(actor), lamps_for(weather))

    def put(self, blueprint: str, pose: ArrayLike, **attributes: str) -> int:
        """Spawn an actor; 0 if something is in its way."""
        try:
            return self.world.spawn(blueprint, attributes, pose)
        except SpawnError:
            return 0

    def settle(self, seconds: float = 0.5) -> None:
        """Let the world run."""
        for _ in range(round(seconds / DT)):
            self.world.step(DT)

    def look(self, view: View, channels: frozenset[Channel]) -> Images:
        """What a camera sees now."""
        if self._own:
            x, y, _, _, yaw, _ = view.pose
            x, y = x - TO_BONNET * cos(yaw), y - TO_BONNET * sin(yaw)
            z = ground_height(self.town.surface, x, y, view.pose[2])[0]
            self.world.set_pose(self._own, (x, y, z, 0.0, yaw, 0.0))
        self.stage.update(self.world, np.array([view.pose[:3]]))
        return self._painter.draw(self.stage, [(view, channels)])[0]

    def photograph(self, pose: Pose, width: int, height: int, fov: float) -> NDArray[np.uint8]:
        """A colour picture (height, width, 3) BGR; `fov` in degrees."""
        return self.look(View(pose, width, height, fov), frozenset([Channel.COLOUR]))[Channel.COLOUR][..., :3]

    def populate(self, camera: ArrayLike, vehicles: int, walkers: int, seed: int = 0) -> None:
        """Stand vehicles on the lanes around a camera's pose (6,), and have walkers walk on the sidewalks."""
        rng = np.random.default_rng(seed)
        kinds = ("car", "van", "truck", "bus", "motorcycle")
        cars = [name for name, blueprint in library().items() if blueprint.vehicle_class in kinds]
        people = [name for name in library() if name.startswith("walker.")]
        for n, pose in enumerate(self._places(camera, LaneKind.DRIVING, TRAFFIC_REACH, vehicles, rng)):
            self.put(str(rng.choice(cars)), pose, color=COLOURS[n % len(COLOURS)])
        for pose in self._places(camera, LaneKind.SIDEWALK, 0.5 * TRAFFIC_REACH, walkers, rng):
            turned = pose[4] + np.pi * rng.integers(2)
            walker = self.put(str(rng.choice(people)), [*pose[:2], pose[2] + 1.0, 0.0, turned, 0.0])
            if walker:
                self.world.control_walker(walker, (cos(turned), sin(turned), 0.0), 1.3)
        self.settle()

    def _places(
        self, camera: ArrayLike, kind: LaneKind, reach: float, count: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Up to `count` poses (n, 6) on lanes of a kind, outside junctions, in front of the camera or beside it."""
        lanes, samples = self.town.network.lanes, self.town.network.samples
        camera = np.asarray(camera)
        away = samples.centre[:, :2] - camera[:2]
        ahead = away @ [cos(camera[4]), sin(camera[4])]
        distance = np.hypot(*away.T)
        fits = (distance < reach) & (distance > CLEARANCE) & (ahead > -CLEARANCE)
        rows = np.flatnonzero(fits & (lanes.kind[samples.lane] == kind) & (lanes.junction[samples.lane] < 0))
        rows = rng.permutation(rows)[:count]
        level = np.zeros(len(rows))
        return np.column_stack([samples.centre[rows], level, samples.yaw[rows], level])


def facing(eye: ArrayLike, target: ArrayLike) -> Pose:
    """Pose of a camera at `eye` (3,) m that looks at `target` (3,) m."""
    x, y, z = (float(a) for a in eye)
    dx, dy, dz = (float(b) - a for a, b in zip((x, y, z), target, strict=True))
    return x, y, z, atan2(dz, hypot(dx, dy)), atan2(dy, dx), 0.0


def around(target: ArrayLike, heading: float, azimuth: float, distance: float, rise: float) -> Pose:
    """Pose of a camera `distance` (m) from a target (3,), at an azimuth (rad, from its heading) and `rise` (m) above."""
    x, y, z = (float(a) for a in target)
    angle = heading + azimuth
    return facing((x + distance * cos(angle), y + distance * sin(angle), z + rise), (x, y, z))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)))
