"""Exact labels of an image from its visibility buffer, in CARLA's BGRA codes: depth, semantic class, instance, normals."""

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.raster import NOTHING
from lead.rendering.kernels.scene import Objects, Triangles

FAR = 1000.0  # m, depth that the code's largest number stands for
DEPTH_STEPS = float((1 << 24) - 1)
SKY = 11  # Label.SKY


@kernel
def depth_code(depth: NDArray[np.float32], stride: int, image: NDArray[np.uint8]) -> None:
    """Planar depth as B * 65536 + G * 256 + R of 2^24 - 1 for 1000 m; `depth` holds 1 / z, every `stride`-th sample counts."""
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            inverse = depth[y * stride, x * stride]
            metres = 1.0 / np.float64(inverse) if inverse > 0.001 else FAR
            code = np.uint32(min(metres, FAR) * (DEPTH_STEPS / FAR) + 0.5)
            image[y, x, 0] = code >> np.uint32(16)
            image[y, x, 1] = (code >> np.uint32(8)) & np.uint32(255)
            image[y, x, 2] = code & np.uint32(255)
            image[y, x, 3] = 255


@kernel
def class_code(
    triangles: Triangles, objects: Objects, face: NDArray[np.uint32], stride: int, instances: bool,
    image: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Semantic class in R; with `instances` also the low 16 bits of the object's number in G (low) and B (high)."""
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            seen = face[y * stride, x * stride]
            tag, number = np.uint32(SKY), np.uint32(0)
            if seen != NOTHING:
                tag = np.uint32(triangles.tag[seen])
                if instances:
                    number = objects.identity[triangles.owner[seen]]
            image[y, x, 0] = (number >> np.uint32(8)) & np.uint32(255)
            image[y, x, 1] = number & np.uint32(255)
            image[y, x, 2] = tag
            image[y, x, 3] = 255


@kernel
def normal_code(triangles: Triangles, face: NDArray[np.uint32], stride: int, image: NDArray[np.uint8]) -> None:
    """World normals, each part -1 to 1 as 0 to 255 in R (x), G (y), B (z); nothing seen is black."""
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            seen = face[y * stride, x * stride]
            for k in range(3):
                part = triangles.normal[seen, k] if seen != NOTHING else np.float32(-1.0)
                image[y, x, 2 - k] = np.uint8(part * np.float32(127.5) + np.float32(127.5))
            image[y, x, 3] = 255
