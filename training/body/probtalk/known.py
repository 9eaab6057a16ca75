"""Which frames and tokens of a window are known, and which are to be guessed, while the predictor learns."""

from __future__ import annotations

import torch
from torch import Tensor

from ....models.probtalk.pq_vae import FRAMES_PER_STEP

NOTHING, CONTINUED, STRETCH = 0.3, 0.35, 0.15
"""Shares of windows of which nothing, the beginning or a stretch somewhere is known; of the rest all but a stretch."""
_CONTEXT = 32  # frames that a window knows of the one before it
_STRETCH = 30  # frames, as published
_GAP = (24, 128)  # frames to fill
_ALL_HIDDEN = 0.15


def known_frames(count: int, frames: int, generator: torch.Generator) -> Tensor:
    """Return (count, frames) bool: the motion context of every window."""
    kind = torch.rand(count, generator=generator)
    at = torch.arange(frames)[None]

    def start(room: int | Tensor) -> Tensor:
        return (torch.rand(count, generator=generator) * (torch.as_tensor(room) + 1)).long()[:, None]

    continued = at < _CONTEXT
    begin = start(frames - _STRETCH)
    stretch = (at >= begin) & (at < begin + _STRETCH)
    gap = (_GAP[0] + torch.rand(count, generator=generator) * (_GAP[1] - _GAP[0])).long()
    begin = start(frames - gap)
    around = (at < begin) | (at >= begin + gap[:, None])
    result = torch.zeros(count, frames, dtype=torch.bool)
    for low, high, rows in (
        (NOTHING, NOTHING + CONTINUED, continued.expand(count, -1)),
        (NOTHING + CONTINUED, NOTHING + CONTINUED + STRETCH, stretch),
        (NOTHING + CONTINUED + STRETCH, 1.01, around),
    ):
        chosen = (kind >= low) & (kind < high)
        result[chosen] = rows[chosen]
    return result


def hidden_tokens(known: Tensor, groups: int, generator: torch.Generator) -> Tensor:
    """Return (B, S * groups) bool: the tokens to guess.

    Of the tokens that the known frames (B, T) do not settle, a share drawn evenly between none and all is hidden, all
    of them for some windows, and never none.
    """
    settled = known.unflatten(1, (-1, FRAMES_PER_STEP)).all(-1).repeat_interleave(groups, 1)
    share = torch.rand(len(known), 1, generator=generator)
    share = torch.where(torch.rand(len(known), 1, generator=generator) < _ALL_HIDDEN, 1.0, share)
    lot = torch.rand(settled.shape, generator=generator).masked_fill(settled, 2.0)
    hidden = (lot < share) | (lot == lot.min(1, keepdim=True).values)
    return hidden & ~settled
