"""A plan drawn into the camera picture that it was made from: where the car would drive, on the ground ahead."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from lead.realworld.waymo.frame import CameraCalibration, E2EDFrame, IntrinsicIndex
from lead.realworld.waymo.samples import CAMERAS, pictures

Colour = tuple[int, int, int]  # RGB
Picture = NDArray[np.uint8]  # (H, W, 3)

PLAN, DRIVEN = (255, 60, 60), (60, 255, 90)
NEAR = 0.5  # m ahead of a camera, nearer than which nothing is drawn


def pixels_of(places: NDArray[np.floating], camera: CameraCalibration) -> NDArray[np.float64]:
    """Pixels (N, 2) u, v of places (N, 3) m in the vehicle's ISO frame; NaN for those behind the camera."""
    homogeneous = np.column_stack([places, np.ones(len(places))])
    ahead, left, up = (np.linalg.inv(camera.vehicle_from_camera) @ homogeneous.T)[:3]
    ahead = np.where(ahead > NEAR, ahead, np.nan)
    k = camera.intrinsic
    u = k[IntrinsicIndex.CENTRE_U] - k[IntrinsicIndex.FOCAL_U] * left / ahead
    v = k[IntrinsicIndex.CENTRE_V] - k[IntrinsicIndex.FOCAL_V] * up / ahead
    return np.column_stack([u, v])


def place_of(pixel: NDArray[np.floating], camera: CameraCalibration) -> NDArray[np.float64]:
    """The place (2,) x, y m on the ground (z = 0) that a pixel (2,) shows; the inverse of `pixels_of` there."""
    k = camera.intrinsic
    ray = np.array([
        1.0,
        (k[IntrinsicIndex.CENTRE_U] - pixel[0]) / k[IntrinsicIndex.FOCAL_U],
        (k[IntrinsicIndex.CENTRE_V] - pixel[1]) / k[IntrinsicIndex.FOCAL_V],
    ])  # fmt: skip
    direction = camera.vehicle_from_camera[:3, :3] @ ray
    start = camera.vehicle_from_camera[:3, 3]
    return (start - direction * start[2] / direction[2])[:2]


def draw_way(
    picture: Picture, places: NDArray[np.floating], cameras: Sequence[CameraCalibration], colour: Colour
) -> Picture:
    """Places (N, 2) m on the ground drawn into pictures side by side, with a dot at each; changes the picture."""
    column = 0
    for camera in cameras:
        part = picture[:, column : column + camera.width]
        column += camera.width
        seen = pixels_of(np.column_stack([places, np.zeros(len(places))]), camera)
        inside = np.isfinite(seen).all(axis=1) & (np.abs(seen) < 4 * camera.width).all(axis=1)
        points = np.round(np.where(inside[:, None], seen, 0.0)).astype(int)
        for k in np.flatnonzero(inside):
            if k + 1 < len(points) and inside[k + 1]:
                cv2.line(part, points[k].tolist(), points[k + 1].tolist(), colour, 2, cv2.LINE_AA)
            cv2.circle(part, points[k].tolist(), 3, colour, -1, cv2.LINE_AA)
    return picture


def frame_picture(frame: E2EDFrame, plan: NDArray[np.floating] | None) -> Picture:
    """The front cameras of a frame with a plan (20, 2) in red, and where the car went, if the data tell it, in green.

    Raises InputError if the frame lacks a camera or its calibration.
    """
    picture = np.ascontiguousarray(pictures(frame).transpose(1, 2, 0))
    cameras = [scaled(frame.calibration(camera), picture.shape[0]) for camera in CAMERAS]
    if len(frame.future):
        draw_way(picture, frame.future.position_iso, cameras, DRIVEN)
    return picture if plan is None else draw_way(picture, plan, cameras, PLAN)


def scaled(camera: CameraCalibration, height: int) -> CameraCalibration:
    """The calibration of a picture of another height, its proportions the same."""
    scale = height / camera.height
    intrinsic = camera.intrinsic.copy()
    intrinsic[: IntrinsicIndex.K1] *= scale
    return CameraCalibration(
        camera.camera, intrinsic, camera.vehicle_from_camera, round(camera.width * scale), height,
        camera.rolling_shutter_direction,
    )  # fmt: skip
