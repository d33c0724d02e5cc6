"""A recorded drive as stand-ins are made of it: states of the rear axle in ISO 8855, and where the route goes.

All that stand-ins hold is simulated, and named so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.dataset.frame import Ego
from lead.dataset.route_file import RouteFile
from lead.dataset.routes import recorded_routes
from lead.dataset.viewpoint import seen_from_above
from lead.realworld.frames import ego_poses, iso_points
from lead.realworld.label_maps import Turn
from lead.realworld.simulated import rear_axle_pose

PREFIX = "simulated"
"""Begins all names in stand-ins."""
INTERVAL = 10  # ticks from one told moment to the next: 2 Hz
AHEAD = slice(30, 42)  # metres of the route ahead whose direction is the intent
TURNED = np.radians(25.0)  # of that direction against the ego's, from which it is a turn


@dataclass(frozen=True)
class Motion:
    """The ego in N moments, in ISO 8855: world poses of the rear axle (N, 3), velocities and accelerations (N, 2) in
    world axes, yaw rates (N,) rad/s, and ticks (N,) since the first frame."""

    pose: NDArray[np.float64]
    velocity: NDArray[np.float64]
    acceleration: NDArray[np.float64]
    yaw_rate: NDArray[np.float64]
    tick: NDArray[np.int64]

    def seen_from(self, moment: int) -> NDArray[np.float64]:
        """Poses (N, 3) in the rear axle's frame at a moment."""
        return ego_poses(self.pose, self.pose[moment])

    def turned(self, vectors: NDArray[np.float64], moment: int) -> NDArray[np.float64]:
        """World vectors (N, 2) in the vehicle's axes at a moment."""
        c, s = np.cos(self.pose[moment, 2]), np.sin(self.pose[moment, 2])
        return vectors @ np.array([[c, -s], [s, c]])


def read_motion(route: RouteFile) -> Motion:
    """The ego's motion, a moment per frame."""
    egos = [route.part(row, Ego, "ego") for row in range(len(route))]
    poses = np.array([rear_axle_pose(ego.pose) for ego in egos])
    _, ticks = route.ego_poses(range(len(route)))
    return Motion(
        pose=np.column_stack([poses[:, 0], -poses[:, 1], -poses[:, 4]]),
        velocity=iso_points(np.array([ego.velocity[:2] for ego in egos])),
        acceleration=iso_points(np.array([ego.acceleration[:2] for ego in egos])),
        yaw_rate=-np.array([ego.angular_velocity[2] for ego in egos], np.float64),
        tick=ticks - ticks[0],
    )


def turn_of_route(route_world: NDArray[np.floating], pose: NDArray[np.float64]) -> Turn:
    """Where the route turns within the next 40 m: its places (N, 2 or more) m, 1 m apart, seen from a pose (6,), CARLA's."""
    places = seen_from_above(route_world, pose)[AHEAD]
    if len(places) < 2:
        return Turn.UNKNOWN
    step = places[-1] - places[0]
    direction = np.arctan2(step[1], step[0])  # clockwise: to the right
    return Turn.STRAIGHT if abs(direction) < TURNED else Turn.RIGHT if direction > 0.0 else Turn.LEFT


def open_routes(root: Path, rig: str) -> Iterator[RouteFile]:
    """The drives of a data set that are good to learn from. Raises InputError on another rig, and if there are none."""
    kept = [route for route in recorded_routes(root) if route.kept]
    if not kept:
        raise InputError(f"{root} holds no drive that is good to learn from; record some: lead collect --rig {rig}")
    for entry in kept:
        route = RouteFile(entry.folder)
        if route.header.rig.name != rig:
            raise InputError(f"{entry.folder} was recorded with rig {route.header.rig.name}, expected {rig}")
        yield route


def moments(motion: Motion, before: int, after: int) -> Iterator[int]:
    """Frames at whole half seconds with so many frames before and after them."""
    for row in range(before, len(motion.tick) - after):
        if motion.tick[row] % INTERVAL == 0:
            yield row


def is_held_out(number: int, of: Sequence[object], share: float) -> bool:
    """Whether a drive, by its number, is for validation: the last ones, and at least one of several."""
    count = max(1, round(share * len(of))) if share > 0.0 and len(of) > 1 else 0
    return number >= len(of) - count


def log_name(route: RouteFile) -> str:
    """Name of a drive in a stand-in."""
    header = route.header
    return f"{PREFIX}_{header.town}_{header.route}_{header.repetition}"
