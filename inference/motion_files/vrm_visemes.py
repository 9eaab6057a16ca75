"""The five mouths of VRM, read off the lips of a performance, and lips of the five mouths."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..character import load_character
from ..performance import Performance

MOUTHS = ("aa", "ih", "ou", "ee", "oh")
_WIDE_OPEN = 0.13
"""Lip aperture of a mouth wide open in plain speech."""
_APART = 0.02
"""Lip aperture from which on a mouth shows whole; below it closes with the lips."""
_PUCKER, _FUNNEL, _STRETCH = 0.6, 0.4, 0.35
"""Coefficients at which a mouth is wholly *ou*, *oh*, or spread."""


def mouth_shares(performance: Performance) -> npt.NDArray[np.floating[Any]]:
    """Return (T, 5) weights 0..1 of :data:`MOUTHS`, together at most 1; all are 0 where the lips are shut."""
    aperture = load_character().lip_aperture(performance.poses, performance.arkit)
    stretch = 0.5 * (performance.coefficient("mouthStretchLeft") + performance.coefficient("mouthStretchRight"))
    ou, oh = performance.coefficient("mouthPucker") / _PUCKER, performance.coefficient("mouthFunnel") / _FUNNEL
    rounded = np.maximum(ou + oh, 1)
    ou, oh = ou / rounded, oh / rounded
    spread = np.clip(stretch / _STRETCH, 0, 1) * (1 - ou - oh)
    opened = np.clip(aperture / _WIDE_OPEN, 0, 1)
    aa = (1 - ou - oh - 0.5 * spread) * opened
    # Teeth together is spread lips hardly open, e is spread lips wide open.
    shares = np.stack([aa, spread * (1 - opened), ou, spread * opened, oh * np.sqrt(opened)], 1)
    shares *= np.clip(aperture / _APART, 0, 1)[:, None]
    return np.asarray(shares / np.maximum(1, shares.sum(1, keepdims=True)), np.float32)


_OPENS = {"aa": 1.0, "ih": 0.2, "ou": 0.3, "ee": 0.5, "oh": 0.6}
"""Mouth -> how far it is open, in what plain speech is at most."""


def shown_mouths(
    weights: dict[str, npt.NDArray[np.float64]],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return what weights (T,) of :data:`MOUTHS` show: (T, 52) coefficients but for the jaw, and (T,) lip aperture.

    The way back from :func:`mouth_shares`, as far as five numbers tell.
    """
    count = len(next(iter(weights.values())))
    full = {name: np.asarray(weights.get(name, np.zeros(count)), np.float64) for name in MOUTHS}
    arkit = np.zeros((count, len(ARKIT_NAMES)), np.float32)
    arkit[:, ARKIT_INDEX["mouthPucker"]] = _PUCKER * full["ou"]
    arkit[:, ARKIT_INDEX["mouthFunnel"]] = _FUNNEL * full["oh"]
    for side in ("Left", "Right"):
        arkit[:, ARKIT_INDEX[f"mouthStretch{side}"]] = _STRETCH * np.minimum(1.0, full["ih"] + full["ee"])
    opened = np.minimum(1.0, sum(share * full[name] for name, share in _OPENS.items()))
    return arkit, (_WIDE_OPEN * opened).astype(np.float32)
