"""Mixes of a few shapes that come nearest to a target at every frame: shares of at least 0 that sum to at most 1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

_STEPS = 60
_FRAMES = 20_000
"""Frames that are solved together, to bound the memory."""


def bounded_mix(shapes: Doubles, targets: Doubles, likely: Doubles, doubt: Doubles) -> Doubles:
    """Return (T, K) shares that mix shapes into targets.

    Minimised is the squared distance of the mix to the target, plus ``doubt`` times the squared distance of the shares
    to ``likely`` ones, so that the answer is one and moves as smoothly as the target does.

    Parameters
    ----------
    shapes : (K, D) array
        What each shape measures where it shows whole.
    targets : (T, D) array
        What is to be shown.
    likely : (T, K) array
        Shares that are expected; zero where nothing is.
    doubt : (K,) array
        How much a shape costs, above 0.
    """
    steep = shapes @ shapes.T + np.diag(doubt)
    rate = 1.0 / float(np.linalg.eigvalsh(steep)[-1])
    found = np.empty((len(targets), len(shapes)))
    for start in range(0, len(targets), _FRAMES):
        part = slice(start, start + _FRAMES)
        pull = targets[part] @ shapes.T + likely[part] * doubt
        shares = _within_bounds(likely[part])
        ahead, momentum = shares, 1.0
        for _ in range(_STEPS):
            step = _within_bounds(ahead - rate * (ahead @ steep - pull))
            following = 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * momentum**2))
            ahead = step + (momentum - 1.0) / following * (step - shares)
            shares, momentum = step, following
        found[part] = shares
    return found


def _within_bounds(shares: Doubles) -> Doubles:
    """Return the nearest shares that are not negative and sum to at most 1."""
    bounded: Doubles = np.maximum(shares, 0.0)
    over = np.flatnonzero(bounded.sum(axis=1) > 1.0)
    if len(over):
        ordered = -np.sort(-shares[over], axis=1)
        excess = np.cumsum(ordered, axis=1) - 1.0
        counts = np.arange(1, shares.shape[1] + 1)
        last = (ordered - excess / counts > 0.0).sum(axis=1)
        less = excess[np.arange(len(over)), last - 1] / last
        bounded[over] = np.maximum(shares[over] - less[:, None], 0.0)
    return bounded
