"""A transformer encoder that knows its attention bias."""

from __future__ import annotations

from torch import Tensor, nn

from .bias import faceformer_future


class BiasedTransformer(nn.TransformerEncoder):
    """Post-norm transformer encoder with GELU and the symmetric linear bias; no positional encoding.

    Parameters
    ----------
    width, heads, feed_forward, layers : int
        Sizes.
    period : int
        Frames over which the bias stays level; 1 falls with every frame.
    dropout : float
        In training only.
    """

    def __init__(
        self, width: int, heads: int, feed_forward: int, layers: int, *, period: int = 1, dropout: float = 0.0
    ) -> None:
        layer = nn.TransformerEncoderLayer(width, heads, feed_forward, dropout, activation="gelu", batch_first=True)
        super().__init__(layer, layers, enable_nested_tensor=False)
        self.heads = heads
        self.period = period

    def forward(self, hidden: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """(B, T, width) to (B, T, width)."""
        bias = faceformer_future(self.heads, hidden.shape[1], self.period, hidden.device).to(hidden.dtype)
        return super().forward(hidden, mask=bias.repeat(len(hidden), 1, 1))
