"""Pictures as bytes and back. Arrays are RGB; files hold what any viewer shows."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lead import InputError

Encoded = bytes | memoryview

DEPTH_RANGE = 50.0  # m, of the depth code 255 (spec/lead-expert-and-data.md, 4.1)
DEPTH_SHRINK = 4  # pixels of a camera to one of its depth picture, in both directions
PNG_LEVEL = 3  # of semantics: reads three times as fast as 6, for 2 kB more
DEPTH_LEVEL = 6


def encode_rgb(image: NDArray[np.uint8], quality: int) -> bytes:
    """A picture (H, W, 3) as JPEG; the student must be shown pictures of the same quality (1 to 100)."""
    return encode_bgra(cv2.cvtColor(image, cv2.COLOR_RGB2BGRA), quality)


def encode_bgra(image: NDArray[np.uint8], quality: int) -> bytes:
    """The same of a picture (H, W, 4) as cameras send it: blue, green, red, and what is left out."""
    return _encoded(".jpg", image, cv2.IMWRITE_JPEG_QUALITY, quality)


def decode_rgb(data: Encoded) -> NDArray[np.uint8]:
    """The picture (H, W, 3) of a JPEG. Raises InputError if it is damaged."""
    return _decoded(data, cv2.IMREAD_COLOR_RGB)


def planes(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (H, W, 3) as its three planes (3, H, W); several times as fast as numpy's way."""
    split = np.empty((3, *image.shape[:2]), np.uint8)
    cv2.split(image, list(split))
    return split


def encode_semantics(classes: NDArray[np.uint8]) -> bytes:
    """Classes (H, W), lead.dataset.kinds.Semantic, without loss."""
    plain = (cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE)  # smaller for classes, and read in half the time
    return _encoded(".png", classes, cv2.IMWRITE_PNG_COMPRESSION, PNG_LEVEL, *plain)


def decode_semantics(data: Encoded) -> NDArray[np.uint8]:
    """The classes (H, W). Raises InputError if they are damaged."""
    return _decoded(data, cv2.IMREAD_GRAYSCALE)


def encode_depth(depth: NDArray[np.floating]) -> bytes:
    """Depth (H, W) in m along the camera's axis as the mean of 4 x 4 pixels, in 255 steps up to 50 m."""
    height, width = depth.shape
    near = np.minimum(np.asarray(depth, np.float32), np.float32(DEPTH_RANGE))
    small = cv2.resize(near, (width // DEPTH_SHRINK, height // DEPTH_SHRINK), interpolation=cv2.INTER_AREA)
    code = np.round(np.maximum(small, 0.0) * (255.0 / DEPTH_RANGE)).astype(np.uint8)
    return _encoded(".png", code, cv2.IMWRITE_PNG_COMPRESSION, DEPTH_LEVEL)


def decode_depth(data: Encoded) -> NDArray[np.float32]:
    """Depth (H/4, W/4) in m. Raises InputError if it is damaged."""
    return _decoded(data, cv2.IMREAD_GRAYSCALE) * np.float32(DEPTH_RANGE / 255.0)


def _encoded(kind: str, image: NDArray[np.uint8], *options: int) -> bytes:
    done, data = cv2.imencode(kind, image, options)
    if not done:
        raise InputError(f"a picture of shape {image.shape} and type {image.dtype} cannot be written as {kind}")
    return data.tobytes()


def _decoded(data: Encoded, mode: int) -> NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), mode) if len(data) else None
    if image is None:
        raise InputError(f"found {len(data)} bytes that are no picture; the file is damaged: run lead data check")
    return image
