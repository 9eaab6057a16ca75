"""The default face engine: speech to lips and lower face, for recordings of any length.

Lids, brows and gaze are other layers' business; their coefficients stay 0 here.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from ....models.face.geometry import GEOMETRY
from ....models.face.visemes import VISEMES
from ...arkit import ARKIT_INDEX
from ...character import load_character
from ...early_lips import RATE, Early
from ...emotion.names import EMOTIONS
from ...errors import Cancelled
from ...label_track import LabelTrack
from ...network_runtime import Graph, has_torch, open_graph, power_spectrum
from ...shipped import weights_path
from ...shipped_weights import read_plain_weights, read_weights, refusing_damaged
from ...time_filters import between
from ..lips import LipSolver, MouthMotion
from ..track import FaceTrack
from ..viseme_track import viseme_track
from .articulation import lead_by_sounds
from .casual import aperture_of_sounds, casualness
from .closures import keep_short_ones, sealing
from .early import EarlyMouth
from .near_voice import at_rest, near_voice
from .vocal_effort import BANDS, FRAME_SAMPLES, band_levels

if TYPE_CHECKING:
    from ....models.face.network import FaceNetwork

Floats = npt.NDArray[np.float32]

WEIGHTS = weights_path("face")
SAMPLE_RATE = 16_000
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE
_LEVELS = len(GEOMETRY) + 1 + len(VISEMES)
"""Column of the network's frames where the levels of the voice's bands begin."""
_ROUNDED = ("U", "O", "CH", "RR")
_PROTRUSION = 0.05  # Seconds, standard deviation.
_LEAST_FELT = 0.1
"""Activation of the face below which the network's word on the mouth is not asked."""
WINDOW_FRAMES = 304
"""Frames of 20 ms that one window contributes (6 s): short enough that a cancel is honoured at once. A multiple of the
eight frames of the prior's latents, which so lie alike in every window."""
CONTEXT_FRAMES = 184
"""Frames heard on either side of a window and thrown away (3.7 s); a multiple of eight too."""


@dataclass(frozen=True)
class Tuning:
    """How the network's closure and aperture become sealed lips; stored with the weights."""

    seal_threshold: float = 1.0
    """Closure logit at which the lips are half sealed."""
    seal_slope: float = 2.0
    """Steepness of the seal over the logit."""
    opening: float = 1.0
    """What the aperture is multiplied with: a mean over possible mouths opens less than any of them."""
    spread: float = 1.0
    """The same for the width between the corners."""
    sounds: tuple[float, ...] = ()
    """Weights of :func:`~.casual.aperture_of_sounds`; none where casual speech is led like any other."""


@lru_cache(maxsize=2)
def load_network(path: Path, device: str) -> tuple[FaceNetwork, Tuning]:
    """Return the trained network on a device, and its tuning.

    Raises
    ------
    SoliloquyError
        When the weights are missing, damaged or do not fit the network.
    """
    import torch

    from ....models.face.network import FaceNetwork, FaceNetworkConfig

    with refusing_damaged(path, "The face engine's weights"):
        state, metadata = read_weights(path)
        network = FaceNetwork(FaceNetworkConfig.from_json(metadata["network"]))
        network.load_state_dict(state, strict=True)
        tuning = Tuning(**json.loads(metadata.get("tuning", "{}")))
    return network.eval().requires_grad_(False).to(torch.device(device)), tuning


@lru_cache(maxsize=2)
def read_tuning(path: Path) -> tuple[Tuning, bool]:
    """Return a file's tuning, and whether its network says what emotions do; needs no torch.

    Raises
    ------
    SoliloquyError
        When the weights are missing or damaged.
    """
    with refusing_damaged(path, "The face engine's weights"):
        metadata = read_plain_weights(path, "-")[1]
        return Tuning(**json.loads(metadata.get("tuning", "{}"))), bool(json.loads(metadata["network"])["expression"])


def _never() -> bool:
    return False


def _ignore(_: float) -> None:
    return


