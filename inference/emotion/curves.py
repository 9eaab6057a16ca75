"""Which emotions hold when: what was directed, blended with what is heard in the voice.

A *mixture* is eight weights in the order of ``EMOTIONS``. Weights that sum to less than 1 leave the rest to neutral;
weights that sum to more are scaled down to a sum of 1 together, neutral among them, so that the proportions hold and no
face is pushed past its strongest expression. Every mixture returned here therefore sums to 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..settings import AnimateSettings
from ..time_filters import between, smooth
from .names import EMOTIONS

Doubles = npt.NDArray[np.float64]

ONSET = 0.12
"""Standard deviation, s, of the smoothing over time: a step from one emotion to another takes 0.31 s from 10 to 90 %,
the time a face needs for an onset, however close two keys are."""

_STEP = 0.02  # seconds
_NEUTRAL = EMOTIONS.index("neutral")


def mixtures(weights: npt.ArrayLike) -> Doubles:
    """Return (..., 8) weights as mixtures: none negative, each summing to 1, the rest neutral."""
    mixed = np.maximum(np.nan_to_num(np.array(weights, np.float64)), 0.0)
    mixed /= np.maximum(mixed.sum(-1, keepdims=True), 1.0)
    mixed[..., _NEUTRAL] += np.maximum(1.0 - mixed.sum(-1), 0.0)
    return mixed


def emotion_weights(
    times: npt.NDArray[np.floating[Any]], settings: AnimateSettings, heard: npt.ArrayLike | None = None
) -> Doubles:
    """Return how strongly each emotion holds at each moment.

    What is directed comes from the first of these that is given: ``settings.emotion_curves``,
    ``settings.emotion_track``, the constant ``settings.emotion`` at ``settings.intensity``. Rows and keys are blended
    linearly; before the first and after the last, they hold; a change takes about a third of a second at least.

    Parameters
    ----------
    times : (T,) array
        Seconds from the start of the audio range, rising.
    heard : (T, 8) array, optional
        Mixtures heard in the voice at the same moments, as ``voice_emotion.hear`` gives them;
        ``settings.voice_emotion`` of the result is theirs, the rest the directed one's.

    Returns
    -------
    (T, 8) float64
        Mixtures in the order of ``EMOTIONS``; each sums to 1.

    Raises
    ------
    ValueError
        When ``heard`` has not one row of eight per moment.
    """
    times = np.asarray(times, np.float64)
    directed = _directed(times, settings)
    if heard is None or settings.voice_emotion <= 0.0:
        return directed
    voice = np.asarray(heard, np.float64)
    if voice.shape != directed.shape:
        raise ValueError(f"Heard emotions of shape {voice.shape} do not fit {directed.shape}.")
    share = min(settings.voice_emotion, 1.0)
    return (1.0 - share) * directed + share * mixtures(voice)


def _directed(times: Doubles, settings: AnimateSettings) -> Doubles:
    if settings.emotion_curves:
        rows = np.array(settings.emotion_curves, np.float64)
        return blended(times, rows[:, 0], mixtures(rows[:, 1:]))
    if settings.emotion_track:
        keys = settings.emotion_track
        levels = np.zeros((len(keys), len(EMOTIONS)))
        for level, (_, emotion, intensity) in zip(levels, keys, strict=True):
            level[EMOTIONS.index(emotion)] = intensity
        return blended(times, np.array([key[0] for key in keys], np.float64), mixtures(levels))
    level = np.zeros(len(EMOTIONS))
    level[EMOTIONS.index(settings.emotion)] = settings.intensity
    return np.repeat(mixtures(level)[None], len(times), axis=0)


def blended(times: Doubles, moments: Doubles, levels: Doubles, deviation: float = ONSET) -> Doubles:
    """Return (T, C) levels (K, C) at (K,) moments, joined by straight lines and smoothed over ``deviation`` s."""
    if not len(times):
        return np.zeros((0, levels.shape[1]))
    # The grid reaches past both ends, so that a key just outside the range is felt inside it.
    margin = 4 * deviation
    grid = np.arange(times[0] - margin, times[-1] + margin + _STEP, _STEP)
    return between(times, grid, smooth(between(grid, moments, levels), deviation / _STEP))
