"""Listening: what somebody who hears somebody else does with head, brows, mouth and trunk.

Listeners answer where a speaker's phrase comes to its end, within half a second, and now and then on what is stressed
in a long one (Yngve, "On getting a word in edgewise", 1970; Heylen, "Head gestures, gaze and the principles of
conversational structure", 2006): they nod, two or three dips together (Maynard, "Interactional functions of a nonverbal
sign", 1987), raise the brows, smile a little, knit the brows, press the lips. In between they hold the head tilted and
lean in or back for a while. When nothing is known of the speaker the answers come every few seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..easing import s_curve
from ..emotion.names import EMOTIONS
from ..prosody import Prosody
from .held import Held
from .noise import Doubles, add_bump, layer_rng

_APART = (2.4, 6.5)  # seconds from answer to answer where nothing is known of the speaker
_AFTER, _BEFORE = 0.5, 0.8  # seconds between what the listener says itself and an answer
_LATE = (-0.15, 0.5)  # seconds from the end of what is heard to the answer
_WITHIN = (2.8, 5.5)  # seconds from answer to answer within a long phrase
_LEAST = 1.1  # seconds between two answers
_DIP = 0.42  # seconds from one dip of a nod to the next
_STAY = (3.5, 10.0)  # seconds that the head is held
_POSE = np.array([1.6, 1.8, 3.4])  # degrees, deviation: down, to its left, tilted
_LEAN_STAY = (8.0, 22.0)
_LEAN = (-2.5, 5.0)  # degrees forward
_CONTACT = 0.6
"""How much of the glances aside somebody who listens keeps to himself."""
_ANSWERS = {"nod": 0.46, "brows": 0.17, "smile": 0.16, "knit": 0.11, "press": 0.1}
_LONGEST = {"nod": 1.6, "brows": 1.4, "smile": 3.8, "knit": 2.8, "press": 1.6}
"""Seconds that an answer takes at most."""


_BAD = [EMOTIONS.index(name) for name in ("sad", "angry", "disgusted", "fear", "contempt")]


@dataclass(frozen=True)
class Heard:
    """What a listener hears of somebody else, in seconds of the listener's own performance."""

    phrases: Doubles
    """(P, 2) start and stop of the stretches between pauses."""
    accents: Doubles
    """(A,) when a syllable stands out."""


@dataclass(frozen=True)
class Listening:
    """What listening adds to a performance of T frames; nothing where the listener speaks."""

    head: Doubles
    """(T, 3) radians: down, to its left, tilted."""
    face: npt.NDArray[np.float32]
    """(T, 52) coefficients to add, the mouth's too."""
    lean: Doubles
    """(T,) degrees by which the trunk leans forward."""
    attention: Doubles
    """(T,) 0..1: how much it listens."""

    def contact(self, share: Doubles) -> Doubles:
        """Return how much of the time, 0..1, the eyes are on the speaker: more often than on somebody spoken to."""
        return share ** (1 - _CONTACT * self.attention)


def heard_from(prosody: Prosody, at: float) -> Heard:
    """Return what is heard of a recording that begins ``at`` seconds after the listener's performance."""
    return Heard(prosody.phrases.reshape(-1, 2) + at, prosody.accent_times + at)


def heard_together(parts: Sequence[Heard]) -> Heard:
    """Return what is heard of several recordings, in order of time; phrases at one time are one phrase."""
    phrases: list[Doubles] = []
    for phrase in sorted((phrase for part in parts for phrase in part.phrases), key=lambda phrase: float(phrase[0])):
        if phrases and phrase[0] <= phrases[-1][1]:
            phrases[-1] = np.array([phrases[-1][0], max(phrases[-1][1], phrase[1])])
        else:
            phrases.append(phrase)
    return Heard(np.array(phrases).reshape(-1, 2), np.sort(np.concatenate([part.accents for part in parts])))


def cheer_of(weights: Doubles) -> float:
    """Return 0..1 how much there is to smile at under (T, 8) emotions: nothing in a bad mood."""
    return float(np.clip(1 - 1.5 * weights[:, _BAD].sum(1).mean(), 0, 1))


