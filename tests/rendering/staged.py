"""A generated city with a few actors near its first spawn point, and cameras to look at it without a server."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from lead.geometry.poses import to_world
from lead.rendering.camera import Channel, Images, Painter, View
from lead.rendering.stage import Stage
from lead.roads.generate import fixed_town
from lead.roads.town import Town, build_town
from lead.simulator.world import World

ALL = frozenset(Channel)
LABELS = ALL - {Channel.COLOUR}
TAG, ALPHA = 2, 3  # places in BGRA
_POOL = ThreadPoolExecutor(2)
PAINTER = Painter(_POOL)


@cache
def city() -> Town:
    return build_town("GridCity", fixed_town("GridCity"))


def before(pose: np.ndarray, *place: float, yaw: float = 0.0) -> np.ndarray:
    """The pose (6,) at a place (3,) in the frame of another pose."""
    moved = np.array(pose, np.float64)
    moved[:3] = to_world(np.array([place]), pose)[0]
    moved[4] += yaw
    return moved


def busy_world(town: Town) -> tuple[World, dict[str, int]]:
    """A world with actors at rest ahead of the first spawn point; their ids."""
    world, start = World(town, seed=0), town.spawn_points[0]
    actors = {
        "car": world.spawn("vehicle.audi.tt", {"color": "200,10,10"}, before(start, 14.0, 0.0, 0.3)),
        "truck": world.spawn("vehicle.carlamotors.firetruck", {}, before(start, 34.0, 0.0, 0.5)),
        "bicycle": world.spawn("vehicle.bh.crossbike", {}, before(start, 11.0, 2.4, 0.3, yaw=0.6)),
        "walker": world.spawn("walker.pedestrian.0004", {}, before(start, 10.0, -2.4, 1.2, yaw=1.0)),
        "prop": world.spawn("static.prop.trafficcone01", {}, before(start, 8.0, 1.0, 0.1)),
    }
    for _ in range(10):
        world.step(0.05)
    return world, actors


def camera(pose: np.ndarray, width: int = 320, height: int = 240, fov: float = 90.0, antialias: bool = True) -> View:
    return View(tuple(float(part) for part in pose), width, height, fov, antialias)


def look(stage: Stage, view: View, channels: frozenset[Channel] = ALL) -> Images:
    """Images of one view of a stage that is up to date."""
    return PAINTER.draw(stage, [(view, channels)])[0]


def picture(stage: Stage, world: World, view: View, channels: frozenset[Channel] = ALL) -> Images:
    """Images of one view of the world as it is now."""
    stage.update(world, np.array([view.pose[:3]]))
    return look(stage, view, channels)


def metres(image: np.ndarray) -> np.ndarray:
    """Planar depth (m) of a depth image, by CARLA's documented formula."""
    blue, green, red = (image[..., k].astype(np.int64) for k in range(3))
    return 1000.0 * (red + green * 256 + blue * 65536) / (2**24 - 1)


def identity(image: np.ndarray) -> np.ndarray:
    """Object numbers of an instance image."""
    return image[..., 1].astype(np.int64) + image[..., 0].astype(np.int64) * 256
