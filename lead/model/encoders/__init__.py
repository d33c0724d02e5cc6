"""Image encoders by name. Ours carry timm's parameter names, so that its ImageNet weights and checkpoints fit."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from torch import Tensor

from lead import InputError
from lead.model.encoders.regnet import RegNetY
from lead.model.encoders.resnet import ResNet


class Encoder(Protocol):
    """A convolutional network in a stem and four stages; stage k (from 0) puts out `channels[k]` maps at stride 4 * 2^k."""

    channels: tuple[int, int, int, int]

    def stem(self, image_BCHW: Tensor) -> Tensor:
        """What enters the first stage."""
        ...

    def stage(self, k: int, features_BCHW: Tensor) -> Tensor:
        """The features after stage k."""
        ...


OURS: dict[str, Callable[[int], Encoder]] = {
    "resnet18": partial(ResNet, blocks=(2, 2, 2, 2)),
    "resnet34": partial(ResNet, blocks=(3, 4, 6, 3)),
    "resnet_nano": partial(ResNet, blocks=(1, 1, 1, 1), channels=(16, 32, 64, 128), stem_stride=4),
    "resnet_nano_raster": partial(ResNet, blocks=(0, 1, 1, 1), channels=(16, 32, 64, 128), stem_stride=4),
    "regnety_002": partial(RegNetY, blocks=(1, 1, 4, 7), channels=(24, 56, 152, 368), group=8),
    "regnety_032": partial(RegNetY, blocks=(2, 5, 13, 1), channels=(72, 216, 576, 1512), group=24),
}
"""From the number of input channels to a network, by architecture."""


def build_encoder(architecture: str, in_channels: int) -> Encoder:
    """An encoder with fresh weights: one of `OURS`, or `timm:NAME` with timm installed.

    Raises InputError for a name that neither knows.
    """
    if architecture.startswith("timm:"):
        from lead.model.encoders.from_timm import TimmEncoder

        return TimmEncoder(architecture.removeprefix("timm:"), in_channels)
    if architecture not in OURS:
        raise InputError(f"no encoder {architecture!r}; there are {', '.join(OURS)}, and timm:NAME with timm installed")
    return OURS[architecture](in_channels)
