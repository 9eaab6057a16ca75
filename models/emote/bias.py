"""Attention that weakens with distance: a linear bias per head instead of positional encodings.

Press et al. 2022, "Train Short, Test Long: Attention with Linear Biases Enables Input Length Extrapolation"; with a
period as in FaceFormer (Fan et al. 2022). EMOTE and FLINT let frames see the future too, so their biases are symmetric.
"""

from __future__ import annotations

import torch
from torch import Tensor


def head_slopes(heads: int) -> tuple[float, ...]:
    """Return how steeply each head's bias falls: a geometric series, 1/2 .. 1/256 for eight heads.

    Between powers of two the series of the next lower one is filled up with every second slope of the next higher one.
    """
    power = 1 << (heads.bit_length() - 1)
    slopes = tuple(2.0 ** (-8.0 * (index + 1) / power) for index in range(power))
    if power == heads:
        return slopes
    return slopes + tuple(2.0 ** (-8.0 * (2 * index + 1) / (2 * power)) for index in range(heads - power))


def faceformer_future(heads: int, frames: int, period: int = 30, device: torch.device | str | None = None) -> Tensor:
    """Return EMOTE's additive bias: FaceFormer's, mirrored into the future.

    Returns
    -------
    (heads, frames, frames) Tensor
        ``-slope * (|i - j| // period)``: 0 within a period, one slope less with every further one.
    """
    index = torch.arange(frames, device=device)
    distance = (index[:, None] - index[None, :]).abs() // period
    slopes = torch.tensor(head_slopes(heads), device=device)
    return -slopes[:, None, None] * distance


def alibi_future(heads: int, frames: int, device: torch.device | str | None = None) -> Tensor:
    """Return FLINT's additive bias, ``-slope * |i - j|``, (heads, frames, frames)."""
    return faceformer_future(heads, frames, 1, device)
