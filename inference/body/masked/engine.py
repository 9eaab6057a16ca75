"""The body engine of ProbTalk's networks with our weights: gestures drawn as tokens, all at once, the surest first."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ...gestures.features import FPS, gesture_features
from ...gestures.settings import STYLES, GestureSettings
from ...layers.noise import layer_rng
from ...rotation_curves import resampled
from ..track import BodyTrack, SpokenBody
from ..upper_body import SIX, from_six, with_upper_body
from .infill import infill
from .networks import WEIGHTS, Sampling, load_masked_networks

Doubles = npt.NDArray[np.float64]

_CHUNK = 8192  # frames put on the body at a time


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
        poses = np.empty_like(speech.ground.poses, dtype=np.float64)
        for first in range(0, speech.frames, _CHUNK):
            rows = slice(first, min(first + _CHUNK, speech.frames))
            poses[rows] = self._placed(numbers, speech, rows)
        return BodyTrack(poses, speech.ground.trans.copy(), warnings=speech.ground.warnings)

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

    def _placed(self, numbers: npt.NDArray[np.float32], speech: SpokenBody, rows: slice) -> Doubles:
        """Return the poses of some frames."""
        ground = speech.ground.poses[rows]
        places = np.arange(int(rows.start), int(rows.stop)) / speech.fps * FPS
        # Two more frames on either side, so that chunks do not show.
        low = max(0, int(places[0]) - 2)
        near = numbers[low : int(places[-1]) + 4]
        rotations = resampled(from_six(near.reshape(len(near), -1, 6)), places - low)
        return with_upper_body(ground, rotations)
