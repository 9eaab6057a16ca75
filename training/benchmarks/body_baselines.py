"""What body engines are compared with: clips in any order, a pose that never changes, the recordings themselves."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.body.track import BodyTrack, SpokenBody
from ...inference.body.upper_body import with_upper_body
from ...inference.gestures.settings import GestureSettings
from ...inference.rotation import axis_angle_to_quaternion, quaternion_to_axis_angle, slerp
from ..body.clips import FPS, GestureClip

STILL, RELAXED = "still pose", "relaxed"
FADE = 0.3
"""Seconds of the cross-fade between two clips."""


class RandomClips:
    """Plays recorded clips back to back in random order, whatever is said."""

    name = "random clips"
    weights = Path()

    def __init__(self, clips: Sequence[GestureClip]) -> None:
        self.clips = [clip.rotations for clip in clips if clip.tag != "Idle" or len(clip.rotations) < 10 * FPS]

    def motion(self, frames: int, seed: int, recording: int) -> npt.NDArray[np.float64]:
        """Return (T, 41, 3) axis-angle at 30 fps, others for every recording."""
        rng, fade = np.random.default_rng((seed, recording)), round(FADE * FPS)
        result = axis_angle_to_quaternion(self.clips[rng.integers(len(self.clips))].astype(np.float64))
        while len(result) < frames:
            coming = axis_angle_to_quaternion(self.clips[rng.integers(len(self.clips))].astype(np.float64))
            share = (np.arange(fade)[:, None] + 1) / (fade + 1)
            mixed = slerp(result[-fade:], coming[:fade], np.broadcast_to(share, (fade, result.shape[1])))
            result = np.concatenate([result[:-fade], mixed, coming[fade:]])
        return quaternion_to_axis_angle(result[:frames])

    def animate(
        self,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> BodyTrack:
        """Move without listening."""
        motion = self.motion(speech.frames, speech.seed, zlib.crc32(speech.samples.tobytes()))
        return BodyTrack(with_upper_body(speech.ground.poses, motion), speech.ground.trans)


class StillPose:
    """Stands in the first frame of the body at rest, for ever."""

    name = STILL
    weights = Path()

    def animate(
        self,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> BodyTrack:
        """Stand."""
        ground = speech.ground
        return BodyTrack(np.repeat(ground.poses[:1], speech.frames, 0), np.repeat(ground.trans[:1], speech.frames, 0))


class Relaxed:
    """The body at rest, without an engine."""

    name = RELAXED
    weights = Path()

    def animate(
        self,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> BodyTrack:
        """Return the ground."""
        return speech.ground
