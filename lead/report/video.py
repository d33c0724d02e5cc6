"""Write a clip frame by frame as H.264 in MP4, playable in any browser."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from lead import InputError


class Clip:
    """An MP4 file that grows by one frame per `add`; use it as a context manager, or the file stays without an index."""

    def __init__(self, path: Path, frames_per_second: int | Fraction, *, quality: int = 23) -> None:
        """`quality` is x264's constant rate factor: 18 is near lossless, 28 is small."""
        self.path = Path(path)
        self._container = av.open(str(path), "w")
        self._stream = self._container.add_stream("libx264", rate=Fraction(frames_per_second))
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"crf": str(quality), "preset": "veryfast"}
        self._shape: tuple[int, ...] | None = None

    def add(self, image: NDArray[np.uint8]) -> None:
        """Append an RGB image (H, W, 3); odd sizes lose their last row or column, as H.264 needs even ones.

        Raises:
            InputError: the image is not RGB of the first frame's size.
        """
        if image.ndim != 3 or image.shape[2] != 3:
            raise InputError(f"found an image of shape {image.shape}, expected RGB (height, width, 3)")
        if self._shape is None:
            self._shape = image.shape
            self._stream.height, self._stream.width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
        if image.shape != self._shape:
            raise InputError(
                f"found an image of shape {image.shape}, expected {self._shape} like the clip's first frame"
            )
        even = np.ascontiguousarray(image[: self._stream.height, : self._stream.width])
        for packet in self._stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")):
            self._container.mux(packet)

    def __enter__(self) -> "Clip":
        return self

    def __exit__(self, *_: object) -> None:
        if self._shape is not None:
            for packet in self._stream.encode():
                self._container.mux(packet)
        self._container.close()
