"""Which sounds a voice makes when, from what a network says about every frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ..label_track import LabelTrack

SILENCE = "sil"
_SPREAD = (0.25, 0.5, 0.25)
"""Frames around one that speak for it."""
_LEAST_FRAMES = 2
"""What is shorter is no sound of its own, but a part of those around it."""


def viseme_track(
    probabilities: npt.NDArray[np.floating[Any]], names: Sequence[str], step: float, duration: float
) -> LabelTrack:
    """Return which viseme is heard when; silence has no label.

    Parameters
    ----------
    probabilities : (N, K) array
        Of each viseme at every frame; frame ``i`` stands for the time around ``i * step`` s.
    names : K names
        :data:`SILENCE` and the visemes.
    step : float
        Seconds from one frame to the next.
    duration : float
        Seconds; nothing lasts beyond.
    """
    padded = np.pad(probabilities.astype(np.float64), ((1, 1), (0, 0)), mode="edge")
    count = len(probabilities)
    sure = sum((part * padded[n : n + count] for n, part in enumerate(_SPREAD)), np.zeros(probabilities.shape))
    heard = sure.argmax(1)
    edges = np.flatnonzero(np.diff(heard, prepend=-1, append=-1))
    short = np.flatnonzero(np.diff(edges) < _LEAST_FRAMES)
    for at in edges[short].tolist():
        beside = [heard[near] for near in (at - 1, at + 1) if 0 <= near < count]
        heard[at] = max(beside, key=lambda viseme: sure[at, viseme], default=heard[at])
    edges = np.flatnonzero(np.diff(heard, prepend=-1, append=-1))
    spans = np.clip((np.stack([edges[:-1], edges[1:]], 1) - 0.5) * step, 0.0, duration)
    said = [names[number] for number in cast("list[int]", heard[edges[:-1]].tolist())]
    kept = [row for row, name in enumerate(said) if name != SILENCE and spans[row, 1] > spans[row, 0]]
    return LabelTrack(tuple(said[row] for row in kept), spans[kept].astype(np.float32))
