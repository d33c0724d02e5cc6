"""The transformers in which picture and bird's-eye view exchange tokens."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lead.model.config import BackboneConfig


class Fusion(nn.Module):
    """Self-attention over the tokens of two grids of the same channels C (spec/tfv6.md, 1.3)."""

    def __init__(self, channels: int, tokens: int, config: BackboneConfig) -> None:
        super().__init__()
        self.pos_emb = nn.Parameter(torch.zeros(1, tokens, channels))
        self.drop = nn.Dropout(config.fusion_dropout)
        self.blocks = nn.Sequential(*(Block(channels, config) for _ in range(config.fusion_layers)))
        self.ln_f = nn.LayerNorm(channels)
        self.apply(_init)

    def forward(self, image_BCHW: Tensor, bev_BCYX: Tensor) -> tuple[Tensor, Tensor]:
        """Both grids after the exchange, in their shapes."""
        pixels = image_BCHW[0, 0].numel()
        tokens_BNC = torch.cat([image_BCHW.flatten(2), bev_BCYX.flatten(2)], -1).transpose(1, 2)
        tokens_BNC = self.ln_f(self.blocks(self.drop(tokens_BNC + self.pos_emb)))
        tokens_BCN = tokens_BNC.transpose(1, 2)
        return tokens_BCN[..., :pixels].reshape(image_BCHW.shape), tokens_BCN[..., pixels:].reshape(bev_BCYX.shape)


class Block(nn.Module):
    """A pre-norm transformer block."""

    def __init__(self, channels: int, config: BackboneConfig) -> None:
        super().__init__()
        self.ln1 = nn.LayerNorm(channels)
        self.ln2 = nn.LayerNorm(channels)
        self.attn = SelfAttention(channels, config)
        self.mlp = nn.Sequential(
            nn.Linear(channels, config.fusion_expansion * channels),
            nn.ReLU(inplace=True),
            nn.Linear(config.fusion_expansion * channels, channels),
            nn.Dropout(config.fusion_dropout),
        )

    def forward(self, x_BNC: Tensor) -> Tensor:
        x_BNC = x_BNC + self.attn(self.ln1(x_BNC))
        return x_BNC + self.mlp(self.ln2(x_BNC))


class SelfAttention(nn.Module):
    """Multi-head self-attention with a projection each for keys, queries and values."""

    def __init__(self, channels: int, config: BackboneConfig) -> None:
        super().__init__()
        self.heads, self.dropout = config.fusion_heads, config.fusion_dropout
        self.key = nn.Linear(channels, channels)
        self.query = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)
        self.proj = nn.Linear(channels, channels)

    def forward(self, x_BNC: Tensor) -> Tensor:
        q_BHND, k_BHND, v_BHND = (
            project(x_BNC).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for project in (self.query, self.key, self.value)
        )
        dropout = self.dropout if self.training else 0.0
        y_BHND = F.scaled_dot_product_attention(q_BHND, k_BHND, v_BHND, dropout_p=dropout)
        return F.dropout(self.proj(y_BHND.transpose(1, 2).flatten(2)), dropout)


def _init(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, std=0.02)
        nn.init.zeros_(module.bias)
