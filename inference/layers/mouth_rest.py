"""The mouth where nobody speaks: shut, or parted a little as many people's is, each in a way of his own."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..easing import s_curve
from ..prosody import Prosody

_SHORTEST = 0.35
"""Seconds of a pause in which the mouth comes to rest at all: within shorter ones it is on its way to the next word."""
_AFTER, _BEFORE = 0.15, 0.12
"""Seconds after the last and before the first sound that the mouth is still, or already, the speech's."""
_COMING, _GOING = 0.35, 0.15
"""Seconds in which it comes to rest, and leaves it."""


def resting(times: npt.NDArray[np.float64], prosody: Prosody) -> npt.NDArray[np.float64]:
    """Return (T,) 0..1 how far the mouth is at rest: 0 where somebody speaks, 1 within pauses."""
    share = np.ones(len(times))
    phrases = prosody.phrases
    joined: list[list[float]] = []
    for start, stop in phrases.tolist():
        if joined and start - joined[-1][1] < _SHORTEST:
            joined[-1][1] = stop
        else:
            joined.append([start, stop])
    for start, stop in joined:
        leaving = (start - _BEFORE - times) / _GOING
        coming = (times - stop - _AFTER) / _COMING
        share = np.minimum(share, s_curve(np.maximum(leaving, coming)))
    return share


def rested_aperture(
    times: npt.NDArray[np.float64], prosody: Prosody, aperture: npt.NDArray[np.floating[Any]], rest: float
) -> npt.NDArray[np.float32]:
    """Return the (T,) lip aperture of a mouth that rests parted by ``rest``, both in eye-corner distances.

    Where somebody speaks it stays as it is, so nothing creeps open before the first word beyond ``rest``.
    """
    return np.asarray(np.maximum(aperture, rest * resting(times, prosody)), np.float32)
