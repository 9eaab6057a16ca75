"""What head, brows and eyes do about the meaning of words.

Heads are shaken at 1.5 to 3 Hz and nodded a little slower, the first half cycle larger than those that follow (Hadar,
Steiner and Rose, "Head movement during listening turns in conversation", 1985; McClave, "Linguistic functions of head
movements in the context of speech", 2000: shakes with negation, side to side with contrast, upward and away while
searching for words). Where a head is shaken, the nods that accents would get give way, and the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..arkit import ARKIT_INDEX
from ..easing import s_curve
from ..layers.gaze import GazePlan
from .meaning import Meaning
from .names import NOTHING

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

SHAKE_HERTZ, NOD_HERTZ = 2.1, 1.7
_SHAKE, _NOD = 9.0, 8.0  # degrees of the first half cycle
_CYCLES = {"negate": 2.0, "assent": 1.5}
_FADE = 0.55  # what is left of one cycle in the next
_AHEAD = 0.12
"""Seconds by which the head is ahead of the word's stress."""
_APART = 0.7  # seconds between two shakes or nods
_LEANS: dict[str, tuple[float, float, float, float]] = {
    "question": (-2.0, 0.0, 6.5, 0.9),
    "unknown": (-1.5, 0.0, 6.0, 0.9),
    "think": (-4.0, 6.0, 3.0, 0.9),
    "contrast": (0.0, 7.0, -3.0, 0.8),
    "other": (0.0, -7.0, 3.0, 0.8),
    "left": (0.0, 7.0, 0.0, 0.6),
    "right": (0.0, -7.0, 0.0, 0.6),
    "you": (3.0, 0.0, 0.0, 0.3),
}
"""Degrees of pitch (+ is down), yaw (+ to its left) and roll, and seconds for which they are held."""
_BROWS: dict[str, tuple[tuple[str, float], ...]] = {
    "question": (("browInnerUp", 0.45), ("browOuterUpLeft", 0.4), ("browOuterUpRight", 0.4)),
    "unknown": (("browInnerUp", 0.4), ("browOuterUpLeft", 0.35), ("browOuterUpRight", 0.35)),
    "negate": (("browDownLeft", 0.2), ("browDownRight", 0.2)),
    "think": (("browDownLeft", 0.15), ("browDownRight", 0.22)),
    "big": (("browInnerUp", 0.25), ("browOuterUpLeft", 0.25), ("browOuterUpRight", 0.25)),
    "small": (("eyeSquintLeft", 0.2), ("eyeSquintRight", 0.2)),
}
_BROW_HOLD = 0.6
_RISE, _FALL = 0.28, 0.45  # seconds
_ASIDE = (-5.0, 13.0)
"""Degrees (down, left) from the listener at which the eyes look for words."""
_ASIDE_HOLD = 0.5  # seconds after the word

BY_HEAD = frozenset({"negate", "assent", *_LEANS})
"""Meanings that the head shows."""


def turned(times: Doubles, turn: Doubles, meanings: Sequence[Meaning], strength: float | Doubles) -> Doubles:
    """Return (T, 3) rotations of the head with shakes, nods and tilts: pitch, yaw and roll, radians.

    Parameters
    ----------
    times : (T,) array
        Seconds.
    turn : (T, 3) array
        What the head does for the voice's sake.
    strength : float or (T,) array
        0 leaves the head alone, 1 is natural.
    """
    if not np.any(strength) or not meanings or not len(times):
        return turn
    step = times[1] - times[0] if len(times) > 1 else 1.0
    slow = np.asarray(gaussian_filter1d(turn, 0.45 / step, axis=0, mode="nearest"), np.float64)
    added, quiet = np.zeros((len(times), 3)), np.zeros((len(times), 2))
    before = {"negate": -1e9, "assent": -1e9}
    size = np.minimum(np.asarray(strength, np.float64).reshape(-1), 2.0)
    for number, meaning in enumerate(meanings):
        if meaning.name in before:
            if meaning.time - before[meaning.name] < _APART:
                continue
            before[meaning.name] = meaning.time
            wave, window = _oscillation(times, meaning, number)
            axis = 1 if meaning.name == "negate" else 0
            added[:, axis] += size * wave
            # A shaken head does not nod, a nodding one does not shake.
            quiet[:, 1 - axis] = np.maximum(quiet[:, 1 - axis], window)
        elif meaning.name in _LEANS:
            *degrees, hold = _LEANS[meaning.name]
            side = -1.0 if number % 2 and meaning.name in ("question", "unknown", "think") else 1.0
            shape = held(times, meaning.time - _AHEAD, hold)
            if meaning.name in ("unknown", "question"):
                # Doubt neither agrees nor denies.
                quiet = np.maximum(quiet, shape[:, None])
            added += size[:, None] * shape[:, None] * np.radians(degrees) * [1.0, side, side]
        elif meaning.name == NOTHING:
            quiet = np.maximum(quiet, held(times, meaning.time - _AHEAD, 0.5)[:, None])
    calm = turn.copy()
    calm[:, :2] += quiet * (slow - turn)[:, :2]
    return calm + added


