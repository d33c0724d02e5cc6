"""Two encoders, one for the picture and one for the bird's-eye view, that exchange tokens after every stage."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lead.model.config import ModelConfig
from lead.model.encoders import build_encoder
from lead.model.fusion import Fusion
from lead.model.ground import laid_on_ground, picture_places
from lead.model.pyramid import REACH, Pyramid
from lead.model.sampling import resized

STAGES = 4
RGB_MEAN = (0.485, 0.456, 0.406)
RGB_STD = (0.229, 0.224, 0.225)
"""Of ImageNet, for values in [0, 1]."""


class Backbone(nn.Module):
    """TransFuser's backbone (spec/tfv6.md, 1.3).

    `bev_channels` and `image_channels` are those of the two outputs.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        parts = config.backbone
        self.image_encoder = build_encoder(parts.image_architecture, in_channels=3)
        self.lidar_encoder = build_encoder(
            parts.lidar_architecture, in_channels=(2 if parts.latent else 1) + 3 * parts.ground
        )
        image, lidar = self.image_encoder.channels, self.lidar_encoder.channels
        self.lidar_channel_to_img = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in zip(image, lidar))
        self.img_channel_to_lidar = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(image, lidar))
        self.image_anchors, self.bev_anchors = config.image_anchors, config.bev_anchors
        tokens = self.image_anchors[0] * self.image_anchors[1] + self.bev_anchors[0] * self.bev_anchors[1]
        self.transformers = nn.ModuleList(Fusion(channels, tokens, parts) for channels in image)
        self.image_channels, self.bev_channels = image[-1], parts.pyramid or lidar[-1]
        self.pyramid = Pyramid(lidar, parts.pyramid) if parts.pyramid else None

        self.cells, self.upsample = config.bev.cells, parts.bev_upsample
        self.up_conv5 = nn.Conv2d(parts.bev_channels, parts.bev_channels, 3, padding=1)
        self.up_conv4 = nn.Conv2d(parts.bev_channels, parts.bev_channels, 3, padding=1)
        finer = 4 if parts.pyramid else 1  # where the map is finer, a cell's features are spread over four
        self.c5_conv = nn.Conv2d(self.bev_channels, finer * parts.bev_channels, 1)

        mean, std = (torch.tensor(value).view(1, 3, 1, 1) for value in (RGB_MEAN, RGB_STD))
        self.register_buffer("rgb_scale", 1.0 / (255.0 * std), persistent=False)
        self.register_buffer("rgb_shift", mean / std, persistent=False)
        latent = pixel_positions(config.bev.height, config.bev.width) if parts.latent else None
        self.register_buffer("latent", latent, persistent=False)
        places = picture_places(config.rig, config.bev) if parts.ground else None
        self.register_buffer("picture_places", places, persistent=False)

    def forward(self, rgb_B3HW: Tensor, lidar_B1YX: Tensor | None) -> tuple[Tensor, Tensor]:
        """Features of the bird's-eye view (B, bev_channels, h/32, w/32; of a pyramid h/16, w/16) and of the picture
        (B, image_channels, H/32, W/32).

        Args:
            rgb_B3HW: 0..255, of any type.
            lidar_B1YX: the raster; not looked at by a latent TransFuser.
        """
        image = (rgb_B3HW.to(self.rgb_scale.dtype) * self.rgb_scale).sub_(self.rgb_shift)
        bev = lidar_B1YX if self.latent is None else self.latent.expand(len(image), -1, -1, -1)
        if self.picture_places is not None:
            bev = torch.cat([bev, laid_on_ground(image, self.picture_places)], 1)
        image, bev = self.image_encoder.stem(image), self.lidar_encoder.stem(bev)
        stages = []
        for k in range(STAGES):
            image, bev = self.image_encoder.stage(k, image), self.lidar_encoder.stage(k, bev)
            image, bev = self._fuse(k, image, bev)
            stages.append(bev)
        return bev if self.pyramid is None else self.pyramid(*stages[-REACH:]), image

    def _fuse(self, k: int, image_BCHW: Tensor, bev_BDYX: Tensor) -> tuple[Tensor, Tensor]:
        image_tokens = F.adaptive_avg_pool2d(image_BCHW, self.image_anchors)
        bev_tokens = self.lidar_channel_to_img[k](F.adaptive_avg_pool2d(bev_BDYX, self.bev_anchors))
        image_tokens, bev_tokens = self.transformers[k](image_tokens, bev_tokens)
        bev_tokens = self.img_channel_to_lidar[k](bev_tokens)
        return image_BCHW + resized(image_tokens, image_BCHW.shape[2:]), bev_BDYX + resized(
            bev_tokens, bev_BDYX.shape[2:]
        )

    def top_down(self, bev_BDyx: Tensor) -> Tensor:
        """The bird's-eye view in cells (B, bev_channels of the configuration, h/cell, w/cell) from its last features."""
        rows, columns = bev_BDyx.shape[2:]
        x = F.relu(self.c5_conv(bev_BDyx), inplace=True)
        if self.pyramid is None:
            x = resized(x, (rows * self.upsample, columns * self.upsample))
        else:
            x = F.pixel_shuffle(x, 2)
        x = F.relu(self.up_conv5(x), inplace=True)
        return F.relu(self.up_conv4(resized(x, self.cells)), inplace=True)


def pixel_positions(rows: int, columns: int) -> Tensor:
    """Maps (1, 2, rows, columns) of each pixel's row and of its column, from 0 to 1."""
    y, x = torch.linspace(0.0, 1.0, rows), torch.linspace(0.0, 1.0, columns)
    return torch.stack(torch.meshgrid(y, x, indexing="ij"))[None]
