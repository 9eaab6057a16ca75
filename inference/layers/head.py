"""Head: a pose per phrase, nods on accents, slow sway, chin with the voice; calmer in silence but never frozen.

Head movement follows pitch and loudness of the voice (Munhall et al., "Visual prosody and speech intelligibility",
2004; Busso et al., "Rigid head motion in expressive speech animation", 2007). How far and how fast is what tracked
talkers do (docs/acting.md): 12 to 25 degrees of pitch over ten seconds, 12 to 20 degrees a second. Poses change
where phrases begin and on accents within long ones, tilts go with a voice that rises at the end, nods lead the accent.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..emotion.names import EMOTIONS
from ..prosody import STEP, Prosody
from .held import Held
from .noise import Doubles, add_bump, layer_rng, smooth_noise

NECK_SHARE = 0.45
"""Part of the head's rotation that the neck makes; the head joint makes the rest."""
_SWAY_PERIOD = 1.6  # seconds between knots: most of the power lies below 0.3 Hz
_SWAY = (2.1, 2.5, 1.3)  # degrees, deviation
_POSE = (4.4, 4.8, 2.5)  # degrees, deviation of the poses
_CHIN = 0.55  # degrees of the chin up per semitone
_STAY = (0.9, 2.4)  # seconds from pose to pose in speech
_IDLE_STAY = (2.2, 5.5)  # in silence
_IDLE = 0.75  # size of the poses taken in silence
_TURN = (0.45, 0.85)  # seconds of a turn, smallest and largest
_LEAD = 0.18  # seconds by which a turn is ahead of what it goes with
_NOD_AHEAD, _NOD_RISE, _NOD_FALL = 0.06, 0.24, 0.42  # seconds; half as deep for 0.3
_SETTLE = 0.5  # what is left of the sway in silence
_SMOOTH = 0.06  # seconds
_LEVEL, _UP = 1.3, 0.6  # seconds; degrees
_RISING = 1.5  # semitones by which a phrase ends higher than its middle: a question
_LIMIT = np.radians([26.0, 34.0, 18.0])
_FELT_YAW = np.radians(12.0)
"""How far a head turns aside under an emotion of intensity 1."""


def head_layer(
    times: Doubles, fps: float, prosody: Prosody, strength: float | Doubles, seed: int, drawn: Doubles | None = None,
    feeling: Doubles | None = None,
) -> npt.NDArray[np.float64]:  # fmt: skip
    """Return (T, 3) rotation of the head against the chest: pitch (+ is down), yaw (+ to its left), roll, radians.

    Parameters
    ----------
    strength : float or (T,) array
        0 leaves the head alone, 1 is natural.
    drawn : (T, 3) array
        Degrees that a network has drawn; they are laid on top.
    feeling : (T, 8) array
        How strongly each emotion holds; none is neutral.
    """
    speaking = gaussian_filter1d(prosody.at(prosody.speaking, times), 0.35 * fps, mode="nearest")
    angles = smooth_noise(times, _SWAY_PERIOD, layer_rng(seed, "head sway"), 3) * _SWAY
    angles *= (_SETTLE + (1 - _SETTLE) * speaking)[:, None]
    nods = accent_nods(times, prosody, layer_rng(seed, "head nods"))
    # Nods go down from a chin that is up a little: on average they look nobody in the shoes.
    nods -= gaussian_filter1d(nods, _LEVEL * fps, axis=0, mode="nearest") + np.array([_UP, 0.0, 0.0])
    nods[:, 0] -= _CHIN * np.clip(prosody.at(prosody.pitch_semitones, times), -4, 4)
    angles += gaussian_filter1d(nods, _SMOOTH * fps, axis=0, mode="nearest")
    angles += phrase_poses(times[-1], prosody, seed, feeling).at(times)
    if drawn is not None:
        angles += drawn
    return soft_limit(np.asarray(strength, np.float64).reshape(-1, 1) * np.radians(angles))


def accent_nods(times: Doubles, prosody: Prosody, rng: np.random.Generator) -> Doubles:
    """Return (T, 3) degrees: nods, with a little turning and tilting, on the stronger accents."""
    nods = np.zeros((len(times), 3))
    draws = rng.uniform(-1, 1, size=(len(prosody.accent_times), 4))
    for time, accent, (gate, turn, tilt, size) in zip(
        prosody.accent_times, prosody.accent_strengths, draws, strict=True
    ):
        if 0.5 * (gate + 1) > 0.4 + 0.6 * accent:
            continue
        height = (1.6 + 6.2 * accent) * (1 + 0.4 * size)
        # Up a little before, down on the accent, back: a nod.
        peak = time - _NOD_AHEAD
        add_bump(nods[:, 0], times, peak - _NOD_RISE, 0.24, _NOD_RISE, -0.35 * height)
        add_bump(nods[:, 0], times, peak, _NOD_RISE, _NOD_FALL, height)
        add_bump(nods[:, 1], times, time + 0.03, 0.28, 0.5, 3.2 * turn * accent)
        add_bump(nods[:, 2], times, time + 0.03, 0.28, 0.5, 2.2 * tilt * accent)
    return nods


