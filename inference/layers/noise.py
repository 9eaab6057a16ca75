"""Seeded randomness that every layer draws from: independent streams, smooth curves, bell-shaped events."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from ..easing import s_curve

Doubles = npt.NDArray[np.float64]

# Mean of the squared cubic B-spline weights, summed: the variance that white knots keep.
_SPLINE_VARIANCE = 151 / 315


def layer_rng(seed: int, layer: str) -> np.random.Generator:
    """Return a generator of its own for a layer: what one layer draws never shifts another's numbers."""
    return np.random.default_rng([seed & 0xFFFFFFFFFFFFFFFF, zlib.crc32(layer.encode())])


def quintic(part: npt.ArrayLike) -> Doubles:
    """Return 0 below 0, 1 above 1, and between them the curve with no speed and no acceleration at both ends."""
    x = np.clip(np.asarray(part, np.float64), 0, 1)
    return x * x * x * (x * (6 * x - 15) + 10)


def smooth_noise(times: Doubles, period: float, rng: np.random.Generator, columns: int = 1) -> Doubles:
    """Return (T, columns) noise of mean 0 and variance 1 without jumps in value, speed or acceleration.

    A uniform cubic B-spline through white knots, ``period`` seconds apart: the same curve at every frame rate.
    """
    place = np.maximum(times, 0) / period
    cell = place.astype(np.int64)
    knots = rng.standard_normal((int(cell[-1]) + 4, columns)) / np.sqrt(_SPLINE_VARIANCE)
    u = (place - cell)[:, None]
    return (
        (1 - u) ** 3 / 6 * knots[cell]
        + (3 * u**3 - 6 * u**2 + 4) / 6 * knots[cell + 1]
        + (-3 * u**3 + 3 * u**2 + 3 * u + 1) / 6 * knots[cell + 2]
        + u**3 / 6 * knots[cell + 3]
    )


def add_bump(
    curve: npt.NDArray[np.floating[Any]], times: Doubles, peak: float, rise: float, fall: float, height: float
) -> None:
    """Add to a (T,) curve one event that rises to ``height`` at ``peak`` s and falls again, in place.

    ``rise`` and ``fall`` are seconds; both flanks are S-curves.
    """
    first, last = np.searchsorted(times, [peak - rise, peak + fall])
    part = times[first:last]
    rising = s_curve((part - peak + rise) / rise)
    falling = s_curve((peak + fall - part) / fall)
    curve[first:last] += height * np.where(part < peak, rising, falling)
