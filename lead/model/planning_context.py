"""The tokens that the planner's queries look at: the bird's-eye view, and what the ego knows of itself and its goal."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from lead.model.batch import Inputs, RadarDetection, TargetPoint
from lead.model.config import ModelConfig, PlanningConfig
from lead.model.embeddings import embed_grid, embed_points
from lead.model.sampling import scaled_to_grid

TARGET_POINT_ORDER = (TargetPoint.CURRENT, TargetPoint.PREVIOUS, TargetPoint.NEXT)
"""Of their tokens."""


class PlanningContext(nn.Module):
    """Bird's-eye-view tokens, then status tokens in a fixed order (spec/tfv6.md, 1.5).

    The order is speed, acceleration, command, target points, past positions, past speeds, radar detections.
    """

    def __init__(self, config: ModelConfig, planning: PlanningConfig, bev_channels: int | None) -> None:
        super().__init__()
        status, size = planning.status, planning.token_size
        self.status, self.grid, self.compat = status, config.bev, config.compat
        tokens = 0
        if status.speed:
            self.velocity_encoder = nn.Sequential(nn.Linear(1, size))
            tokens += 1
        if status.max_acceleration is not None:
            self.acceleration_encoder = nn.Sequential(nn.Linear(1, size))
            tokens += 1
        if status.commands:
            self.command_encoder = nn.Sequential(nn.Linear(status.commands, size))
            tokens += 1
        if status.target_points:
            self.tp_encoder = nn.Linear(2, size)
            tokens += len(TARGET_POINT_ORDER)
        if status.past_samples:
            self.past_positions_encoder = nn.Linear(2, size)
            self.past_speeds_encoder = nn.Linear(1, size)
            tokens += 2 * status.past_samples
        if status.radar:
            assert config.radar is not None
            self.radar_encoder = nn.Linear(config.radar.token_size, size)
            tokens += config.radar.queries
        self.status_pos_embedding = nn.Parameter(torch.rand(1, tokens, size))
        if bev_channels is not None:
            self.dimension_adapter = nn.Conv2d(bev_channels, size, 1)
        scale = torch.tensor(status.target_point_scale)
        self.register_buffer("target_point_scale", scale, persistent=False)
        self.register_buffer("bev_position", embed_grid(*config.bev_features, size), persistent=False)

    def forward(self, bev_BCYX: Tensor | None, inputs: Inputs, radar: tuple[Tensor, Tensor] | None) -> Tensor:
        """Tokens (B, N, token_size).

        Args:
            bev_BCYX: the backbone's bird's-eye view, if there is one.
            inputs: what the ego knows.
            radar: detections (B, Q, 4) and their features (B, Q, C).
        """
        status_BSC = torch.cat(self._status(inputs, radar), 1) + self.status_pos_embedding
        if bev_BCYX is None:
            return status_BSC
        bev_BNC = (self.dimension_adapter(bev_BCYX) + self.bev_position).flatten(2).transpose(1, 2)
        return torch.cat([bev_BNC, status_BSC], 1)

    def _status(self, inputs: Inputs, radar: tuple[Tensor, Tensor] | None) -> list[Tensor]:
        status = self.status
        tokens = []
        if status.speed:
            tokens.append(self.velocity_encoder(inputs.speed[:, None, None] / status.max_speed))
        if status.max_acceleration is not None:
            tokens.append(self.acceleration_encoder(inputs.acceleration[:, None, None] / status.max_acceleration))
        if status.commands:
            tokens.append(self.command_encoder(inputs.command[:, None]))
        if status.target_points:
            points_B32 = torch.stack([inputs.target_points[:, k] for k in TARGET_POINT_ORDER], 1)
            points_B32 = points_B32 / self.target_point_scale
            tokens.append(self.tp_encoder(points_B32))
        if status.past_samples:
            tokens += self._past(inputs, tokens)
        if status.radar:
            detections_BQ4, features_BQC = radar
            shares_BQ2 = scaled_to_grid(detections_BQ4[..., : RadarDetection.V], self.grid)
            tokens.append(
                self.radar_encoder(features_BQC) + embed_points(shares_BQ2, self.status_pos_embedding.shape[-1])
            )
        return tokens

    def _past(self, inputs: Inputs, tokens: Sequence[Tensor]) -> list[Tensor]:
        """Tokens of past positions and speeds; where compatible, the speed's token in their place (spec/tfv6.md, 6)."""
        if self.compat:
            return [tokens[0]] * (2 * self.status.past_samples)
        positions_BP2 = inputs.past_positions / self.target_point_scale
        speeds_BP1 = inputs.past_speeds[..., None] / self.status.max_speed
        return [self.past_positions_encoder(positions_BP2), self.past_speeds_encoder(speeds_BP1)]
