"""Taking shivering out of a motion, and nothing else.

Jitter is fast change that the movement around it does not explain: the local jerk of a joint, divided by its local
speed, is compared with what recorded gestures show (99.5 percentile per kind of joint, over the recorded clips that
docs/plausibility.md names). Where it is higher, the rotation is replaced, as far as it is higher, by one without what
swings faster than eight times a second.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import convolve1d, gaussian_filter1d

from ..body.upper_body import UPPER_BODY, UPPER_BODY_INDEX
from ..easing import s_curve
from ..rotation import (
    axis_angle_to_quaternion,
    continuous_quaternions,
    quaternion_to_axis_angle,
)

Doubles = npt.NDArray[np.float64]

CUTOFF = 8.0
"""Hertz: no gesture is faster."""
JERK_PER_SPEED = {"spine": 400.0, "collar": 830.0, "shoulder": 1900.0, "elbow": 2250.0, "wrist": 3700.0, "": 2450.0}
"""Kind of joint -> highest jerk per speed (1/s^2) of recorded gestures; the last one is the fingers'."""
_REST = 0.3  # radians per second added to the speed: what a resting joint's jerk is measured against
_HALF = 0.2  # seconds of the filter to either side
_LOCAL = 0.1  # seconds, standard deviation of what is local


def calm_jitter(poses: npt.ArrayLike, fps: float) -> Doubles:
    """Return (T, 165) poses without jitter of the 41 joints that gesture; zero-phase.

    A joint that nowhere jerks more than people do comes back exactly as it was.

    Parameters
    ----------
    poses : (T, 165) array
        Axis-angle, radians.
    fps : float
        Frames per second; below twice the cut-off there is nothing to take out.
    """
    result = np.array(poses, np.float64)
    if fps <= 2 * CUTOFF or len(result) < 5:
        return result
    taps = _low_pass(fps)
    for name, joint in zip(UPPER_BODY, UPPER_BODY_INDEX, strict=True):
        columns = slice(3 * joint, 3 * joint + 3)
        turns = continuous_quaternions(axis_angle_to_quaternion(result[:, columns]))
        share = jitter(turns, fps, _limit(name))
        rows = np.flatnonzero(share > 0)
        if not len(rows):
            continue
        calm = convolve1d(turns, taps, axis=0, mode="nearest")
        mixed = turns[rows] + share[rows, None] * (calm[rows] - turns[rows])
        result[rows, columns] = quaternion_to_axis_angle(mixed / np.linalg.norm(mixed, axis=1, keepdims=True))
    return result


def jitter(turns: Doubles, fps: float, limit: float) -> Doubles:
    """Return (T,) how much of a (T, 4) continuous quaternion curve is jitter: 0 up to ``limit``, 1 from twice it on."""
    jerk = 2 * fps**3 * np.linalg.norm(np.diff(turns, n=3, axis=0), axis=1)
    smooth = gaussian_filter1d(turns, 0.067 * fps, axis=0, mode="nearest")
    speed = 2 * fps * np.linalg.norm(np.diff(smooth, axis=0), axis=1)
    local = _LOCAL * fps
    jerk = np.sqrt(gaussian_filter1d(np.concatenate([jerk[:1], jerk, jerk[-1:], jerk[-1:]]) ** 2, local))
    speed = np.sqrt(gaussian_filter1d(np.append(speed, speed[-1:]) ** 2, local))
    return gaussian_filter1d(s_curve(jerk / ((speed + _REST) * limit) - 1), 0.5 * local)


def _limit(name: str) -> float:
    return next(limit for kind, limit in JERK_PER_SPEED.items() if kind in name)


def _low_pass(fps: float) -> Doubles:
    """Return the taps of a windowed sinc."""
    half = max(2, round(_HALF * fps))
    place = np.arange(-half, half + 1)
    taps = np.sinc(2 * CUTOFF / fps * place) * np.hamming(2 * half + 1)
    return taps / taps.sum()
