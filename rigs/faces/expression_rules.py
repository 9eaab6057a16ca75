"""How expressions give way to speech and blinks to expressions, by the rules of VRM 1.0.

``overrideMouth`` and ``overrideBlink`` say that an expression draws the mouth or the lids itself: ``block`` bears no
viseme or blink beside it, ``blend`` weakens them as far as it shows. Speech is what was asked for, so that here the
expression is what waits: a blocking one for the pauses, where no viseme shows; of a blending one half stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.time_filters import running_minimum, smooth
from .lip_targets import lip_measures, parted

if TYPE_CHECKING:
    from ...inference.performance import Performance

Doubles = npt.NDArray[np.float64]

IN_SPEECH = {"none": 1.0, "blend": 0.5, "block": 0.0}
"""Rule of the mouth -> the most that an expression shows while somebody speaks."""
_AROUND, _FADE = 0.35, 0.1
"""Seconds around sounds that belong to the speech, and in which (a standard deviation) expressions come and go."""
_SHOWS = 0.05
"""Weight from which on an expression that blocks is there."""


def speaking(performance: Performance) -> Doubles:
    """Return (T,) 1 while somebody speaks, 0 in pauses: where lips part, or something is heard."""
    sounds = (parted(lip_measures(performance)[:, 0]) > 0.0).astype(np.float64)
    track = performance.tracks.get("visemes")
    if track is not None:
        times = np.arange(performance.frames) / performance.fps
        sounds = np.clip(sum(track.shares(times, 1.0 / performance.fps).values(), np.zeros(len(times))), 0.0, 1.0)
    quiet = running_minimum((1.0 - sounds).astype(np.float32), max(1, round(_AROUND * performance.fps)))
    found: Doubles = 1.0 - smooth(quiet, _FADE * performance.fps).astype(np.float64)
    return found


def in_turn(weight: Doubles, most: float, speech: Doubles) -> Doubles:
    """Return an expression's (T,) weight, of which no more than ``most`` shows during (T,) speech."""
    return weight * (1.0 - (1.0 - most) * speech)


def left_for_blinks(weights: list[tuple[str, Doubles]], frames: int) -> Doubles:
    """Return (T,) which part of blinks is left beside expressions, given the rule of each for them and its weight."""
    left = np.ones(frames)
    for rule, weight in weights:
        if rule == "block":
            left = left * (1.0 - np.clip(weight / _SHOWS, 0.0, 1.0))
    blended = sum((weight for rule, weight in weights if rule == "blend"), np.zeros(frames))
    return left * np.clip(1.0 - blended, 0.0, 1.0)
