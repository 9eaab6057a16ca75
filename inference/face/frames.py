"""From the frame rate of a network to the one that is asked for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def at_times(motion: Floats, rate: float, times: npt.NDArray[np.float64]) -> Floats:
    """Return (T, C) of (N, C) frames at so many per second, by monotone cubics between them; held at the end.

    Parameters
    ----------
    times : (T,) array
        Seconds.
    """
    from scipy.interpolate import PchipInterpolator

    if len(motion) == 1:
        return np.repeat(motion, len(times), axis=0)
    inside = np.clip(times, 0, (len(motion) - 1) / rate)
    return PchipInterpolator(np.arange(len(motion)) / rate, motion, axis=0)(inside).astype(np.float32)
