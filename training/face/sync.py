"""Sound and picture of the tracked clips are out of step by up to two video frames, differently in every clip.

Against any good guess of the aperture each clip's own lag shows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .metrics import correlation

_STEP = 0.01
_LONGEST = 0.08


def clip_lag(
    predicted: npt.NDArray[np.floating], measured: npt.NDArray[np.floating], frame_seconds: float = 0.02
) -> tuple[float, float]:
    """Return the seconds by which the measured aperture comes late, and its correlation with the prediction then."""
    index = np.arange(len(measured))
    edge = round(0.1 / frame_seconds)
    inside = slice(edge, len(measured) - edge)
    lags = np.arange(-_LONGEST, _LONGEST + _STEP / 2, _STEP)
    scores = [
        correlation(predicted[: len(measured)][inside], np.interp(index + lag / frame_seconds, index, measured)[inside])
        for lag in lags
    ]
    best = int(np.argmax(scores))
    return float(lags[best]), scores[best]
