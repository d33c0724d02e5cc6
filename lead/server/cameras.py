"""Cameras by blueprint: colour, depth, semantic classes, instances and normals."""

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lead.rendering.camera import Channel, View
from lead.server.dispatch import Refusal
from lead.server.pictures import Viewing
from lead.server.sensors import Payload
from lead.simulator.finite import number

if TYPE_CHECKING:
    from lead.server.episode import Episode

MOST_PIXELS = 1 << 25  # of one image
LONGEST_SIDE = 16384  # pixels
LEAST_FOV, MOST_FOV = 1.0, 170.0  # degrees
_IMAGE = struct.Struct("<IIf")  # width, height, fov


class Camera(Viewing):
    """A pinhole camera; antialiased unless its `enable_postprocess_effects` is false."""

    def __init__(self, type_number: int, attributes: Mapping[str, str]) -> None:
        super().__init__(type_number, attributes)
        self._width, self._height = _side(attributes, "image_size_x", 800), _side(attributes, "image_size_y", 600)
        if self._width * self._height > MOST_PIXELS:
            raise Refusal(f"an image of {self._width} x {self._height}: expected at most {MOST_PIXELS} pixels")
        self._fov = number(attributes, "fov", 90.0)
        if not LEAST_FOV <= self._fov <= MOST_FOV:
            raise Refusal(f"fov is {attributes.get('fov')!r}: expected {LEAST_FOV:g} to {MOST_FOV:g} degrees")
        self._smooth = attributes.get("enable_postprocess_effects", "true").lower() != "false"

    def view(self, episode: "Episode") -> View:
        """The view it has now."""
        smooth = episode.pictures.antialias and self._smooth
        return View(tuple(self.pose(episode).tolist()), self._width, self._height, self._fov, smooth)

    def payload(self, seen: NDArray[np.uint8]) -> Payload:
        """Width, height, field of view, and the pixels in BGRA."""
        return [_IMAGE.pack(self._width, self._height, self._fov), memoryview(seen).cast("B")]


def _side(attributes: Mapping[str, str], name: str, default: int) -> int:
    value = number(attributes, name, default)
    if not 1 <= value <= LONGEST_SIDE:
        raise Refusal(f"{name} is {attributes.get(name)!r}: expected 1 to {LONGEST_SIDE} pixels")
    return int(value)


class ColourCamera(Camera):
    """What a driver would see."""

    channel = Channel.COLOUR


class DepthCamera(Camera):
    """Planar depth."""

    channel = Channel.DEPTH


class SemanticCamera(Camera):
    """Semantic classes."""

    channel = Channel.SEMANTIC


class InstanceCamera(Camera):
    """Semantic classes and objects."""

    channel = Channel.INSTANCE


class NormalsCamera(Camera):
    """World normals."""

    channel = Channel.NORMALS
