"""Sound and picture of the tracked clips are out of step by up to two video frames, differently in every clip.

A first head, trained on labels as they are, learns the mean; against its prediction each clip's own lag shows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .examples import Example
from .metrics import correlation

_STEP = 0.01
_LONGEST = 0.08
_WORST_CORRELATION = 0.8


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


def shift_labels(example: Example, lag: float) -> None:
    """Move the geometry and closure labels earlier by ``lag`` s of the original clip, in place."""
    index = np.arange(example.frames)
    source = np.clip(index + lag / example.speed / 0.02, 0, example.frames - 1)
    geometry = example.geometry.astype(np.float32)
    example.geometry = np.stack([np.interp(source, index, column) for column in geometry.T], 1).astype(np.float16)
    example.closure = example.closure[np.round(source).astype(int)]


def bring_into_step(examples: list[Example], predicted: dict[str, npt.NDArray[np.floating]]) -> dict[str, float]:
    """Correct the labels of all tracked examples in place.

    Parameters
    ----------
    examples : list of Example
        Examples whose ``clip`` is in ``predicted`` are corrected; clips that fit nowhere lose their labels.
    predicted : dict
        Clip name -> (T,) aperture predicted for the unconverted clip.

    Returns
    -------
    dict
        Clip name -> lag in s; without the clips that fit nowhere.
    """
    lags: dict[str, float] = {}
    lost: set[str] = set()
    for example in examples:
        if example.original and example.clip in predicted:
            lag, score = clip_lag(predicted[example.clip], example.geometry[:, 0].astype(np.float32))
            if score >= _WORST_CORRELATION:
                lags[example.clip] = lag
            else:
                lost.add(example.clip)
    for example in examples:
        if example.clip in lags:
            shift_labels(example, lags[example.clip])
        elif example.clip in lost:
            example.geometry[:] = np.nan
            example.closure[:] = np.nan
    return lags
