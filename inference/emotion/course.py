"""The course of an emotion over a speech: it comes, stands, falls, and comes again with the next phrase.

What is directed says what somebody feels; a face shows it in bouts. Felt expressions take 0.4 to 0.8 s to come, stand
for 0.5 to 4 s and go more slowly than they came (Ekman and Friesen 1982, "Felt, false, and miserable smiles"; Schmidt,
Cohn and Tian 2003, "Signal characteristics of spontaneous facial expressions"); surprise is the briefest of all (Ekman
2003, "Emotions Revealed"). Every phrase renews what is felt, ahead of the voice wherever there is time for it (a face
is in an emotion a third to two thirds of a second before it speaks of it), stressed words push it up and hold it where
it stands, between them it falls far and is soon back, and after the sentence, when the mouth is free, it shows once
more before it goes.

Opposite emotions do not add up to a face: from joy to anger the weaker of the two gives way, so that the path leads
through a small, undecided face and not through a grinning frown. Pairs that people do show together are those of Du,
Tao and Martinez 2014 ("Compound facial expressions of emotion").
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from ..easing import s_curve
from ..prosody import Prosody
from ..time_filters import between
from .facs import STEP, muscle_dynamics, of_emotions
from .names import EMOTIONS

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pace:
    """How an emotion comes and goes while somebody goes on feeling it."""

    apex: float = 1.0
    """Seconds for which it stands after it has come."""
    decay: float = 1.5
    """Seconds in which it falls to a third."""
    floor: float = 0.45
    """Part of it that stays between two bouts."""
    renew: float = 2.5
    """Seconds until a stressed word can bring it back within a phrase."""
    accent: float = 0.2
    """Part of it by which a stressed word pushes it up."""
    leak: float = 0.75
    """How strongly it shows again when the phrase is over."""
    quiet: float = 0.28
    """Part of it that stays where nobody has spoken for a while."""


PACES: dict[str, Pace] = {
    "neutral": Pace(),
    "happy": Pace(1.5, 0.28, 0.22, 2.1, 0.22, 0.85, 0.27),
    "sad": Pace(1.6, 0.45, 0.25, 3.0, 0.14, 0.85, 0.2),
    "surprised": Pace(0.33, 0.26, 0.35, 1.05, 0.2, 0.0, 0.2),
    "fear": Pace(1.3, 0.4, 0.34, 2.0, 0.18, 0.7, 0.3),
    "disgusted": Pace(1.45, 0.28, 0.25, 2.1, 0.22, 0.85, 0.28),
    "angry": Pace(1.45, 0.28, 0.25, 2.1, 0.26, 0.75, 0.31),
    "contempt": Pace(1.3, 0.35, 0.2, 2.2, 0.16, 0.85, 0.2),
}
"""Emotion -> its pace."""

_OPPOSED: dict[tuple[str, str], float] = {
    ("happy", "sad"): 0.8, ("happy", "angry"): 1.0, ("happy", "fear"): 0.9, ("happy", "disgusted"): 0.6,
    ("happy", "contempt"): 0.3, ("surprised", "contempt"): 0.8, ("surprised", "disgusted"): 0.3,
    ("fear", "contempt"): 0.8, ("fear", "angry"): 0.3, ("sad", "contempt"): 0.5,
}  # fmt: skip
"""How far two emotions shut each other out of a face; pairs that are not named show together."""
_YIELD = 0.85
_TOP = 0.93
"""How far a bout goes without a stressed word."""
_MIDDLE = 0.75
"""The level about which the dynamics widen and narrow, and the one of a mask."""
_PUSH = (0.16, 0.45)
_WHOLE_RISE = 1.5
"""Seconds of a whole S-curve per second from a tenth to nine tenths of it."""
_STANDS = 0.4
"""Part of a rise that is left at the second of a bout."""
_EARLY = 0.2
"""Seconds by which an emotion is there before the voice."""
_OF_PAUSE = 0.35
"""Part of the pause before a phrase by which the emotion may be ahead of it."""
_HOLDS, _LONGEST = 0.8, 3.4
"""Strength of a stressed word that holds what stands, and seconds for which it stands at most."""
_ITSELF = 1.5
"""How many times as long as for a stressed word an emotion waits until it comes back by itself."""
_ACCENT_NEAR = 0.35
"""Seconds for which it then still waits for a stressed word."""
_BREATH = 1.0
"""Seconds before the end of a phrase from which on it no longer comes back by itself."""
_TOO_LATE = 0.3
"""Seconds before the end of a phrase in which nothing comes back: the pause has its own bout."""
_BODY = 0.45
"""Standard deviation, seconds, over which a body follows: it has more to move than a face."""
_BODY_BOUTS = 0.45
"""Part of what a body shows that comes and goes with the bouts of the face; the rest is a posture that stays."""


def course(
    times: Doubles, weights: Doubles, prosody: Prosody, rng: np.random.Generator | None = None, dynamics: float = 1.0
) -> Doubles:
    """Return (T, 8) how strongly each emotion shows on the face at each moment.

    Parameters
    ----------
    times : (T,) array
        Seconds, rising, evenly spaced.
    weights : (T, 8) array
        How strongly each emotion is felt, as directed.
    rng : Generator
        Varies the bouts from take to take; None for a course that no seed changes.
    dynamics : float
        0 holds the emotion at one level, 1 is natural, 2 comes and goes twice as far.

    Returns
    -------
    (T, 8) float64
        0..1; an emotion of weight 1 reaches 1 on stressed words only.
    """
    if not len(times) or not weights[:, 1:].any():
        return np.array(weights, np.float64)
    grid = np.arange(times[0], times[-1] + STEP, STEP)
    felt = muscle_dynamics(between(grid, times, opposed(weights)))
    shown = felt.copy()
    for index, name in enumerate(EMOTIONS):
        if index and felt[:, index].any():
            bouts = _bouts(grid, felt[:, index], prosody, name, rng)
            shown[:, index] *= np.clip(_MIDDLE + dynamics * (bouts - _MIDDLE), 0.0, 1.0)
    return np.clip(between(times, grid, shown), 0, 1)


def body_course(times: Doubles, weights: Doubles, prosody: Prosody) -> Doubles:
    """Return (T, 8) how strongly the body feels each emotion: a posture that stays, stirred by the face's bouts."""
    if not len(times) or not weights[:, 1:].any():
        return np.array(weights, np.float64)
    step = float(times[1] - times[0]) if len(times) > 1 else 1.0
    shown = course(times, weights, prosody)
    felt = (1 - _BODY_BOUTS) * weights + _BODY_BOUTS / _MIDDLE * shown
    return np.asarray(gaussian_filter1d(felt, _BODY / step, axis=0, mode="nearest"), np.float64)


