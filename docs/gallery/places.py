"""Pictures of places: every town at noon, and what weather and time of day make of them."""

from functools import cache

import numpy as np
from scene import Scene
from sheet import Tile, contact_sheet
from weather import FIVE, PRESETS, preset

from lead.roads.carla_maps import CARLA_MAPS
from lead.roads.generate import TOWNS
from lead.roads.library import MapNotFoundError

SPAWN_POINT = {  # where each town is seen from
    "GridCity": 24, "VillageCrossing": 26, "InterurbanHills": 217, "MotorwayRing": 33, "Town01": 172, "Town02": 84,
    "Town03": 75, "Town04": 317, "Town05": 7, "Town06": 147, "Town07": 45, "Town10HD": 52, "Town11": 1454, "Town12": 4013,
    "Town13": 3133, "Town15": 348,
}  # fmt: skip
EYE = 1.5  # m, height of a driver's eyes
PITCH = np.radians(-2.0)


@cache
def _seen_from_car(town: str) -> tuple[Scene, tuple[float, ...]]:
    """A populated scene and the camera's pose in it."""
    scene = Scene(town, own_car=True)
    x, y, z, _, yaw, _ = scene.town.spawn_points[SPAWN_POINT.get(town, 0)]
    pose = (x, y, z + EYE, float(PITCH), yaw, 0.0)
    scene.populate(pose, vehicles=24, walkers=14)
    return scene, pose


def _tile(town: str, weather: list[float], text: str, width: int, height: int, fov: float = 75.0) -> Tile:
    scene, pose = _seen_from_car(town)
    scene.set_weather(weather)
    return Tile(scene.photograph(pose, width, height, fov), text)


def _noon(towns: list[str], columns: int, width: int):
    tiles = []
    for town in towns:
        try:
            tiles.append(_tile(town, FIVE["clear noon"], town, width, width * 9 // 16))
        except MapNotFoundError:
            print(f"{town} is left out, as it is not on this machine; `lead maps fetch {town}` gets it")
        if town not in TOWNS:
            _seen_from_car.cache_clear()
    return contact_sheet(tiles, columns) if tiles else None


def generated_towns():
    """The four generated towns."""
    return _noon(list(TOWNS), 2, 520)


def carla_towns(half: int):
    """Six of CARLA's twelve towns, those that are there."""
    return _noon(list(CARLA_MAPS)[6 * half : 6 * half + 6], 3, 400)


def weathers():
    """The generated towns at noon, in rain and fog, at dusk and at night."""
    tiles = [_tile(town, FIVE[name], f"{town}, {name}", 252, 150) for town in TOWNS for name in FIVE]
    return contact_sheet(tiles, len(FIVE))


def presets():
    """CARLA's presets."""
    return contact_sheet([_tile("GridCity", preset(name), name, 204, 130) for name in PRESETS], 6)
