"""Brows, lids and head as a categorical code, and what the voice makes likely.

MeshTalk's two steps (Richard et al. 2021, see ``models.meshtalk``) on a few coefficients instead of a mesh. A codec
learns a code of several heads per 80 ms from which the motion follows; a context model learns which codes come next
given the voice. MeshTalk's modality-crossing loss keeps the sound out of the part of the code that moves the upper
face; as all that is coded here is upper face and head, the codec is not given the sound at all.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..meshtalk.config import ContextConfig
from ..meshtalk.context import ContextModel

STRIDE = 2
"""Frames of 40 ms per code."""


@dataclass(frozen=True)
class UpperFaceConfig:
    """Sizes, stored with the weights."""

    channels: int = 10
    features: int = 8
    width: int = 64
    audio_dim: int = 32
    heads: int = 4
    classes: int = 24
    hidden: int = 24
    kernel: int = 4
    dilations: tuple[int, ...] = (1, 4)
    dropout: float = 0.1

    @classmethod
    def from_json(cls, text: str) -> UpperFaceConfig:
        """Build from the JSON that is stored with the weights."""
        values: dict[str, Any] = json.loads(text)
        values["dilations"] = tuple(values["dilations"])
        return cls(**values)

    def to_json(self) -> str:
        """Return JSON to store with the weights."""
        return json.dumps(dataclasses.asdict(self))


class Residual(nn.Module):
    """A convolution over time added to its input."""

    def __init__(self, width: int, dilation: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.out = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, width, T) to the same shape."""
        return x + self.out(self.dropout(functional.gelu(self.convolution(functional.gelu(x)))))


class SpeechEncoder(nn.Module):
    """Prosody at 25 Hz to what the context model hears at 12.5 Hz."""

    reach = 40
    """Frames of 40 ms on either side that can change a code."""

    def __init__(self, config: UpperFaceConfig) -> None:
        super().__init__()
        width = config.width
        self.input = nn.Conv1d(config.features, width, 5, padding=2)
        self.blocks = nn.ModuleList(Residual(width, dilation, config.dropout) for dilation in (1, 2, 4, 8))
        self.down = nn.Conv1d(width, width, 2 * STRIDE, STRIDE, padding=STRIDE // 2)
        self.out = nn.Linear(width, config.audio_dim)

    def forward(self, features: Tensor) -> Tensor:
        """(B, T, features) to (B, T // 2, audio_dim)."""
        x = self.input(features.transpose(1, 2))
        for block in self.blocks:
            x = block(x)
        return self.out(functional.gelu(self.down(x)).transpose(1, 2))


class MotionEncoder(nn.Module):
    """Motion at 25 Hz to the logits of the code at 12.5 Hz."""

    def __init__(self, config: UpperFaceConfig) -> None:
        super().__init__()
        self.heads, self.classes = config.heads, config.classes
        width = config.width
        self.input = nn.Conv1d(config.channels, width, 3, padding=1)
        self.down = nn.Conv1d(width, width, 2 * STRIDE, STRIDE, padding=STRIDE // 2)
        self.blocks = nn.ModuleList(Residual(width) for _ in range(2))
        self.out = nn.Conv1d(width, config.heads * config.classes, 1)

    def forward(self, motion: Tensor) -> Tensor:
        """(B, T, channels) to (B, T // 2, heads, classes)."""
        x = self.down(functional.gelu(self.input(motion.transpose(1, 2))))
        for block in self.blocks:
            x = block(x)
        logits = self.out(functional.gelu(x)).transpose(1, 2)
        return logits.view(*logits.shape[:2], self.heads, self.classes)


class MotionDecoder(nn.Module):
    """The code to motion at 25 Hz."""

    reach = 5
    """Codes on either side that can change a frame."""

    def __init__(self, config: UpperFaceConfig) -> None:
        super().__init__()
        width = config.width
        self.input = nn.Conv1d(config.heads * config.classes, width, 1)
        self.blocks = nn.ModuleList(Residual(width) for _ in range(2))
        self.smooth = nn.ModuleList(Residual(width, dilation) for dilation in (1, 2))
        self.out = nn.Conv1d(width, config.channels, 3, padding=1)

    def forward(self, code: Tensor) -> Tensor:
        """(B, N, heads, classes) to (B, 2 N, channels)."""
        x = self.input(code.flatten(2).transpose(1, 2))
        for block in self.blocks:
            x = block(x)
        x = functional.interpolate(x, scale_factor=STRIDE, mode="linear", align_corners=False)
        for block in self.smooth:
            x = block(x)
        return self.out(functional.gelu(x)).transpose(1, 2)


class UpperFaceNetwork(nn.Module):
    """Codec, context model and the scale of every channel and feature."""

    def __init__(self, config: UpperFaceConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or UpperFaceConfig()
        self.encoder = MotionEncoder(config)
        self.decoder = MotionDecoder(config)
        self.speech = SpeechEncoder(config)
        self.context = ContextModel(
            ContextConfig(
                config.heads, config.classes, config.audio_dim, config.hidden, config.kernel, config.dilations, False
            )
        )
        self.register_buffer("scale", torch.ones(config.channels))

    def quantise(self, motion: Tensor, temperature: float | None) -> Tensor:
        """(B, T, channels) to a one-hot code (B, T // 2, heads, classes).

        With a temperature it is drawn by Gumbel softmax with straight-through gradients (Jang, Gu and Poole 2017,
        "Categorical Reparameterization with Gumbel-Softmax"); with None the likeliest class is taken.
        """
        logits = self.encoder(motion / self.get_buffer("scale"))
        if temperature is None:
            return functional.one_hot(logits.argmax(-1), self.config.classes).to(logits.dtype)
        return functional.gumbel_softmax(logits, temperature, hard=True)

    def decode(self, code: Tensor) -> Tensor:
        """(B, N, heads, classes) to motion (B, 2 N, channels)."""
        return self.decoder(code) * self.get_buffer("scale")
