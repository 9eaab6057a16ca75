"""Filters along time for curves of a performance: smoothing, shifting, what holds while the rest moves; numpy only.

All take (T,) or (T, C) arrays, hold their first and last frame beyond the ends, and measure time in frames, but for
:func:`between`, which goes from one clock to another.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

FULL_WIDTH = 2.3548
"""Width of a Gaussian at half its height, in standard deviations."""
_REACH = 3.0
"""Half width of the smoothing window in standard deviations."""
_PLACES = 24
"""Samples of a window that a running quantile looks at; between them it is interpolated."""


def smooth(values: Floats, sigma: float) -> Floats:
    """Return the values under a Gaussian window with a standard deviation of ``sigma`` frames."""
    half = int(np.ceil(_REACH * sigma))
    if sigma <= 0 or half < 1:
        return values.copy()
    weights = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    weights /= weights.sum()
    padded = np.concatenate([np.repeat(values[:1], half, 0), values, np.repeat(values[-1:], half, 0)])
    result = np.zeros_like(values, np.float64)
    for tap, weight in enumerate(weights):
        result += weight * padded[tap : tap + len(values)]
    return result.astype(values.dtype)


def between(times: npt.NDArray[Any], moments: npt.NDArray[Any], values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return (T, C) what (K, C) values at (K,) rising moments are at (T,) times, in straight lines."""
    columns: list[npt.NDArray[np.float64]] = [np.interp(times, moments, column) for column in values.T]
    return np.stack(columns, 1)


def shift(values: Floats, frames: float) -> Floats:
    """Return the values ``frames`` later (negative: earlier), between frames by a Catmull-Rom spline.

    The spline never leaves the range of the two samples around it, so that shares stay shares.
    """
    place = np.arange(len(values)) - frames
    low = np.floor(place).astype(np.int64)
    part = (place - low).reshape(-1, *(1,) * (values.ndim - 1))
    before, first, second, after = (values[np.clip(low + step, 0, len(values) - 1)] for step in (-1, 0, 1, 2))
    # Where the spline reaches beyond an end, the held value takes the place of the missing sample.
    cubic = first + 0.5 * part * (
        second
        - before
        + part * (2 * before - 5 * first + 4 * second - after + part * (3 * (first - second) + after - before))
    )
    bounded = np.clip(cubic, np.minimum(first, second), np.maximum(first, second))
    return np.where(part == 0, first, bounded).astype(values.dtype)


def nearest(values: Floats, frames: float) -> Floats:
    """Return the values ``frames`` later (negative: earlier), each frame as the nearest one was."""
    place = np.arange(len(values)) - int(np.round(frames))
    return values[np.clip(place, 0, len(values) - 1)]


def soft_dilate(values: Floats, sigma: float) -> Floats:
    """Return the largest of the values around each frame, falling off with a Gaussian of ``sigma`` frames; (T,)."""
    half = int(np.ceil(_REACH * sigma))
    padded = np.concatenate([np.repeat(values[:1], half, 0), values, np.repeat(values[-1:], half, 0)])
    result = values.copy()
    for step in range(-half, half + 1):
        weight = np.exp(-0.5 * (step / max(sigma, 1e-6)) ** 2)
        np.maximum(result, weight * padded[half + step : half + step + len(values)], out=result, casting="same_kind")
    return result


def running_minimum(values: Floats, reach: int) -> Floats:
    """Return the smallest of the values within ``reach`` frames to either side; (T,)."""
    padded = np.concatenate([np.repeat(values[:1], reach), values, np.repeat(values[-1:], reach)])
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).min(axis=1)


def held_part(values: Floats, window: float, share: float) -> Floats:
    """Return what the values hold while they move: a running quantile, smoothed.

    Parameters
    ----------
    values : (T,) or (T, C) array
        The curves.
    window : float
        Length of the window in frames.
    share : float
        Quantile, 0..1.
    """
    count = len(values)
    stride = max(1, int(window / _PLACES))
    places = np.append(np.arange(0, count - 1, stride), count - 1) if count > 1 else np.zeros(1, np.int64)
    half = max(1, round(window / 2 / stride))
    rows = np.arange(len(places))[:, None] + np.arange(-half, half + 1)
    # Beyond an end there is nothing to look at: the window moves inwards instead.
    rows += np.maximum(0, -rows[:, :1]) - np.maximum(0, rows[:, -1:] - (len(places) - 1))
    found = np.quantile(values[places[np.clip(rows, 0, len(places) - 1)]], share, axis=1)
    curves = found.reshape(len(places), -1)
    joined = between(np.arange(count), places, curves).reshape(values.shape)
    return smooth(joined.astype(values.dtype), window / 6)


def runs_of(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return (R, 2) the first place, and the one after the last, of every run of True in (T,) flags."""
    return np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))).reshape(-1, 2)
