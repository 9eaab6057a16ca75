"""EMOTE's network as published (Danecek et al. 2023, "Emotional Speech-Driven Animation with Content-Emotion
Disentanglement"): speech and a condition in, FLAME expression and jaw out, through the FLINT prior.

Modules are named so that the keys are those of the authors' checkpoints.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from ..wav2vec2.resampled import Wav2Vec2Resampled, Wav2Vec2Sizes
from .condition import EMOTIONS, IDENTITIES, INTENSITIES
from .flint import FlintConfig, FlintDecoder
from .squash import StackLinearSquash, pad_frames
from .transformer import BiasedTransformer

FPS = 25
FRAME_SAMPLES = 640
"""Samples per frame at 16 kHz."""


@dataclass(frozen=True)
class EmoteConfig:
    """Sizes and variant of the network; the defaults are the published ones."""

    speech: Wav2Vec2Sizes = field(default_factory=Wav2Vec2Sizes)
    flint: FlintConfig = field(default_factory=FlintConfig)
    width: int = 128
    """Of the content and of the condition; the transformer runs over both side by side."""
    heads: int = 8
    layers: int = 1
    period: int = 30
    """Frames over which the attention bias stays level."""
    emotions: int = len(EMOTIONS)
    intensities: int = INTENSITIES
    identities: int = len(IDENTITIES)
    post_bug_fix: bool = True
    """False for the older release, trained with a slip by which the transformer's output was left aside."""
    dropout: float = 0.25

    @property
    def condition(self) -> int:
        """Length of the condition vector (43)."""
        return self.emotions + self.intensities + self.identities


class AudioModel(nn.Module):
    """Speech features at 25 frames per second."""

    def __init__(self, sizes: Wav2Vec2Sizes) -> None:
        super().__init__()
        self.model = Wav2Vec2Resampled(sizes, align_corners=True)

    def forward(self, samples: Tensor, frames: int) -> Tensor:
        """(B, n) normalised samples to (B, frames, speech width)."""
        return self.model(samples, frames)


class SequenceEncoder(nn.Module):
    """Speech features to content."""

    def __init__(self, in_width: int, out_width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(in_width, out_width)

    def forward(self, features: Tensor) -> Tensor:
        """(B, T, in_width) to (B, T, out_width)."""
        return self.linear(features)


class EmotionCondition(nn.Module):
    """Condition vectors to style."""

    def __init__(self, condition: int, width: int) -> None:
        super().__init__()
        self.map = nn.Linear(condition, width)

    def forward(self, condition: Tensor) -> Tensor:
        """(B, T, condition) to (B, T, width)."""
        return self.map(condition)


class MotionPrior(nn.Module):
    """The half of FLINT that the talking head speaks through."""

    def __init__(self, config: FlintConfig) -> None:
        super().__init__()
        self.motion_decoder = FlintDecoder(config)

    def forward(self, latent: Tensor) -> Tensor:
        """(B, L, width) to (B, 8 L, channels)."""
        return self.motion_decoder(latent)


class BertPriorDecoder(nn.Module):
    """Content and condition to facial motion."""

    def __init__(self, config: EmoteConfig) -> None:
        super().__init__()
        self.config = config
        both, latent = 2 * config.width, config.flint.width
        self.obj_vector = EmotionCondition(config.condition, config.width)
        self.bert_decoder = BiasedTransformer(
            both, config.heads, both, config.layers, period=config.period, dropout=config.dropout, shortcut=True
        )
        self.decoder = nn.Linear(both, latent)
        self.squasher_2 = StackLinearSquash(latent, latent, config.flint.frames_per_latent)
        self.motion_prior = MotionPrior(config.flint)

    def forward(self, content: Tensor, condition: Tensor) -> Tensor:
        """(B, T, width) content and (B, T, condition) to (B, T, channels), any T."""
        frames = content.shape[1]
        hidden = torch.cat([content, self.obj_vector(condition)], -1)
        if self.config.post_bug_fix:
            hidden = self.bert_decoder(hidden)
        latent = self.squasher_2(pad_frames(self.decoder(hidden), self.config.flint.frames_per_latent))
        return self.motion_prior(latent)[:, :frames]


class TalkingHead(nn.Module):
    """The whole network."""

    def __init__(self, config: EmoteConfig | None = None) -> None:
        super().__init__()
        self.config = config or EmoteConfig()
        self.audio_model = AudioModel(self.config.speech)
        self.sequence_encoder = SequenceEncoder(self.config.speech.width, self.config.width)
        self.sequence_decoder = BertPriorDecoder(self.config)

    def forward(self, samples: Tensor, condition: Tensor) -> Tensor:
        """Animate.

        Parameters
        ----------
        samples : (B, n)
            Speech at 16 kHz with zero mean and unit variance, about 640 samples per frame.
        condition : (B, T, condition)
            See :func:`~.condition.condition_rows`. T is the number of frames wanted, at 25 per second.

        Returns
        -------
        (B, T, channels) Tensor
            FLAME 2020 expression coefficients, then the jaw's axis-angle (rad).
        """
        content = self.sequence_encoder(self.audio_model(samples, condition.shape[1]))
        return self.sequence_decoder(content, condition)
