"""Random windows of motion and matching features, as arrays a network learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...inference.body.upper_body import SIX
from ...inference.gestures.features import FEATURES
from .clips import GestureClip

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Recordings:
    """Stretches of motion one after the other, with what was heard and asked for."""

    motion: npt.NDArray[np.floating]
    """(N, 246) 6D rotations at 30 fps; float16 or float32."""
    features: npt.NDArray[np.floating]
    """(N, F) as :mod:`...inference.gesture_features` has them."""
    style: Ints
    """(R,) index into ``STYLES`` of every stretch; -1 where there is none."""
    starts: Ints
    """(R + 1,) first frame of every stretch, and N."""

    def __len__(self) -> int:
        return len(self.style)

    @property
    def frames(self) -> Ints:
        """(R,) frames of every stretch."""
        return np.diff(self.starts)

    @property
    def hours(self) -> float:
        """Length of all together."""
        return len(self.motion) / 30 / 3600


@dataclass(frozen=True)
class Windows:
    """B windows of T frames."""

    motion: Floats
    """(B, T, 246)."""
    features: Floats
    """(B, T, F)."""
    style: Ints
    """(B,)."""
    start: Ints
    """(B,) first frame within the recordings' arrays."""


def clip_recordings(clips: Sequence[GestureClip]) -> Recordings:
    """Return clips without speech as recordings: all features zero, no style."""
    lengths = [len(clip.rotations) for clip in clips]
    motion = np.concatenate([clip.six for clip in clips]) if clips else np.zeros((0, SIX), np.float32)
    return Recordings(
        motion,
        np.zeros((len(motion), len(FEATURES)), np.float32),
        np.full(len(clips), -1, np.int64),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )


def draw_windows(recordings: Recordings, count: int, frames: int, rng: np.random.Generator) -> Windows:
    """Return random windows, every possible start equally likely.

    A stretch shorter than the window counts with one start; its last frame is held to the end of the window.

    Parameters
    ----------
    count, frames : int
        B and T.
    """
    if not len(recordings):
        raise ValueError("There is nothing to draw windows from.")
    room = np.maximum(recordings.frames - frames + 1, 1)
    ends = np.cumsum(room)
    place = rng.integers(0, ends[-1], count)
    which = np.searchsorted(ends, place, side="right")
    start = recordings.starts[which] + place - (ends[which] - room[which])
    rows = np.minimum(start[:, None] + np.arange(frames), recordings.starts[which + 1][:, None] - 1)
    return Windows(
        recordings.motion[rows].astype(np.float32),
        recordings.features[rows].astype(np.float32),
        recordings.style[which],
        start,
    )
