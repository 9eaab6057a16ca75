"""Shares 0..1 made smaller or larger without running into their ends; numpy only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_KNEE = 0.75


def amplified(values: Floats, held: Floats, gain: npt.ArrayLike) -> Floats:
    """Return (T, C) shares with what goes beyond the held part times the gain (C,).

    Nothing is added above three quarters of the way but what runs softly into 1: twice a wide open mouth is no
    dislocated jaw.
    """
    gain = np.asarray(gain, np.float64)
    wanted = held + gain * (values - held)
    soft = np.where(wanted > _KNEE, _KNEE + (1 - _KNEE) * np.tanh((wanted - _KNEE) / (1 - _KNEE)), wanted)
    # Gains up to 1 stay linear; larger ones never take back what there was.
    soft = np.where((gain > 1) & (values >= held), np.maximum(soft, values), np.where(gain > 1, soft, wanted))
    result = np.where(gain == 1, values, np.clip(soft, 0, 1))
    return result.astype(np.float32)
