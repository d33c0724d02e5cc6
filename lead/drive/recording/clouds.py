"""LiDAR and radar points of a tick in the ego's frame, and the stack of the last ticks as the ego sees it now."""

from collections import deque

import carla
import numpy as np
from numpy.typing import NDArray

from lead.dataset.frame import LIDAR_PLANE, Cloud
from lead.dataset.ground import is_ground
from lead.dataset.header import Mounted, Pose
from lead.drive.recording.rig_sensors import Data, Key
from lead.drive.sensors.readings import detections_of, points_of
from lead.drive.sensors.tracks import LIDAR, RADAR
from lead.geometry.poses import to_local, to_world

STACKED = 5  # ticks
KEPT = ((-32.0, 64.0), (-40.0, 40.0), (-4.0, 10.0))  # m, x, y and z (from LIDAR_PLANE) of points that are kept
RADAR_PLANE = 0.3  # m above the ground, from which z of radar returns counts
REPEATED, REPEATED_WITHIN = 5, 32.0  # radar returns count so often in the cloud, if nearer than that (m)
OWN_BODY = (2.6, 1.1, 1.7)  # m: points nearer than that along x, y and lower than that are the ego's own roof


class CloudStack:
    """The clouds of the last ticks."""

    def __init__(self) -> None:
        self._sweeps: deque[tuple[NDArray[np.float64], NDArray[np.float64]]] = deque(maxlen=STACKED)

    def add(self, lidar: NDArray[np.float64], radar: NDArray[np.float64], pose: NDArray[np.float64]) -> None:
        """Take a tick's points (N, 3) and radar returns (M, 3), m in the ego's frame, at its world pose (6,)."""
        points = within(lidar)
        points = points[~is_ground(points)]
        near = np.hypot(radar[:, 0], radar[:, 1]) < REPEATED_WITHIN
        echoes = within(np.concatenate([np.repeat(radar[near], REPEATED, axis=0), radar[~near]]))
        self._sweeps.appendleft((np.concatenate([points, echoes]), pose))

    def cloud(self, pose: NDArray[np.float64]) -> Cloud:
        """All points as they lie around the ego at a world pose (6,), the newest with age 0."""
        points, ages = [np.empty((0, 3))], [np.empty(0, np.uint8)]
        for age, (sweep, then) in enumerate(self._sweeps):
            here = within(sweep if then is pose else to_local(to_world(sweep, then), pose))
            points.append(here)
            ages.append(np.full(len(here), age, np.uint8))
        return Cloud.of(np.concatenate(points) - (0.0, 0.0, LIDAR_PLANE), np.concatenate(ages))


def within(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those of points (N, 3) m in the ego's frame that are kept: in the students' windows, and not the ego itself."""
    (x0, x1), (y0, y1), (z0, z1) = KEPT
    x, y, z = points[:, 0], points[:, 1], points[:, 2] - LIDAR_PLANE
    inside = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1) & (z >= z0) & (z <= z1)
    own = (np.abs(x) < OWN_BODY[0]) & (np.abs(y) < OWN_BODY[1]) & (points[:, 2] < OWN_BODY[2])
    return np.ascontiguousarray(points[inside & ~own])


def lidar_points(data: Data, rig: Mounted) -> NDArray[np.float64]:
    """Points (N, 3) m of all LiDAR units in the ego's frame."""
    clouds = [np.empty((0, 3))]
    for number, mount in enumerate(rig.lidars):
        points = points_of(_as(carla.LidarMeasurement, data[Key(LIDAR, number)]))[:, :3]
        clouds.append(to_world(np.ascontiguousarray(points, np.float64), np.array(mount)))
    return np.concatenate(clouds)


def radar_returns(data: Data, rig: Mounted, moved: bool) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Returns (M, 4) of all radars: x, y, z (m, in the frame of the view, z from the ground), radial speed (m/s); and
    which radar (M,) each is of."""
    found, numbers = [np.empty((0, 4))], [np.empty(0, np.uint8)]
    for number, mount in enumerate(rig.radars):
        rows = detections_of(_as(carla.RadarMeasurement, data[Key(RADAR, number, moved)])).astype(np.float64)
        found.append(np.column_stack([places_of(rows, mount), rows[:, 3]]))
        numbers.append(np.full(len(rows), number, np.uint8))
    return np.concatenate(found), np.concatenate(numbers)


def places_of(detections: NDArray[np.float64], mount: Pose) -> NDArray[np.float64]:
    """Places (M, 3) m in the rig's frame of detections (M, 4): depth (m), altitude, azimuth (rad), speed."""
    depth, altitude, azimuth, _ = detections.T
    ray = np.stack([np.cos(azimuth) * np.cos(altitude), np.sin(azimuth) * np.cos(altitude), np.sin(altitude)], axis=1)
    return to_world(np.ascontiguousarray(ray * depth[:, None]), np.array(mount))


def _as(kind: type, data: carla.SensorData) -> carla.SensorData:
    assert isinstance(data, kind), f"found {type(data).__name__}"
    return data