def soft_limit(angles: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return (T, 3) radians that never break a neck, however strong the motion."""
    return np.asarray(_LIMIT * np.tanh(angles / _LIMIT), np.float64)


def kept_to_listener(turn: npt.NDArray[np.floating[Any]], feeling: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return (T, 3) radians of a head that turns aside less the more is felt: strong feelings are shown to somebody.

    Small turns stay as they are, however strong the feeling.

    Parameters
    ----------
    turn : (T, 3) array
        Radians: down, to its left, tilted.
    feeling : (T,) array
        0..1, how much is felt, whatever it is.
    """
    kept = np.array(turn, np.float64)
    felt = np.clip(np.asarray(feeling, np.float64), 0, 1)
    limit = _LIMIT[1] + felt * (_FELT_YAW - _LIMIT[1])
    kept[:, 1] += felt * (limit * np.tanh(kept[:, 1] / limit) - kept[:, 1])
    return kept


def phrase_poses(duration: float, prosody: Prosody, seed: int, feeling: Doubles | None = None) -> Held:
    """Return a recording's poses in degrees: one where a phrase begins, more on accents within it, few in silence.

    The same for the same seed: what follows the head (trunk, pelvis) asks for them again. A pose leans away from the
    one before rather than on in its direction, so that the head stays about the middle. A phrase that ends on a rising
    voice gets a tilt at its end.

    Parameters
    ----------
    feeling : (T, 8) array
        How strongly each emotion holds, evenly over the duration: whoever feels something else turns elsewhere at the
        same words.
    """
    rng = layer_rng(seed, "head poses")
    felt_rng = layer_rng(seed, "head poses of emotions")
    moments = _moments(duration, prosody, rng)
    starts, lengths, poses = [-1.0], [0.5], [np.zeros(3)]
    for number, (time, size, tilt) in enumerate(moments):
        draw = np.clip(_mixed(rng.standard_normal(3), felt_rng, feeling, time / max(duration, 1e-6)), -2.2, 2.2)
        share = rng.uniform()
        target = size * (draw * _POSE) - 0.35 * poses[-1]
        if tilt:
            target[2] = np.copysign(4.0 + 3.0 * share, poses[-1][2] + draw[2])
            target[0] -= 2.0
        step = float(np.abs(target - poses[-1]).max())
        length = float(np.interp(step, [2.0, 14.0], _TURN))
        room = (moments[number + 1][0] if number + 1 < len(moments) else np.inf) - time
        starts.append(time)
        lengths.append(min(length, 0.98 * room))
        poses.append(target)
    return Held(np.array(starts), np.array(lengths), np.array(poses))


def _mixed(draw: Doubles, rng: np.random.Generator, feeling: Doubles | None, share: float) -> Doubles:
    """Return (3,) what was drawn for a neutral head, mixed with draws of the emotions at a part 0..1 of the time; its
    variance stays 1."""
    own = np.concatenate([draw[None], rng.standard_normal((len(EMOTIONS) - 1, 3))])
    if feeling is None:
        return draw
    weights = np.array(feeling[round(float(np.clip(share, 0, 1)) * (len(feeling) - 1))], np.float64)
    weights[0] = max(1 - weights[1:].sum(), 0.0)
    return np.asarray(weights @ own / np.linalg.norm(weights), np.float64)


def _moments(duration: float, prosody: Prosody, rng: np.random.Generator) -> list[tuple[float, float, bool]]:
    """Return when the head takes a new pose, how large, and whether it is a question's tilt, in order."""
    found: list[tuple[float, float, bool]] = []
    now = 0.0
    for start, stop in [*prosody.phrases, (np.inf, np.inf)]:
        # Silence before the phrase: a look around now and then.
        now += float(rng.uniform(*_IDLE_STAY))
        while now < min(float(start) - 1.2, duration):
            found.append((now, _IDLE, False))
            now += float(rng.uniform(*_IDLE_STAY))
        if start >= duration:
            break
        now = float(start) - _LEAD
        while now < stop - 0.5:
            found.append((now, 1.0, False))
            now = _on_accent(now + float(rng.uniform(*_STAY)), prosody)
        if _rises(float(start), float(stop), prosody) and found and stop - 0.55 > found[-1][0] + 0.45:
            found.append((float(stop) - 0.55, 1.0, True))
        now = float(stop)
    kept: list[tuple[float, float, bool]] = []
    for moment in found:
        if not kept or moment[0] > kept[-1][0] + 0.3:
            kept.append(moment)
    return kept


def _on_accent(time: float, prosody: Prosody) -> float:
    """Return the time of the lead to the nearest accent within a third of a second, or the time itself."""
    if not len(prosody.accent_times):
        return time
    ahead = prosody.accent_times - _LEAD - time
    nearest = int(np.abs(ahead).argmin())
    return time + float(ahead[nearest]) if abs(ahead[nearest]) < 0.33 else time


def _rises(start: float, stop: float, prosody: Prosody) -> bool:
    """Return whether the voice ends a phrase clearly higher than it was in the middle of it."""
    first, last = round(start / STEP), round(stop / STEP)
    pitch = prosody.pitch_semitones[first:last]
    if len(pitch) < 80:
        return False
    return float(np.mean(pitch[-30:-8]) - np.median(pitch[len(pitch) // 3 : -40])) > _RISING
