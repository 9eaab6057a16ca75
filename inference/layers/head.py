"""Head: nods and tilts on accents, a pose per phrase, slow sway; still in silence but never frozen.

Head movement follows pitch and loudness of the voice (Munhall et al., "Visual prosody and speech intelligibility",
2004; Busso et al., "Rigid head motion in expressive speech animation", 2007). When a nod comes, how long it lasts and
how far poses differ is fitted to the tracks of grid_s1 (docs/upper_face.md); how deep nods are is not, as that speaker
sits very still (0.8 degrees, p90 1.5).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..prosody import Prosody
from .noise import Doubles, add_bump, smooth_noise

NECK_SHARE = 0.45
"""Part of the head's rotation that the neck makes; the head joint makes the rest."""
_SWAY_PERIOD = 2.6
_POSE = (1.74, 2.22, 1.14)  # degrees: deviation of the tracked clips' median poses
_NOD_AHEAD, _NOD_RISE, _NOD_FALL = 0.08, 0.22, 0.38  # seconds; half as deep for 0.3
_SETTLE = 0.35  # what is left of the sway in silence
_LIMIT = np.radians([22.0, 30.0, 16.0])


def head_layer(
    times: Doubles, fps: float, prosody: Prosody, strength: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return (T, 3) rotation of the head against the chest: pitch (+ is down), yaw (+ to its left), roll, radians."""
    speaking = gaussian_filter1d(prosody.at(prosody.speaking, times), 0.35 * fps, mode="nearest")
    sway = smooth_noise(times, _SWAY_PERIOD, rng, 3) * [1.1, 2.0, 1.1]
    angles = sway * (_SETTLE + (1 - _SETTLE) * speaking)[:, None]
    angles += phrase_poses(times, prosody, rng)
    angles += accent_nods(times, prosody, rng)
    angles[:, 0] -= 0.3 * prosody.at(prosody.pitch_semitones, times)
    angles = np.asarray(gaussian_filter1d(angles, 0.07 * fps, axis=0, mode="nearest"), np.float64)
    return soft_limit(strength * np.radians(angles))


def accent_nods(times: Doubles, prosody: Prosody, rng: np.random.Generator) -> Doubles:
    """Return (T, 3) degrees: nods, with a little turning and tilting, on the stronger accents."""
    nods = np.zeros((len(times), 3))
    draws = rng.uniform(-1, 1, size=(len(prosody.accent_times), 4))
    for time, accent, (gate, turn, tilt, size) in zip(
        prosody.accent_times, prosody.accent_strengths, draws, strict=True
    ):
        if 0.5 * (gate + 1) > 0.35 + 0.65 * accent:
            continue
        height = (1.0 + 3.6 * accent) * (1 + 0.3 * size)
        # Up a little before, down on the accent, back: a nod.
        peak = time - _NOD_AHEAD
        add_bump(nods[:, 0], times, peak - _NOD_RISE, 0.2, _NOD_RISE, -0.35 * height)
        add_bump(nods[:, 0], times, peak, _NOD_RISE, _NOD_FALL, height)
        add_bump(nods[:, 1], times, time + 0.03, 0.28, 0.5, 1.3 * turn * accent)
        add_bump(nods[:, 2], times, time + 0.03, 0.28, 0.5, 1.1 * tilt * accent)
    return nods


def soft_limit(angles: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return (T, 3) radians that never break a neck, however strong the motion."""
    return np.asarray(_LIMIT * np.tanh(angles / _LIMIT), np.float64)


def phrase_poses(times: Doubles, prosody: Prosody, rng: np.random.Generator) -> Doubles:
    """Return (T, 3) degrees: every phrase has a pose of its own, and silence leads back to the middle."""
    keys, values = [-1.0], [np.zeros(3)]
    for start, stop in prosody.phrases:
        poses = rng.standard_normal((int((stop - start) / 2.5) + 1, 3)) * _POSE
        for number, pose in enumerate(poses):
            keys.append(float(start) + (stop - start) * number / len(poses) + 0.3)
            values.append(pose)
        keys.append(float(stop) + 0.9)
        values.append(np.zeros(3))
    order = np.argsort(keys, kind="stable")
    knots, levels = np.array(keys)[order], np.array(values)[order]
    step = 0.1
    grid = np.arange(0, times[-1] + step, step)
    held = levels[np.clip(np.searchsorted(knots, grid, side="right") - 1, 0, None)]
    smooth = gaussian_filter1d(held, 0.4 / step, axis=0, mode="nearest")
    return np.stack([np.interp(times, grid, smooth[:, axis]) for axis in range(3)], 1)
