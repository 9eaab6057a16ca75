"""EMOTE as a face engine: the weights a user brings, emotions over time, recordings of any length."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...emotion.names import EMOTIONS
from ...errors import Cancelled, SoliloquyError
from ...published import Installed, refusing_bad_checkpoints
from ...window_blend import blend_windows, plan_windows
from ..flame.head_models import find_head_model
from ..frames import at_times
from ..track import FaceTrack

if TYPE_CHECKING:
    from ....models.emote.talking_head import TalkingHead

Floats = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
FPS = 25
FRAME_SAMPLES = SAMPLE_RATE // FPS
SPACE = "flame2020"
WINDOW_FRAMES = 400
"""Longest stretch heard at once (16 s); the authors cut recordings off at 22 s."""
OVERLAP_FRAMES = 96
_LATENT_FRAMES = 8
"""Windows begin where a latent frame does, so that all agree on the latent frames."""
_AFFECTNET = {"surprised": "surprise", "disgusted": "disgust", "angry": "anger"}
"""What EMOTE's training labels call emotions that we call otherwise."""


@lru_cache(maxsize=1)
def load_network(folder: Path, device: str, stamp: int) -> TalkingHead:
    """Return the network on a device; ``stamp`` changes with the checkpoint.

    Raises
    ------
    SoliloquyError
        When the files cannot be used, or ``transformers`` is missing.
    """
    from ....models.emote.checkpoint import load_emote

    with refusing_bad_checkpoints():
        network, _ = load_emote(folder)
    return network.to(device)


class EmoteEngine:
    """EMOTE's talking head.

    Parameters
    ----------
    folder : path
        Holds the official ``cfg.yaml`` and ``checkpoints/last.ckpt``, as EMOTE_v2 and EMOTE do.
    identity : int
        Whose manner of speaking, 0..31: an actor the network was trained on (``models.emote.condition.IDENTITIES``).
    head_model : path or None
        The user's FLAME 2020 or SMPL-X file; without one it is looked for beside the other official files.

    Raises
    ------
    SoliloquyError
        When there is no checkpoint in the folder.
    """

    name = "emote"

    def __init__(self, folder: Path, identity: int = 0, head_model: Path | None = None) -> None:
        from ....models.emote.checkpoint import find_checkpoint

        with refusing_bad_checkpoints():
            self.weights = find_checkpoint(folder)
        self._folder = folder
        self._identity = identity
        self._head_model = head_model

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
    ) -> FaceTrack:
        """Animate a face; see :class:`~.face_track.FaceEngine`.

        Nothing is drawn at random; ``seed`` is not used. The face shows the emotion, unless there is no head model to
        say what its coefficients look like: then only the jaw speaks, and the emotion is left to the layers.
        """
        from ...torch_device import resolve_device
        from ..flame.arkit_solver import head_face_track

        where = resolve_device(device)
        samples = np.ascontiguousarray(samples, np.float32)
        frames = max(1, round(len(samples) / SAMPLE_RATE * fps))
        directed = native_emotion(emotion, frames, fps, native_frames(len(samples)))
        network = load_network(self._folder, where, self.weights.stat().st_mtime_ns)
        if not 0 <= self._identity < network.config.identities:
            raise SoliloquyError(
                f"EMOTE has no speaker {self._identity}.", f"Choose one from 0 to {network.config.identities - 1}."
            )
        report: Callable[[float], None] = progress or (lambda _: None)
        motion = speak(network, samples, directed, self._identity, report, cancelled or (lambda: False))
        motion = at_times(motion, FPS, np.arange(frames) / fps)
        head_model = self._head_model or find_head_model(SPACE)
        face = head_face_track(motion[:, :-3], motion[:, -3:], SPACE, head_model)
        report(1.0)
        return dataclasses.replace(face, emotional=head_model is not None)


def load(found: Installed) -> EmoteEngine:
    """Return the engine of the official files that were found."""
    return EmoteEngine(found.folder)


def native_frames(samples: int) -> int:
    """Frames at 25 per second that cover so many samples at 16 kHz, at least one."""
    return max(1, -(-samples // FRAME_SAMPLES))


def native_emotion(
    emotion: npt.NDArray[np.floating[Any]] | None, frames: int, fps: float, native: int
) -> npt.NDArray[np.float32]:
    """Return (native, 8) weights at 25 frames per second, in the order of the network's labels.

    Raises
    ------
    ValueError
        When ``emotion`` is not (frames, 8).
    """
    from ....models.emote.condition import EMOTIONS as LABELS

    directed = np.zeros((native, len(LABELS)), np.float32)
    if emotion is None:
        directed[:, 0] = 1
        return directed
    if emotion.shape != (frames, len(EMOTIONS)):
        raise ValueError(f"Emotion weights of shape {emotion.shape} do not fit {frames} frames.")
    when, known = np.arange(native) / FPS, np.arange(frames) / fps
    for column, name in enumerate(EMOTIONS):
        directed[:, LABELS.index(_AFFECTNET.get(name, name))] = np.interp(when, known, emotion[:, column])
    return directed


def speak(
    network: TalkingHead,
    samples: Floats,
    emotion: Floats,
    identity: int,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Floats:
    """Return what the network makes of a recording, in overlapping windows where it is long.

    Parameters
    ----------
    samples : (n,) float32
        Speech at 16 kHz.
    emotion : (N, 8) float32
        Weights at 25 frames per second, N = ``native_frames(n)``.

    Returns
    -------
    (N, 53) or (N, 103) float32
        Expression coefficients, then the jaw's axis-angle in radians.
    """
    import torch

    from ....models.emote.condition import condition_rows

    total = len(emotion)
    mean, deviation = level(samples)
    place = next(network.parameters()).device
    windows = plan_windows(total, WINDOW_FRAMES, OVERLAP_FRAMES, step=_LATENT_FRAMES)
    config = network.config
    parts: list[Floats] = []
    with torch.inference_mode():
        for number, (start, stop) in enumerate(windows):
            if cancelled():
                raise Cancelled
            heard = (samples[start * FRAME_SAMPLES : stop * FRAME_SAMPLES] - mean) / deviation
            heard = np.pad(heard, (0, (stop - start) * FRAME_SAMPLES - len(heard))).astype(np.float32)
            condition = condition_rows(
                torch.from_numpy(emotion[start:stop]),
                identity,
                intensities=config.intensities,
                identities=config.identities,
            )
            motion = network(torch.from_numpy(heard)[None].to(place), condition[None].to(place))
            parts.append(motion[0].float().cpu().numpy())
            progress(0.95 * (number + 1) / len(windows))
    return blend_windows(windows, parts, OVERLAP_FRAMES)


def level(samples: Floats) -> tuple[float, float]:
    """Return mean and deviation of a whole recording, by which every window of it is normalised.

    One level for all keeps a quiet window quiet. The small constant is that of the ``transformers`` processor; it keeps
    silence silent.
    """
    count = max(1, len(samples))
    blocks = [samples[start : start + SAMPLE_RATE * 60] for start in range(0, len(samples), SAMPLE_RATE * 60)]
    mean = sum(float(block.sum(dtype=np.float64)) for block in blocks) / count
    variance = sum(float(np.square(block - mean, dtype=np.float64).sum()) for block in blocks) / count
    return mean, float(np.sqrt(variance + 1e-7))
