"""Frechet distance between two sets of features, each taken for a Gaussian.

``d = |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2))`` with means m and covariances S (Dowson and Landau 1982; on network
features Heusel et al. 2017, on motion features Yoon et al. 2020). Its unit is that of the features, squared, so figures
of different networks, windows or frame rates cannot be compared. Here it is divided by the trace of the reference's
covariance where a reference is named: 1 is then as far as a body that never leaves the reference's mean pose.

Few windows overestimate the large and underestimate the small eigenvalues of a covariance; overlapping windows are not
independent. Every covariance is therefore shrunk towards a multiple of the identity by the share that Ledoit and Wolf
(2004, "A well-conditioned estimator for large-dimensional covariance matrices") give for the number of windows that do
not overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Gaussian:
    """A normal distribution fitted to features."""

    mean: Doubles
    """(D,)."""
    covariance: Doubles
    """(D, D), shrunk."""
    count: int
    """Number of features it was fitted to."""
    shrinkage: float
    """0..1: share of the identity in the covariance."""

    @property
    def spread(self) -> float:
        """Trace of the covariance."""
        return float(np.trace(self.covariance))


def fit_gaussian(features: npt.ArrayLike, overlap: float = 1.0) -> Gaussian:
    """Fit a Gaussian with a shrunk covariance.

    Parameters
    ----------
    features : (N, D) array
        At least two rows.
    overlap : float
        How many windows share a frame: length over hop; N / overlap windows count as independent.
    """
    values = np.asarray(features, np.float64)
    count, size = values.shape
    if count < 2:
        raise ValueError("A Gaussian needs at least two features.")
    mean = values.mean(0)
    centred = values - mean
    sample = centred.T @ centred / count
    level = np.trace(sample) / size
    # Mean squared error of the sample's entries, and how far the sample is from the identity.
    squares = centred**2
    error = ((squares.T @ squares / count - sample**2).sum()) / max(count / overlap, 1.0)
    distance = ((sample - level * np.eye(size)) ** 2).sum()
    share = float(np.clip(error / distance, 0, 1)) if distance > 0 else 0.0
    covariance = (1 - share) * sample + share * level * np.eye(size)
    return Gaussian(mean, covariance, count, share)


def frechet_distance(first: Gaussian, second: Gaussian) -> float:
    """Return the Frechet distance (the squared 2-Wasserstein distance) of two Gaussians, in squared features."""
    values, vectors = np.linalg.eigh(first.covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    middle = np.linalg.eigvalsh(root @ second.covariance @ root)
    cross = 2 * np.sqrt(np.maximum(middle, 0)).sum()
    gap = first.mean - second.mean
    return max(float(gap @ gap + first.spread + second.spread - cross), 0.0)


def relative_distance(reference: Gaussian, other: Gaussian) -> float:
    """Return the Frechet distance over the trace of the reference's covariance; 1 is a body that rests in its mean."""
    return frechet_distance(reference, other) / reference.spread


def bootstrap_interval(
    reference: Gaussian,
    groups: Sequence[npt.ArrayLike],
    overlap: float = 1.0,
    *,
    draws: int = 200,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the 5th and 95th percentile of :func:`relative_distance` over recordings drawn with replacement.

    Parameters
    ----------
    groups : sequence of (n, D) arrays
        The features of each recording: windows of one recording depend on each other. The reference stays as it is.
    """
    rng = np.random.default_rng(seed)
    parts = [np.asarray(group, np.float64) for group in groups]
    found = []
    for _ in range(draws):
        chosen = rng.integers(0, len(parts), len(parts))
        found.append(relative_distance(reference, fit_gaussian(np.concatenate([parts[k] for k in chosen]), overlap)))
    low, high = np.percentile(found, [5, 95])
    return float(low), float(high)
