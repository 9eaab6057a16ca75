"""Whether somebody speaks near the microphone, or only many far from it: a crowd murmurs and nobody's lips move.

Many voices at once, or hands, repeat nothing exactly and are never quiet; one voice is periodic in its vowels and falls
by tens of decibels between its syllables. Either is enough: a whisper has the second alone, speech over a loud crowd
the first alone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ....models.face.visemes import VISEMES
from ...easing import smoothstep
from ...periodicity import RATE, frames_at, levels_db, periodicity
from ...time_filters import smooth
from .vocal_effort import FRAME_SAMPLES

Floats = npt.NDArray[np.float32]

_AROUND = 50
"""Frames of 20 ms to either side that are looked at."""
_STRIDE = 4
"""Frames from one look around to the next, a divisor of the engine's windows."""
_LOUD_DB = 15.0
"""Below the loud ones of those, frames do not count."""
_PERIODIC = (0.55, 0.68)
"""Correlation that 15 in 100 loud frames exceed, between nobody and somebody near. Twelve voices at once have .6,
twenty-four .5, murmuring and clapping stand-ins .2 to .35; one voice has .85 to .99, badly recorded .55."""
_SPAN_DB = (9.0, 13.0)
"""The same for decibels between loud and quiet frames: six voices and more 3 to 9, one voice 12 to 50."""
_KEPT = 20
"""Frames by which somebody is near before and after that is plain: at the ends of speech little of it is around."""
_EASED = 8.0
"""Frames, standard deviation, over which somebody comes and goes."""
_SILENCE = VISEMES.index("sil")
_SHUT_LOGIT = 12.0


def near_voice(samples: Floats, first: int, stop: int) -> Floats:
    """Return (stop - first,) 0..1: how far somebody speaks near the microphone, around samples ``320 k``.

    Parameters
    ----------
    samples : (n,) float32
        Mono at 16 kHz, silent beyond its ends.
    first, stop : int
        Rows ``k`` from the first to before the last.
    """
    from scipy.ndimage import maximum_filter1d

    begin, end = max(0, first - 2 * _AROUND), min(stop + 2 * _AROUND, len(samples) // FRAME_SAMPLES + 1)
    frames = frames_at(samples, begin, end - begin, FRAME_SAMPLES * RATE // 16_000)
    level = levels_db(frames).astype(np.float64)
    alike = periodicity(frames).max(axis=1).astype(np.float64)
    # Beyond the ends there is nothing to compare with.
    padded = np.pad(np.stack([level, alike]), ((0, 0), (_AROUND, _AROUND)), constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1, axis=1)[:, ::_STRIDE]
    high, low = np.nanpercentile(around[0], [95, 20], axis=1)
    loud = np.where(around[0] > high[:, None] - _LOUD_DB, around[1], np.nan)
    near = np.maximum(smoothstep(np.nanpercentile(loud, 85, axis=1), *_PERIODIC), smoothstep(high - low, *_SPAN_DB))
    near = np.interp(np.arange(len(level)), np.arange(len(level))[::_STRIDE], near)
    near = maximum_filter1d(near, 2 * _KEPT + 1, mode="nearest")
    return smooth(near, _EASED)[first - begin : first - begin + stop - first].astype(np.float32)


def at_rest(said: Floats, near: Floats, geometry: int) -> Floats:
    """Return what the network said, at rest where nobody is near.

    Parameters
    ----------
    said : (N, geometry + 1 + 14 + ...) float32
        Distances, logit of lips heard shut, probabilities of the visemes, and what stays as it is.
    near : (N,) float32
        From :func:`near_voice`.
    geometry : int
        How many distances there are.
    """
    rested = said.copy()
    rested[:, :geometry] *= near[:, None]
    rested[:, geometry] += _SHUT_LOGIT * (1 - near)
    visemes = rested[:, geometry + 1 : geometry + 1 + len(VISEMES)]
    visemes *= near[:, None]
    visemes[:, _SILENCE] += 1 - near
    return rested
