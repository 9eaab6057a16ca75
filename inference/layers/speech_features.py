"""What the learned upper face hears: prosody on its own frames, the same for every voice and level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from ..prosody import STEP, Prosody

Floats = npt.NDArray[np.float32]

FPS = 25.0
"""Frames per second of the features."""
FEATURES: tuple[str, ...] = ("speaking", "accent", "pitch", "voiced", "level", "rise", "since", "until")
_PER_FRAME = round(1 / FPS / STEP)


def speech_features(prosody: Prosody, frames: int) -> Floats:
    """Return (frames, 8): the values of :data:`FEATURES` at 25 Hz, all about -1..1.

    Speaking, accent, pitch in 6 semitones over the speaker's median, share of voicing, level in 20 dB below the
    recording's own loud parts, its rise, and how far the phrase's beginning and end are (0 near, 1 beyond a second).
    """
    count = len(prosody.times)
    loud = float(np.percentile(prosody.energy_db, 95))
    level = np.clip((prosody.energy_db - loud) / 20, -2, 0.5) + 1
    level = gaussian_filter1d(level.astype(np.float64), 2.0, mode="nearest")
    rise = np.zeros(count)
    if count > 1:
        rise = np.gradient(gaussian_filter1d(level, 3.0, mode="nearest")) * 10
    since, until = np.ones(count), np.ones(count)
    for start, stop in prosody.phrases:
        first, last = round(start / STEP), round(stop / STEP)
        inside: npt.NDArray[np.float64] = np.arange(int(last - first)) * STEP
        since[first:last] = np.tanh(inside)[: max(0, min(last, count) - first)]
        until[first:last] = np.tanh(inside[::-1])[: max(0, min(last, count) - first)]
    curves = np.stack(
        [
            prosody.speaking,
            prosody.accent,
            np.clip(prosody.pitch_semitones / 6, -1.5, 1.5),
            prosody.voiced.astype(np.float64),
            level * prosody.speaking,
            rise * prosody.speaking,
            since,
            until,
        ],
        1,
    )
    curves = uniform_filter1d(curves, _PER_FRAME, axis=0, mode="nearest")
    at = np.minimum(np.arange(frames) * _PER_FRAME, count - 1)
    return curves[at].astype(np.float32)
