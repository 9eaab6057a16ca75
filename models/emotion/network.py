"""Emotion of a stretch of speech, from statistics of the phone encoder's lower layers and of the prosody.

Mean and spread over time of frozen hidden states with a small classifier on top, as in Pepino, Riera and Ferrer 2021,
"Emotion recognition from speech using wav2vec 2.0 embeddings". Only the layers below the face engine's fine-tuned
blocks are used, so that the classifier stays valid when those are trained anew.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..phones.encoder import PhoneEncoder
from .classes import CLASSES as CLASSES

BLOCKS = 2
"""Encoder blocks that are listened to, after the stem."""


@dataclass(frozen=True)
class EmotionNetworkConfig:
    """Sizes of the classifier."""

    width: int = 144
    """Of the encoder's states."""
    prosody: int = 14
    hidden: int = 96
    dropout: float = 0.4

    @property
    def statistics(self) -> int:
        """Length of the input: mean and spread of stem and blocks, and the prosody."""
        return 2 * (1 + BLOCKS) * self.width + self.prosody

    @classmethod
    def from_json(cls, text: str) -> EmotionNetworkConfig:
        """Build from the JSON that is stored with the weights."""
        return cls(**json.loads(text))

    def to_json(self) -> str:
        """Return JSON to store with the weights."""
        return json.dumps(dataclasses.asdict(self))


@dataclass
class EmotionOutput:
    """What is heard in each stretch."""

    logits: Tensor
    """(B, 7) of :data:`CLASSES`."""
    affect: Tensor
    """(B, 2) valence and arousal, -1..1."""


class EmotionNetwork(nn.Module):
    """Statistics of a stretch of speech to emotion, valence and arousal."""

    def __init__(self, config: EmotionNetworkConfig | None = None) -> None:
        super().__init__()
        self.config = config or EmotionNetworkConfig()
        self.register_buffer("mean", torch.zeros(self.config.statistics))
        self.register_buffer("spread", torch.ones(self.config.statistics))
        self.dropout = nn.Dropout(self.config.dropout)
        self.input = nn.Linear(self.config.statistics, self.config.hidden)
        self.classes = nn.Linear(self.config.hidden, len(CLASSES))
        self.affect = nn.Linear(self.config.hidden, 2)

    def forward(self, statistics: Tensor) -> EmotionOutput:
        """(B, ``config.statistics``) to the emotions."""
        x = ((statistics - self.get_buffer("mean")) / self.get_buffer("spread")).clamp(-5, 5)
        x = self.dropout(functional.gelu(self.input(self.dropout(x))))
        return EmotionOutput(self.classes(x), torch.tanh(self.affect(x)))


def lower_states(encoder: PhoneEncoder, samples: Tensor) -> Tensor:
    """Return (B, T, 3 * width): the states after the stem and the first two blocks, for (B, n) samples at 16 kHz."""
    return lower_states_of(encoder, functional.gelu(encoder.stem(encoder.log_mel(samples))).transpose(1, 2))


def lower_states_of(encoder: PhoneEncoder, x: Tensor) -> Tensor:
    """Return (B, T, 3 * width): the state (B, T, width) before the first block, and those after the first two."""
    states = [x]
    for block in list(encoder.blocks)[:BLOCKS]:
        x = block(x, None, None)
        states.append(x)
    return torch.cat(states, -1)


def pool(states: Tensor, weights: Tensor) -> Tensor:
    """Return (B, 2 * D) weighted mean and standard deviation over time of (B, T, D) states; weights are (B, T)."""
    share = (weights / weights.sum(1, keepdim=True).clamp_min(1e-6))[..., None]
    mean = (share * states).sum(1)
    variance = (share * states.square()).sum(1) - mean.square()
    return torch.cat([mean, variance.clamp_min(1e-8).sqrt()], -1)


def fingerprint(encoder: PhoneEncoder) -> str:
    """Return a hash of the layers that are listened to: the classifier fits no others."""
    digest = hashlib.sha256()
    for part in (encoder.stem, *list(encoder.blocks)[:BLOCKS]):
        for name, tensor in sorted(part.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().half().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
