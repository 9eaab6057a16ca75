"""Jerk: the third derivative of joints in time, overall and while the hands move.

A body at rest has no jerk, so that a mean over all frames rewards doing nothing; the figure over frames in which a hand
moves faster than 0.2 m/s does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .jitter import third_derivative

MOVING = 0.2
"""m/s of a wrist from which on it counts as moving."""


@dataclass(frozen=True)
class Jerk:
    """m/s^3."""

    mean: float
    """Over all frames and points."""
    moving: float
    """Over frames in which the point moves; NaN where none does."""
    high: float
    """99th percentile over all frames and points."""


def jerk(points: list[npt.NDArray[np.floating]], fps: float, moving: float = MOVING) -> Jerk:
    """Return the jerk of (T, P, 3) points in metres of several takes."""
    thirds, fast = [], []
    for places in points:
        third = third_derivative(places, fps)
        if not len(third):
            continue
        speed = np.linalg.norm(np.diff(np.asarray(places, np.float64), axis=0), axis=-1) * fps
        thirds.append(third.ravel())
        # A third difference spans four frames, three speeds; the middle one is at its instant.
        fast.append((speed[1 : len(third) + 1] > moving).ravel())
    if not thirds:
        return Jerk(float("nan"), float("nan"), float("nan"))
    values, flags = np.concatenate(thirds), np.concatenate(fast)
    chosen = float(values[flags].mean()) if flags.any() else float("nan")
    return Jerk(float(values.mean()), chosen, float(np.percentile(values, 99)))