def opposed(weights: npt.ArrayLike) -> Doubles:
    """Return (T, 8) weights in which emotions that no face shows together give way to each other.

    Of two opposites of equal weight both give way by half; beside a much stronger one little is left.
    """
    asked = np.asarray(weights, np.float64)
    result = asked.copy()
    for (first, second), opposition in _OPPOSED.items():
        one, other = EMOTIONS.index(first), EMOTIONS.index(second)
        both = asked[:, one] + asked[:, other]
        if not (asked[:, one] * asked[:, other]).any():
            continue
        share = np.divide(asked[:, one], both, out=np.full(len(asked), 0.5), where=both > 0)
        result[:, one] *= 1 - _YIELD * opposition * (1 - share)
        result[:, other] *= 1 - _YIELD * opposition * share
    return result


def sides(times: Doubles, rng: np.random.Generator) -> Doubles:
    """Return (T,) share by which the left side of an expression is stronger, and the right one weaker.

    Everybody has a side that shows more, mostly the left one (Borod, Haywood and Koff 1997, "Neuropsychological aspects
    of facial asymmetry during emotional expression"); how much it is ahead changes from bout to bout.
    """
    lasting = (1.0 if rng.uniform() < 0.65 else -1.0) * float(rng.uniform(0.045, 0.075))
    knots = np.arange(0.0, (times[-1] if len(times) else 0.0) + 4.0, 1.6)
    drawn = gaussian_filter1d(rng.uniform(-1.0, 1.0, len(knots)), 0.5, mode="nearest")
    return np.clip(lasting + 0.045 * np.interp(times, knots, drawn), -0.1, 0.1)


