"""What is read from the cells of the bird's-eye view: a semantic map, and boxes after CenterNet (Zhou et al. 2019)."""

from torch import Tensor, nn

from lead.model.batch import BoxMaps
from lead.model.config import BevGrid, BevHeadsConfig
from lead.model.sampling import resized


class BevSemanticDecoder(nn.Module):
    """Semantic classes of the ground (spec/tfv6.md, 1.6)."""

    def __init__(self, channels: int, grid: BevGrid, config: BevHeadsConfig) -> None:
        super().__init__()
        self.size = (grid.height // config.stride, grid.width // config.stride)
        self.net = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, config.semantic_classes, 1, bias=False),
        )

    def forward(self, cells_BCYX: Tensor) -> Tensor:
        """Logits (B, semantic_classes, h, w) at the raster's resolution over the stride."""
        return resized(self.net(cells_BCYX), self.size)


class CenterNet(nn.Module):
    """Boxes by their centres: a map each for whether, how large, where exactly, which way and how fast."""

    def __init__(self, channels: int, config: BevHeadsConfig) -> None:
        super().__init__()
        self.heatmap_head = _head(channels, config.box_classes)
        self.wh_head = _head(channels, 2)
        self.offset_head = _head(channels, 2)
        self.yaw_class_head = _head(channels, config.yaw_bins)
        self.yaw_res_head = _head(channels, 1)
        self.velocity_head = _head(channels, 1) if config.velocity else None
        nn.init.constant_(self.heatmap_head[-1].bias, -2.19)  # a probability of 0.1 everywhere, as in the paper

    def forward(self, cells_BCYX: Tensor) -> BoxMaps:
        """The maps, at the resolution of the cells."""
        return BoxMaps(
            heatmap=self.heatmap_head(cells_BCYX),
            extent=self.wh_head(cells_BCYX),
            offset=self.offset_head(cells_BCYX),
            yaw_class=self.yaw_class_head(cells_BCYX),
            yaw_residual=self.yaw_res_head(cells_BCYX),
            velocity=None if self.velocity_head is None else self.velocity_head(cells_BCYX),
        )


def _head(channels: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU(inplace=True), nn.Conv2d(channels, out_channels, 1)
    )
