"""Exact labels of an image from its visibility buffer, in CARLA's BGRA codes: depth, semantic class, instance, normals."""

import numpy as np
from numpy.typing import NDArray

from lead.rendering.kernels.kernel import kernel
from lead.rendering.kernels.raster import NOTHING
from lead.rendering.kernels.scene import Objects, Triangles

FAR = 1000.0  # m, depth that the code's largest number stands for
DEPTH_STEPS = float((1 << 24) - 1)
SKY = 11  # Label.SKY


OPAQUE = np.uint32(255 << 24)


@kernel
def depth_code(depth: NDArray[np.float32], stride: int, image: NDArray[np.uint32]) -> None:
    """Planar depth as B * 65536 + G * 256 + R of 2^24 - 1 for 1000 m; `depth` holds 1 / z, every `stride`-th sample counts.

    `image` (h, w) has one number per pixel: B, G, R, A from its lowest byte on.
    """
    step = np.uint64(stride)
    for y in range(image.shape[0]):
        row, into = depth[y * stride], image[y]
        for x in range(np.uint64(into.shape[0])):
            inverse = np.float64(row[x * step])
            metres = 1.0 / (inverse if inverse > 1.0 / FAR else 1.0 / FAR)
            code = np.uint32(np.int32(metres * (DEPTH_STEPS / FAR) + 0.5))
            swapped = code >> np.uint32(16) | code & np.uint32(0xFF00) | (code & np.uint32(255)) << np.uint32(16)
            into[x] = np.uint32(swapped) | OPAQUE


@kernel
def class_code(
    triangles: Triangles, objects: Objects, face: NDArray[np.uint32], stride: int, instances: bool,
    image: NDArray[np.uint32],
) -> None:  # fmt: skip
    """Semantic class in R; with `instances` also the low 16 bits of the object's number in G (low) and B (high).

    `image` (h, w) as for `depth_code`. Neighbours mostly see the same triangle, whose code is worked out once.
    """
    step, nothing = np.uint64(stride), np.uint32(SKY) << np.uint32(16) | OPAQUE
    last, code = NOTHING, nothing
    for y in range(image.shape[0]):
        row, into = face[y * stride], image[y]
        for x in range(np.uint64(into.shape[0])):
            seen = row[x * step]
            if seen != last:
                last, code = seen, nothing
                if seen != NOTHING:
                    code = np.uint32(triangles.tag[seen]) << np.uint32(16) | OPAQUE
                    if instances:
                        number = np.uint32(objects.identity[triangles.owner[seen]])
                        code |= number >> np.uint32(8) & np.uint32(255) | (number & np.uint32(255)) << np.uint32(8)
            into[x] = code


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