class DefaultFaceEngine:
    """Phone encoder, face head and lip solver, with the weights that come with Soliloquy."""

    name = "default"

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self.weights = weights

    def animate(
        self,
        samples: Floats,
        fps: float,
        *,
        emotion: npt.NDArray[np.floating[Any]] | None = None,
        seed: int = 0,
        device: str = "auto",
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        early: Early | None = None,
    ) -> FaceTrack:
        """Animate the lips and the lower face.

        Parameters
        ----------
        samples : (n,) float32
            Mono speech at 16 kHz, any level, any length.
        fps : float
            Frames per second of the result, 1..240.
        device : str
            ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"mps"``.
        progress : callable
            Called with the finished fraction, 0..1, after every window.
        cancelled : callable
            Asked before every window.
        early : Early
            Shown the lips of every window as soon as it was heard.

        Returns
        -------
        FaceTrack
            ``max(1, round(n / 16000 * fps))`` frames.

        Raises
        ------
        SoliloquyError
            When weights are missing or the device is not there.
        Cancelled
            When ``cancelled`` returned True.
        """
        from ...torch_device import resolve_device

        place = resolve_device(device)
        network: FaceNetwork | Graph
        if has_torch():
            network, tuning = load_network(self.weights, place)
            expressive = bool(network.config.expression)
        else:
            tuning, expressive = read_tuning(self.weights)
            with refusing_damaged(self.weights, "The face engine's weights"):
                network = open_graph("face", self.weights)
        report, stop = progress or _ignore, cancelled or _never
        samples = np.ascontiguousarray(samples, np.float32)
        frames = max(1, round(len(samples) / SAMPLE_RATE * fps))
        times = np.arange(frames) / fps
        shown = None
        if early is not None and early.wanted:
            shown = EarlyMouth(
                early, lambda heard, at: lead_by_sounds(mouth_motion(heard, tuning, at), RATE), FRAME_SECONDS
            )
        signals = listen(network, samples, report, stop, _on_windows(emotion, times, len(samples)), shown)
        if stop():
            raise Cancelled
        motion = lead_by_sounds(mouth_motion(signals, tuning, times), fps)
        character = load_character()
        arkit = LipSolver(character.lip_basis()).solve(motion)
        jaw = np.zeros((frames, 3), np.float32)
        jaw[:, 0] = arkit[:, ARKIT_INDEX["jawOpen"]] * character.jaw_open_radians
        report(1.0)
        share = _mouth_share(signals, times, emotion) if expressive else None
        return FaceTrack(arkit, jaw, share, visemes=_visemes(signals, frames / fps))


