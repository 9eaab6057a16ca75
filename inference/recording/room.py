"""Quiet before and after the speech, in which the character is already there and still lives."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .mono import SAMPLE_RATE

Floats = npt.NDArray[np.float32]

_FRAME = 320
_LOUDEST = 10 ** (-55 / 20)  # rms
_BLEND = 0.05  # seconds


def with_room(samples: Floats, before: float, after: float) -> Floats:
    """Return speech with so many seconds of its own quiet before and after it; as it is where both are 0.

    The quiet is noise as loud as the quietest twentieth of the recording, but never louder than a quiet room, so that
    where somebody speaks is found as without it.

    Parameters
    ----------
    samples : (n,) float32
        Mono at 16 kHz.
    """
    if before <= 0 and after <= 0:
        return samples
    whole = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    floor = float(np.percentile(np.asarray(np.sqrt((whole**2).mean(1)), np.float64), 5)) if len(whole) else 0.0
    rng = np.random.default_rng(0)
    level = min(floor, _LOUDEST)
    parts: list[Floats] = [
        (level * rng.standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32) for seconds in (before, after)
    ]
    return np.concatenate([parts[0], _faded(samples, bool(len(parts[0])), bool(len(parts[1]))), parts[1]])


def _faded(samples: Floats, first: bool, last: bool) -> Floats:
    """Return speech that comes out of the quiet and goes back to it without a click."""
    result = samples.copy()
    ramp: Any = np.linspace(0, 1, min(round(_BLEND * SAMPLE_RATE), len(samples) // 2), dtype=np.float32)
    if first and len(ramp):
        result[: len(ramp)] *= ramp
    if last and len(ramp):
        result[-len(ramp) :] *= ramp[::-1]
    return result
