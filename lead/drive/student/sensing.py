"""From a tick's sensor readings to what the model takes: by the functions that make training samples of recordings."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import degrees
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lead.dataset.codecs import decode_rgb, encode_bgra, planes
from lead.dataset.header import Mounted, Pose
from lead.dataset.lidar_raster import count_raster
from lead.dataset.radar_table import radar_table
from lead.drive.recording.clouds import CloudStack, points_around, radar_view, returns_around
from lead.drive.recording.rig_sensors import FAN
from lead.drive.sensors.tracks import CAMERA, GNSS, IMU, LIDAR, RADAR, SPEEDOMETER
from lead.model.batch import Inputs
from lead.model.config import ModelConfig
from lead.model.lidar import without_ego
from lead.train.batch import Batch, Collate, sample_settings, unfold
from lead.train.config import DataConfig
from lead.train.senses import Senses

GNSS_ID, IMU_ID, SPEED_ID = "gnss", "imu", "speed"
PUBLISHED_RADAR_TICKS = 10  # that radar returns stay in the cloud (spec/tfv6.md, 2)
TICKS_PER_SECOND = 20

Readings = Mapping[str, Any]  # values by sensor's id, in the forms in which official agents get them


def sensors_of(rig: Mounted) -> list[dict[str, Any]]:
    """The sensors of a rig as official dictionaries, with those that tell place and speed."""
    here = (0.0,) * 6
    found = [_sensor(GNSS, GNSS_ID, here), _sensor(IMU, IMU_ID, here)]
    found.append({"type": SPEEDOMETER, "id": SPEED_ID, "reading_frequency": TICKS_PER_SECOND})
    for number, camera in enumerate(rig.cameras):
        told = {"width": camera.width, "height": camera.height, "fov": round(degrees(camera.fov), 9)}
        found.append({**_sensor(CAMERA, _id("camera", number), camera.mount), **told})
    found += [_sensor(LIDAR, _id("lidar", number), mount) for number, mount in enumerate(rig.lidars)]
    fan = {name: float(value) for name, value in FAN.items()}
    return found + [{**_sensor(RADAR, _id("radar", n), mount), **fan} for n, mount in enumerate(rig.radars)]


@dataclass(frozen=True)
class Sensed:
    """A moment as `lead.dataset.sample.Sample` describes it."""

    rgb: NDArray[np.uint8]
    lidar: NDArray[np.uint8] | None
    radar: NDArray[np.float32]
    speed: float
    acceleration: float
    command: int
    target_points: NDArray[np.float32]


class Sensing:
    """Takes in readings tick by tick.

    Attributes:
        points: (N, 3) m, ego frame, z from the ground: those of the LiDAR and the radars in the last tick.
        returns: (M, 4) those of the radars alone, with their radial speed (m/s).

    Args:
        model: that is to be fed.
        senses: as it was in training.
    """

    def __init__(self, model: ModelConfig, senses: Senses) -> None:
        self._model, self._senses = model, senses
        self._settings = sample_settings(model, DataConfig(pop_distance=senses.pop_distance))
        self._collate = Collate(model)
        self._clouds = CloudStack(PUBLISHED_RADAR_TICKS) if model.compat else CloudStack()
        self._returns: tuple[NDArray[np.float64], NDArray[np.uint8]] = (np.empty((0, 4)), np.empty(0, np.uint8))
        self._readings: Readings = {}
        self._moved = np.zeros(6)
        self.points, self.returns = np.empty((0, 3)), np.empty((0, 4))

    def step(self, readings: Readings, moved: NDArray[np.float64]) -> None:
        """One tick; `moved` (6,) is the ego's pose in a frame that stays."""
        rig = self._senses.rig
        lidar = points_around([readings[_id("lidar", n)] for n in range(len(rig.lidars))], rig)
        if self._model.compat:
            lidar = np.ascontiguousarray(without_ego(lidar, compat=True))
        self._returns = returns_around([readings[_id("radar", n)] for n in range(len(rig.radars))], rig)
        echoes = self._returns[0][:, :3]
        if self._settings.cloud:
            self._clouds.add(lidar, echoes, moved)
        self._readings, self._moved = readings, moved
        self.points, self.returns = np.concatenate([lidar, echoes]), self._returns[0]

    def sensed(self, speed: float, target_points: NDArray[np.float32], command: int) -> Sensed:
        """The last tick, with the speed (m/s) and what is told of the way."""
        settings = self._settings
        cloud = self._clouds.cloud(self._moved) if settings.cloud else None
        return Sensed(
            rgb=planes(self.picture()),
            lidar=count_raster(cloud, settings.window) if cloud is not None else None,
            radar=radar_table(radar_view(*self._returns), settings.radars, settings.radar_rows, settings.window),
            speed=speed,
            acceleration=float(self._readings[IMU_ID][0]),
            command=command,
            target_points=target_points,
        )

    def picture(self) -> NDArray[np.uint8]:
        """What the cameras saw (H, W, 3), side by side, after the codec."""
        images = [self._readings[_id("camera", number)] for number in range(len(self._senses.rig.cameras))]
        whole, quality = np.concatenate(images, axis=1), self._senses.jpeg_quality
        if self._model.compat:  # published: encoded with red and blue in each other's place
            return np.ascontiguousarray(decode_rgb(encode_bgra(whole[..., [2, 1, 0, 3]], quality))[..., ::-1])
        return decode_rgb(encode_bgra(whole, quality))

    def front(self) -> bytes:
        """What the camera that looks straight ahead saw, as JPEG."""
        return encode_bgra(self._readings[_id("camera", front_camera(self._senses.rig))], self._senses.jpeg_quality)

    def inputs(self, sensed: Sensed) -> Inputs:
        """What the model takes, one sample. Raises InputError if it is not what the model needs."""
        row = {name: torch.from_numpy(value[None].copy()) for name, value in self._collate.inputs(sensed).items()}
        return unfold(Batch(**row), self._model)[0]


def front_camera(rig: Mounted) -> int:
    """Which camera looks straight ahead, or least to the side."""
    return int(np.argmin([abs(camera.mount[4]) for camera in rig.cameras]))


def _id(kind: str, number: int) -> str:
    return f"{kind}_{number}"


def _sensor(kind: str, name: str, mount: Pose) -> dict[str, Any]:
    x, y, z = mount[:3]
    pitch, yaw, roll = (round(degrees(angle), 9) for angle in mount[3:])
    return {"type": kind, "id": name, "x": x, "y": y, "z": z, "roll": roll, "pitch": pitch, "yaw": yaw}