def _on_windows(
    emotion: npt.NDArray[np.floating[Any]] | None, times: npt.NDArray[np.float64], samples: int
) -> Floats | None:
    """Return the emotions' weights on the network's frames, None while nothing is felt."""
    if emotion is None or not emotion[:, 1:].any():
        return None
    heard = np.arange(samples // FRAME_SAMPLES + 1) * FRAME_SECONDS
    felt = between(heard, times, emotion).astype(np.float32)
    felt[:, 0] = 0  # Neutral says nothing that the absence of the others does not.
    return felt


def _mouth_share(
    signals: Floats, times: npt.NDArray[np.float64], emotion: npt.NDArray[np.floating[Any]] | None
) -> Floats | None:
    """Return (T, 8) what the network leaves of the mouth to each emotion; None where nothing is felt."""
    if emotion is None or not emotion[:, 1:].any():
        return None
    said = np.clip(signals[:, -2 * (len(EMOTIONS) - 1) :], 0, None).reshape(len(signals), 2, -1)
    # Where an emotion works the face hardly at all, its share of the mouth is the others'.
    face, mouth = said[:, 0], said[:, 1]
    common = np.divide(mouth.sum(1), face.sum(1), out=np.ones(len(said), np.float32), where=face.sum(1) > _LEAST_FELT)
    share = np.where(face > _LEAST_FELT, mouth / np.maximum(face, _LEAST_FELT), common[:, None])
    share = np.pad(np.clip(share, 0, 1), ((0, 0), (1, 0)), constant_values=1.0)
    heard = np.arange(len(share)) * FRAME_SECONDS
    return between(times, heard, share).astype(np.float32)


def _visemes(signals: Floats, duration: float) -> LabelTrack:
    """Return what the network heard when, of its 20 ms frames."""
    return viseme_track(signals[:, len(GEOMETRY) + 1 : _LEVELS], VISEMES, FRAME_SECONDS, duration)


def listen(
    network: FaceNetwork | Graph,
    samples: Floats,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
    emotion: Floats | None = None,
    early: EarlyMouth | None = None,
) -> Floats:
    """Run the network over a recording in windows.

    Parameters
    ----------
    emotion : (N, 8) float32
        Weights on the network's frames; None is neutral.
    early : EarlyMouth
        Takes what every window gives.

    Returns
    -------
    (N, 5 + 1 + 14 + 6 + 14) float32
        Geometry, closure logit, viseme probabilities, levels of the voice's bands and activations of the expression
        every 20 ms, N = ``n // 320 + 1``; at rest where nobody speaks near the microphone. Every window hears the
        context on both sides, so the cuts do not show.
    """
    from ....models.face.loudness import speech_gain

    gain = speech_gain(samples)
    total = len(samples) // FRAME_SAMPLES + 1
    parts: list[Floats] = []
    for start in range(0, total, WINDOW_FRAMES):
        if cancelled():
            raise Cancelled
        stop = min(start + WINDOW_FRAMES, total)
        first = max(0, start - CONTEXT_FRAMES)
        last = min(total, stop + CONTEXT_FRAMES)
        heard = samples[first * FRAME_SAMPLES : last * FRAME_SAMPLES] * np.float32(gain)
        felt = None if emotion is None else emotion[first:last]
        if len(heard) < FRAME_SAMPLES:
            heard = np.pad(heard, (0, FRAME_SAMPLES - len(heard)))
        if felt is not None:
            # One frame more than full hops: the last one stands at the very end.
            missing = len(heard) // FRAME_SAMPLES + 1 - len(felt)
            felt = np.pad(felt, ((0, max(0, missing)), (0, 0)), mode="edge")
        run = _run_graph if isinstance(network, Graph) else _run
        said = run(network, heard, felt)[start - first : stop - first]  # type: ignore[arg-type]
        said = at_rest(said, near_voice(heard, start - first, stop - first), len(GEOMETRY))
        parts.append(np.insert(said, [_LEVELS] * BANDS, band_levels(heard, start - first, stop - first), axis=1))
        if early is not None:
            early.heard(parts[-1], last=stop == total)
        progress(0.95 * stop / total)
    return np.concatenate(parts)


def _run_graph(graph: Graph, heard: Floats, felt: Floats | None) -> Floats:
    power = power_spectrum(heard)
    if felt is None:
        felt = np.zeros(((len(power) + 1) // 2, len(EMOTIONS)), np.float32)
    return graph.run(power=power[None], emotion=felt[None])[0][0]


def _run(network: FaceNetwork, heard: Floats, felt: Floats | None) -> Floats:
    import torch

    device = next(network.parameters()).device
    emotion = None if felt is None else torch.from_numpy(felt)[None].to(device)
    with torch.inference_mode():
        output = network(torch.from_numpy(heard)[None].to(device), None, emotion)
        visemes = output.visemes.softmax(-1)
        parts = [output.geometry, output.closure[..., None], visemes, output.expression]
        return cast("Floats", torch.cat(parts, -1)[0].float().cpu().numpy())


def mouth_motion(signals: Floats, tuning: Tuning, times: npt.NDArray[np.float64]) -> MouthMotion:
    """Return the mouth at the given times (s) from the network's 20 ms frames.

    Between frames a monotone cubic runs through them (Fritsch and Carlson 1980, "Monotone piecewise cubic
    interpolation"), which never overshoots: closed lips stay closed, apertures stay positive.
    """
    from scipy.interpolate import PchipInterpolator
    from scipy.ndimage import gaussian_filter1d

    logit = len(GEOMETRY)
    columns = signals[:, :_LEVELS].astype(np.float64)
    # Lips protrude slowly; every flicker of a viseme would show as a twitch in depth.
    slow = [GEOMETRY.index("width"), *(logit + 1 + VISEMES.index(name) for name in _ROUNDED)]
    columns[:, slow] = gaussian_filter1d(columns[:, slow], _PROTRUSION / FRAME_SECONDS, axis=0, mode="nearest")
    bilabial = logit + 1 + VISEMES.index("PP")
    columns[:, logit] = sealing(columns[:, logit], signals[:, bilabial], tuning.seal_threshold, tuning.seal_slope)
    if tuning.sounds:
        heard, levels = signals[:, logit + 1 : _LEVELS], signals[:, _LEVELS : _LEVELS + BANDS]
        columns = np.column_stack([columns, casualness(heard), aperture_of_sounds(heard, levels, tuning.sounds)])
    moments = np.arange(len(columns)) * FRAME_SECONDS
    if len(columns) == 1:
        at = np.repeat(columns, len(times), axis=0)
    else:
        at = PchipInterpolator(moments, columns, axis=0)(np.clip(times, 0, moments[-1]))
    at = at.astype(np.float32)
    keep_short_ones(at[:, logit], at[:, bilabial], times, moments, columns[:, logit], columns[:, bilabial])
    geometry = {name: at[:, index] for index, name in enumerate(GEOMETRY)}
    visemes = {name: at[:, logit + 1 + index] for index, name in enumerate(VISEMES)}
    return MouthMotion(
        aperture=np.maximum(tuning.opening * geometry["aperture"], 0),
        width=tuning.spread * geometry["width"],
        upper=geometry["upper"],
        jaw=geometry["jaw"],
        sealed=at[:, logit],
        visemes=visemes,
        casual=at[:, -2] if tuning.sounds else None,
        sounds=tuning.opening * at[:, -1] if tuning.sounds else None,
    )
