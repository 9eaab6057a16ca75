"""A transformer encoder that knows its attention bias."""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn
from torch.nn import functional

from .bias import faceformer_future


class BiasedTransformer(nn.TransformerEncoder):
    """Post-norm transformer encoder with GELU and the symmetric linear bias; no positional encoding.

    Holds PyTorch's own layers, for their names in checkpoints. Outside training PyTorch's shortcut for whole layers
    (``torch.backends.mha``, up to 2.13 at least) takes an additive bias for a mask of what to leave out: frames
    then see the frames of their own period alone, all alike, and what was learned in training is not what runs.

    Parameters
    ----------
    width, heads, feed_forward, layers : int
        Sizes.
    period : int
        Frames over which the bias stays level; 1 falls with every frame.
    dropout : float
        In training only.
    shortcut : bool
        Take PyTorch's shortcut all the same, as the authors' released programs do.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        feed_forward: int,
        layers: int,
        *,
        period: int = 1,
        dropout: float = 0.0,
        shortcut: bool = False,
    ) -> None:
        layer = nn.TransformerEncoderLayer(width, heads, feed_forward, dropout, activation="gelu", batch_first=True)
        super().__init__(layer, layers, enable_nested_tensor=False)
        self.heads = heads
        self.period = period
        self.shortcut = shortcut

    def forward(self, hidden: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """(B, T, width) to (B, T, width)."""
        bias = faceformer_future(self.heads, hidden.shape[1], self.period, hidden.device).to(hidden.dtype)
        if self.shortcut:
            return super().forward(hidden, mask=bias.repeat(len(hidden), 1, 1))
        for module in self.layers:
            layer = cast("nn.TransformerEncoderLayer", module)
            hidden = layer.norm1(hidden + layer.dropout1(self._attend(layer.self_attn, hidden, bias)))
            raised = layer.linear2(layer.dropout(functional.gelu(layer.linear1(hidden))))
            hidden = layer.norm2(hidden + layer.dropout2(raised))
        return hidden

    def _attend(self, attention: nn.MultiheadAttention, hidden: Tensor, bias: Tensor) -> Tensor:
        batch, frames, width = hidden.shape
        projected = functional.linear(hidden, attention.in_proj_weight, attention.in_proj_bias)
        query, key, value = projected.view(batch, frames, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        dropout = attention.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias[None], dropout_p=dropout)
        return attention.out_proj(mixed.transpose(1, 2).reshape(batch, frames, width))
