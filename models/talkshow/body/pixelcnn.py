"""The cross-conditional autoregressive model over a grid of tokens: a row every four frames, body beside hands.

Yi et al., CVPR 2023, section 3.4, with the gated convolutions of van den Oord et al. 2016, "Conditional Image
Generation with PixelCNN Decoders". A vertical stack sees the rows above, a horizontal one the columns to the left.
Names and shapes of the weights are those of the authors' checkpoint.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

COLUMNS = 2
"""Body, then hands."""


@dataclass(frozen=True)
class PixelCNNConfig:
    """Sizes; the defaults are the published ones."""

    codes: int = 2048
    dim: int = 256
    layers: int = 15
    classes: int = 4
    audio_width: int = 256
    hidden: int = 512
    first_kernel: int = 7
    kernel: int = 3
    audio_dropout: float = 0.1
    """Share of rows that are not heard in training."""

    @property
    def history(self) -> int:
        """Rows above that a token depends on: 17 with the published sizes."""
        return self.first_kernel // 2 + (self.layers - 1) * (self.kernel // 2)


def gate(hidden: Tensor, dim: int = 1) -> Tensor:
    """Return ``tanh(first half) * sigmoid(second half)`` along a dimension."""
    first, second = hidden.chunk(2, dim)
    return torch.tanh(first) * torch.sigmoid(second)


class GatedLayer(nn.Module):
    """One layer of both stacks.

    Parameters
    ----------
    kernel : int
        Odd; ``kernel // 2`` rows above are seen, and the row itself unless ``first``.
    first : bool
        Whether a token's own row (vertically) and column (horizontally) are hidden, and nothing is added to the result.
    """

    def __init__(self, dim: int, kernel: int, classes: int, *, first: bool) -> None:
        super().__init__()
        self.first = first
        rows = kernel // 2
        self.class_cond_embedding = nn.Embedding(classes, 2 * dim)
        self.vert_stack = nn.Conv2d(dim, 2 * dim, (rows + 1, 3), padding=(rows, 1))
        self.vert_to_horiz = nn.Conv2d(2 * dim, 2 * dim, 1)
        self.horiz_stack = nn.Conv2d(dim, 2 * dim, (1, 2), padding=(0, 1))
        self.horiz_resid = nn.Conv2d(dim, dim, 1)

    def kernels(self) -> tuple[Tensor, Tensor]:
        """Return the kernels of the vertical and the horizontal stack with what is hidden at zero.

        The authors' optimiser moves hidden weights after they were last zeroed, and so they lie in the checkpoint.
        """
        down, right = self.vert_stack.weight, self.horiz_stack.weight
        if self.first:
            down = functional.pad(down[:, :, :-1], (0, 0, 0, 1))
            right = functional.pad(right[..., :-1], (0, 1))
        return down, right

    def forward(self, vertical: Tensor, horizontal: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
        """(B, dim, R, W) of both stacks and (B,) classes to the next layer's."""
        down, right = self.kernels()
        condition = self.class_cond_embedding(classes)[:, :, None, None]
        above = functional.conv2d(vertical, down, self.vert_stack.bias, padding=self.vert_stack.padding)
        above = above[:, :, : vertical.shape[2]]
        left = functional.conv2d(horizontal, right, self.horiz_stack.bias, padding=self.horiz_stack.padding)
        left = left[..., : horizontal.shape[3]]
        result = self.horiz_resid(gate(self.vert_to_horiz(above) + left + condition))
        return gate(above + condition), result if self.first else result + horizontal


class GatedPixelCNN(nn.Module):
    """Logits of every token of a grid, given the ones before it, the speech and a class.

    Parameters
    ----------
    config : PixelCNNConfig
        The published sizes unless told otherwise.
    """

    def __init__(self, config: PixelCNNConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or PixelCNNConfig()
        dim = config.dim
        self.embedding_aud = nn.Conv2d(config.audio_width, dim, 1)
        self.fusion_v = nn.Conv2d(2 * dim, dim, 1)
        self.fusion_h = nn.Conv2d(2 * dim, dim, 1)
        self.embedding = nn.Embedding(config.codes, dim)
        self.layers = nn.ModuleList(
            GatedLayer(dim, config.kernel if index else config.first_kernel, config.classes, first=not index)
            for index in range(config.layers)
        )
        self.output_conv = nn.Sequential(
            nn.Conv2d(dim, config.hidden, 1), nn.ReLU(), nn.Conv2d(config.hidden, config.codes, 1)
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, tokens: Tensor, classes: Tensor, audio: Tensor) -> Tensor:
        """Return logits.

        Parameters
        ----------
        tokens : (B, R, 2) int64
            Body and hands of every row; those at and after a place have no part in its logits.
        classes : (B,) int64
            The speaker or the style.
        audio : (B, audio_width, R)
            The audio encoder's rows; in training some are left out, the others scaled up.

        Returns
        -------
        (B, R, 2, codes) Tensor
        """
        vertical = horizontal = self.embedding(tokens).permute(0, 3, 1, 2)
        heard = self.embedding_aud(audio[..., None])
        kept = functional.dropout(
            heard.new_ones(len(heard), 1, heard.shape[2], 1), self.config.audio_dropout, self.training
        )
        heard = (heard * kept).expand(-1, -1, -1, tokens.shape[2])
        for index, layer in enumerate(self.layers):
            if index == 1:
                vertical = self.fusion_v(torch.cat([vertical, heard], 1))
                horizontal = self.fusion_h(torch.cat([horizontal, heard], 1))
            vertical, horizontal = layer(vertical, horizontal, classes)
        return self.output_conv(horizontal).permute(0, 2, 3, 1)
