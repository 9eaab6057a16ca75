"""The default face engine: speech to lips and lower face, for recordings of any length.

Lids, brows and gaze are other layers' business; their coefficients stay 0 here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX
from .character import load_character
from .errors import Cancelled, SoliloquyError
from .face_track import FaceTrack
from .lips import LipSolver, MouthMotion

if TYPE_CHECKING:
    import torch

    from ..models.face.network import FaceNetwork

Floats = npt.NDArray[np.float32]

WEIGHTS = Path(__file__).resolve().parents[1] / "models" / "weights" / "face.safetensors"
SAMPLE_RATE = 16_000
FRAME_SAMPLES = 320
WINDOW_FRAMES = 300
"""Frames of 20 ms that one window contributes (6 s): short enough that a cancel is honoured at once."""
CONTEXT_FRAMES = 150
"""Frames heard on either side of a window and thrown away (3 s)."""


@dataclass(frozen=True)
class Tuning:
    """How the network's closure and aperture become sealed lips; stored with the weights."""

    seal_threshold: float = 1.0
    """Closure logit at which the lips are half sealed."""
    seal_slope: float = 2.0
    """Steepness of the seal over the logit."""


@lru_cache(maxsize=2)
def load_network(path: Path, device: str) -> tuple[FaceNetwork, Tuning]:
    """Return the trained network on a device, and its tuning.

    Raises
    ------
    SoliloquyError
        When the weights are missing, damaged or do not fit the network.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    from ..models.face.network import FaceNetwork, FaceNetworkConfig

    hint = "Install Soliloquy again."
    if not path.is_file():
        raise SoliloquyError(f"The face engine's weights '{path.name}' are missing.", hint, "missing_model")
    try:
        with safe_open(path, "pt") as archive:
            metadata = archive.metadata() or {}
            state = {name: archive.get_tensor(name).float() for name in archive.keys()}  # noqa: SIM118
        network = FaceNetwork(FaceNetworkConfig.from_json(metadata["network"]))
        network.load_state_dict(state, strict=True)
        tuning = Tuning(**json.loads(metadata.get("tuning", "{}")))
    except (SafetensorError, OSError, RuntimeError, LookupError, TypeError, ValueError) as error:
        raise SoliloquyError(
            f"The face engine's weights '{path.name}' are damaged or of another version.", hint, "missing_model"
        ) from error
    return network.eval().requires_grad_(False).to(torch.device(device)), tuning


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
        emotion: npt.NDArray[np.floating] | None = None,
        seed: int = 0,
        device: str = "auto",
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
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
        from .engines import resolve_device

        network, tuning = load_network(self.weights, resolve_device(device))
        report, stop = progress or _ignore, cancelled or _never
        samples = np.ascontiguousarray(samples, np.float32)
        signals = listen(network, samples, report, stop)
        if stop():
            raise Cancelled
        frames = max(1, round(len(samples) / SAMPLE_RATE * fps))
        motion = mouth_motion(signals, tuning, np.arange(frames) / fps)
        character = load_character()
        arkit = LipSolver(character.lip_basis()).solve(motion)
        jaw = np.zeros((frames, 3), np.float32)
        jaw[:, 0] = arkit[:, ARKIT_INDEX["jawOpen"]] * character.jaw_open_radians
        report(1.0)
        return FaceTrack(arkit, jaw)


def listen(
    network: FaceNetwork, samples: Floats, progress: Callable[[float], None], cancelled: Callable[[], bool]
) -> Floats:
    """Run the network over a recording in windows.

    Returns
    -------
    (N, 5 + 1 + 14) float32
        Geometry, closure logit and viseme probabilities every 20 ms, N = ``n // 320 + 1``. Every window hears the
        context on both sides, so the cuts do not show.
    """
    import torch

    from ..models.face.loudness import speech_gain

    gain = speech_gain(samples)
    total = len(samples) // FRAME_SAMPLES + 1
    parts: list[Floats] = []
    device = next(network.parameters()).device
    with torch.inference_mode():
        for start in range(0, total, WINDOW_FRAMES):
            if cancelled():
                raise Cancelled
            stop = min(start + WINDOW_FRAMES, total)
            first = max(0, start - CONTEXT_FRAMES)
            last = min(total, stop + CONTEXT_FRAMES)
            heard = samples[first * FRAME_SAMPLES : last * FRAME_SAMPLES] * np.float32(gain)
            parts.append(_run(network, heard, device)[start - first : stop - first])
            progress(0.95 * stop / total)
    return np.concatenate(parts)


def _run(network: FaceNetwork, heard: Floats, device: torch.device) -> Floats:
    import torch

    if len(heard) < FRAME_SAMPLES:
        heard = np.pad(heard, (0, FRAME_SAMPLES - len(heard)))
    output = network(torch.from_numpy(heard)[None].to(device))
    visemes = output.visemes.softmax(-1)
    return torch.cat([output.geometry, output.closure[..., None], visemes], -1)[0].float().cpu().numpy()


def mouth_motion(signals: Floats, tuning: Tuning, times: npt.NDArray[np.float64]) -> MouthMotion:
    """Return the mouth at the given times (s) from the network's 20 ms frames.

    Between frames a monotone cubic runs through them (Fritsch and Carlson 1980, "Monotone piecewise cubic
    interpolation"), which never overshoots: closed lips stay closed, apertures stay positive.
    """
    from scipy.interpolate import PchipInterpolator

    from ..models.face.network import GEOMETRY
    from ..models.face.visemes import VISEMES

    columns = signals.astype(np.float64)
    logit = len(GEOMETRY)
    columns[:, logit] = 1 / (1 + np.exp(-tuning.seal_slope * (columns[:, logit] - tuning.seal_threshold)))
    if len(columns) == 1:
        at = np.repeat(columns, len(times), axis=0)
    else:
        ends = np.clip(times, 0, (len(columns) - 1) * 0.02)
        at = PchipInterpolator(np.arange(len(columns)) * 0.02, columns, axis=0)(ends)
    at = at.astype(np.float32)
    geometry = {name: at[:, index] for index, name in enumerate(GEOMETRY)}
    visemes = {name: at[:, logit + 1 + index] for index, name in enumerate(VISEMES)}
    return MouthMotion(
        aperture=np.maximum(geometry["aperture"], 0),
        width=geometry["width"],
        upper=geometry["upper"],
        jaw=geometry["jaw"],
        sealed=at[:, logit],
        visemes=visemes,
    )
