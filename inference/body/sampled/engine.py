"""The body engine of TalkSHOW's networks with our weights: gestures drawn token by token, body then hands.

What the networks draw is the motion of collars, arms, wrists and fingers and the gesture's bend of the spine. Put on
the ground's body it gets what codes of four frames cannot hold: hands at rest lie where the ground's do
(``resting.py``), and raised hands keep a little life of their own.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from scipy.ndimage import gaussian_filter1d
from torch import Tensor

from ....models.talkshow.body.sampler import Draw, RowSampler
from ....models.talkshow.body.vqvae import FRAMES_PER_TOKEN
from ...errors import Cancelled
from ...gestures.direction import directed
from ...gestures.features import FEATURES, FPS, SPEECH_FEATURES, gesture_features
from ...gestures.settings import STYLES, GestureSettings
from ...gestures.styles import STYLES as STYLE_TABLE
from ...layers.noise import layer_rng, smooth_noise
from ...rotation import axis_angle_to_quaternion, quaternion_multiply, quaternion_to_axis_angle
from ...rotation_curves import resampled
from ..resting import brought_home, laid_at_rest
from ..track import BodyTrack, SpokenBody
from ..upper_body import SIX, UPPER_BODY, from_six, to_six, upper_body_of, with_upper_body
from .networks import BODY_NUMBERS, WEIGHTS, read_networks

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

TEMPERATURE = 0.9
"""Below 1 the likelier codes are drawn oftener than the networks hold; found by looking and by the metrics."""
_SIZE = 0.84
"""How large gestures of the style explaining are against those drawn: at a temperature at which hands rest no longer
than talkers' do, arms would go further and faster than theirs."""
_OF_STYLE = 0.3
"""Exponent with which other styles are smaller or larger than it: at that temperature networks hold them less apart."""
_ROWS = 48
"""Rows drawn at once, 6.4 s: how often it is asked whether to stop."""
_CHUNK = 4096  # frames put on the body at a time
_MARGIN = 12
_SMOOTH = 3.2  # frames: standard deviation, what joins the codes and takes their restlessness
_LEFT = np.array([name.startswith("left") for name in UPPER_BODY])
_RIGHT = np.array([name.startswith("right") for name in UPPER_BODY])
# Degrees of life of a raised hand about each axis.
_LIFE = {"shoulder": (0.8, 1.2, 1.2), "elbow": (1.5, 2.8, 0.0), "wrist": (1.3, 2.4, 3.8), "finger": (0.0, 0.4, 2.0)}