def _oscillation(times: Doubles, meaning: Meaning, number: int) -> tuple[Doubles, Doubles]:
    """Return the angle (T,) of a shake or a nod in radians, and (T,) 0..1 how far it has the head."""
    shakes = meaning.name == "negate"
    hertz, degrees = (SHAKE_HERTZ, _SHAKE) if shakes else (NOD_HERTZ, _NOD)
    start = meaning.time - _AHEAD - 0.25 / hertz
    wave, window = swung(times, start, _CYCLES[meaning.name] / hertz, hertz, _FADE)
    side = -1.0 if shakes and number % 2 else 1.0
    return side * np.radians(degrees) * (0.6 + 0.4 * meaning.strength) * wave, window


def swung(times: Doubles, start: float, lasts: float, hertz: float, fade: float) -> tuple[Doubles, Doubles]:
    """Return (T,) -1..1 how a head swings to and fro from a second on, and (T,) 0..1 how far that has the head.

    Parameters
    ----------
    lasts : float
        Seconds.
    fade : float
        What is left of one cycle in the next.
    """
    x = times - start
    inside = s_curve(x / 0.18) * (1 - s_curve((x - lasts + 0.15) / 0.3))
    window = s_curve((x + 0.25) / 0.25) * (1 - s_curve((x - lasts) / 0.35))
    return fade ** np.clip(x * hertz, 0, None) * np.sin(2 * np.pi * hertz * x) * inside, window


def held(times: Doubles, peak: float, hold: float) -> Doubles:
    """Return (T,) 0..1: risen at ``peak``, held, and back."""
    return s_curve((times - peak + _RISE) / _RISE) * (1 - s_curve((times - peak - hold) / _FALL))


def browed(times: Doubles, arkit: Floats, meanings: Sequence[Meaning], strength: float) -> Floats:
    """Return (T, 52) coefficients with brows raised in questions, lowered in negations.

    Parameters
    ----------
    strength : float
        0 leaves the brows alone, 1 is natural.
    """
    result = arkit.copy()
    for meaning in meanings:
        shape = held(times, meaning.time - _AHEAD, _BROW_HOLD)
        for name, most in _BROWS.get(meaning.name, ()):
            column = ARKIT_INDEX[name]
            # Raised brows go no higher for being raised twice.
            result[:, column] = np.maximum(result[:, column], strength * most * shape)
        if meaning.name == "negate":
            for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"):
                result[:, ARKIT_INDEX[name]] *= 1 - 0.6 * min(strength, 1.0) * shape
    return result


def looking_aside(plan: GazePlan, meanings: Sequence[Meaning]) -> GazePlan:
    """Return where the eyes rest, with a look aside in thinking pauses and back to the listener afterwards."""
    starts, places, away = plan.starts, plan.places, plan.away
    for number, meaning in enumerate(item for item in meanings if item.name == "think"):
        first = max(meaning.start - 0.05, 1e-3)
        last = meaning.end + _ASIDE_HOLD
        keep = (starts < first) | (starts > last + 0.2)
        side = 1.0 if number % 2 == 0 else -1.0
        aside = [(_ASIDE[0], side * _ASIDE[1]), (0.0, 0.0)]
        starts = np.concatenate([starts[keep], [first, last]])
        places = np.concatenate([places[keep], aside])
        away = np.concatenate([away[keep], [True, False]])
        order = np.argsort(starts, kind="stable")
        starts, places, away = starts[order], places[order], away[order]
    return GazePlan(starts, places, away)
