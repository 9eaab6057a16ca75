"""Brows: raised on accents, drifting slowly, lifted a little where the voice goes up.

Brow raises go with accented syllables, a little ahead of them (Flecha-García, "Eyebrow raises in dialogue", 2010).
How far ahead and how long is fitted to the tracks of grid_s1 (docs/upper_face.md); how high is not, as that speaker's
face is very still.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..prosody import Prosody
from .noise import Doubles, add_bump, smooth_noise

_AHEAD, _RISE, _FALL = 0.08, 0.25, 0.35
"""Seconds: tracked brows are highest this long before the loudest moment of an accent, and half as high for 0.35."""


def brow_layer(times: Doubles, prosody: Prosody, strength: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return (T, 52) brow coefficients; ``strength`` 0 leaves the brows alone, 2 moves them twice as far."""
    inner, left, right = accent_raises(times, prosody, rng).T
    drift = smooth_noise(times, 2.2, rng, 2)
    speaking = prosody.at(prosody.speaking, times)
    lift = 0.018 * np.clip(prosody.at(prosody.pitch_semitones, times), 0, 6)
    slow = 0.03 * drift[:, 0] * (0.4 + 0.6 * speaking)
    inner += np.maximum(slow, 0) + lift
    knit = np.maximum(0.03 * drift[:, 1], 0) + np.maximum(-slow, 0)
    arkit = raised(np.stack([inner, left + 0.5 * lift, right + 0.5 * lift], 1), strength)
    for name, curve in (("browDownLeft", knit), ("browDownRight", 0.9 * knit)):
        arkit[:, ARKIT_INDEX[name]] = np.clip(strength * curve, 0, 0.8)
    return arkit


def accent_raises(times: Doubles, prosody: Prosody, rng: np.random.Generator) -> Doubles:
    """Return (T, 3) raises on the stronger accents: inner brows, left outer, right outer."""
    inner, left, right = np.zeros((3, len(times)))
    draws = rng.uniform(size=(len(prosody.accent_times), 4))
    last = -1.0
    for time, accent, (gate, size, side, fall) in zip(
        prosody.accent_times, prosody.accent_strengths, draws, strict=True
    ):
        # The stronger the accent, the likelier a raise; never two in a row.
        if gate > 0.15 + 0.75 * accent or time - last < 0.45:
            continue
        last = float(time)
        height = (0.14 + 0.36 * accent) * (0.7 + 0.5 * size)
        peak, rise, fall = time - _AHEAD, _RISE, _FALL + 0.2 * fall
        add_bump(inner, times, peak, rise, fall, height)
        add_bump(left, times, peak, rise, fall, height * (0.45 + 0.4 * side))
        add_bump(right, times, peak, rise, fall, height * (0.85 - 0.4 * side))
    return np.stack([inner, left, right], 1)


def raised(raises: Doubles, strength: float) -> npt.NDArray[np.float32]:
    """Return (T, 52) coefficients of raised brows, (T, 3): inner, left outer, right outer."""
    arkit = np.zeros((len(raises), len(ARKIT_NAMES)), np.float32)
    for name, curve in zip(("browInnerUp", "browOuterUpLeft", "browOuterUpRight"), raises.T, strict=True):
        arkit[:, ARKIT_INDEX[name]] = np.clip(strength * curve, 0, 0.8)
    return arkit
