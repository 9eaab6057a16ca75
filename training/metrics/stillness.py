"""Frozen seconds: the longest stretch in which neither hand moves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

STILL = 0.01
"""m/s: a hanging arm of somebody who breathes moves faster now and then."""


def still_frames(points: npt.ArrayLike, fps: float, speed: float = STILL) -> npt.NDArray[np.bool_]:
    """Return (T - 1,) whether all (T, P, 3) points, metres, move slower than ``speed`` m/s."""
    steps = np.linalg.norm(np.diff(np.asarray(points, np.float64), axis=0), axis=-1) * fps
    return (steps < speed).all(1)


def longest_stillness(points: npt.ArrayLike, fps: float, speed: float = STILL) -> float:
    """Return seconds of the longest stretch without movement of (T, P, 3) points."""
    still = np.concatenate([[False], still_frames(points, fps, speed), [False]]).astype(int)
    edges = np.flatnonzero(np.diff(still))
    return float((edges[1::2] - edges[::2]).max() / fps) if len(edges) else 0.0
