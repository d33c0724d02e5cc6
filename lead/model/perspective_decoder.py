"""A value per pixel of the camera picture: semantic classes, or depth."""

from torch import Tensor, nn

from lead import InputError
from lead.model.config import PerspectiveConfig
from lead.model.sampling import resized

MOST_STRETCH = 0.1
"""Share by which the decoded picture may be resized to that of the cameras."""


class PerspectiveDecoder(nn.Module):
    """Three pairs of convolutions with two enlargements between (spec/tfv6.md, 1.6)."""

    def __init__(self, in_channels: int, out_channels: int, size: tuple[int, int], config: PerspectiveConfig) -> None:
        super().__init__()
        first, second, third = config.channels
        self.size, self.scales = (size[0] // config.stride, size[1] // config.stride), config.scales
        grown = tuple(-(-edge // 32) * config.scales[0] * config.scales[1] for edge in size)
        if any(abs(have - want) > MOST_STRETCH * want for have, want in zip(grown, self.size)):
            raise InputError(
                f"pictures of {size} pixels are decoded to {grown}; choose scales {config.scales} that fit"
            )
        self.deconv1 = _pair(in_channels, first, second)
        self.deconv1.append(nn.ReLU(inplace=True))
        self.deconv2 = _pair(second, third, third)
        self.deconv2.append(nn.ReLU(inplace=True))
        self.deconv3 = _pair(third, third, out_channels)

    def forward(self, image_BCyx: Tensor) -> Tensor:
        """Maps (B, out_channels, H / stride, W / stride) from the backbone's features of the picture."""
        x = self.deconv1(image_BCyx)
        x = self.deconv2(resized(x, _times(x, self.scales[0])))
        x = self.deconv3(resized(x, _times(x, self.scales[1])))
        return x if tuple(x.shape[2:]) == self.size else resized(x, self.size)


def _pair(in_channels: int, middle: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, middle, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(middle, out_channels, 3, padding=1),
    )


def _times(x_BCHW: Tensor, scale: int) -> tuple[int, int]:
    return x_BCHW.shape[2] * scale, x_BCHW.shape[3] * scale
