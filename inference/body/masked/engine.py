"""The body engine of ProbTalk's networks with our weights: gestures drawn as tokens, all at once, the surest first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ...gestures.features import FPS, gesture_features
from ...gestures.settings import STYLES, GestureSettings
from ...gestures.strokes import gesture_strokes
from ...layers.noise import layer_rng
from ...rotation import axis_angle_to_quaternion, quaternion_to_axis_angle, slerp
from ...rotation_curves import resampled
from ..track import BodyTrack, SpokenBody
from ..upper_body import SIX, UPPER_BODY, from_six, upper_body_of, with_upper_body
from .infill import infill
from .networks import WEIGHTS, Sampling, load_masked_networks

Doubles = npt.NDArray[np.float64]

_CHUNK = 8192  # frames put on the body at a time
_ENERGY_SHARE = 0.5
"""Power of the energy that the movement is enlarged by here; the networks, which are told it, do the rest."""
_QUIET_HAND = 0.2
"""What is left of the movement of a hand that is not wanted at all."""


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
        if settings.energy == 0:
            return speech.ground
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
            poses[rows] = self._placed(numbers, speech, settings, rows)
        track = BodyTrack(poses, speech.ground.trans.copy(), warnings=speech.ground.warnings)
        track.strokes = gesture_strokes(poses, speech.fps, speech.prosody)
        return track

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

    def _placed(
        self, numbers: npt.NDArray[np.float32], speech: SpokenBody, settings: GestureSettings, rows: slice
    ) -> Doubles:
        """Return the poses of some frames."""
        ground = speech.ground.poses[rows]
        places = np.arange(rows.start, rows.stop) / speech.fps * FPS
        # Two more frames on either side, so that chunks do not show.
        low = max(0, int(places[0]) - 2)
        near = numbers[low : int(places[-1]) + 4]
        rotations = resampled(from_six(near.reshape(len(near), -1, 6)), places - low)
        return with_upper_body(ground, sized(rotations, ground, _sizes(settings)))


def _sizes(settings: GestureSettings) -> Doubles:
    """Return (41,) how large every joint's movement is to be: the energy, and less of the hand that is not wanted."""
    wanted = {
        "left": min(1.0, 1 - settings.handedness),
        "right": min(1.0, 1 + settings.handedness),
    }
    sides = np.array([_QUIET_HAND + (1 - _QUIET_HAND) * wanted.get(name.split("_")[0], 1.0) for name in UPPER_BODY])
    return settings.energy**_ENERGY_SHARE * sides


def sized(rotations: npt.ArrayLike, ground: npt.ArrayLike, size: float | Doubles) -> Doubles:
    """Return (T, 41, 3) gestures so many times as far from rest.

    Parameters
    ----------
    rotations : (T, 41, 3) array
        Axis-angle of the joints that gesture.
    ground : (T, 165) array
        The body at rest, which a size of 0 gives.
    size : float or (41,) array
        Of all joints, or of each.
    """
    rotations = np.asarray(rotations, np.float64)
    if np.all(np.asarray(size) == 1):
        return rotations
    rest = upper_body_of(ground, ground)
    turned = slerp(axis_angle_to_quaternion(rest), axis_angle_to_quaternion(rotations), np.asarray(size))
    return quaternion_to_axis_angle(turned)