def listen(
    times: Doubles, prosody: Prosody, strength: float, seed: int, heard: Heard | None = None, cheer: float = 1.0
) -> Listening:
    """Return how somebody listens, the same for the same seed and never the same twice in a performance.

    Parameters
    ----------
    times : (T,) array
        Seconds.
    prosody : Prosody
        Of what the listener says itself: it listens where that has a pause.
    strength : float
        0 does nothing, 1 is natural, 2 twice as much.
    heard : Heard, optional
        What is listened to.
    cheer : float
        0..1: how much there is to smile at.
    """
    frame = float(times[1] - times[0]) if len(times) > 1 else 1.0
    free = np.ones(len(times))
    for start, stop in prosody.phrases:
        free[(times > start - _BEFORE) & (times < stop + _AFTER)] = 0
    attention = np.asarray(gaussian_filter1d(free, 0.25 / frame, mode="nearest"), np.float64) * min(strength, 1.0)
    head, face = np.zeros((len(times), 3)), np.zeros((len(times), len(ARKIT_NAMES)))
    rng, last = layer_rng(seed, "listening"), ""
    for moment in _moments(float(times[-1]), rng, heard):
        # Nods may follow nods; what else was just done is not done again.
        names = [name for name in _ANSWERS if name == "nod" or name != last]
        shares = np.array([_ANSWERS[name] for name in names])
        name, draw = str(rng.choice(names, p=shares / shares.sum())), rng.uniform(size=6)
        before, after = moment - prosody.phrases[:, 1], prosody.phrases[:, 0] - moment - _LONGEST[name]
        if bool(np.all((before > _AFTER) | (after > _BEFORE))):
            _answer(name, moment, times, head, face, draw, cheer)
            last = name
    head += (attention / max(strength, 1e-6))[:, None] * _poses(
        float(times[-1]), layer_rng(seed, "listening poses")
    ).at(times)
    leaning = _leans(float(times[-1]), layer_rng(seed, "listening lean"), heard).at(times)[:, 0]
    slow = np.asarray(gaussian_filter1d(attention, 0.5 / frame, mode="nearest"), np.float64)
    return Listening(
        np.radians(strength * head),
        np.clip(strength * face, 0, 0.8).astype(np.float32),
        max(strength, 1.0) * leaning * slow,
        attention,
    )


def _moments(duration: float, rng: np.random.Generator, heard: Heard | None) -> list[float]:
    """Return when the listener answers, in seconds, rising."""
    found: list[float] = []
    if heard is None or not len(heard.phrases):
        now = float(rng.uniform(0.6, _APART[1]))
        while now < duration:
            found.append(now)
            now += float(rng.uniform(*_APART))
        return found
    for start, stop in heard.phrases:
        now = float(start + rng.uniform(*_WITHIN))
        while now < stop - 1.5:
            near = heard.accents[np.abs(heard.accents - now) < 0.8]
            found.append((float(near[np.abs(near - now).argmin()]) if len(near) else now) + 0.25)
            now += float(rng.uniform(*_WITHIN))
        # The longer the phrase, the likelier it is answered.
        if rng.uniform() < np.clip(0.4 + 0.15 * (stop - start), 0.45, 0.9):
            found.append(float(stop + rng.uniform(*_LATE)))
    kept: list[float] = []
    for moment in sorted(found):
        if 0.2 < moment < duration and (not kept or moment > kept[-1] + _LEAST):
            kept.append(moment)
    return kept