def _bouts(grid: Doubles, felt: Doubles, prosody: Prosody, name: str, rng: np.random.Generator | None) -> Doubles:
    """Return (N,) 0..1 how much of an emotion that is felt shows, on an even grid."""
    pace, index = PACES[name], EMOTIONS.index(name)
    onset = _WHOLE_RISE * float(of_emotions("onset")[index])
    level = np.zeros(len(grid))
    for time, strength, apex, decay in _moments(grid, felt, prosody, pace, onset):
        if rng is not None:
            strength *= float(rng.uniform(0.82, 1.06))
        first, last = np.searchsorted(grid, [time - onset, time + apex + 5 * decay])
        since = grid[first:last] - time
        rising = s_curve((since + (1 - _STANDS) * onset) / onset)
        # The apex ends in a soft shoulder.
        past = 0.12 * np.logaddexp(0.0, (since - apex) / 0.12)
        level[first:last] = np.maximum(level[first:last], strength * rising * np.exp(-past / decay))
    push = np.zeros(len(grid))
    rise, fall = _PUSH
    for time, strength in zip(prosody.accent_times, prosody.accent_strengths, strict=True):
        first, last = np.searchsorted(grid, [time - rise, time + fall])
        since = grid[first:last] - time
        part = s_curve(np.where(since < 0, 1 + since / rise, 1 - since / fall))
        push[first:last] = np.maximum(push[first:last], float(strength) * part)
    near = np.interp(grid, prosody.times, maximum_filter1d(prosody.speaking, 301))
    floor = pace.quiet + (pace.floor - pace.quiet) * near
    level = np.asarray(gaussian_filter1d(np.clip(level, 0, 1), 0.06 / STEP, mode="nearest"), np.float64)
    shown = floor + (_TOP - floor) * level + pace.accent * push * (1 - 0.6 * level)
    # A rounded ceiling: stress is seen on a face that is nearly at its strongest too.
    return np.where(shown > 0.85, 0.85 + 0.15 * np.tanh((shown - 0.85) / 0.15), shown)


def _moments(
    grid: Doubles, felt: Doubles, prosody: Prosody, pace: Pace, onset: float
) -> list[tuple[float, float, float, float]]:
    """Return second, strength 0..1, apex and decay in seconds of every bout, whose rise takes ``onset`` seconds."""
    found: list[tuple[float, float, float, float]] = []
    accents = list(zip(prosody.accent_times.tolist(), prosody.accent_strengths.tolist(), strict=True))
    row, ended = 0, float("-inf")
    for start, stop in prosody.phrases.tolist():
        # The face is there when the voice begins; in a short pause there is time for part of it only.
        lead = min(_STANDS * onset + _EARLY, _OF_PAUSE * (start - ended))
        begun, ended = start - lead, stop
        # What is ahead of the voice is not gone before the first words have been heard.
        found.append((begun, 0.92, pace.apex + start - begun, pace.decay))
        last = since = start
        while row < len(accents) and accents[row][0] < stop:
            time, strength = accents[row]
            row += 1
            before, last = last, _by_itself(found, last, time - _ACCENT_NEAR, pace)
            since = since if last == before else last
            anew = time - last >= pace.renew * (1.15 - 0.3 * strength) and time < stop - _TOO_LATE
            holds = strength >= _HOLDS and time - last < pace.apex and time - since < _LONGEST - pace.apex
            if anew or holds:
                found.append((time, 0.8 + 0.2 * strength, pace.apex * (0.7 + 0.4 * strength), pace.decay))
                last, since = time, time if anew else since
        _by_itself(found, last, stop - _BREATH, pace)
        if pace.leak:
            found.append((stop + 0.1, pace.leak, 0.45, 0.8 * pace.decay))
    # What is newly felt shows at once.
    lag = round(0.25 / STEP)
    rise = np.zeros(len(felt))
    if len(felt) > 2 * lag:
        rise[lag:-lag] = felt[2 * lag :] - felt[: -2 * lag]
    peak = (rise > 0.12) & (rise == maximum_filter1d(rise, 2 * lag + 1))
    found += [(float(time), 1.0, pace.apex, pace.decay) for time in grid[peak]]
    return found


def _by_itself(found: list[tuple[float, float, float, float]], last: float, until: float, pace: Pace) -> float:
    """Add the bouts that come while no word is stressed; return the second of the last one."""
    while until - last > _ITSELF * pace.renew:
        last += _ITSELF * pace.renew
        found.append((last, 0.85, pace.apex, pace.decay))
    return last
