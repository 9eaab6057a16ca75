"""Pelvis and spine: they turn with the head, bend with accents, and give way to the weight and to one another.

A talker turns from the hips up: the head first, chest and pelvis later, more slowly and less far; the shoulders take
back what the weight does to the pelvis. How far is what tracked talkers do (docs/acting.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..prosody import Prosody
from .head import phrase_poses
from .noise import Doubles, add_bump, layer_rng, smooth_noise

_FOLLOW = np.array([0.36, 0.42, 0.3])  # of the head's pose: pitch, yaw, roll
_FOLLOW_PELVIS = np.array([0.35, 0.45, 0.2])  # of what follows
_LATE, _SLOWER = 0.12, 1.7
_PELVIS_LATE = 0.24
_SWAY_PERIOD = 1.9
_SPINE_SWAY = np.array([1.2, 0.6, 0.7])  # degrees, deviation
_PELVIS_SWAY = np.array([1.4, 0.6, 0.35])
_COUNTER = 0.75  # of the pelvis' sway and roll that the spine takes back
_BEND = (0.7, 3.9)  # degrees forward on the weakest and the strongest accent
_LEAST_ACCENT = 0.25
_AHEAD = 0.03  # seconds
_TOWARDS = np.array([0.1, 0.22])
"""Part of the way to whom it looks at for long that the pelvis and the spine turn."""
_TOWARDS_MOST = 75.0  # degrees aside
_TOWARDS_LATE, _TOWARDS_SLOW = 0.25, 0.35  # seconds


@dataclass(frozen=True)
class Trunk:
    """Degrees of pitch (+ forward), yaw (+ to its left) and roll, over T frames."""

    pelvis: Doubles
    """(T, 3)."""
    spine: Doubles
    """(T, 3) of all three joints together, against the pelvis."""


def living_trunk(times: Doubles, prosody: Prosody, seed: int, feeling: Doubles | None = None) -> Trunk:
    """Return what pelvis and spine do of themselves while somebody speaks or listens, without weight and breath.

    ``feeling`` (T, 8), how strongly each emotion holds, is the head's, which they follow.
    """
    rng = layer_rng(seed, "trunk")
    poses = phrase_poses(times[-1], prosody, seed, feeling)
    follow = poses.at(times, _LATE, _SLOWER) * _FOLLOW * (1 - _FOLLOW_PELVIS)
    pelvis = poses.at(times, _PELVIS_LATE, _SLOWER) * _FOLLOW * _FOLLOW_PELVIS
    sway = smooth_noise(times, _SWAY_PERIOD, rng, 6)
    bends = accent_bends(times, prosody, rng)
    tilt = _PELVIS_SWAY * sway[:, :3]
    spine = follow + _SPINE_SWAY * sway[:, 3:] + 0.75 * bends - _COUNTER * tilt
    return Trunk(pelvis + tilt + 0.25 * bends, spine)


def turned_towards(trunk: Trunk, times: Doubles, places: npt.ArrayLike) -> Trunk:
    """Return the trunk turned towards what the eyes and the head look at, after them and less far.

    Parameters
    ----------
    places : (1, 3) or (T, 3) array
        Metres in the character's frame; an empty one turns nothing.
    """
    points = np.asarray(places, np.float64).reshape(-1, 3)
    if not len(points):
        return trunk
    frame = float(times[1] - times[0]) if len(times) > 1 else 1.0
    aside = np.broadcast_to(np.degrees(np.arctan2(points[:, 0], points[:, 2])), times.shape)
    aside = np.clip(aside, -_TOWARDS_MOST, _TOWARDS_MOST)
    late = np.interp(times - _TOWARDS_LATE, times, aside)
    turn = np.asarray(gaussian_filter1d(late, _TOWARDS_SLOW / frame, mode="nearest"), np.float64)
    yaw = turn[:, None] * (0.0, 1.0, 0.0)
    return Trunk(trunk.pelvis + _TOWARDS[0] * yaw, trunk.spine + _TOWARDS[1] * yaw)


def accent_bends(times: Doubles, prosody: Prosody, rng: np.random.Generator) -> Doubles:
    """Return (T, 3) degrees: the trunk comes forward and turns a little where the voice stresses."""
    bends = np.zeros((len(times), 3))
    draws = rng.uniform(-1, 1, size=(len(prosody.accent_times), 3))
    for time, accent, (turn, tilt, size) in zip(prosody.accent_times, prosody.accent_strengths, draws, strict=True):
        if accent < _LEAST_ACCENT:
            continue
        height = float(np.interp(accent, [_LEAST_ACCENT, 1.0], _BEND)) * (1 + 0.4 * size)
        peak = time - _AHEAD
        add_bump(bends[:, 0], times, peak - 0.42, 0.35, 0.42, -0.4 * height)
        add_bump(bends[:, 0], times, peak, 0.42, 0.75, height)
        add_bump(bends[:, 1], times, peak, 0.4, 0.8, 2.4 * turn * accent)
        add_bump(bends[:, 2], times, peak, 0.4, 0.8, 1.0 * tilt * accent)
    frame = times[1] - times[0] if len(times) > 1 else 1.0
    bends -= 0.8 * gaussian_filter1d(bends, 1.5 / frame, axis=0, mode="nearest")
    return np.asarray(gaussian_filter1d(bends, 0.1 / frame, axis=0, mode="nearest"), np.float64)
