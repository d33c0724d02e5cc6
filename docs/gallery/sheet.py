"""Contact sheets: pictures with a line of text each, on one small JPEG."""

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

QUALITY = range(82, 60, -4)  # of a JPEG, tried in this order
MOST_BYTES = 120_000  # of one picture
GAP = 4  # pixels between pictures
LINE = 16  # pixels, height of a line of text
PAPER, INK = (250, 250, 250), (40, 40, 40)
LEAST_LETTERS = 0.26  # of OpenCV's font size


class Tile(NamedTuple):
    """One picture (H, W, 3) uint8 BGR and the text below it."""

    image: NDArray[np.uint8]
    text: str


def contact_sheet(tiles: Sequence[Tile], columns: int) -> NDArray[np.uint8]:
    """Tiles of equal size in rows of `columns`, (H, W, 3) uint8 BGR."""
    height, width = tiles[0].image.shape[:2]
    rows = ceil(len(tiles) / columns)
    step_x, step_y = width + GAP, height + LINE + GAP
    paper = np.full((rows * step_y + GAP, columns * step_x + GAP, 3), PAPER, np.uint8)
    for k, tile in enumerate(tiles):
        x, y = GAP + k % columns * step_x, GAP + k // columns * step_y
        paper[y : y + height, x : x + width] = tile.image
        _write(paper, tile.text, x, y + height + LINE - 4, width)
    return paper


def enlarged(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """A small square picture with its pixels as squares, `side` pixels wide."""
    return cv2.resize(image, (side, side), interpolation=cv2.INTER_NEAREST)


def save(path: Path, image: NDArray[np.uint8]) -> int:
    """Write a JPEG of at most `MOST_BYTES`, in the best quality that allows it; returns its bytes."""
    for quality in QUALITY:
        _, code = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1])
        if len(code) <= MOST_BYTES:
            path.write_bytes(code.tobytes())
            return len(code)
    raise ValueError(f"{path}: {len(code)} bytes at quality {quality}, expected at most {MOST_BYTES}; draw it smaller")


def _write(paper: NDArray[np.uint8], text: str, x: int, y: int, width: int) -> None:
    """Write text at (x, y), in smaller letters if it were wider than `width`."""
    size = 0.4
    while size > LEAST_LETTERS and cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)[0][0] > width:
        size -= 0.02
    cv2.putText(paper, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, INK, 1, cv2.LINE_AA)