def _answer(
    name: str, moment: float, times: Doubles, head: Doubles, face: Doubles, draw: Doubles, cheer: float
) -> None:
    """Add one answer to head (degrees) and face, in place; ``draw`` (6,) 0..1 decides how it turns out."""
    size, side = 0.7 + 0.6 * draw[0], 1.0 if draw[1] < 0.5 else -1.0
    one, other = (1.0, 0.62 + 0.3 * draw[2]) if side > 0 else (0.62 + 0.3 * draw[2], 1.0)

    def put(start: float, rise: float, hold: float, fall: float, height: float, *names: str) -> None:
        shape = height * _swell(times, start, rise, hold, fall)
        for number, coefficient in enumerate(names):
            face[:, ARKIT_INDEX[coefficient]] += shape * ((one, other)[number] if len(names) == 2 else 1.0)

    if name == "nod":
        _nod(head, times, moment, 1 + int(3 * draw[3]), 3.0 + 3.8 * draw[4], 1.5 * side * draw[5])
    elif name == "brows":
        # The chin goes up a little with the brows: oh?
        hold = 0.15 + 0.5 * draw[3]
        put(moment, 0.24, hold, 0.5, 0.34 * size, "browInnerUp")
        put(moment, 0.24, hold, 0.5, 0.42 * size, "browOuterUpLeft", "browOuterUpRight")
        head[:, 0] -= 2.2 * size * _swell(times, moment, 0.35, hold, 0.6)
        if draw[4] < 0.5:
            _nod(head, times, moment + 0.5 + hold, 1, 3.0 + 2.0 * draw[5], 0.0)
    elif name == "smile":
        # A smile of less than half is not seen on shut lips from where a listener is looked at.
        hold = 0.6 + 1.4 * draw[3]
        put(moment, 0.55, hold, 1.2, 0.6 * size * cheer, "mouthSmileLeft", "mouthSmileRight")
        put(moment, 0.55, hold, 1.2, 0.3 * size * cheer, "mouthDimpleLeft", "mouthDimpleRight")
        put(moment + 0.1, 0.5, hold, 1.0, 0.4 * size * cheer, "cheekSquintLeft", "cheekSquintRight")
        head[:, 2] += 2.0 * side * size * _swell(times, moment, 0.7, hold, 1.1)
        if draw[4] < 0.6:
            _nod(head, times, moment + 0.3, 1 + int(2 * draw[5]), 2.5 + 2.0 * draw[2], 0.0)
    elif name == "knit":
        hold = 0.5 + 1.1 * draw[3]
        put(moment, 0.4, hold, 0.7, 0.3 * size, "browDownLeft", "browDownRight")
        put(moment, 0.4, hold, 0.7, 0.16 * size, "eyeSquintLeft", "eyeSquintRight")
        head[:, 2] += 2.6 * side * size * _swell(times, moment, 0.6, hold, 0.8)
        head[:, 0] += 1.4 * size * _swell(times, moment, 0.6, hold, 0.8)
    else:
        hold = 0.2 + 0.4 * draw[3]
        put(moment, 0.25, hold, 0.55, 0.34 * size, "mouthPressLeft", "mouthPressRight")
        put(moment, 0.25, hold, 0.55, 0.3 * size, "mouthShrugLower")
        put(moment, 0.25, hold, 0.55, 0.16 * size, "browInnerUp")
        _nod(head, times, moment + 0.1, 1 + int(2 * draw[4]), 4.0 + 2.5 * draw[5], 0.0)


def _nod(head: Doubles, times: Doubles, start: float, dips: int, depth: float, tilt: float) -> None:
    """Add a nod of so many dips, each less deep than the one before, in place; degrees."""
    for dip in range(dips):
        add_bump(head[:, 0], times, start + dip * _DIP, 0.55 * _DIP, 0.55 * _DIP, depth * 0.7**dip)
    add_bump(head[:, 2], times, start + 0.3, 0.5, 0.9, tilt)


def _swell(times: Doubles, start: float, rise: float, hold: float, fall: float) -> Doubles:
    """Return (T,) 0..1 that rises from ``start`` on, is held and falls again; seconds."""
    return s_curve((times - start) / rise) * (1 - s_curve((times - start - rise - hold) / fall))


def _poses(duration: float, rng: np.random.Generator) -> Held:
    """Return how the head is held, in degrees: now tilted to one side, now to the other, now straight."""
    starts, lengths, places = [-2.0], [1.0], [np.zeros(3)]
    now = float(rng.uniform(0.5, _STAY[0]))
    while now < duration:
        place = np.clip(rng.standard_normal(3), -2, 2) * _POSE - 0.3 * places[-1]
        starts.append(now)
        lengths.append(float(rng.uniform(0.7, 1.3)))
        places.append(place * (0.2 if rng.uniform() < 0.2 else 1.0))
        now += float(rng.uniform(*_STAY))
    return Held(np.array(starts), np.array(lengths), np.array(places))


def _leans(duration: float, rng: np.random.Generator, heard: Heard | None) -> Held:
    """Return (K, 1) degrees by which the trunk leans in or back; it changes where a phrase is heard to begin."""
    onsets = np.zeros(0) if heard is None else heard.phrases[:, 0]
    starts, lengths, places = [-3.0], [1.0], [float(rng.uniform(0.0, 2.0))]
    now = float(rng.uniform(3.0, _LEAN_STAY[0]))
    middle = 0.5 * (_LEAN[0] + _LEAN[1])
    while now < duration:
        near = onsets[np.abs(onsets - now) < 3.0]
        begin = max(float(near[0]) + 0.3 if len(near) else now, starts[-1] + 3.0)
        low, high = (_LEAN[0], middle) if places[-1] > middle else (middle, _LEAN[1])
        starts.append(begin)
        lengths.append(float(rng.uniform(1.1, 1.9)))
        places.append(float(rng.uniform(low, high)))
        now = begin + float(rng.uniform(*_LEAN_STAY))
    return Held(np.array(starts), np.array(lengths), np.array(places)[:, None])
