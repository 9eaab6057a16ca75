"""Motion as tokens: TalkSHOW's vector-quantised autoencoder, four frames to a token.

Yi et al., CVPR 2023, "Generating Holistic 3D Human Motion from Speech", section 3.3. One is trained for the body (39
numbers a frame), one for the hands (90). Names and shapes of the weights are those of the authors' checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from .convolutions import DownEncoder, UpDecoder
from .quantizer import Codebook

FRAMES_PER_TOKEN = 4
_REACH = 8
"""Tokens on either side that a decoded frame can depend on, rounded up; 6.75 with two blocks a stack."""


@dataclass(frozen=True)
class VQVAEConfig:
    """Sizes; the defaults are the published ones of the body, the hands' have ``in_dim=90``."""

    in_dim: int = 39
    width: int = 1024
    blocks: int = 2
    code_width: int = 64
    codes: int = 2048
    commitment: float = 0.25
    decay: float = 0.99
    epsilon: float = 1e-5
    restart_below: float = 0.0


class Quantised(NamedTuple):
    """What a forward pass gives."""

    motion: Tensor
    """(B, 4 R, in_dim) as decoded."""
    tokens: Tensor
    """(B, R)."""
    commitment: Tensor
    """The weighted commitment loss."""


class _Encoder(DownEncoder):
    def __init__(self, config: VQVAEConfig) -> None:
        super().__init__(config.in_dim, config.width, config.blocks)
        self.pre_vq_conv = nn.Conv1d(config.width, config.code_width, 1)

    def forward(self, signal: Tensor) -> Tensor:
        return self.pre_vq_conv(super().forward(signal))


class VQVAE(nn.Module):
    """Motion to tokens and back.

    Parameters
    ----------
    config : VQVAEConfig
        The published sizes of the body unless told otherwise.
    """

    def __init__(self, config: VQVAEConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or VQVAEConfig()
        self.encoder = _Encoder(config)
        self.vq_layer = Codebook(
            config.codes, config.code_width, config.commitment, config.decay, config.epsilon, config.restart_below
        )
        self.decoder = UpDecoder(config.code_width, config.width, config.in_dim, config.blocks)

    def forward(self, motion: Tensor) -> Quantised:
        """Encode, quantise and decode (B, T, in_dim), T a multiple of 4; in training the codes follow."""
        quantised, tokens, loss = self.vq_layer(self.encoder(motion.transpose(1, 2)).transpose(1, 2))
        return Quantised(self.decoder(quantised.transpose(1, 2)).transpose(1, 2), tokens, loss)

    def encode(self, motion: Tensor) -> Tensor:
        """Return (B, T // 4) tokens of (B, T, in_dim) motion."""
        return self.vq_layer.tokens_of(self.encoder(motion.transpose(1, 2)).transpose(1, 2))

    def decode(self, tokens: Tensor) -> Tensor:
        """Return (B, 4 R, in_dim) motion of (B, R) tokens."""
        return self.decoder(self.vq_layer.look_up(tokens).transpose(1, 2)).transpose(1, 2)

    def decode_pieces(self, tokens: Tensor, piece: int = 256) -> Iterator[Tensor]:
        """Yield :meth:`decode`'s frames piece after piece, so that memory does not grow with the length.

        Every piece is decoded with as many neighbours as its frames depend on: joined, the pieces are the whole. Holds
        for an instance in eval mode with up to two blocks a stack.

        Parameters
        ----------
        tokens : (B, R)
            R > 0.
        piece : int
            Tokens of a piece.
        """
        rows = tokens.shape[1]
        for start in range(0, rows, piece):
            stop = min(start + piece, rows)
            before, after = max(0, start - _REACH), min(rows, stop + _REACH)
            with torch.no_grad():
                motion = self.decode(tokens[:, before:after])
            first = FRAMES_PER_TOKEN * (start - before)
            yield motion[:, first : first + FRAMES_PER_TOKEN * (stop - start)]
