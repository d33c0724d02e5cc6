"""Moving objects from radar returns, seen against the bird's-eye view."""

import torch
from torch import Tensor, nn

from lead.model.batch import RadarReturn
from lead.model.config import ModelConfig, RadarConfig
from lead.model.embeddings import embed_points
from lead.model.query_decoder import query_decoder
from lead.model.sampling import one_hot, sample_bev, scaled_to_grid


class RadarDetector(nn.Module):
    """A transformer decoder whose queries look at the bird's-eye view, the ego's speed and every return
    (spec/tfv6.md, 1.4)."""

    def __init__(self, config: ModelConfig, radar: RadarConfig, bev_channels: int) -> None:
        super().__init__()
        size = radar.token_size
        self.radar, self.grid, self.compat = radar, config.bev, config.compat
        self.bev_pos_embed = nn.Parameter(torch.zeros(1, config.bev_features[0] * config.bev_features[1], size))
        self.ego_vel_pos_embed = nn.Parameter(torch.zeros(1, 1, size))
        self.q = nn.Parameter(nn.init.xavier_uniform_(torch.empty(1, radar.queries, size)))
        self.bev_proj = nn.Conv2d(bev_channels, size, 1)
        self.ego_vel_proj = nn.Linear(1, size)
        self.radar_point_tokenizer = nn.Sequential(
            nn.Linear(size + 1 + radar.sensors, radar.hidden), nn.ReLU(inplace=True), nn.Linear(radar.hidden, size)
        )
        self.tf = query_decoder(size, radar.layers, radar.heads, radar.feedforward, radar.dropout)
        self.state_decoder = nn.Sequential(
            nn.Linear(size, radar.hidden), nn.ReLU(inplace=True), nn.Linear(radar.hidden, 3)
        )
        self.label_decoder = nn.Linear(size, 1)

    def forward(self, bev_BCYX: Tensor, radar_BR5: Tensor, speed_B: Tensor) -> tuple[Tensor, Tensor]:
        """Detections (B, Q, 4) as `RadarDetection` and their features (B, Q, token_size).

        Args:
            bev_BCYX: the backbone's bird's-eye view.
            radar_BR5: returns as `RadarReturn`; rows of zeros are none.
            speed_B: m/s.
        """
        bev_BCYX = self.bev_proj(bev_BCYX)
        bev_BNC = bev_BCYX.flatten(2).transpose(1, 2) + self.bev_pos_embed
        ego_B1C = self.ego_vel_proj(speed_B[:, None, None] / self.radar.max_speed) + self.ego_vel_pos_embed
        memory_BMC = torch.cat([bev_BNC, ego_B1C, self._tokens(bev_BCYX, radar_BR5)], 1)
        padding_BM = None if self.compat else self._padding(radar_BR5, bev_BNC.shape[1] + 1)
        queries_BQC = self.q.expand(len(memory_BMC), -1, -1)
        features_BQC = self.tf(queries_BQC, memory_BMC, memory_key_padding_mask=padding_BM)
        return self._detections(features_BQC), features_BQC

    def _tokens(self, bev_BCYX: Tensor, radar_BR5: Tensor) -> Tensor:
        """A token (B, R, C) per return: what the bird's-eye view shows there, its speed and its sensor."""
        shares_BR2 = scaled_to_grid(radar_BR5[..., : RadarReturn.Z], self.grid)
        seen_BRC = sample_bev(bev_BCYX, shares_BR2, self.compat)
        speed_BR1 = radar_BR5[..., RadarReturn.V, None] / self.radar.max_speed
        sensor_BRS = one_hot(radar_BR5[..., RadarReturn.SENSOR], self.radar.sensors)
        tokens_BRC = self.radar_point_tokenizer(torch.cat([seen_BRC, speed_BR1, sensor_BRS], -1))
        return tokens_BRC + embed_points(shares_BR2, tokens_BRC.shape[-1])

    @staticmethod
    def _padding(radar_BR5: Tensor, before: int) -> Tensor:
        """Which tokens of the memory (B, before + R) are none, the first `before` being no returns."""
        empty_BR = (radar_BR5[..., : RadarReturn.SENSOR] == 0.0).all(-1)
        return torch.cat([empty_BR.new_zeros(len(empty_BR), before), empty_BR], 1)

    def _detections(self, features_BQC: Tensor) -> Tensor:
        x_BQ, y_BQ, v_BQ = self.state_decoder(features_BQC).tanh().unbind(-1)
        logit_BQ = self.label_decoder(features_BQC).squeeze(-1)
        x_BQ = _between(self.grid.min_x, self.grid.max_x, x_BQ)
        y_BQ = _between(self.grid.min_y, self.grid.max_y, y_BQ)
        return torch.stack([x_BQ, y_BQ, _between(0.0, self.radar.max_speed, v_BQ), logit_BQ], -1)


def _between(low: float, high: float, value: Tensor) -> Tensor:
    """A value in [-1, 1] spread over [low, high]."""
    return value * (0.5 * (high - low)) + 0.5 * (high + low)
