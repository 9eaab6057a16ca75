"""The body engine of ProbTalk's networks with our weights: gestures drawn as tokens, all at once, the surest first."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ...gestures.direction import directed
from ...gestures.features import FPS, gesture_features
from ...gestures.settings import STYLES, GestureSettings
from ...layers.noise import layer_rng
from ...rotation_curves import resampled
from ..resting import laid_at_rest
from ..track import BodyTrack, SpokenBody
from ..upper_body import SIX, UPPER_BODY, from_six, upper_body_of, with_upper_body
from .infill import infill
from .networks import WEIGHTS, Sampling, load_masked_networks

Doubles = npt.NDArray[np.float64]

_CHUNK = 8192  # frames brought to the wanted rate at a time
_SIZE = 0.8
"""How large gestures are against those drawn: they leave a hand at home more often than the scheduler does, and on the
way up and down arms would go further than talkers' do."""


class MaskedGesturesEngine:
    """Gestures by masked decoding.

    Parameters
    ----------
    weights : Path
        Another file than the one that comes with Soliloquy.
    sampling : Sampling
        How tokens are drawn.

    Raises
    ------
    SoliloquyError
        When the weights are missing, damaged, or of another version.
    """

    name = "masked"

    def __init__(self, weights: Path | None = None, sampling: Sampling | None = None) -> None:
        self.weights = weights or WEIGHTS
        self._networks = load_masked_networks(self.weights)
        self._sampling = sampling or Sampling()

    def animate(
        self,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> BodyTrack:
        """See :class:`~.body_track.BodyEngine`."""
        count = int(np.ceil(max(speech.frames - 1, 0) / speech.fps * FPS)) + 1
        arousal = np.interp(np.arange(count) / FPS, speech.times, speech.arousal)
        numbers = self._networks.draw(
            np.zeros((count, SIX), np.float32),
            np.zeros(count, bool),
            gesture_features(speech.prosody, settings, arousal),
            STYLES.index(settings.style),
            torch.Generator().manual_seed(int(layer_rng(speech.seed, "masked gestures").integers(2**62))),
            sampling=self._sampling,
            progress=progress,
            cancelled=cancelled,
        )
        ground = speech.ground
        rotations = np.empty((speech.frames, len(UPPER_BODY), 3))
        for first in range(0, speech.frames, _CHUNK):
            rows = slice(first, min(first + _CHUNK, speech.frames))
            rotations[rows] = _at_frames(numbers, speech.fps, rows)
        rotations, _ = laid_at_rest(
            rotations, ground.poses, ground.rests, speech.fps, seated=settings.posture == "seated"
        )
        sized = dataclasses.replace(settings, energy=_SIZE, handedness=0.0)
        for first in range(0, speech.frames, _CHUNK):
            rows = slice(first, min(first + _CHUNK, speech.frames))
            below = upper_body_of(ground.poses[rows], ground.poses[rows])
            rotations[rows] = directed(rotations[rows], below, sized)
        poses = with_upper_body(ground.poses, rotations)
        return BodyTrack(poses, ground.trans.copy(), warnings=ground.warnings, rests=ground.rests)

    def infill(
        self,
        poses: npt.ArrayLike,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        first: int,
        last: int,
        joints: tuple[str, ...],
    ) -> Doubles:
        """See :class:`~..track.InfillEngine`, and :func:`.infill.infill` for how."""
        return infill(poses, speech, settings, first=first, last=last, joints=joints, networks=self._networks)


def _at_frames(numbers: npt.NDArray[np.float32], fps: float, rows: slice) -> Doubles:
    """Return the (n, 41, 3) rotations of some frames."""
    places = np.arange(int(rows.start), int(rows.stop)) / fps * FPS
    # Two more frames on either side, so that chunks do not show.
    low = max(0, int(places[0]) - 2)
    near = numbers[low : int(places[-1]) + 4]
    return resampled(from_six(near.reshape(len(near), -1, 6)), places - low)
