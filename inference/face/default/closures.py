"""Closures: how surely the lips are shut, and that none falls between two frames.

Two witnesses speak for a p, b or m: lips heard shut, and the sound itself. Where both do, the lips shut more surely. In
running speech a b or m may last 20 to 30 ms (so labelled in emodb and ljspeech), less than a frame of film does, and
would be missed where only the moments of frames are looked at.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...easing import smoothstep

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

HEARD = (0.05, 0.2)
"""Probabilities of p, b or m between which the sound begins to be believed, and is."""
_WITNESS = 1.0
"""By how much the sound, when it is believed, raises the logit of lips heard shut."""
_SHUT = 0.5
_KEPT = 0.95
"""Share of a closure that one of the frames beside it must show, or it was missed."""
_SOUNDING = 0.7
"""The same of its sound."""

_NEAR = 0.042
"""Seconds by which a closure may be shown too early or too late: half a frame of twelve in a second."""


def sealing(logits: Doubles, bilabial: Floats, threshold: float, slope: float) -> Doubles:
    """Return (N,) 0..1: how surely the lips are shut.

    Parameters
    ----------
    logits : (N,) array
        Of lips heard shut.
    bilabial : (N,) array
        Probability of p, b or m.
    threshold, slope : float
        Logit at which the lips are half sealed, and steepness of the seal over it.
    """
    heard = logits + _WITNESS * smoothstep(bilabial, *HEARD)
    return np.asarray(1 / (1 + np.exp(-slope * (heard - threshold))))


def keep_short_ones(
    shown: Floats, sound: Floats, times: Doubles, moments: Doubles, sealed: npt.ArrayLike, bilabial: npt.ArrayLike
) -> None:
    """Show in the nearest frame every closure that no frame shows, in place.

    Frames as far apart as no film has them are left alone: they are looks at single moments.

    Parameters
    ----------
    shown, sound : (T,) float32
        Seal and probability of p, b or m at the frames' moments.
    times, moments : (T,) and (N,) arrays
        Seconds, even steps, of the frames and of what was heard.
    sealed, bilabial : (N,) array
        Seal and probability as they were heard.
    """
    if len(times) < 2:
        return
    step = times[1] - times[0]
    places = (moments - times[0]) / step
    seal, lips = np.asarray(sealed), np.asarray(bilabial)
    before, after = np.append(0, seal[:-1]), np.append(seal[1:], 0)
    top = (seal >= before) & (seal >= after) & (seal > _SHUT) & (lips > HEARD[0])
    tops = np.flatnonzero(top & (places >= 0) & (places <= len(shown) - 1))
    beside = np.stack([np.floor(places[tops]), np.ceil(places[tops])]).astype(int)
    missed = (shown[beside].max(0) < _KEPT * seal[tops]) | (sound[beside].max(0) < _SOUNDING * lips[tops])
    tops = tops[missed]
    nearest = np.rint(places[tops]).astype(np.intp)
    near = np.abs(places[tops] - nearest) * step <= _NEAR
    tops, nearest = tops[near], nearest[near]
    np.maximum.at(shown, nearest, seal[tops].astype(np.float32))
    np.maximum.at(sound, nearest, lips[tops].astype(np.float32))
