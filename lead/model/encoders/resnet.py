"""ResNets of basic blocks (He et al. 2016), with timm's parameter names."""

import torch.nn.functional as F
from torch import Tensor, nn


class ResNet(nn.Module):
    """A 7x7 stem at stride 2, pooled to 4, or at once at `stem_stride` 4; four stages of basic blocks at strides 4 to 32."""

    def __init__(
        self,
        in_channels: int,
        blocks: tuple[int, int, int, int],
        channels: tuple[int, int, int, int] = (64, 128, 256, 512),
        stem_stride: int = 2,
    ) -> None:
        super().__init__()
        self.channels, self.pooled = channels, stem_stride == 2
        self.conv1 = nn.Conv2d(in_channels, channels[0], 7, stride=stem_stride, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(channels[0])
        width = channels[0]
        for k, (depth, out) in enumerate(zip(blocks, channels)):
            strides = [1 if k == 0 else 2, *[1] * (depth - 1)][:depth]
            widths = [width, *[out] * depth]
            setattr(self, f"layer{k + 1}", nn.Sequential(*map(BasicBlock, widths, widths[1:], strides)))
            width = out
        self.apply(_init)

    def stem(self, image_BCHW: Tensor) -> Tensor:
        """Features (B, channels[0], H / stem_stride, W / stem_stride)."""
        return F.relu(self.bn1(self.conv1(image_BCHW)), inplace=True)

    def stage(self, k: int, features_BCHW: Tensor) -> Tensor:
        """The features after stage k; the pooling to stride 4 belongs to the first."""
        if k == 0 and self.pooled:
            features_BCHW = F.max_pool2d(features_BCHW, 3, stride=2, padding=1)
        return getattr(self, f"layer{k + 1}")(features_BCHW)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside an identity, or a 1x1 convolution where the shape changes."""

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = None
        if stride != 1 or in_channels != channels:
            shortcut = nn.Conv2d(in_channels, channels, 1, stride=stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(channels))

    def forward(self, x_BCHW: Tensor) -> Tensor:
        shortcut_BCHW = x_BCHW if self.downsample is None else self.downsample(x_BCHW)
        y_BCHW = F.relu(self.bn1(self.conv1(x_BCHW)), inplace=True)
        return F.relu(self.bn2(self.conv2(y_BCHW)) + shortcut_BCHW, inplace=True)


def _init(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    elif isinstance(module, BasicBlock):
        nn.init.zeros_(module.bn2.weight)  # a block begins as the identity
