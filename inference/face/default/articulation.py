"""What is known about sounds and cannot be heard as distances: lips that a sound keeps apart, wide or round.

A network that learns distances from a few filmed people says their mean: a w comes out sealed like an m, a th too
narrow for the tongue to show, an ee no wider than an ah. What every speaker does for a sound, phonetics knows
(Ladefoged and Johnson 2014, "A Course in Phonetics"). Amounts are set by hand, near the means of nine tracked speakers
of GRID; those of round sounds, tongue and teeth beyond them, by eye.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from ...easing import smoothstep
from ...time_filters import runs_of
from ..lips import MouthMotion
from .closures import HEARD

Floats = npt.NDArray[np.float32]

_APART: dict[str, float] = {
    "TH": 0.06,
    "FF": 0.035,
    "U": 0.035,
    "O": 0.075,
    "RR": 0.05,
    "SS": 0.04,
    "CH": 0.04,
    "kk": 0.05,
}
"""Aperture, in outer eye-corner distances, below which a sound does not go."""
_TOUCHING = {"FF": 0.05}
"""Aperture above which a sound does not go: the lower lip of f and v touches the upper teeth."""
_NEARLY = (0.2, 0.7)
"""Probabilities of those between which it comes to that."""
_EASED = 0.03
"""Seconds, standard deviation: nothing snaps to where it touches or rests."""
_CLOSING = 0.022
"""The same of lips on their way to a closure and out of it: they meet and part over several hundredths of a second."""
_WIDER: dict[str, float] = {"SS": 0.012, "E": 0.014, "I": 0.012, "FF": 0.008, "aa": 0.004, "U": -0.065, "O": -0.02}
"""What a sound adds to the distance between the mouth corners."""
_OPEN_ROUND = ("U", "O", "TH", "FF", "RR")
_BEHIND = ("kk", "SS", "CH")
"""Sounds made behind the lips. Who reads single commands shuts them between such sounds; who talks does not. Without
t, d, n and l, for which p, b and m are mistaken."""
_SURE = (0.5, 0.9)
"""Probabilities between which a sound begins to lead and leads."""
_CERTAIN = (0.7, 0.98)
"""The same for what may undo a seal."""
_PERHAPS = (0.02, 0.15)
"""Probabilities of p, b or m between which a seal begins to stand whatever else is heard, and stands."""
_AIRY = (0.35, 0.7)
"""Probabilities of the sounds that air passes through, a moment away, between which those undo a seal too: a w begins
with lips heard shut before it is known for a w."""
_MOMENT = 0.06
_QUIET_AIR = (0.2, 0.5)
"""Probabilities of silence between which that is no sound's beginning, but a rest."""
_HARDLY = (0.005, 0.05)
"""The same where a sound behind the lips is heard: the least doubt keeps a p that was taken for a t shut."""
_DOUBTFUL = (0.55, 0.7)
"""Probabilities of the likeliest sound between which a closure stops being believed whatever it belongs to."""
_SHUT = (0.95, 0.99)
"""How surely the lips were heard to be shut, for that."""
_LOOSE = (0.4, 0.8)
"""Casualness between which closures begin to be undone, and are: lips half sealed are neither shut nor open."""
_FADING = (0.2, 0.4)
"""Probabilities of silence between which that becomes no sound, but the end of one."""
_CUT = 0.06
"""Seconds at either end of a recording in which nothing is believed so: a cut through a word is heard as anything."""
_QUIET = (0.4, 0.7)
"""Probabilities of silence between which a voice has stopped."""
_RAISED, _LOWERED = 0.8, 0.4
"""How far wholly casual speech follows its sounds where they open wider than the movement heard, and where less."""
_WIDE = 0.16
"""By how much wholly casual speech is opened wider: a mean over what people do opens less than any of them."""
_NEAR = (0.07, 0.12)
"""Apertures between which lips stop being as good as shut."""
_RESTING = (0.85, 0.99)
_BREATH = 0.4
"""Seconds around speech in which the mouth gets ready or comes to rest as it was heard to; deeper in, it rests."""


