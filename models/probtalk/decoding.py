"""Iterative decoding of masked tokens: the surest are kept first, the others drawn again.

MaskGIT (Chang et al. 2022) as ProbTalk runs it: every unknown token is drawn, its confidence is the log of its
probability plus Gumbel noise that fades, and a cosine says how many stay unknown. Tokens known from the start are never
touched, so that any part of a motion, in time or by group, can be drawn anew among the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

STEPS = 8
CHOICE_TEMPERATURE = 4.5
Logits = Callable[[Tensor], Tensor]
"""(B, N) tokens to (B, N, codes) logits."""


@dataclass(frozen=True)
class Noise:
    """Every random number of one decoding, standard Gumbel."""

    tokens: Tensor
    """(steps, B, N, codes), which code is drawn."""
    places: Tensor
    """(steps, B, N), which codes are kept."""

    @property
    def steps(self) -> int:
        """How many times the network is asked."""
        return len(self.places)


def draw_noise(
    batch: int, places: int, codes: int, generator: torch.Generator | None = None, steps: int = STEPS
) -> Noise:
    """Return the random numbers for (batch, places) tokens, drawn on the CPU so that every device gets the same."""
    return Noise(_gumbel((steps, batch, places, codes), generator), _gumbel((steps, batch, places), generator))


def decode_tokens(
    logits_of: Logits,
    tokens: Tensor,
    mask_id: int,
    noise: Noise,
    *,
    temperature: float = 1.0,
    choice_temperature: float = CHOICE_TEMPERATURE,
) -> Tensor:
    """Fill in the unknown tokens.

    Parameters
    ----------
    logits_of : callable
        The network under its condition, asked once per step.
    tokens : (B, N)
        Known codes, and ``mask_id`` where the code is to be drawn. Rows may know different places.
    noise : Noise
        Of (B, N) tokens; its steps are the steps of decoding.
    temperature : float
        Above 0; below 1 the likelier codes are drawn more often than the network says.
    choice_temperature : float
        How much chance there is in what is kept, at first; it fades to none.

    Returns
    -------
    (B, N) Tensor
        Codes everywhere; known ones are unchanged.
    """
    current = tokens.clone()
    start = (tokens == mask_id).sum(-1)
    for step in range(noise.steps):
        ratio = (step + 1) / noise.steps
        unknown = current == mask_id
        logits = logits_of(current).float()
        drawn = (logits / temperature + noise.tokens[step].to(logits)).argmax(-1)
        drawn = torch.where(unknown, drawn, current)
        probability = logits.log_softmax(-1).gather(-1, drawn.clamp(max=logits.shape[-1] - 1)[..., None])[..., 0]
        confidence = probability + choice_temperature * (1 - ratio) * noise.places[step].to(logits)
        confidence = confidence.masked_fill(~unknown, torch.inf)
        stay = (start * math.cos(math.pi / 2 * ratio)).floor().long()
        stay = torch.minimum(stay, unknown.sum(-1) - 1).clamp(min=0)
        # A token's rank among the confidences of its row, the least sure first.
        rank = confidence.argsort(stable=True, dim=-1).argsort(-1)
        current = torch.where(rank < stay[:, None], mask_id, drawn)
    return current


def guided(logits_of: Logits, without: Logits, scale: float) -> Logits:
    """Return logits pushed away from those of a network told less (classifier-free guidance, Ho and Salimans 2022).

    ``scale`` 0 is ``logits_of`` alone.
    """
    if scale == 0:
        return logits_of

    def pushed(tokens: Tensor) -> Tensor:
        told = logits_of(tokens)
        return told + scale * (told - without(tokens))

    return pushed


def _gumbel(shape: tuple[int, ...], generator: torch.Generator | None) -> Tensor:
    exponential = torch.empty(shape).exponential_(generator=generator)
    return -exponential.clamp(min=torch.finfo(torch.float32).tiny).log()
