"""The transformer decoder in which learned queries look at tokens: that of the planner and of the radar detector."""

from torch import nn


def query_decoder(size: int, layers: int, heads: int, feedforward: int, dropout: float) -> nn.TransformerDecoder:
    """A post-norm decoder of `layers` layers that end in a normalisation.

    Its activation is ReLU: the published model asks for GELU as a module, which torch loses when it copies the layer,
    so the published weights were trained with ReLU.
    """
    layer = nn.TransformerDecoderLayer(size, heads, feedforward, dropout, activation="relu", batch_first=True)
    return nn.TransformerDecoder(layer, layers, nn.LayerNorm(size))
