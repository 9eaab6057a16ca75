"""Pelvis drift: how far the pelvis gets from where it is on average, and where it ends against where it began."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def pelvis_drift(trans: npt.ArrayLike, fps: float, seconds: float = 2.0) -> tuple[float, float]:
    """Return (farthest, net) in cm for (T, 3) translations in metres, Y up, along the ground.

    ``farthest`` is the largest distance from the median place; ``net`` is from the mean over the first ``seconds`` to
    that over the last.
    """
    ground = 100 * np.asarray(trans, np.float64)[:, [0, 2]]
    farthest = float(np.linalg.norm(ground - np.median(ground, 0), axis=1).max())
    part = max(1, min(round(seconds * fps), len(ground)))
    return farthest, float(np.linalg.norm(ground[-part:].mean(0) - ground[:part].mean(0)))
