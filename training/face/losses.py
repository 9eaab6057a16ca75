"""What the face network is taught: geometry, its motion and its shape over a clip, closure, visemes.

Errors of the geometry are squared: the conditional mean is what correlates best with the measured motion, whereas
absolute errors would ask for the median, which sticks to closed lips.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from ...models.face.network import FaceOutput

_SHUT_APERTURE = 0.006
_OPEN_APERTURE = 0.045


@dataclass
class Labels:
    """Labels of a batch; NaN and -1 mean unknown, padding included."""

    geometry: Tensor
    """(B, T, 5)."""
    closure: Tensor
    """(B, T) 1 shut, 0 open."""
    visemes: Tensor
    """(B, T)."""


@dataclass(frozen=True)
class LossWeights:
    """Weight of each part."""

    aperture: float = 1.0
    correlation: float = 1.0
    velocity: float = 1.0
    shape: float = 0.3
    closure: float = 0.3
    visemes: float = 0.2
    phones: float = 0.3


def _mean(values: Tensor, known: Tensor) -> Tensor:
    return torch.where(known, values, 0.0).sum() / known.sum().clamp_min(1)


def _clip_correlation(predicted: Tensor, target: Tensor, known: Tensor) -> Tensor:
    count = known.sum(1, keepdim=True).clamp_min(1)
    a = torch.where(known, predicted - torch.where(known, predicted, 0.0).sum(1, keepdim=True) / count, 0.0)
    b = torch.where(known, target - torch.where(known, target, 0.0).sum(1, keepdim=True) / count, 0.0)
    spread = b.square().sum(1)
    r = (a * b).sum(1) / (a.square().sum(1) * spread + 1e-8).sqrt()
    return _mean(1 - r, spread > 1e-3)


def face_loss(output: FaceOutput, labels: Labels, scale: Tensor, weights: LossWeights) -> Tensor:
    """Return the weighted sum of all losses over the frames whose labels are known."""
    known = torch.isfinite(labels.geometry[..., 0])
    target = torch.nan_to_num(labels.geometry)
    predicted = output.geometry
    closed = torch.nan_to_num(labels.closure) > 0.5
    error = ((predicted - target) / scale).square()
    loss = weights.aperture * _mean(error[..., 0], known)
    loss = loss + weights.shape * _mean(error[..., 1:].mean(-1), known)
    step = ((predicted.diff(dim=1) - target.diff(dim=1)) / scale).square()
    loss = loss + weights.velocity * _mean(step[..., 0], known[:, 1:] & known[:, :-1])
    loss = loss + weights.correlation * _clip_correlation(
        predicted[..., 0] / scale[0], target[..., 0] / scale[0], known
    )

    decided = torch.isfinite(labels.closure)
    entropy = functional.binary_cross_entropy_with_logits(output.closure, closed.to(predicted.dtype), reduction="none")
    loss = loss + weights.closure * _mean(entropy, decided)

    spoken = labels.visemes >= 0
    entropy = functional.cross_entropy(
        output.visemes.transpose(1, 2), labels.visemes.clamp_min(0), reduction="none", label_smoothing=0.05
    )
    loss = loss + weights.visemes * _mean(entropy, spoken)

    aperture = predicted[..., 0]
    hinge = (
        torch.where(closed, functional.relu(aperture - _SHUT_APERTURE), functional.relu(_OPEN_APERTURE - aperture))
        / scale[0]
    )
    return loss + weights.phones * _mean(hinge, decided & ~known)
