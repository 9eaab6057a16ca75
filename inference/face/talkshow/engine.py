"""TalkSHOW as a face engine: the weights a user brings, the authors' face generator, recordings of any length."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import Cancelled, MissingFiles
from ...published import Installed, refusing_bad_checkpoints
from ...window_blend import blend_windows, plan_windows
from ..frames import at_times
from ..track import FaceTrack
from .system import SYSTEM

if TYPE_CHECKING:
    from ....models.talkshow.face import FaceGenerator

Floats = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
FPS = 30
SPACE = "smplx"
_BLOCK_FRAMES, _BLOCK_SAMPLES = 3, 1600
"""The shortest stretch that is whole both in frames and in samples."""
WINDOW_FRAMES = 600
"""Longest stretch heard at once (20 s); the clips of the authors' training are shorter."""
OVERLAP_FRAMES = 90


@lru_cache(maxsize=1)
def load_generator(path: Path, device: str, stamp: int) -> FaceGenerator:
    """Return the generator on a device; ``stamp`` changes with the file.

    Raises
    ------
    SoliloquyError
        When the checkpoint cannot be used, or ``transformers`` is missing.
    """
    from ....models.talkshow.face import load_face_generator

    with refusing_bad_checkpoints():
        return load_face_generator(path).to(device)


class TalkShowFaceEngine:
    """TalkSHOW's face generator.

    Parameters
    ----------
    folder : path
        Holds the official checkpoint, ``ckpt-99.pth`` of ``s2g_face``.
    head_model : path or None
        The user's SMPL-X or FLAME file; without one it is looked for beside the other official files.
    """

    name = "talkshow"

    def __init__(self, folder: Path, head_model: Path | None = None) -> None:
        checkpoints = sorted(path for path in folder.glob("*") if path.suffix in (".pth", ".pt"))
        faces = [path for path in checkpoints if "face" in path.name.lower()]
        if not checkpoints:
            raise MissingFiles(
                f"There is no TalkSHOW checkpoint in '{folder}'.",
                f"Put {SYSTEM.files} there, from {SYSTEM.page}.",
            )
        self.weights = (faces or checkpoints)[-1]
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

        Nothing is drawn at random, and no emotion is directed: ``emotion`` and ``seed`` are not used.
        """
        from ...torch_device import resolve_device
        from ..flame.arkit_solver import head_face_track

        where = resolve_device(device)
        generator = load_generator(self.weights, where, self.weights.stat().st_mtime_ns)
        samples = np.ascontiguousarray(samples, np.float32)
        motion = listen(generator, samples, progress or (lambda _: None), cancelled or (lambda: False))
        frames = max(1, round(len(samples) / SAMPLE_RATE * fps))
        motion = at_times(motion, FPS, np.arange(frames) / fps)
        return head_face_track(motion[:, 3:], motion[:, :3], SPACE, self._head_model)


def load(found: Installed) -> TalkShowFaceEngine:
    """Return the engine of the official files that were found."""
    return TalkShowFaceEngine(found.folder)


def listen(
    generator: FaceGenerator, samples: Floats, progress: Callable[[float], None], cancelled: Callable[[], bool]
) -> Floats:
    """Return (N, 103) jaw and expression at 30 frames per second, N = ``max(1, n * 30 // 16000)``.

    Up to :data:`WINDOW_FRAMES` in one go, as the authors do; longer recordings in overlapping windows.
    """
    import torch

    from ....models.talkshow.face import frame_count

    samples = np.pad(samples, (0, max(0, SAMPLE_RATE // FPS + 1 - len(samples))))
    total = frame_count(len(samples))
    place = next(generator.parameters()).device
    windows = plan_windows(total, WINDOW_FRAMES, OVERLAP_FRAMES, step=_BLOCK_FRAMES)
    parts: list[Floats] = []
    with torch.inference_mode():
        for number, (start, stop) in enumerate(windows):
            if cancelled():
                raise Cancelled
            last = None if stop == total else stop // _BLOCK_FRAMES * _BLOCK_SAMPLES
            heard = samples[start // _BLOCK_FRAMES * _BLOCK_SAMPLES : last]
            face = generator(torch.from_numpy(heard)[None].to(place), frames=stop - start)
            parts.append(face[0].float().cpu().numpy())
            progress(0.95 * (number + 1) / len(windows))
    return blend_windows(windows, parts, OVERLAP_FRAMES)
