"""Emotions for the face network to learn: curves over time drawn at random, and what the muscles make of them.

No openly licensed recordings of emotional faces exist; the targets are the action units of ``inference.facs`` with
their dynamics, laid over real speech. Exchanging the emotions between the clips of a batch while the lips' labels stay
is EMOTE's way of telling content and emotion apart (Danecek et al. 2023, "Emotional Speech-Driven Animation with
Content-Emotion Disentanglement").
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.nn import functional

from ...inference.emotion.facs import activations, muscle_dynamics
from ...inference.settings import EMOTIONS

Doubles = npt.NDArray[np.float64]

EXPRESSION_NAMES: tuple[str, ...] = tuple(f"{emotion} {part}" for part in ("face", "mouth") for emotion in EMOTIONS[1:])
"""What the network says about expressions: how strongly each emotion but neutral works the face and the mouth."""
_WINDOW = 24  # frames of 20 ms over which an expression is judged


def draw_emotions(frames: int, rng: np.random.Generator) -> Doubles:
    """Return (T, 8) weights 0..1 on 20 ms frames: neutral, held, mixed or changing emotions, in every intensity."""
    weights = np.zeros((frames, len(EMOTIONS)))
    kind = rng.random()
    if kind < 0.2:
        weights[:, 0] = rng.random()
    elif kind < 0.5:
        weights[:, rng.integers(1, len(EMOTIONS))] = rng.uniform(0.3, 1.0)
    elif kind < 0.65:
        chosen = rng.choice(np.arange(1, len(EMOTIONS)), 2, replace=False)
        weights[:, chosen] = rng.dirichlet([1.0, 1.0]) * rng.uniform(0.5, 1.2)
    else:
        keys = int(rng.integers(2, 5))
        levels = np.zeros((keys, len(EMOTIONS)))
        levels[np.arange(keys), rng.integers(0, len(EMOTIONS), keys)] = rng.uniform(0.2, 1.0, keys)
        moments = np.sort(rng.uniform(0, frames, keys))
        index = np.arange(frames)
        if rng.random() < 0.4:
            weights = levels[np.clip(np.searchsorted(moments, index) - 1, 0, None)]
        else:
            weights = np.stack([np.interp(index, moments, column) for column in levels.T], 1)
    return np.clip(weights, 0, 1)


def expression_targets(
    weights: npt.NDArray[np.floating], accent: npt.NDArray[np.floating], room: npt.NDArray[np.floating]
) -> npt.NDArray[np.float32]:
    """Return (B, T, 14) activations for (B, T, 8) weights, (B, T) accents and (B, T) mouth room."""
    acted = muscle_dynamics(np.swapaxes(weights, 0, 1))
    rows = [np.concatenate(activations(acted[:, row], accent[row], room[row]), -1) for row in range(len(weights))]
    both = np.stack(rows).reshape(*weights.shape[:2], 2, len(EMOTIONS))[..., 1:]
    return both.reshape(*weights.shape[:2], -1).astype(np.float32)


def _windowed(curve: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and mean square of (B, T, K) over overlapping windows."""
    columns = curve.transpose(1, 2)
    span = min(_WINDOW, columns.shape[-1])
    mean = functional.avg_pool1d(columns, span, stride=max(1, span // 4))
    square = functional.avg_pool1d(columns.square(), span, stride=max(1, span // 4))
    return mean, square


def expression_loss(predicted: Tensor, target: Tensor, keep: Tensor) -> Tensor:
    """Return how far an expression is from its target, judged over windows of half a second.

    An emotion lives in how a face looks over a while, not in a frame: level and movement of every window count most,
    frames and their steps a little.

    Parameters
    ----------
    predicted, target : Tensor
        (B, T, K).
    keep : Tensor
        (B, T, 1), 0 on padding.
    """
    predicted, target = predicted * keep, target * keep
    (level, power), (level_target, power_target) = _windowed(predicted), _windowed(target)
    spread, spread_target = (
        (square - mean.square()).clamp_min(1e-6).sqrt()
        for mean, square in ((level, power), (level_target, power_target))
    )
    loss = functional.smooth_l1_loss(level, level_target, beta=0.02)
    loss = loss + 0.5 * functional.smooth_l1_loss(spread, spread_target, beta=0.02)
    loss = loss + 0.25 * functional.smooth_l1_loss(predicted, target, beta=0.02)
    return loss + 0.5 * functional.l1_loss(predicted.diff(dim=1), target.diff(dim=1))
