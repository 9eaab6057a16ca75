"""The decoder layer of ProbTalk's transformers: a styled copy of every sub-layer's output is what is added.

Written out, not derived from PyTorch's decoder layer: the authors' layer passes positions and labels through arguments
meant for masks, which newer releases of PyTorch check, convert and skip.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class StylisationBlock(nn.Module):
    """Normalises, scales and shifts by a label's embedding, and projects (as in MotionDiffuse, Zhang et al. 2022).

    The last projection starts at zero, so that an untrained layer adds nothing.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.emb_layers_2 = nn.Sequential(nn.SiLU(), nn.Linear(width, 2 * width))
        self.norm_2 = nn.LayerNorm(width)
        last = nn.Linear(width, width)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        # The authors' dropout of rate 0 keeps its place in the numbering.
        self.out_layers_2 = nn.Sequential(nn.SiLU(), nn.Identity(), last)

    def forward(self, signal: Tensor, label: Tensor) -> Tensor:
        """(B, N, width) and (B, width) label to (B, N, width)."""
        scale, shift = self.emb_layers_2(label)[:, None].chunk(2, -1)
        return self.out_layers_2(self.norm_2(signal) * (1 + scale) + shift)


class StyledDecoderLayer(nn.Module):
    """Self-attention, attention to the condition, feed-forward; each styled, dropped out, added, then normalised.

    Parameters
    ----------
    groups : int
        With more than one, the weights ``pad_1`` to ``pad_3`` of the authors' checkpoint are here. Their layer does
        not use them in this mode either.
    """

    def __init__(self, width: int, heads: int, feed_forward: int, groups: int, dropout: float) -> None:
        super().__init__()
        self.self_attn = nn.MultiheadAttention(width, heads, dropout, batch_first=True)
        self.multihead_attn = nn.MultiheadAttention(width, heads, dropout, batch_first=True)
        self.linear1 = nn.Linear(width, feed_forward)
        self.linear2 = nn.Linear(feed_forward, width)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))
        self.dropout = nn.Dropout(dropout)
        self.style_gourp_1, self.style_gourp_2, self.style_gourp_3 = (StylisationBlock(width) for _ in range(3))
        if groups > 1:
            self.pad_1, self.pad_2, self.pad_3 = (nn.Parameter(_pad(width, groups)) for _ in range(3))

    def forward(self, tokens: Tensor, condition: Tensor, label: Tensor) -> Tensor:
        """Return the tokens a layer further.

        Parameters
        ----------
        tokens : (B, N, width)
        condition : (B, M, width)
        label : (B, width)
        """
        heard = self.self_attn(tokens, tokens, tokens, need_weights=False)[0]
        tokens = self.norm1(tokens + self.dropout(self.style_gourp_1(heard, label)))
        heard = self.multihead_attn(tokens, condition, condition, need_weights=False)[0]
        tokens = self.norm2(tokens + self.dropout(self.style_gourp_2(heard, label)))
        moved = self.linear2(self.dropout(functional.relu(self.linear1(tokens))))
        return self.norm3(tokens + self.dropout(self.style_gourp_3(moved, label)))


class StyledDecoder(nn.Module):
    """Layers in a row."""

    def __init__(
        self, layers: int, width: int, heads: int, feed_forward: int, groups: int = 1, dropout: float = 0.1
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            StyledDecoderLayer(width, heads, feed_forward, groups, dropout) for _ in range(layers)
        )

    def forward(self, tokens: Tensor, condition: Tensor, label: Tensor) -> Tensor:
        """See :meth:`StyledDecoderLayer.forward`."""
        for layer in self.layers:
            tokens = layer(tokens, condition, label)
        return tokens


def _pad(width: int, groups: int) -> Tensor:
    return nn.init.xavier_uniform_(torch.empty(1, width, groups - 1))
