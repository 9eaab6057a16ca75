"""Jitter: how much the acceleration of points changes from frame to frame."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

PERCENTILES = (50, 75, 90, 95, 99)


def third_derivative(points: npt.ArrayLike, fps: float) -> npt.NDArray[np.float64]:
    """Return the length of every point's third derivative in time, by third differences.

    Parameters
    ----------
    points : (T, P, D) array
        Positions, in any unit of length; NaN where unknown.
    fps : float
        Frames per second.

    Returns
    -------
    (max(T - 3, 0), P) array
        Unit of length per s^3; NaN where a frame is unknown.
    """
    differences = np.diff(np.asarray(points, np.float64), n=3, axis=0)
    return np.linalg.norm(differences, axis=-1) * fps**3


def summary(values: list[npt.NDArray[np.float64]]) -> tuple[float, list[float]]:
    """Return the mean over all known values and their :data:`PERCENTILES`."""
    known = np.concatenate([value[np.isfinite(value)] for value in values])
    return float(known.mean()), [float(value) for value in np.percentile(known, PERCENTILES)]
