"""Where the cameras of our rigs are, as Waymo's calibrations tell it: from the rear axle, in ISO 8855."""

import numpy as np

from lead.dataset.header import Camera
from lead.realworld.simulated import REAR_AXLE
from lead.realworld.waymo.frame import CameraCalibration


def calibration(camera: Camera, number: int) -> CameraCalibration:
    """The calibration, under a camera's number, of one that looks level: a pin hole without distortion."""
    x, y, z, pitch, yaw, roll = camera.mount
    assert pitch == roll == 0.0, "cameras of our rigs look level"
    c, s = np.cos(-yaw), np.sin(-yaw)
    place = np.array([[c, -s, 0, x + REAR_AXLE], [s, c, 0, -y], [0, 0, 1, z], [0, 0, 0, 1]])
    middle = (0.5 * camera.width, 0.5 * camera.height)
    intrinsic = np.array([camera.focal, camera.focal, *middle, 0, 0, 0, 0, 0])
    return CameraCalibration(number, intrinsic, place, camera.width, camera.height)
