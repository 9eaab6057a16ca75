"""More held-out motion than there is: recorded windows put together anew, joint by joint.

A minute and a half of clips is too little for an autoencoder to learn what arms can do; recombined windows stay within
how single joints were recorded to move.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...inference.body.upper_body import UPPER_BODY
from ...inference.rotation import compose_axis_angle

Doubles = npt.NDArray[np.float64]

_EXCHANGED: tuple[tuple[str, ...], ...] = (
    ("spine",),
    ("elbow",),
    ("wrist",),
    ("index", "middle", "ring", "pinky", "thumb"),
)
"""Joints that are taken from another window together; collars and shoulders are the ones that stay."""
_SHARE = 0.6
_OFFSETS: dict[str, float] = {"shoulder": 12.0, "elbow": 9.0, "wrist": 7.0}
"""Standard deviation in degrees, about each axis, of a constant turn."""


def _draw(clips: Sequence[npt.NDArray[np.floating]], count: int, length: int, rng: np.random.Generator) -> Doubles:
    """Return (count, length, 41, 3) windows, all starts equally likely; a shorter clip holds its last frame."""
    room = np.array([max(len(clip) - length + 1, 1) for clip in clips])
    which = rng.choice(len(clips), count, p=room / room.sum())
    result = np.empty((count, length, len(UPPER_BODY), 3))
    for row, number in enumerate(which):
        frames = np.minimum(rng.integers(0, room[number]) + np.arange(length), len(clips[number]) - 1)
        result[row] = clips[number][frames]
    return result


def recombined(clips: Sequence[npt.NDArray[np.floating]], count: int, length: int, rng: np.random.Generator) -> Doubles:
    """Return (count, length, 41, 3) windows of (T, 41, 3) clips.

    Six times in ten each of spine, elbows, wrists and fingers comes from another window; shoulders, elbows and wrists
    are turned by a constant small rotation.
    """
    result = _draw(clips, count, length, rng)
    for words in _EXCHANGED:
        joints = np.array([row for row, name in enumerate(UPPER_BODY) if any(word in name for word in words)])
        chosen = np.flatnonzero(rng.random(count) < _SHARE)
        result[np.ix_(chosen, np.arange(length), joints)] = _draw(clips, len(chosen), length, rng)[:, :, joints]
    for word, degrees in _OFFSETS.items():
        for joint in (UPPER_BODY.index(f"{side}_{word}") for side in ("left", "right")):
            turn = np.radians(degrees) * rng.standard_normal((count, 1, 3))
            result[:, :, joint] = compose_axis_angle(np.broadcast_to(turn, (count, length, 3)), result[:, :, joint])
    return result