def lead_by_sounds(motion: MouthMotion, fps: float) -> MouthMotion:
    """Return a mouth that shows the sounds it says.

    Round and open consonants are never sealed; every sound keeps the lips as far apart as it needs; spread and round
    sounds move the corners; in pauses the lips rest, and do not creep open before the first sound. In casual speech
    the opening follows the sounds more than the movement heard; only p, b, m and long pauses seal, and what is heard
    shut before somebody begins to speak.

    Parameters
    ----------
    motion : MouthMotion
        (T,) curves.
    fps : float
        Frames per second.
    """
    from scipy.ndimage import gaussian_filter1d

    visemes = motion.visemes
    airy = smoothstep(sum((visemes[n] for n in _OPEN_ROUND), np.zeros(())), *_CERTAIN)
    behind = smoothstep(sum((visemes[n] for n in _BEHIND), np.zeros(())), *_CERTAIN)
    # A seal is believed where p, b or m may be heard, or where the lips are near each other anyway.
    doubt = 1 - smoothstep(visemes["PP"], *_PERHAPS)
    parted = np.maximum(airy * doubt, _near_air(motion, fps))
    parted = np.maximum(parted, behind * (1 - smoothstep(visemes["PP"], *_HARDLY)))
    apart = smoothstep(motion.aperture, *_NEAR)
    sealed = motion.sealed * (1 - parted) * (1 - apart * doubt)
    resting = _pauses(visemes["sil"], fps)
    if motion.casual is not None:
        # Talkers shut their lips for p, b and m and until they begin, not between words; having done, they rest slowly.
        shut = np.max([_bilabial(motion, fps), resting, _not_begun(visemes["sil"], resting)], axis=0)
        sealed = sealed * (1 - smoothstep(motion.casual, *_LOOSE) * (1 - shut))
    nearly = gaussian_filter1d(sealed, _CLOSING * fps, mode="nearest")
    sealed = np.maximum(sealed, nearly * (1 - (motion.sealed - sealed)))  # what was undone stays undone
    least = np.max([amount * smoothstep(visemes[name], *_SURE) for name, amount in _APART.items()], axis=0)
    aperture = np.maximum(_led(motion), least)
    for name, most in _TOUCHING.items():
        touching = gaussian_filter1d(smoothstep(visemes[name], *_NEARLY), _EASED * fps, mode="nearest")
        aperture = aperture - touching * np.maximum(aperture - most, 0)
    aperture = aperture * (1 - resting)
    width = motion.width + sum((amount * visemes[name] for name, amount in _WIDER.items()), np.zeros(()))
    return dataclasses.replace(
        motion,
        aperture=aperture.astype(np.float32),
        width=width.astype(np.float32),
        sealed=sealed.astype(np.float32),
    )


def _near_air(motion: MouthMotion, fps: float) -> Floats:
    """Return (T,) 0..1: how surely a sound that air passes through is a moment away, and neither p, b, m nor a rest."""
    from scipy.ndimage import maximum_filter1d

    span = 2 * round(_MOMENT * fps) + 1
    airy = maximum_filter1d(sum((motion.visemes[n] for n in _OPEN_ROUND), np.zeros(())), span, mode="nearest")
    bilabial = maximum_filter1d(motion.visemes["PP"], span, mode="nearest")
    speaking = 1 - smoothstep(motion.visemes["sil"], *_QUIET_AIR)
    return smoothstep(airy, *_AIRY) * (1 - smoothstep(bilabial, *HEARD)) * speaking


def _bilabial(motion: MouthMotion, fps: float) -> Floats:
    """Return (T,) 0..1: how far p, b or m is believed: heard, or lips surely shut for nobody knows which sound."""
    others = np.max([curve for name, curve in motion.visemes.items() if name != "PP"], axis=0)
    airy = sum((motion.visemes[n] for n in _OPEN_ROUND), np.zeros(()))
    unknown = (
        smoothstep(motion.sealed, *_SHUT)
        * (1 - smoothstep(others, *_DOUBTFUL))
        * (1 - smoothstep(airy, 0.2, 0.4))
        * (1 - smoothstep(motion.visemes["sil"], *_FADING))
    )
    cut = round(_CUT * fps)
    unknown[:cut] = 0
    unknown[max(0, len(unknown) - cut) :] = 0
    return np.maximum(smoothstep(motion.visemes["PP"], *HEARD), unknown)


def _not_begun(silent: Floats, resting: Floats) -> Floats:
    """Return (T,) 0..1 in silence before speech: from the beginning of the recording, or from a rest, to a sound."""
    quiet = smoothstep(silent, *_QUIET)
    waiting = np.zeros_like(quiet)
    for start, stop in runs_of(quiet > 0).tolist():
        rested = np.maximum.accumulate(resting[start:stop]) if start else 1.0
        waiting[start:stop] = quiet[start:stop] * rested
    return waiting


def _led(motion: MouthMotion) -> Floats:
    """Return (T,) the aperture heard, as near to what the sounds ask for as the speech is casual."""
    if motion.casual is None or motion.sounds is None:
        return motion.aperture
    missing = motion.sounds - motion.aperture
    led = motion.aperture + motion.casual * np.where(missing > 0, _RAISED, _LOWERED).astype(np.float32) * missing
    return led * (1 + _WIDE * motion.casual)


def _pauses(silent: Floats, fps: float) -> Floats:
    """Return (T,) 0..1 where nobody has spoken and nobody will for a while."""
    from scipy.ndimage import gaussian_filter1d, minimum_filter1d

    quiet = smoothstep(silent, *_RESTING)
    span = 2 * round(_BREATH * fps) + 1
    return gaussian_filter1d(minimum_filter1d(quiet, span, mode="nearest"), _EASED * fps, mode="nearest")
