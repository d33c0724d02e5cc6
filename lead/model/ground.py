"""The picture laid on the ground (inverse perspective mapping, IPM): what a pixel of the bird's-eye view would show if the
world were flat.

Lane markings are where they are in the raster from the first step on; the exchange of tokens alone has to learn where every
pixel of the picture lies, which takes more driving than two CPU cores see. Not published; only `nano` has it.
"""

from math import radians, tan

import torch
import torch.nn.functional as F
from torch import Tensor

from lead import InputError
from lead.model.config import BevGrid
from lead.model.rig import Camera, Rig

NOWHERE = -2.0
"""In a grid of places from -1 to 1: outside the picture, so zero."""
LEAST_AHEAD = 0.1
"""m along a camera's axis, from which on a place can be in its picture."""


def laid_on_ground(image_BCHW: Tensor, places_YX2: Tensor) -> Tensor:
    """A picture on the raster (B, C, h, w), zero where no camera sees the ground; `places_YX2` as `picture_places` says."""
    places = places_YX2.expand(len(image_BCHW), -1, -1, -1)
    return F.grid_sample(image_BCHW, places, mode="bilinear", padding_mode="zeros", align_corners=False)


def picture_places(rig: Rig, grid: BevGrid) -> Tensor:
    """Where each pixel of the raster (h, w), on flat ground under the ego, is in the cameras' joint picture: x and y
    (h, w, 2) from -1 to 1, `NOWHERE` where none sees it; of two cameras the one whose axis is nearer.

    Raises InputError for cameras whose mounts are not known.
    """
    x = grid.min_x + (torch.arange(grid.width) + 0.5) / grid.pixels_per_meter
    y = grid.min_y + (torch.arange(grid.height) + 0.5) / grid.pixels_per_meter
    y_YX, x_YX = torch.meshgrid(y, x, indexing="ij")
    found, best_YX = torch.full((*x_YX.shape, 2), NOWHERE), torch.full(x_YX.shape, torch.inf)
    left, width, height = 0, rig.image_width, rig.image_height
    for camera in rig.cameras:
        column, row, aside = _seen_at(camera, x_YX, y_YX)
        inside = (column >= 0) & (column <= camera.width) & (row >= 0) & (row <= height) & (aside < best_YX)
        place = torch.stack([2.0 * (left + column) / width - 1.0, 2.0 * row / height - 1.0], dim=-1)
        found = torch.where(inside[..., None], place, found)
        best_YX = torch.where(inside, aside, best_YX)
        left += camera.width
    return found


def _seen_at(camera: Camera, x_YX: Tensor, y_YX: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Column and row (pixels from the picture's corner) of places on the ground, and how far aside of the axis they are."""
    if camera.mount is None or camera.fov is None:
        raise InputError(f"camera {camera.name} has no mount or field of view; a picture on the ground needs both")
    yaw = torch.tensor(radians(camera.mount.yaw))
    dx, dy = x_YX - camera.mount.x, y_YX - camera.mount.y
    ahead, right = dx * yaw.cos() + dy * yaw.sin(), dy * yaw.cos() - dx * yaw.sin()
    focal = 0.5 * camera.width / tan(0.5 * radians(camera.fov))
    depth = ahead.clamp(min=LEAST_AHEAD)
    column = 0.5 * camera.width + focal * right / depth
    row = 0.5 * camera.height + focal * camera.mount.z / depth
    return torch.where(ahead > LEAST_AHEAD, column, torch.full_like(column, -1.0)), row, (right / depth).abs()
