"""What EMOTE is told beside the speech: which emotion, how strong, in whose manner - frame by frame."""

from __future__ import annotations

import torch
from torch import Tensor

EMOTIONS: tuple[str, ...] = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger", "contempt")
"""The order of AffectNet's labels, in which the network was trained."""
INTENSITIES = 3
"""MEAD's levels of acting."""
IDENTITIES: tuple[str, ...] = (
    *("M003", "M005", "M007", "M009", "M011", "M012", "M013", "M019", "M022", "M023", "M024", "M025", "M026", "M027"),
    *("M028", "M029", "M030", "W009", "W011", "W014", "W015", "W016", "W017", "W018", "W019", "W021", "W023", "W024"),
    *("W025", "W026", "W028", "W029"),
)
"""The training actors of MEAD, men before women."""


def condition_rows(
    weights: Tensor, identity: int = 0, *, intensities: int = INTENSITIES, identities: int = len(IDENTITIES)
) -> Tensor:
    """Return condition vectors for mixtures of emotions of any strength.

    The network was trained on one-hot vectors; between them it is led along straight lines. What of the weights is not
    neutral is the *strength*. The first step of strength, up to 1 / ``intensities``, brings the emotions in at their
    weakest level; every further one leads to the next level. Neutral is spoken at the weakest level, as the authors do.

    Parameters
    ----------
    weights : (T, emotions)
        Weight 0..1 of every emotion at every frame, neutral first; what is missing to 1 is neutral.
    identity : int
        Whose manner of speaking, an index into the training actors.

    Returns
    -------
    (T, emotions + intensities + identities) Tensor
        Three groups, each summing to 1.
    """
    emotional = weights.clamp_min(0).clone()
    emotional[:, 0] = 0
    total = emotional.sum(-1, keepdim=True)
    strength = total.clamp(max=1)
    mixture = emotional / total.clamp_min(1e-6)
    presence = (strength * intensities).clamp(max=1)
    emotion = mixture * presence
    emotion[:, 0] = 1 - emotion[:, 1:].sum(-1)
    level = (strength * intensities - 1).clamp(min=0)
    steps = torch.arange(intensities, device=weights.device, dtype=weights.dtype)
    intensity = (1 - (level - steps).abs()).clamp_min(0)
    manner = torch.zeros(len(weights), identities, device=weights.device, dtype=weights.dtype)
    manner[:, identity] = 1
    return torch.cat([emotion, intensity, manner], -1)
