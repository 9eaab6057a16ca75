"""What every face engine gives back, and what it must offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..label_track import LabelTrack

Floats = npt.NDArray[np.float32]


@dataclass
class FaceTrack:
    """A face over time; frame ``i`` is the instant ``i / fps`` s."""

    arkit: Floats
    """(T, 52) coefficients 0..1 in Apple's order: the face as it speaks, without emotion."""
    jaw: Floats
    """(T, 3) axis-angle of the jaw joint in radians; agrees with ``jawOpen``."""
    mouth_share: Floats | None = None
    """(T, 8) 0..1 what speech leaves of the mouth to each emotion's expression, from engines that are directed by one;
    None: a rule says it (``layers.emotion``)."""
    expressions: Floats | None = None
    """(T, K) coefficients of engines that work in a FLAME or SMPL-X expression space."""
    expression_space: str = ""
    """``"flame2020"``, ``"smplx"`` ... when ``expressions`` is there."""
    visemes: LabelTrack | None = None
    """What the engine heard when, of ``models.face.visemes.VISEMES`` but silence; None where it does not listen so."""
    emotional: bool = False
    """The face in ``arkit`` already shows the emotion that was asked for; no layer may add it again."""
    warnings: tuple[str, ...] = ()
    """Sentences the user should read, stored with the performance."""


class FaceEngine(Protocol):
    """From speech to a face."""

    name: str
    weights: Path
    """The file the network was read from; its sha256 goes into the performance."""

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
        """Animate a face.

        Parameters
        ----------
        samples : (n,) float32
            Mono speech at 16 kHz, any level, any length.
        fps : float
            Frames per second of the result, 1..240.
        emotion : (T, 8) array
            Weight 0..1 of each emotion of ``settings.EMOTIONS`` at every frame, T as in the result; None is neutral.
        seed : int
            For engines that sample.
        device : str
            ``"auto"``, ``"cpu"``, ``"cuda"`` or ``"mps"``.
        progress : callable
            Called with the finished fraction, 0..1.
        cancelled : callable
            Asked between windows; True raises :class:`~.errors.Cancelled`.

        Returns
        -------
        FaceTrack
            ``max(1, round(n / 16000 * fps))`` frames.
        """
        ...
