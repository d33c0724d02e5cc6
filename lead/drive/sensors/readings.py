"""What sensors send, in the forms in which official agents get it."""

from typing import Any

import carla
import numpy as np
from numpy.typing import NDArray

from lead.drive.sensors.tracks import CAMERA, GNSS, IMU, LIDAR, RADAR


def image_of(data: carla.Image) -> NDArray[np.uint8]:
    """(H, W, 4) blue, green, red, alpha."""
    return np.frombuffer(data.raw_data, np.uint8).reshape(data.height, data.width, 4).copy()


def points_of(data: carla.LidarMeasurement) -> NDArray[np.float32]:
    """(N, 4) x, y, z (m, sensor's frame), intensity."""
    return np.frombuffer(data.raw_data, np.float32).reshape(-1, 4).copy()


def detections_of(data: carla.RadarMeasurement) -> NDArray[np.float32]:
    """(N, 4) depth (m), altitude, azimuth (rad), velocity (m/s)."""
    return np.frombuffer(data.raw_data, np.float32).reshape(-1, 4)[:, ::-1].copy()


def position_of(data: carla.GnssMeasurement) -> NDArray[np.float64]:
    """(3,) latitude, longitude (degrees), altitude (m)."""
    return np.array([data.latitude, data.longitude, data.altitude])


def inertia_of(data: carla.IMUMeasurement) -> NDArray[np.float64]:
    """(7,) accelerometer x, y, z (m/s^2), gyroscope x, y, z (rad/s), compass (rad)."""
    push, turn = data.accelerometer, data.gyroscope
    return np.array([push.x, push.y, push.z, turn.x, turn.y, turn.z, data.compass])


READERS = {CAMERA: image_of, LIDAR: points_of, RADAR: detections_of, GNSS: position_of, IMU: inertia_of}


def speed_of(vehicle: carla.Vehicle) -> dict[str, Any]:
    """`speed` (m/s) forwards, negative when it rolls back."""
    velocity, ahead = vehicle.get_velocity(), vehicle.get_transform().get_forward_vector()
    return {"speed": velocity.x * ahead.x + velocity.y * ahead.y + velocity.z * ahead.z}
