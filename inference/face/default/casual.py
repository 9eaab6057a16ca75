"""Casual speech: what lips do for the sounds heard, where they are not spoken as clearly as those that were learnt.

An ear that learnt whole movements from one reader and some seconds of others knows how people read; talkers run their
sounds together (Lindblom 1990, "Explaining phonetic variation: a sketch of the H&H theory", calls the two ends hyper-
and hypospeech), and the ear then shuts lips that theirs keep apart. What a sound asks of the lips is nearer to common
property. So the less sure the network is of its sounds, the more of the aperture comes from them: a linear map of the
sounds heard now, 40 ms before and 40 ms after, and of the effort put into the vowels, fitted to all tracked people,
each weighed alike (``training.face.sounds``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...easing import smoothstep
from ...time_filters import smooth
from .vocal_effort import effort

Floats = npt.NDArray[np.float32]

NEIGHBOURS = (-2, 0, 2)
"""Network frames (20 ms) around the present one that the map sees."""
_BLUR = 1.0
"""Frames, standard deviation: sounds begin at once, lips do not."""
_SURE = (0.72, 0.78)
"""Mean probability of the likeliest sound while somebody speaks: below the first speech is casual, above the second it
is clear. Readers of commands have .81 to .87 (one .74), a reader of books .77, two natural talkers .69 and .73."""
_WHILE = 75.0
"""Frames, standard deviation, over which that mean is taken: a second and a half."""
_NEAR = 20
"""Frames around speech beyond which nothing is casual: silence is silence."""


def what_is_said(visemes: Floats, levels: Floats) -> Floats:
    """Return (N, 3 * 14 + 11 + 1) what the map sees of sounds and their levels; the last column is 1.

    Parameters
    ----------
    visemes : (N, 14) float32
        Probabilities of sounds.
    levels : (N, BANDS) float32
        From ``vocal_effort.band_levels``.
    """
    frames = np.arange(len(visemes))[:, None] + np.array(NEIGHBOURS)
    seen = visemes[np.clip(frames, 0, len(visemes) - 1)].reshape(len(visemes), -1)
    return np.concatenate([seen, effort(visemes, levels), np.ones((len(visemes), 1), np.float32)], axis=1)


def aperture_of_sounds(visemes: Floats, levels: Floats, weights: npt.ArrayLike) -> Floats:
    """Return (N,) the aperture, in outer eye-corner distances, that (N, 14) sounds ask for.

    Parameters
    ----------
    levels : (N, BANDS) float32
        From ``vocal_effort.band_levels``.
    weights : (3 * 14 + 11 + 1,) array
        From ``training.face.sounds``, stored in the weights' tuning.
    """
    said = what_is_said(visemes, levels).astype(np.float64) @ np.asarray(weights, np.float64)
    return np.maximum(smooth(said, _BLUR), 0).astype(np.float32)


def casualness(visemes: Floats) -> Floats:
    """Return (N,) 0..1: how far (N, 14) sounds are from being spoken clearly; 0 where nobody speaks."""
    from scipy.ndimage import maximum_filter1d

    speaking = 1 - visemes[:, 0].astype(np.float64)
    spoken = smooth(speaking, _WHILE)
    sure = smooth(visemes.max(axis=1) * speaking, _WHILE) / np.maximum(spoken, 1e-3)
    near = np.clip(3 * maximum_filter1d(smooth(speaking, 5.0), 2 * _NEAR + 1), 0, 1)
    return (smoothstep(-sure, -_SURE[1], -_SURE[0]) * near).astype(np.float32)
