"""The motion all three networks learn from: recorded clips in a row, the scheduled corpus, and its principal axes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ....inference.body.upper_body import ARMS, SPINE, UPPER_BODY
from ..clips import GestureClip
from ..windows import Recordings, draw_windows
from .augment import joined

WINDOW = 176
"""Frames of a training window: 22 steps of tokens."""
AXES = 64
"""Numbers of a frame that the networks see."""
_LEAST_DEVIATION = 0.08
_IMPORTANCE = torch.tensor([1.0 if name in SPINE else 1.6 if name in ARMS else 0.6 for name in UPPER_BODY])
_ORDERS = 3


@dataclass(frozen=True)
class MotionSpace:
    """Principal axes of the 246 numbers: fewer, and not entangled, so that small networks learn them sooner.

    Every axis is scaled by the root of its deviation: halfway between all alike and as they are.
    """

    mean: Tensor
    """(246,) of the numbers."""
    std: Tensor
    """(246,) of the numbers, never near zero."""
    forward: Tensor
    """(246, K)."""
    backward: Tensor
    """(K, 246)."""

    def seen(self, numbers: Tensor) -> Tensor:
        """Return (..., K) what the networks see of (..., 246) numbers."""
        return (numbers - self.mean) @ self.forward

    def numbers(self, seen: Tensor) -> Tensor:
        """Return (..., 246) numbers of (..., K)."""
        return seen @ self.backward + self.mean


@dataclass(frozen=True)
class Motion:
    """Numbers to draw windows from."""

    clips: Tensor
    """(N, 246) recorded clips one flowing into the next, in several orders."""
    corpus: Recordings | None
    """Gestures laid over speech, where they are made."""
    space: MotionSpace
    """What the networks see of it."""

    def draw(self, count: int, frames: int, generator: torch.Generator) -> Tensor:
        """Return (count, frames, 246) random windows, two thirds of them from the corpus where there is one."""
        from_clips = count if self.corpus is None else count // 3
        starts = torch.randint(len(self.clips) - frames, (from_clips,), generator=generator)
        parts = [self.clips[starts[:, None] + torch.arange(frames)]]
        if self.corpus is not None:
            rng = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
            parts.append(torch.from_numpy(draw_windows(self.corpus, count - from_clips, frames, rng).motion))
        return torch.cat(parts)

    def draw_corpus(self, count: int, seed: int = 1) -> Tensor:
        """Return (count, 176, 246) windows of the corpus, always the same."""
        assert self.corpus is not None
        return torch.from_numpy(draw_windows(self.corpus, count, WINDOW, np.random.default_rng(seed)).motion)


def clip_motion(clips: list[GestureClip], orders: int = 1, seed: int = 0) -> Tensor:
    """Return (N, 246): the clips in a row, in so many random orders after one another."""
    generator = torch.Generator().manual_seed(seed)
    takes = [torch.from_numpy(clip.six) for clip in clips]
    return torch.cat([joined(takes, generator) for _ in range(orders)])


def gather_motion(clips: list[GestureClip], corpus: Recordings | None) -> Motion:
    """Return what to learn from; the axes are the clips' own, so that they stay when the corpus grows."""
    motion = clip_motion(clips, _ORDERS)
    return Motion(motion, corpus, motion_space(torch.cat([torch.from_numpy(clip.six) for clip in clips])))


def motion_space(numbers: Tensor) -> MotionSpace:
    """Return the principal axes of (N, 246) numbers, in deviations weighted by part."""
    mean, std = numbers.mean(0), numbers.std(0).clamp_min(_LEAST_DEVIATION)
    scale = _IMPORTANCE.repeat_interleave(6) / std
    apart = (numbers - mean) * scale
    spread, axes = torch.linalg.eigh(apart.T.double() @ apart.double() / len(apart))
    axes = axes.flip(1)[:, :AXES].float()
    # Which way an axis points is the solver's whim: its largest number decides.
    axes = axes * axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()
    root = spread.flip(0)[:AXES].float().clamp_min(1e-8) ** 0.25
    return MotionSpace(mean, std, scale[:, None] * axes / root, root[:, None] * axes.T / scale)
