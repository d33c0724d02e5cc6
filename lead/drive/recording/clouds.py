"""LiDAR and radar points of a tick in the ego's frame, and the stack of the last ticks as the ego sees it now."""

from collections import deque
from collections.abc import Sequence

import carla
import numba
import numpy as np
from numpy.typing import NDArray

from lead.dataset.frame import LIDAR_PLANE, Cloud, View
from lead.dataset.ground import is_ground
from lead.dataset.header import Mounted, Pose
from lead.drive.recording.rig_sensors import Data, Key
from lead.drive.sensors.readings import detections_of
from lead.drive.sensors.tracks import LIDAR, RADAR
from lead.geometry.poses import rotation_matrix, to_local, to_world

STACKED = 5  # ticks
KEPT = ((-32.0, 64.0), (-40.0, 40.0), (-4.0, 10.0))  # m, x, y and z (from LIDAR_PLANE) of points that are kept
RADAR_PLANE = 0.3  # m above the ground, from which z of radar returns counts
REPEATED, REPEATED_WITHIN = 5, 32.0  # radar returns count so often in the cloud, if nearer than that (m)
OWN_BODY = (2.6, 1.1, 1.7)  # m: points nearer than that along x, y and lower than that are the ego's own roof


class CloudStack:
    """The clouds of the last ticks; radar returns stay for `radar_ticks`."""

    def __init__(self, radar_ticks: int = STACKED) -> None:
        self._sweeps: deque[tuple[NDArray[np.float64], NDArray[np.float64]]] = deque(maxlen=STACKED)
        self._echoes: deque[tuple[NDArray[np.float64], NDArray[np.float64]]] = deque(maxlen=radar_ticks)

    def add(self, lidar: NDArray[np.float64], radar: NDArray[np.float64], pose: NDArray[np.float64]) -> None:
        """Take a tick's points (N, 3) and radar returns (M, 3), m in the ego's frame, at its world pose (6,)."""
        points = within(lidar)
        points = points[~is_ground(points)]
        near = np.hypot(radar[:, 0], radar[:, 1]) < REPEATED_WITHIN
        echoes = within(np.concatenate([np.repeat(radar[near], REPEATED, axis=0), radar[~near]]))
        self._sweeps.appendleft((points, pose))
        self._echoes.appendleft((echoes, pose))

    def cloud(self, pose: NDArray[np.float64]) -> Cloud:
        """All points as they lie around the ego at a world pose (6,), the newest with age 0."""
        points, ages = [np.empty((0, 3))], [np.empty(0, np.uint8)]
        for kind in (self._sweeps, self._echoes):
            for age, (sweep, then) in enumerate(kind):
                here = within(sweep if then is pose else to_local(to_world(sweep, then), pose))
                points.append(here)
                ages.append(np.full(len(here), age, np.uint8))
        return Cloud.of(np.concatenate(points) - (0.0, 0.0, LIDAR_PLANE), np.concatenate(ages))


@numba.njit(cache=True)
def within(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those of points (N, 3) m in the ego's frame that are kept: in the students' windows, and not the ego itself."""
    (x0, x1), (y0, y1), (z0, z1) = KEPT
    kept, count = np.empty_like(points), 0
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        own = abs(x) < OWN_BODY[0] and abs(y) < OWN_BODY[1] and z < OWN_BODY[2]
        if not own and x0 <= x <= x1 and y0 <= y <= y1 and z0 <= z - LIDAR_PLANE <= z1:
            kept[count, 0], kept[count, 1], kept[count, 2] = x, y, z
            count += 1
    return kept[:count]


def lidar_points(data: Data, rig: Mounted) -> NDArray[np.float64]:
    """Points of all LiDAR units as `points_around`."""
    sweeps = [_as(carla.LidarMeasurement, data[Key(LIDAR, n)]).raw_data for n in range(len(rig.lidars))]
    return points_around([np.frombuffer(sweep, np.float32).reshape(-1, 4) for sweep in sweeps], rig)


def points_around(sweeps: Sequence[NDArray[np.float32]], rig: Mounted) -> NDArray[np.float64]:
    """Points (N, 3) m in the ego's frame of the sweeps (n, 4), in m and each in its own frame, of a rig's LiDAR units."""
    placed = [_placed(sweep, np.array(mount)) for sweep, mount in zip(sweeps, rig.lidars, strict=True)]
    return np.concatenate([np.empty((0, 3)), *placed])


@numba.njit(cache=True)
def _placed(sweep, mount):
    """Where the points of a sweep (N, 4) lie, (N, 3), when the sensor is at a pose (6,)."""
    matrix, found = rotation_matrix(mount[3], mount[4], mount[5]), np.empty((sweep.shape[0], 3))
    for i in range(sweep.shape[0]):
        x, y, z = float(sweep[i, 0]), float(sweep[i, 1]), float(sweep[i, 2])
        for k in range(3):
            found[i, k] = mount[k] + matrix[k, 0] * x + matrix[k, 1] * y + matrix[k, 2] * z
    return found


def radar_returns(data: Data, rig: Mounted, moved: bool) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Returns of all radars as `returns_around`, in the frame of the view."""
    units = range(len(rig.radars))
    return returns_around([detections_of(_as(carla.RadarMeasurement, data[Key(RADAR, n, moved)])) for n in units], rig)


def returns_around(
    detections: Sequence[NDArray[np.floating]], rig: Mounted
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Returns (M, 4) of a rig's radars: x, y, z (m, in the rig's frame, z from the ground), radial speed (m/s); and which
    radar (M,) each is of. `detections` are those of each radar as `places_of` takes them."""
    found, numbers = [np.empty((0, 4))], [np.empty(0, np.uint8)]
    for number, (rows, mount) in enumerate(zip(detections, rig.radars, strict=True)):
        rows = rows.astype(np.float64)
        found.append(np.column_stack([places_of(rows, mount), rows[:, 3]]))
        numbers.append(np.full(len(rows), number, np.uint8))
    return np.concatenate(found), np.concatenate(numbers)


def radar_view(returns: NDArray[np.float64], number: NDArray[np.uint8]) -> View:
    """A view that has but these radar returns, as `returns_around` gives them."""
    moved = returns - (0.0, 0.0, RADAR_PLANE, 0.0)
    return View(radar=moved.astype(np.float16), radar_sensor=number)


def places_of(detections: NDArray[np.float64], mount: Pose) -> NDArray[np.float64]:
    """Places (M, 3) m in the rig's frame of detections (M, 4): depth (m), altitude, azimuth (rad), speed."""
    depth, altitude, azimuth, _ = detections.T
    ray = np.stack([np.cos(azimuth) * np.cos(altitude), np.sin(azimuth) * np.cos(altitude), np.sin(altitude)], axis=1)
    return to_world(np.ascontiguousarray(ray * depth[:, None]), np.array(mount))


def _as(kind: type, data: carla.SensorData) -> carla.SensorData:
    assert isinstance(data, kind), f"found {type(data).__name__}"
    return data
