"""The learned upper face: brows, lids and head drawn by a network trained on a tracked speaker.

MeshTalk's way (``models.upper_face``): what the voice leaves open is drawn, so that another seed gives another upper
face for the same words; the lips are not touched. Two things the network could not learn from clips of three seconds
come from :mod:`.head`: slow changes of pose, and that nods go with accents. Blinks are the business of :mod:`.blinks`.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...models.meshtalk.sampler import ContextSampler
from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..network_runtime import has_torch
from ..prosody import Prosody
from ..shipped import weights_path
from ..shipped_weights import read_weights, refusing_damaged
from .brows import accent_raises, raised
from .emphasis import only_strokes, shared_accents
from .head import head_layer
from .noise import Doubles, layer_rng
from .speech_features import FPS, speech_features
from .upper_face_network import DAMAGED, MEND, GraphVoice, TorchVoice, UpperFaceVoice

if TYPE_CHECKING:
    from ...models.upper_face.network import UpperFaceNetwork

Floats = npt.NDArray[np.float32]

WEIGHTS = weights_path("upper_face")
BROW_GAIN, HEAD_GAIN = 2.5, 2.0
"""The tracked speaker reads commands with a still face: at his own scale (1.0) his brows move by a quarter of a
millimetre and his head by half a degree (deviations), hardly to be seen. ``strength`` 1 is this many times as far."""
_SMOOTH = 1.1  # frames of 40 ms: what a gain adds to the jitter
_RAISES = 0.6  # size of the raises with gestures, of those that the rules make
_CHUNK = 1024  # codes of 80 ms at a time
_HEARS, _SEES = 20, 5  # codes on either side that the network hears, and that change a frame of its motion
_STRIDE = 2
INNER_UP, OUTER_UP, DOWN, WIDE, SQUINT = 0.047, 0.062, 0.053, 0.045, 0.04
"""How far the default character's brows and lids move at a coefficient of 1, in outer eye-corner distances."""
_REST = 0.5  # what is left of the drawn motion in long silence, which clips of 3 s do not have
_LARGEST = {"brow": 0.8, "eyeWide": 0.2, "eyeSquint": 0.4}


@dataclass(frozen=True)
class UpperFace:
    """What the layer adds."""

    arkit: Floats
    """(T, 52) coefficients to add: brows, ``eyeWide``, ``eyeSquint``; all >= 0."""
    head: Doubles | None
    """(T, 3) rotation of the head against the chest in radians: pitch (+ is down), yaw (+ to its left), roll."""


@lru_cache(maxsize=1)
def load_upper_face(path: Path = WEIGHTS) -> UpperFaceNetwork:
    """Return the trained network, on the CPU.

    Raises
    ------
    SoliloquyError
        When the weights are missing, damaged or do not fit.
    """
    from ...models.upper_face.network import UpperFaceConfig, UpperFaceNetwork

    with refusing_damaged(path, DAMAGED, MEND):
        state, metadata = read_weights(path)
        network = UpperFaceNetwork(UpperFaceConfig.from_json(metadata["network"]))
        network.load_state_dict(state, strict=True)
    return network.eval().requires_grad_(False)


@lru_cache(maxsize=1)
def _voice() -> UpperFaceVoice:
    return TorchVoice(load_upper_face()) if has_torch() else GraphVoice(WEIGHTS)


def sample_motion(voice: UpperFaceVoice, features: Floats, rng: np.random.Generator) -> Floats:
    """Draw a motion for a voice.

    Memory beyond input and result is bounded, cost is linear: codes are drawn in pieces that go on where the last one
    ended, convolutions see what lies around a piece.

    Parameters
    ----------
    features : (N, 8) array
        From :func:`~.speech_features.speech_features`, N even.
    rng : Generator
        Decides what is drawn.

    Returns
    -------
    (N, 10) float32
        The channels of the tracks (``training.upper_face.tracks.CHANNELS``) at 25 fps.
    """
    total = len(features) // _STRIDE
    sampler = ContextSampler(voice.tables)
    codes = np.empty((total, voice.tables.heads), np.int64)
    parts: list[Floats] = []
    for start in range(0, total, _CHUNK):
        stop = min(start + _CHUNK, total)
        first, last = max(0, start - _HEARS), min(total, stop + _HEARS)
        heard = voice.hear(features[_STRIDE * first : _STRIDE * last])[start - first : stop - first]
        uniform = rng.random((stop - start, voice.tables.heads, voice.tables.classes), np.float32)
        codes[start:stop] = sampler.sample(heard, uniform)
    for start in range(0, total, _CHUNK):
        stop = min(start + _CHUNK, total)
        first, last = max(0, start - _SEES), min(total, stop + _SEES)
        parts.append(voice.move(codes[first:last])[_STRIDE * (start - first) : _STRIDE * (stop - first)])
    return np.concatenate(parts)


