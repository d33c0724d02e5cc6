"""RegNetY (Radosavovic et al. 2020): grouped bottlenecks with squeeze and excitation, with timm's parameter names."""

import torch.nn.functional as F
from torch import Tensor, nn

SQUEEZE = 0.25
"""Channels of the squeeze over those that enter the block."""


class RegNetY(nn.Module):
    """A 3x3 stem at stride 2, and four stages of bottlenecks at strides 4, 8, 16 and 32."""

    def __init__(
        self,
        in_channels: int,
        blocks: tuple[int, int, int, int],
        channels: tuple[int, int, int, int],
        group: int,
        stem_channels: int = 32,
    ) -> None:
        super().__init__()
        self.channels = channels
        self.stem = ConvNorm(in_channels, stem_channels, 3, stride=2)
        width = stem_channels
        for k, (depth, out) in enumerate(zip(blocks, channels)):
            stage = nn.Sequential()
            for j in range(depth):
                stage.add_module(f"b{j + 1}", Bottleneck(width, out, group, stride=2 if j == 0 else 1))
                width = out
            setattr(self, f"s{k + 1}", stage)
        self.apply(_init)

    def stage(self, k: int, features_BCHW: Tensor) -> Tensor:
        """The features after stage k."""
        return getattr(self, f"s{k + 1}")(features_BCHW)


class ConvNorm(nn.Module):
    """Convolution and batch normalisation, followed by a ReLU unless `act` is False."""

    def __init__(
        self, in_channels: int, channels: int, kernel: int, stride: int = 1, groups: int = 1, act: bool = True
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, channels, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.act = act

    def forward(self, x_BCHW: Tensor) -> Tensor:
        x_BCHW = self.bn(self.conv(x_BCHW))
        return F.relu(x_BCHW, inplace=True) if self.act else x_BCHW


class SqueezeExcite(nn.Module):
    """Weighs each channel by what the means of all channels say."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x_BCHW: Tensor) -> Tensor:
        mean_BC11 = x_BCHW.mean((2, 3), keepdim=True)
        return x_BCHW * self.fc2(F.relu(self.fc1(mean_BC11), inplace=True)).sigmoid()


class Bottleneck(nn.Module):
    """1x1, grouped 3x3 and 1x1 convolution, the middle one with the stride, the last one without activation."""

    def __init__(self, in_channels: int, channels: int, group: int, stride: int) -> None:
        super().__init__()
        self.conv1 = ConvNorm(in_channels, channels, 1)
        self.conv2 = ConvNorm(channels, channels, 3, stride, groups=channels // group)
        self.se = SqueezeExcite(channels, round(SQUEEZE * in_channels))
        self.conv3 = ConvNorm(channels, channels, 1, act=False)
        same = stride == 1 and in_channels == channels
        self.downsample = None if same else ConvNorm(in_channels, channels, 1, stride, act=False)

    def forward(self, x_BCHW: Tensor) -> Tensor:
        shortcut_BCHW = x_BCHW if self.downsample is None else self.downsample(x_BCHW)
        return F.relu(self.conv3(self.se(self.conv2(self.conv1(x_BCHW)))) + shortcut_BCHW, inplace=True)


def _init(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, Bottleneck):
        nn.init.zeros_(module.conv3.bn.weight)  # a block begins as the identity
