"""What stands along the roads and hides: boxes of the level, read once through the `carla` API."""

from math import radians

import carla
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lead.expert.evidence.bodies import Bodies, boxes

HIDING = (
    carla.CityObjectLabel.Buildings, carla.CityObjectLabel.Walls, carla.CityObjectLabel.Fences,
    carla.CityObjectLabel.Static, carla.CityObjectLabel.Car, carla.CityObjectLabel.Truck, carla.CityObjectLabel.Bus,
)  # fmt: skip
SLENDER = (carla.CityObjectLabel.Poles,)
"""As thin as they are in their thinner direction: their boxes take in arms and cables."""


def level_boxes(world: carla.World) -> Bodies:
    """Boxes of a town's buildings, walls, fences, poles, things and parked vehicles.

    Woods and slopes are left out: a tree's box is mostly air, and ground has none.
    """
    pose, half = [], []
    for labels, slender in ((HIDING, False), (SLENDER, True)):
        for box in (box for label in labels for box in world.get_level_bbs(label)):
            place, turn, extent = box.location, box.rotation, box.extent
            pose.append((place.x, place.y, place.z, radians(turn.pitch), radians(turn.yaw), radians(turn.roll)))
            thinner = min(extent.x, extent.y)
            half.append((thinner, thinner, extent.z) if slender else (extent.x, extent.y, extent.z))
    return boxes(np.array(pose).reshape(-1, 6), np.zeros((len(pose), 3)), np.array(half).reshape(-1, 3))


def around(level: Bodies, pose: NDArray[np.float64], reach: float) -> Bodies:
    """What of a level is within reach (m) of a pose (6,)."""
    return _within(level, np.hypot(level.centre[:, 0] - pose[0], level.centre[:, 1] - pose[1]), reach)


def along(level: Bodies, route: NDArray[np.float64], reach: float) -> Bodies:
    """What of a level is within reach (m) of a route (N, 3) m."""
    return _within(level, cKDTree(route[:, :2]).query(level.centre[:, :2])[0], reach)


def _within(level: Bodies, off: NDArray[np.float64], reach: float) -> Bodies:
    near = np.flatnonzero(off < reach + np.hypot(level.half[:, 0], level.half[:, 1]))
    return Bodies(level.centre[near], level.axes[near], level.half[near])