def _positive(values: npt.NDArray[np.floating[Any]], soft: float) -> npt.NDArray[np.floating[Any]]:
    """Return the positive part with a rounded corner instead of a kink, 0 at rest."""
    return np.maximum((values + np.sqrt(values * values + soft * soft) - soft) / 2, 0)


def brow_coefficients(motion: npt.NDArray[np.floating[Any]]) -> Floats:
    """Return (T, 52) coefficients that move the default character's brows and lids as far as (T, 10) channels say."""
    arkit = np.zeros((len(motion), len(ARKIT_NAMES)), np.float32)
    inner, outer = motion[:, 0:2], motion[:, 2:4]
    rest = 0.0015
    arkit[:, ARKIT_INDEX["browInnerUp"]] = _positive(inner.mean(1), rest) / INNER_UP
    for side, name in enumerate(("Left", "Right")):
        arkit[:, ARKIT_INDEX[f"browOuterUp{name}"]] = _positive(outer[:, side], rest) / OUTER_UP
        lowered = -(0.6 * inner[:, side] + 0.4 * outer[:, side])
        arkit[:, ARKIT_INDEX[f"browDown{name}"]] = _positive(lowered, rest) / DOWN
        # Lids that fall do so with the gaze, whose layer lowers them.
        arkit[:, ARKIT_INDEX[f"eyeWide{name}"]] = 0.5 * _positive(motion[:, 4 + side], rest) / WIDE
        arkit[:, ARKIT_INDEX[f"eyeSquint{name}"]] = _positive(motion[:, 6], rest) / SQUINT
    for start, largest in _LARGEST.items():
        columns = [column for name, column in ARKIT_INDEX.items() if name.startswith(start)]
        arkit[:, columns] = largest * np.tanh(arkit[:, columns] / largest)
    return arkit


def upper_face_layer(
    times: Doubles,
    samples_16k: Floats,
    prosody: Prosody,
    strength: float,
    head_strength: float | Doubles,
    seed: int,
    strokes: Doubles | None = None,
    feeling: Doubles | None = None,
) -> UpperFace:
    """Draw brows, lids and head for a recording.

    Parameters
    ----------
    times : (T,) array
        Seconds of the frames, rising, from 0.
    samples_16k : (n,) float32
        The recording; the present network hears only its prosody.
    prosody : Prosody
        Of the recording.
    strength : float
        0 leaves brows and lids alone, 1 is natural, 2 moves them twice as far.
    head_strength : float or (T,) array
        The same for the head; at 0 ``head`` is None.
    seed : int
        The same seed gives the same upper face; another one another.
    feeling : (T, 8) array
        How strongly each emotion holds, for the head; none is neutral.

    Returns
    -------
    UpperFace

    Raises
    ------
    SoliloquyError
        When the weights are missing or damaged.
    """
    from scipy.interpolate import CubicSpline
    from scipy.ndimage import gaussian_filter1d

    frames = int(np.ceil(times[-1] * FPS)) + 3 * _STRIDE
    frames += frames % _STRIDE
    motion = sample_motion(_voice(), speech_features(prosody, frames), layer_rng(seed, "upper face"))
    # Twice differentiable through the frames of the network: smooth at any frame rate.
    knots = np.arange(frames) / FPS
    speaking = gaussian_filter1d(prosody.at(prosody.speaking, knots).astype(np.float64), 0.4 * FPS)
    motion *= (_REST + (1 - _REST) * speaking)[:, None]
    motion = gaussian_filter1d(motion.astype(np.float64), _SMOOTH, axis=0, mode="nearest")
    motion = CubicSpline(knots, motion)(times)
    arkit = brow_coefficients(motion * (BROW_GAIN * strength))
    accents = prosody
    if strokes is not None and len(strokes):
        accents = shared_accents(prosody, strokes)
        raises = accent_raises(times, only_strokes(prosody, strokes), layer_rng(seed, "upper face strokes"))
        arkit = np.maximum(arkit, raised(_RAISES * raises, strength))
    if not np.any(head_strength):
        return UpperFace(arkit, None)
    rate = 1 / (times[1] - times[0]) if len(times) > 1 else FPS
    drawn = np.degrees(HEAD_GAIN * motion[:, 7:10])
    return UpperFace(arkit, head_layer(times, rate, accents, head_strength, seed, drawn, feeling))
