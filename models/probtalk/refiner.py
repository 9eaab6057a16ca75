"""ProbTalk's refiner: takes the steps of quantisation out of decoded motion, with the speech and the known frames.

Liu et al., CVPR 2024, section 3.4; ``RTransformer`` in the authors' words, ``HFTransformer`` in their checkpoints.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .layer import StyledDecoder
from .position import PositionTable, add_positions


@dataclass(frozen=True)
class RefinerConfig:
    """Sizes; the defaults are the published ones."""

    in_dim: int = 376
    audio_in: int = 768
    width: int = 512
    layers: int = 6
    heads: int = 8
    feed_forward: int = 2048
    out_width: int = 1024
    classes: int = 4
    positions: int = 1800
    """Longest window in frames."""
    dropout: float = 0.1


class Refiner(nn.Module):
    """Motion in, smoother motion out, of the same frames.

    Parameters
    ----------
    config : RefinerConfig
        The published sizes unless told otherwise.
    """

    def __init__(self, config: RefinerConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or RefinerConfig()
        self.class_embed = nn.Embedding(config.classes, config.width)
        self.PE = PositionTable(config.positions, config.width)
        self.input_conv = nn.Conv1d(config.in_dim, config.width, 1)
        self.audio_conv = nn.Conv1d(config.audio_in + 2, config.width, 1)
        self.transformer_decoder = StyledDecoder(
            config.layers, config.width, config.heads, config.feed_forward, dropout=config.dropout
        )
        self.output_conv = nn.Sequential(
            nn.Conv1d(config.width, config.out_width, 1), nn.ReLU(), nn.Conv1d(config.out_width, config.in_dim, 1)
        )

    def forward(self, motion: Tensor, known: Tensor, audio: Tensor, label: Tensor) -> Tensor:
        """Return refined motion; the known frames are rewritten too, so paste or fade them back where wanted.

        Parameters
        ----------
        motion : (B, T, in_dim)
            Normalised: known frames as they are, the others as decoded.
        known : (B, T)
            1 where the motion is known, else 0.
        audio : (B, T, audio_in)
            Audio features at the frame rate of the motion.
        label : (B,)
            Whole numbers below ``classes``.

        Returns
        -------
        (B, T, in_dim) Tensor
        """
        time = self.PE(motion.shape[1])
        mask = known.to(motion.dtype)
        heard = torch.cat([audio, torch.stack([1 - mask, mask], -1)], -1)
        tokens = add_positions(self.input_conv(motion.transpose(1, 2)).transpose(1, 2), time)
        condition = add_positions(self.audio_conv(heard.transpose(1, 2)).transpose(1, 2), time)
        result = self.transformer_decoder(tokens, condition, self.class_embed(label))
        return self.output_conv(result.transpose(1, 2)).transpose(1, 2)