class SampledGesturesEngine:
    """Gestures drawn row by row: a row is four frames, and depends on what was drawn before it and on the speech.

    Parameters
    ----------
    weights : Path
        Another file than the one that comes with Soliloquy.
    temperature : float
        Above 0; higher ones draw unlikely codes oftener.

    Raises
    ------
    SoliloquyError
        When the weights are missing or damaged.
    """

    name = "sampled"

    def __init__(self, weights: Path | None = None, temperature: float = TEMPERATURE) -> None:
        self.weights = weights or WEIGHTS
        self._networks = read_networks(self.weights)
        self._temperature = temperature

    def animate(
        self,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> BodyTrack:
        """See :class:`~.body_track.BodyEngine`; runs on the CPU, where single rows are quickest."""
        if settings.rate == 0 or not speech.frames:
            return speech.ground
        numbers = self._drawn(speech, settings, progress, cancelled)
        ground = speech.ground
        rotations = np.empty((speech.frames, len(UPPER_BODY), 3))
        for first in range(0, speech.frames, _CHUNK):
            rows = slice(first, min(first + _CHUNK, speech.frames))
            rotations[rows] = _at_frames(numbers, speech.times[rows])
        rotations, raised = laid_at_rest(
            rotations, ground.poses, ground.rests, speech.fps, seated=settings.posture == "seated"
        )
        own = STYLE_TABLE[settings.style].amplitude / STYLE_TABLE["explaining"].amplitude
        sized = dataclasses.replace(settings, energy=_SIZE * own**_OF_STYLE, handedness=0.0)
        for first in range(0, speech.frames, _CHUNK):
            rows = slice(first, min(first + _CHUNK, speech.frames))
            below = upper_body_of(ground.poses[rows], ground.poses[rows])
            rotations[rows] = directed(rotations[rows], below, sized)
        poses = with_upper_body(ground.poses, _alive(rotations, raised, speech))
        if progress is not None:
            progress(1.0)
        return BodyTrack(poses, ground.trans.copy(), warnings=ground.warnings, rests=ground.rests)

    @torch.no_grad()
    def _drawn(
        self,
        speech: SpokenBody,
        settings: GestureSettings,
        progress: Callable[[float], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Floats:
        """Return (T, 246) 6D numbers at 30 fps, T a multiple of 4 that covers the recording."""
        networks = self._networks
        rows = int(np.ceil(speech.frames / speech.fps * FPS / FRAMES_PER_TOKEN)) + 1
        arousal = np.interp(np.arange(FRAMES_PER_TOKEN * rows) / FPS, speech.times, speech.arousal)
        features = torch.from_numpy(gesture_features(speech.prosody, settings, arousal))
        seed = int(layer_rng(speech.seed, "sampled gestures").integers(2**62))
        style = torch.tensor([STYLES.index(settings.style)])
        sampler = RowSampler(networks.draw, style, Draw(seed, self._temperature))
        self._begin_at_rest(sampler, speech, features, seated=settings.posture == "seated")
        pieces: list[Tensor] = []
        done = 0
        for audio in networks.audio.encode_pieces(features[None], _ROWS):
            if cancelled is not None and cancelled():
                raise Cancelled
            pieces.append(sampler.sample(audio))
            done += audio.shape[2]
            if progress is not None:
                progress(0.9 * done / rows)
        tokens = torch.cat(pieces, 1)
        motion = np.empty((FRAMES_PER_TOKEN * rows, SIX), np.float32)
        for index, part in enumerate(("body", "hands")):
            columns = slice(0, BODY_NUMBERS) if part == "body" else slice(BODY_NUMBERS, None)
            row = 0
            for piece in networks.codes(part).decode_pieces(tokens[:, :, index]):
                motion[row : row + piece.shape[1], columns] = networks.shown(part, piece[0])
                row += piece.shape[1]
        return motion

    def _begin_at_rest(self, sampler: RowSampler, speech: SpokenBody, features: Tensor, *, seated: bool) -> None:
        """Tell the sampler of arms that rest in silence before the recording begins."""
        networks = self._networks
        rows = networks.draw.config.history + 2
        first = speech.ground.poses[:1]
        rest = to_six(brought_home(upper_body_of(first, first), first, speech.fps, seated=seated)).reshape(1, SIX)
        motion = torch.from_numpy(rest.astype(np.float32)).expand(FRAMES_PER_TOKEN * rows, SIX)[None]
        quiet = features[:1].expand(FRAMES_PER_TOKEN * rows, len(FEATURES)).clone()
        quiet[:, : len(SPEECH_FEATURES)] = 0
        edge = BODY_NUMBERS
        parts = (("body", motion[..., :edge]), ("hands", motion[..., edge:]))
        tokens = torch.stack([networks.codes(part).encode(networks.seen(part, own)) for part, own in parts], 2)
        sampler.follow(tokens, networks.audio(quiet[None]))


def _at_frames(numbers: Floats, times: Doubles) -> Doubles:
    """Return the (n, 41, 3) rotations of consecutive frames; a filter of one frame joins the codes."""
    # Neighbours go along, so that the filter has no seam between chunks.
    low = max(0, int(times[0] * FPS) - _MARGIN)
    high = min(len(numbers), int(times[-1] * FPS) + 2 + _MARGIN)
    smooth = gaussian_filter1d(numbers[low:high].astype(np.float64), _SMOOTH, axis=0, mode="nearest")
    return resampled(from_six(smooth.reshape(len(smooth), len(UPPER_BODY), 6)), times * FPS - low)


def _alive(rotations: Doubles, raised: Doubles, speech: SpokenBody) -> Doubles:
    """Return (T, 41, 3) rotations with a little slow life in arms as far as they are raised, (T, 2)."""
    result = np.empty_like(rotations)
    for first in range(0, len(rotations), _CHUNK):
        rows = slice(first, min(first + _CHUNK, len(rotations)))
        life = _life(speech.seed, speech.times[rows])
        for number, joints in enumerate((_LEFT, _RIGHT)):
            life[:, joints] *= raised[rows, number, None, None]
        turns = quaternion_multiply(axis_angle_to_quaternion(rotations[rows]), axis_angle_to_quaternion(life))
        result[rows] = quaternion_to_axis_angle(turns)
    return result


def _life(seed: int, times: Doubles) -> Doubles:
    """Return (T, 41, 3) small rotations in radians that arms and fingers make of their own accord."""
    result = np.zeros((len(times), len(UPPER_BODY), 3))
    for side in ("left", "right"):
        rng = layer_rng(seed, f"sampled gestures life {side}")
        # The streams are drawn for the whole recording up to here, so that a chunk continues the one before it.
        noise = 0.8 * smooth_noise(times, 2.1, rng, 14)
        mirror = np.array([1.0, 1.0, 1.0] if side == "left" else [1.0, -1.0, -1.0])
        for index, name in enumerate(UPPER_BODY):
            if not name.startswith(side) or name.endswith("collar"):
                continue
            joint = name.split("_")[1]
            if joint[-1].isdigit():
                finger = ("index", "middle", "ring", "pinky", "thumb").index(joint[:-1])
                curves = noise[:, 9 + finger, None]
            else:
                first = 3 * ("shoulder", "elbow", "wrist").index(joint)
                curves = noise[:, first : first + 3]
            result[:, index] = np.radians(_LIFE.get(joint, _LIFE["finger"])) * curves * mirror
    return result
