"""A talking head that is told what to feel: content and emotion per frame, finished by a prior over faces in motion.

The architecture of EMOTE (Danecek et al. 2023, "Emotional Speech-Driven Animation with Content-Emotion
Disentanglement") at the size and frame rate of the default engine: every frame's content next to its condition, one
transformer layer with a bias that weakens symmetrically with distance, eight frames squashed into a latent, FLINT's
decoder. Unlike there, the decoder only says by how much a face differs from what was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..emote.flint import FlintConfig, FlintDecoder
from ..emote.squash import StackLinearSquash, pad_frames
from ..emote.transformer import BiasedTransformer


@dataclass(frozen=True)
class DirectedHeadConfig:
    """Sizes of the head; ``channels`` are what a face has per frame: what the lips do, then the activation of every
    emotion but the first, neutral, on the face and on the mouth."""

    channels: int = 19
    emotions: int = 8
    content: int = 128
    heads: int = 8
    feed_forward: int = 256
    period: int = 10
    """Frames of 20 ms over which the attention's bias stays level."""
    dropout: float = 0.1

    @property
    def prior(self) -> FlintConfig:
        """Sizes of the prior's decoder."""
        return FlintConfig(channels=self.channels, width=self.content, shortcut=False)


class DirectedHead(nn.Module):
    """Speech features and emotions to a face in motion."""

    def __init__(self, width: int, config: DirectedHeadConfig) -> None:
        super().__init__()
        self.config = config
        both = 2 * config.content
        self.content = nn.Linear(width, config.content)
        self.condition = nn.Linear(config.emotions, config.content)
        self.transformer = BiasedTransformer(
            both, config.heads, config.feed_forward, 1, period=config.period, dropout=config.dropout
        )
        self.styled = nn.Linear(both, config.content)
        self.squash = StackLinearSquash(config.content, config.content, config.prior.frames_per_latent)
        self.decoder = FlintDecoder(config.prior)

    def forward(self, features: Tensor, emotion: Tensor) -> Tensor:
        """Finish a face.

        Parameters
        ----------
        features : (B, T, width)
            What was heard.
        emotion : (B, T, emotions)
            Weights 0..1, free to change from frame to frame.

        Returns
        -------
        (B, T, channels)
        """
        frames = features.shape[1]
        said = self.config.channels - 2 * (self.config.emotions - 1)
        # What was asked for reaches the expression as it is; the decoder says how a face goes along with it.
        asked = torch.cat([emotion.new_zeros(*emotion.shape[:2], said), emotion[..., 1:], emotion[..., 1:]], -1)
        hidden = torch.cat([self.content(features), self.condition(emotion)], -1)
        hidden = self.styled(self.transformer(hidden))
        latent = self.squash(pad_frames(hidden, self.squash.frames))
        return asked + self.decoder(latent)[:, :frames]
