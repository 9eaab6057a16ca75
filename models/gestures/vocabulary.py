"""A vocabulary of gestures: codes over time, and a decoder that turns them into motion.

An auto-decoder (Park et al. 2019, "DeepSDF", section 4): codes and decoder are fitted together, there is no encoder.
Codes are the control points of a cubic B-spline, so that motion is smooth at any frame rate; the decoder looks at one
instant alone: a linear map, and a small network for what is not linear about arms.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class VocabularyConfig:
    """Sizes of the decoder."""

    channels: int = 246
    """Numbers of one frame: 41 joints, six each."""
    code_dim: int = 32
    width: int = 256
    stride: int = 4
    """Frames between two codes."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> VocabularyConfig:
        """Build from :meth:`to_json`'s values."""
        return cls(**values)

    def codes_of(self, frames: int) -> int:
        """Return how many codes a gesture of so many frames has."""
        return (frames - 1) // self.stride + 4


def spread(codes: Tensor, first: Tensor, phase: Tensor) -> Tensor:
    """Return (n, D) points on the cubic B-splines whose control points are rows of (K, D) codes.

    Parameters
    ----------
    first : (n,) long
        The first of the four codes around each point.
    phase : (n,)
        How far the point lies between the second and the third of them, 0..1.
    """
    u = phase[:, None]
    weights = ((1 - u) ** 3 / 6, (3 * u**3 - 6 * u**2 + 4) / 6, (-3 * u**3 + 3 * u**2 + 3 * u + 1) / 6, u**3 / 6)
    return sum((weight * codes[first + tap] for tap, weight in enumerate(weights)), torch.zeros(()))


class GestureVocabulary(nn.Module):
    """Codes of all gestures, one after the other, and their decoder.

    Parameters
    ----------
    frames : sequence of int
        Frames of every gesture.
    """

    def __init__(self, config: VocabularyConfig, frames: list[int]) -> None:
        super().__init__()
        self.config, self.frames = config, list(frames)
        count = [config.codes_of(number) for number in self.frames]
        self.codes = nn.Parameter(torch.zeros(sum(count), config.code_dim))
        self.linear = nn.Linear(config.code_dim, config.channels)
        self.bend = nn.Sequential(
            nn.Linear(config.code_dim, config.width),
            nn.SiLU(),
            nn.Linear(config.width, config.width),
            nn.SiLU(),
            nn.Linear(config.width, config.channels),
        )
        firsts: list[Tensor] = []
        phases: list[Tensor] = []
        start = 0
        for number, codes in zip(self.frames, count, strict=True):
            place = torch.arange(number)
            firsts.append(start + torch.div(place, config.stride, rounding_mode="floor"))
            phases.append((place % config.stride).float() / config.stride)
            start += codes
        self.register_buffer("first", torch.cat(firsts), persistent=False)
        self.register_buffer("phase", torch.cat(phases), persistent=False)

    def points(self, rows: Tensor) -> Tensor:
        """Return (n, D) points of the codes' splines at rows of all gestures' frames, one after the other."""
        return spread(self.codes, self.get_buffer("first")[rows], self.get_buffer("phase")[rows])

    def decode(self, points: Tensor) -> Tensor:
        """Return (n, channels) motion of (n, D) points."""
        return self.linear(points) + self.bend(points)

    def forward(self, rows: Tensor) -> Tensor:
        """Return (n, channels) motion of rows of all gestures' frames, one after the other."""
        return self.decode(self.points(rows))
