"""Hears emotion in a voice: a mixture of the eight, valence and arousal over time, for recordings of any length.

A small network listens to windows of two seconds (see ``models/emotion``). It knows acted German; where it is not sure,
and where nobody speaks, what is heard falls to neutral.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..errors import Cancelled, MissingFiles
from ..network_runtime import has_torch, open_graph, power_spectrum
from ..prosody import Prosody, analyse
from ..shipped import weights_path
from ..shipped_weights import AGAIN, read_weights, refusing_damaged
from ..time_filters import between
from .names import EMOTIONS
from .window_prosody import speech_mask, window_prosody

if TYPE_CHECKING:
    import torch

    from ...models.emotion.network import EmotionNetwork
    from ...models.phones.encoder import PhoneEncoder

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

WEIGHTS = weights_path("emotion")
FACE_WEIGHTS = WEIGHTS.with_name("face.safetensors")
SAMPLE_RATE = 16_000
WINDOW = 2.0
"""Seconds that are judged together."""
HOP = 0.5
"""Seconds from one window to the next."""

_FRAME = 320  # samples of one frame of the encoder
_WINDOW_FRAMES, _HOP_FRAMES = 100, 25
_CONTEXT = 10  # frames heard on either side of what the encoder is given at a time, and thrown away
_BLOCK = 30  # windows' lengths that are in memory at a time
_SMOOTH = 1.0  # standard deviation in hops: a mood does not jump
_PRESENCE = 0.4  # seconds over which a mood goes when the voice stops
_UNSURE, _SURE = 0.35, 0.8
"""Probability of the likeliest emotion below which nothing is felt, and from which it is felt in full."""


@dataclass(frozen=True)
class HeardEmotion:
    """What is heard at T moments."""

    weights: Doubles
    """(T, 8) mixtures in the order of ``EMOTIONS``; each sums to 1. Surprise and contempt are never heard."""
    valence: Doubles
    """(T,) -1..1."""
    arousal: Doubles
    """(T,) -1..1."""


@lru_cache(maxsize=2)
def load_listener(device: str, weights: Path = WEIGHTS) -> tuple[PhoneEncoder, EmotionNetwork, float]:
    """Return the encoder, the classifier and its temperature, on a device.

    Raises
    ------
    SoliloquyError
        When the weights are missing, damaged, or were trained on another encoder.
    """
    import torch

    from ...models.emotion.network import EmotionNetwork, EmotionNetworkConfig, fingerprint

    encoder = load_encoder(device)
    with refusing_damaged(weights, "The emotion detector's weights"):
        state, metadata = read_weights(weights)
        network = EmotionNetwork(EmotionNetworkConfig.from_json(metadata["network"]))
        network.load_state_dict(state, strict=True)
        temperature = float(json.loads(metadata["tuning"])["temperature"])
        fits = metadata["encoder"] == fingerprint(encoder)
    if not fits:
        raise MissingFiles(
            f"The emotion detector's weights '{weights.name}' were trained on another speech encoder.",
            AGAIN,
        )
    return encoder, network.eval().requires_grad_(False).to(torch.device(device)), temperature


@lru_cache(maxsize=2)
def load_encoder(device: str, weights: Path = FACE_WEIGHTS) -> PhoneEncoder:
    """Return the speech encoder out of the face engine's weights; what else they hold does not matter here.

    Raises
    ------
    SoliloquyError
        When the weights are missing or damaged.
    """
    import torch

    from ...models.phones.encoder import PhoneEncoder, PhoneEncoderConfig

    with refusing_damaged(weights, "The face engine's weights"):
        state, metadata = read_weights(weights, "encoder.")
        encoder = PhoneEncoder(PhoneEncoderConfig(**json.loads(metadata["network"])["encoder"]))
        encoder.load_state_dict(state, strict=True)
    return encoder.eval().requires_grad_(False).to(torch.device(device))


def hear(
    samples: Floats,
    times: npt.NDArray[np.floating[Any]],
    device: str = "auto",
    cancelled: Callable[[], bool] | None = None,
    prosody: Prosody | None = None,
) -> HeardEmotion:
    """Hear the emotion of a voice.

    Parameters
    ----------
    samples : (n,) float32
        Mono speech at 16 kHz, any level, any length; cost and memory beyond the result grow with it linearly and not
        at all.
    times : (T,) array
        Seconds at which the result is wanted.
    cancelled : callable
        Asked every minute of speech.
    prosody : Prosody, optional
        Of the same samples, where it is known already.

    Raises
    ------
    SoliloquyError
        When weights are missing or the device is not there.
    Cancelled
        When ``cancelled`` returned True.
    """
    from ...models.face.loudness import speech_gain
    from ..torch_device import resolve_device

    place = resolve_device(device)
    samples = np.ascontiguousarray(samples, np.float32)
    prosody = prosody or analyse(samples)
    starts = window_starts(len(samples))
    gain = speech_gain(samples)
    probabilities: list[Doubles] = []
    affects: list[Doubles] = []
    for first in range(0, len(starts), _BLOCK * _WINDOW_FRAMES // _HOP_FRAMES):
        if cancelled is not None and cancelled():
            raise Cancelled
        block = starts[first : first + _BLOCK * _WINDOW_FRAMES // _HOP_FRAMES]
        judge = _by_torch(place) if has_torch() else _by_graph
        likely, affect = judge(samples, gain, prosody, block)
        probabilities.append(likely)
        affects.append(affect)
    present = prosody.at(_presence(prosody), np.asarray(times, np.float64)).astype(np.float64)
    return _over_time(starts + WINDOW / 2, np.concatenate(probabilities), np.concatenate(affects), times, present)


_Judge = Callable[[Floats, float, Prosody, Doubles], tuple[Doubles, Doubles]]


def _by_torch(device: str) -> _Judge:
    encoder, network, temperature = load_listener(device)

    def judge(samples: Floats, gain: float, prosody: Prosody, starts: Doubles) -> tuple[Doubles, Doubles]:
        output = network(window_statistics(encoder, samples, gain, prosody, starts))
        likely = cast("Doubles", (output.logits / temperature).softmax(-1).double().cpu().numpy())
        return likely, cast("Doubles", output.affect.double().cpu().numpy())

    return judge


def _by_graph(samples: Floats, gain: float, prosody: Prosody, starts: Doubles) -> tuple[Doubles, Doubles]:
    with refusing_damaged(FACE_WEIGHTS, "The face engine's weights"):
        states = open_graph("emotion_states", FACE_WEIGHTS)
    with refusing_damaged(WEIGHTS, "The emotion detector's weights"):
        network = open_graph("emotion", WEIGHTS)
    pieces, frames = _pieces(samples, gain, starts)
    heard = np.concatenate([
        states.run(power=np.stack([power_spectrum(piece) for piece in pieces[start : start + 8]]))[0]
        for start in range(0, len(pieces), 8)
    ])[:, _CONTEXT : _CONTEXT + _WINDOW_FRAMES]  # fmt: skip
    flat = heard.reshape(-1, heard.shape[-1])
    windows = np.stack([flat[first : first + _WINDOW_FRAMES] for first in frames - frames[0]])
    mask = speech_mask(prosody, starts, WINDOW)[:, ::2]
    share = (mask / np.maximum(mask.sum(1, keepdims=True), 1e-6))[..., None]
    mean = (share * windows).sum(1)
    deviation = np.sqrt(np.maximum((share * windows**2).sum(1) - mean**2, 1e-8))
    statistics = np.concatenate([mean, deviation, window_prosody(prosody, starts, WINDOW)], 1).astype(np.float32)
    likely, affect = network.run(statistics=statistics)
    return likely.astype(np.float64), affect.astype(np.float64)


def _pieces(samples: Floats, gain: float, starts: Doubles) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return (P, n) stretches of two seconds with context that hold all windows, and the windows' first frames."""
    frames = np.round(starts / (_FRAME / SAMPLE_RATE)).astype(np.int64)
    first = int(frames[0])
    count = -(-(int(frames[-1]) + _WINDOW_FRAMES - first) // _WINDOW_FRAMES)
    begin = (first - _CONTEXT) * _FRAME
    heard = _cut(samples, begin, begin + (count * _WINDOW_FRAMES + 2 * _CONTEXT) * _FRAME) * np.float32(gain)
    length = (_WINDOW_FRAMES + 2 * _CONTEXT) * _FRAME
    return np.lib.stride_tricks.sliding_window_view(heard, length)[:: _WINDOW_FRAMES * _FRAME], frames


def window_starts(samples: int) -> Doubles:
    """Return (W,) the seconds at which the windows of a recording begin; the first and the last reach over its ends."""
    return np.arange(-WINDOW / 2, max(samples / SAMPLE_RATE - WINDOW / 2, 0) + HOP, HOP)


def window_statistics(
    encoder: PhoneEncoder, samples: Floats, gain: float, prosody: Prosody, starts: Doubles
) -> torch.Tensor:
    """Return (W, ``EmotionNetworkConfig.statistics``) of windows that begin at ``starts``, on whole frames of 20 ms.

    The windows should lie close together: everything between the first and the last is listened to.
    """
    import torch

    from ...models.emotion.network import lower_states, pool

    device = next(encoder.parameters()).device
    pieces, frames = _pieces(samples, gain, starts)
    with torch.inference_mode():
        batch = torch.from_numpy(np.ascontiguousarray(pieces)).to(device)
        parts = cast("Sequence[torch.Tensor]", batch.split(8))
        states = torch.cat(
            [lower_states(encoder, part)[:, _CONTEXT : _CONTEXT + _WINDOW_FRAMES] for part in parts]
        ).flatten(0, 1)
        windows = states.unfold(0, _WINDOW_FRAMES, 1)[torch.from_numpy(frames - frames[0]).to(device)].transpose(1, 2)
        mask = torch.from_numpy(speech_mask(prosody, starts, WINDOW)[:, ::2].copy()).to(device)
        spoken = torch.from_numpy(window_prosody(prosody, starts, WINDOW)).to(device)
        return torch.cat([pool(windows, mask), spoken], -1)


def _cut(samples: Floats, start: int, stop: int) -> Floats:
    """Return samples ``start`` to ``stop``, zero outside the recording."""
    piece = samples[max(0, start) : max(0, min(stop, len(samples)))]
    before = min(max(0, -start), stop - start)
    return np.pad(piece, (before, stop - start - before - len(piece)))


def _presence(prosody: Prosody) -> Floats:
    """Return (N,) 0..1 whether somebody speaks around each 10 ms: pauses between words keep the mood."""
    step = float(prosody.times[1] - prosody.times[0]) if len(prosody.times) > 1 else 0.01
    around = gaussian_filter1d(prosody.speaking, _PRESENCE / step, mode="constant")
    return np.clip(2 * around, 0, 1).astype(np.float32)


def feel(probabilities: npt.NDArray[np.floating[Any]]) -> Doubles:
    """Return (..., 8) mixtures from (..., 7) probabilities: the less sure, the nearer to neutral."""
    from ...models.emotion.classes import CLASSES

    felt = np.zeros((*probabilities.shape[:-1], len(EMOTIONS)))
    sure = np.clip((probabilities.max(-1) - _UNSURE) / (_SURE - _UNSURE), 0, 1)
    for index, name in enumerate(CLASSES):
        if name in EMOTIONS and name != "neutral":
            felt[..., EMOTIONS.index(name)] = sure * probabilities[..., index]
    felt[..., EMOTIONS.index("neutral")] = 1 - felt.sum(-1)
    return felt


def _over_time(
    centres: Doubles, probabilities: Doubles, affects: Doubles, times: npt.NDArray[np.floating[Any]], present: Doubles
) -> HeardEmotion:
    columns = np.concatenate([feel(probabilities), affects], 1)
    columns = gaussian_filter1d(columns, _SMOOTH, axis=0, mode="nearest")
    at = between(times, centres, columns) * present[:, None]
    weights = at[:, : len(EMOTIONS)]
    weights[:, EMOTIONS.index("neutral")] += 1 - weights.sum(1)
    return HeardEmotion(weights, at[:, -2], at[:, -1])
