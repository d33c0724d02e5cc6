"""One tick's data of the student's rig as the evidence is counted in it."""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from lead import InputError
from lead.expert.evidence.rig import Rig

FARTHEST = 1000.0  # m, depth of CARLA's largest code
DEPTH_STEPS = (1 << 24) - 1


@dataclass(frozen=True)
class Pictures:
    """Depth and instance images of each camera (in the rig's order), and the clouds of all LiDAR units and radars."""

    depth: tuple[NDArray[np.float32], ...]  # (H, W) m along the camera's axis
    tag: tuple[NDArray[np.uint8], ...]  # (H, W) semantic class, CARLA's numbers
    instance: tuple[NDArray[np.uint16], ...]  # (H, W) the engine's number of the thing
    lidar: NDArray[np.float64]  # (N, 3) m, in the ego's frame
    radar: NDArray[np.float64]  # (M, 3) m, in the ego's frame

    def check(self, rig: Rig) -> None:
        """Raise InputError if the images are not those of a rig's cameras, or the clouds have no three columns."""
        shapes = [(camera.height, camera.width) for camera in rig.cameras]
        for name in ("depth", "tag", "instance"):
            found = [image.shape for image in getattr(self, name)]
            if found != shapes:
                raise InputError(f"found {name} images of shapes {found}; expected one per camera, {shapes}")
        for name in ("lidar", "radar"):
            found = getattr(self, name).shape
            if len(found) != 2 or found[1] != 3:
                raise InputError(f"found a {name} cloud of shape {found}; expected (points, 3)")


@numba.njit(cache=True)
def depth_of(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Metres (H, W) from a depth camera's image (H, W, 4), BGRA."""
    metres = np.empty(image.shape[:2], np.float32)
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            blue, green, red = image[row, column, 0], image[row, column, 1], image[row, column, 2]
            code = np.uint32(red) | np.uint32(green) << np.uint32(8) | np.uint32(blue) << np.uint32(16)
            metres[row, column] = np.float32(code * (FARTHEST / DEPTH_STEPS))
    return metres


@numba.njit(cache=True)
def tags_of(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """Semantic classes and instance numbers (H, W each) from an instance camera's image (H, W, 4), BGRA."""
    tags, numbers = np.empty(image.shape[:2], np.uint8), np.empty(image.shape[:2], np.uint16)
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            tags[row, column] = image[row, column, 2]
            numbers[row, column] = np.uint16(image[row, column, 1]) | np.uint16(image[row, column, 0]) << np.uint16(8)
    return tags, numbers
