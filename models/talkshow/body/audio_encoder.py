"""Speech features to what the autoregressive model hears: one vector for every token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from .convolutions import DownEncoder
from .vqvae import FRAMES_PER_TOKEN

_REACH = 8
"""Rows on either side that a row can depend on, rounded up; 6.5 with two blocks a stack."""


@dataclass(frozen=True)
class AudioEncoderConfig:
    """Sizes; the defaults are the published ones."""

    in_dim: int = 64
    width: int = 256
    blocks: int = 2


class AudioEncoder(DownEncoder):
    """Features of a frame to one vector for every four frames.

    Parameters
    ----------
    config : AudioEncoderConfig
        The published sizes unless told otherwise.
    """

    def __init__(self, config: AudioEncoderConfig | None = None) -> None:
        config = config or AudioEncoderConfig()
        super().__init__(config.in_dim, config.width, config.blocks)
        self.config = config

    def forward(self, signal: Tensor) -> Tensor:
        """(B, T, in_dim) features to (B, width, T // 4)."""
        return super().forward(signal.transpose(1, 2))

    def encode_pieces(self, features: Tensor, piece: int = 256) -> Iterator[Tensor]:
        """Yield the rows piece after piece, each with the neighbours its rows depend on: joined, they are the whole.

        Holds for an instance in eval mode with up to two blocks a stack.

        Parameters
        ----------
        features : (B, T, in_dim)
            T a multiple of 4.
        piece : int
            Rows of a piece.
        """
        rows = features.shape[1] // FRAMES_PER_TOKEN
        for start in range(0, rows, piece):
            stop = min(start + piece, rows)
            before, after = max(0, start - _REACH), min(rows, stop + _REACH)
            with torch.no_grad():
                audio = self(features[:, FRAMES_PER_TOKEN * before : FRAMES_PER_TOKEN * after])
            yield audio[:, :, start - before : stop - before]
