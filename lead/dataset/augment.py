"""Changes of colour and sharpness that a student must not mind; on the picture of all cameras at once.

Source: spec/tfv6.md, 3.3 (Colour).
"""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]  # (H, W, 3)
Change = Callable[[Picture, np.random.Generator], Picture]

BLUR = 1.0  # pixels, most standard deviation
NOISE = 12.75  # most standard deviation, of 255
DROPPED = (0.01, 0.10)  # share of pixels
FACTOR = 1.2  # most of brightness and contrast, up and down
WARP, WARP_WIDTH = (0.5, 1.5), 0.25  # pixels: strength, standard deviation of the smoothing
PART_BITS = 5  # OpenCV's parts of a pixel
PARTS = 1 << PART_BITS


def augmented(image: Picture, rng: np.random.Generator, probability: float = 0.2) -> Picture:
    """The picture (H, W, 3) after each of the changes with a probability, in random order."""
    order = rng.permutation(len(CHANGES))
    for number, chance in zip(order, rng.random(len(CHANGES))):
        if chance < probability:
            image = CHANGES[number](image, rng)
    return image


def blur(image: Picture, rng: np.random.Generator) -> Picture:
    """Gaussian blur."""
    sigma = float(rng.uniform(0.0, BLUR))
    return cv2.GaussianBlur(image, (5, 5), sigma) if sigma > 1e-3 else image


def noise(image: Picture, rng: np.random.Generator) -> Picture:
    """Gaussian noise, of each colour alone or of all alike."""
    alike = bool(rng.random() < 0.5)
    cv2.setRNGSeed(int(rng.integers(1 << 31)))  # OpenCV draws ten times as fast as numpy
    grain = np.empty(image.shape[:2] if alike else image.shape, np.int16)
    cv2.randn(grain, 0.0, float(rng.uniform(0.0, NOISE)))
    return cv2.add(image, cv2.merge([grain] * 3) if alike else grain, dtype=cv2.CV_8U)


def dropout(image: Picture, rng: np.random.Generator) -> Picture:
    """Black pixels."""
    share = round(256.0 * rng.uniform(*DROPPED))
    return cv2.bitwise_and(image, image, mask=cv2.compare(_grains(image.shape[:2], rng), share, cv2.CMP_GE))


def brightness(image: Picture, rng: np.random.Generator) -> Picture:
    """Lighter or darker."""
    return _looked_up(image, np.arange(256) * _factor(rng))


def contrast(image: Picture, rng: np.random.Generator) -> Picture:
    """More or less contrast about the middle grey."""
    return _looked_up(image, 127.0 + (np.arange(256) - 127.0) * _factor(rng))


def warp(image: Picture, rng: np.random.Generator) -> Picture:
    """Pixels moved about by up to about a pixel."""
    strength = float(rng.uniform(*WARP))
    height, width = image.shape[:2]
    grains = cv2.GaussianBlur(_grains((height, width, 2), rng), (3, 3), WARP_WIDTH)
    table = np.round((np.arange(256) / 127.5 - 1.0) * strength * PARTS).astype(np.int16)
    shift = cv2.LUT(grains, table)  # x and y in parts of a pixel, as OpenCV takes them without converting
    part = shift & (PARTS - 1)
    whole = (shift >> PART_BITS) + _pixels(height, width)
    return cv2.remap(
        image, whole, (part[..., 1] * PARTS + part[..., 0]).astype(np.uint16), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


@lru_cache(maxsize=8)
def _pixels(height: int, width: int) -> NDArray[np.int16]:
    """Column and row of each pixel (H, W, 2)."""
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.int16)


CHANGES: tuple[Change, ...] = (blur, noise, dropout, brightness, contrast, warp)


def _grains(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Random bytes: the cheapest numbers there are."""
    return np.frombuffer(rng.bytes(int(np.prod(shape))), np.uint8).reshape(shape)


def _factor(rng: np.random.Generator) -> float:
    return float(rng.uniform(1.0 / FACTOR, FACTOR))


def _looked_up(image: Picture, table: NDArray[np.float64]) -> Picture:
    return cv2.LUT(image, np.clip(np.round(table), 0, 255).astype(np.uint8))
