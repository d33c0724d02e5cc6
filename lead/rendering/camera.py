"""Cameras: one visibility pass per view, and from it every channel that is asked for.

Images are drawn in strips by a pool of threads; the kernels hold no lock. A sample is taken at each pixel's centre and,
with antialiasing, at three more half a pixel right and below of it, so that labels are exact at pixel centres.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass
from enum import Enum
from math import radians, tan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lead.geometry.poses import rotation_matrix
from lead.rendering.kernels.labels import class_code, depth_code, normal_code
from lead.rendering.kernels.raster import raster
from lead.rendering.kernels.shade import shade
from lead.rendering.stage import Stage

VIEW = 400.0  # m, how far cameras see
STRIP = 192  # pixels, width of the strips an image is drawn in, at most


class Channel(Enum):
    """What a camera can give; every image is (height, width, 4) uint8 in CARLA's BGRA."""

    COLOUR = "rgb"
    DEPTH = "depth"
    SEMANTIC = "semantic"
    INSTANCE = "instance"
    NORMALS = "normals"


@dataclass(frozen=True)
class View:
    """A pinhole camera in the world."""

    pose: tuple[float, float, float, float, float, float]  # x, y, z (m), pitch, yaw, roll (rad)
    width: int  # pixels
    height: int
    fov: float  # degrees, horizontal
    antialias: bool = True  # of the colour image

    @property
    def focal(self) -> float:
        """Focal length in pixels."""
        return self.width / (2.0 * tan(radians(self.fov) / 2.0))


Images = dict[Channel, NDArray[np.uint8]]


def camera_axes(pose: Sequence[float]) -> NDArray[np.float32]:
    """Rows right, down and forward (3, 3) in the world of a camera at this pose."""
    matrix = rotation_matrix(pose[3], pose[4], pose[5])
    return np.stack([matrix[:, 1], -matrix[:, 2], matrix[:, 0]]).astype(np.float32)


class Painter:
    """Draws views of a stage on a pool of threads, which keep their buffers."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._scratch = threading.local()

    def draw(self, stage: Stage, orders: Sequence[tuple[View, frozenset[Channel]]]) -> list[Images]:
        """Images of every view in the channels ordered for it."""
        results, jobs = [], []
        for view, channels in orders:
            images = {channel: np.empty((view.height, view.width, 4), np.uint8) for channel in channels}
            results.append(images)
            looks = stage.looks(np.array(view.pose[:3])) if Channel.COLOUR in channels else ()
            strips = max(1, -(-view.width // STRIP))
            bounds = [round(k * view.width / strips) for k in range(strips + 1)]
            for left, right in zip(bounds[:-1], bounds[1:], strict=True):
                jobs.append(self._pool.submit(self._strip, stage, view, looks, images, left, right))
        wait(jobs)  # none may draw any more when one has failed
        for job in jobs:
            job.result()
        return results

    def _buffers(self, height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
        size = height * width
        if len(getattr(self._scratch, "depth", ())) < size:
            self._scratch.depth, self._scratch.face = np.empty(size, np.float32), np.empty(size, np.uint32)
        depth, face = self._scratch.depth[:size], self._scratch.face[:size]
        return depth.reshape(height, width), face.reshape(height, width)

    def _screen(self, vertices: int) -> NDArray[np.float32]:
        if getattr(self._scratch, "screen", np.empty((4, 0))).shape[1] < vertices:
            self._scratch.screen = np.empty((4, 2 * vertices), np.float32)
        return self._scratch.screen

    def _strip(self, stage: Stage, view: View, looks: tuple[Any, ...], images: Images, left: int, right: int) -> None:
        """Draw the columns from `left` to `right` of a view into all its images."""
        samples = 2 if view.antialias and Channel.COLOUR in images else 1
        depth, face = self._buffers(view.height * samples, (right - left) * samples)
        eye, axes, focal = np.array(view.pose[:3], np.float32), camera_axes(view.pose), view.focal
        shift = 0.5 * (1.0 - 1.0 / samples)  # pixels; puts the first sample of a pixel on its centre
        centre_x, centre_y = view.width / 2.0 - left - shift, view.height / 2.0 - shift
        raster(
            stage.triangles, stage.items, eye, axes, focal * samples, focal * samples, centre_x * samples,
            centre_y * samples, VIEW, depth, face, self._screen(stage.largest_item),
        )  # fmt: skip
        for channel, image in images.items():
            strip, pixels = image[:, left:right], image.view(np.uint32)[:, left:right, 0]
            if channel is Channel.COLOUR:
                shade(*looks, eye, axes, focal, centre_x, centre_y, samples, depth, face, image, left)
            elif channel is Channel.DEPTH:
                depth_code(depth, samples, pixels)
            elif channel is Channel.NORMALS:
                normal_code(stage.triangles, face, samples, strip)
            else:
                class_code(stage.triangles, stage.objects, face, samples, channel is Channel.INSTANCE, pixels)
