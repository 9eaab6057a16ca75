"""Where the gestures of a motion strike: the hands' fastest moments on the accents of the speech."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from ..character import load_character
from ..plausibility.kinematics import joint_frames
from ..prosody import Prosody
from ..skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]

_CHUNK = 8192  # frames at a time
_SMOOTH = 0.06  # seconds
_LEAST = 0.25  # metres per second: slower than this is no stroke
_FULL = 1.5  # metres per second of a stroke of strength 1
_APART = 0.25  # seconds between strokes
_NEAR = 0.25  # seconds from an accent
_WRISTS = (JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"])


def wrist_speed(poses: npt.ArrayLike, fps: float) -> Doubles:
    """Return (T,) metres per second of the faster wrist, of (T, 165) poses whose pelvis stays where it is."""
    poses = np.asarray(poses, np.float64)
    joints = load_character().joints
    speed = np.zeros(len(poses))
    for first in range(0, len(poses), _CHUNK):
        # One frame from before goes along, so that chunks have no gap.
        low = max(0, first - 1)
        piece = poses[low : first + _CHUNK]
        places = joint_frames(piece, np.zeros((len(piece), 3)), joints, only=_WRISTS)[1][:, list(_WRISTS)]
        moved = np.linalg.norm(np.diff(places, axis=0), axis=-1).max(-1) * fps
        speed[low + 1 : low + 1 + len(moved)] = moved
    return gaussian_filter1d(speed, _SMOOTH * fps, mode="nearest")


def gesture_strokes(poses: npt.ArrayLike, fps: float, prosody: Prosody) -> Doubles:
    """Return (S, 2) second and strength 0..1 of every stroke, rising.

    A stroke is a peak of wrist speed within a quarter of a second of an accent; the faster the hand and the stronger
    the accent, the stronger the stroke.
    """
    speed = wrist_speed(poses, fps)
    peaks, _ = find_peaks(speed, height=_LEAST, distance=max(1, round(_APART * fps)))
    if not len(peaks) or not len(prosody.accent_times):
        return np.zeros((0, 2))
    times = peaks / fps
    after = np.clip(np.searchsorted(prosody.accent_times, times), 0, len(prosody.accent_times) - 1)
    before = np.maximum(after - 1, 0)
    closer = np.abs(prosody.accent_times[before] - times) < np.abs(prosody.accent_times[after] - times)
    nearest = np.where(closer, before, after)
    on_accent = np.abs(prosody.accent_times[nearest] - times) <= _NEAR
    strength = np.clip(speed[peaks] / _FULL, 0, 1) * (0.5 + 0.5 * prosody.accent_strengths[nearest])
    return np.column_stack([times, strength])[on_accent]
