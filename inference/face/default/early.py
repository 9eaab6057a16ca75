"""The mouth of a recording of which the network has heard only a part: shown early, window after window."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...early_lips import RATE

if TYPE_CHECKING:
    from ...early_lips import Early
    from ..lips import MouthMotion

Floats = npt.NDArray[np.float32]

_AFTER = 0.6
"""Seconds afterwards that have a say in a mouth: what rests and what protrudes is smoothed over time. So much of the
end is kept back until more is heard."""
_BEFORE = 3.0
"""Seconds before that do. How casual somebody speaks is weighed over more than either: near a window's end what is
shown early is only nearly what comes out."""


class EarlyMouth:
    """Shows what can be said of the mouth by now.

    Parameters
    ----------
    early : Early
        Where it is shown.
    motion_of : callable
        Returns the mouth that (N, K) frames of the network make at (T,) times, in seconds from the first of them.
    step : float
        Seconds between two of the network's frames.
    """

    def __init__(
        self, early: Early, motion_of: Callable[[Floats, npt.NDArray[np.float64]], MouthMotion], step: float
    ) -> None:
        self._early, self._motion_of, self._step = early, motion_of, step
        self._parts: list[Floats] = []
        self._begin = 0
        """The network's frame with which the parts begin."""
        self._next = 0
        """The first row that was not shown yet."""

    def heard(self, frames: Floats, *, last: bool) -> None:
        """Take the network's next frames, the last ones or not, and show what is new."""
        self._parts.append(frames)
        known = np.concatenate(self._parts)
        begin = self._begin * self._step
        end = begin + (len(known) - 1) * self._step
        first, stop = ceil(begin * RATE - 1e-6), floor(end * RATE + 1e-6) + 1
        sure = stop if last else floor((end - _AFTER) * RATE)
        if sure > self._next:
            motion = self._motion_of(known, np.arange(first, stop) / RATE - begin)
            self._early.motion(self._next, _cut(motion, slice(self._next - first, sure - first)))
            self._next = sure
        passed = max(0, floor((self._next / RATE - _BEFORE) / self._step) - self._begin)
        self._parts, self._begin = [known[passed:]], self._begin + passed


def _cut(motion: MouthMotion, rows: slice) -> MouthMotion:
    values = {field.name: getattr(motion, field.name) for field in dataclasses.fields(motion)}
    visemes = {name: track[rows] for name, track in values.pop("visemes").items()}
    tracks = {name: None if track is None else track[rows] for name, track in values.items()}
    return dataclasses.replace(motion, visemes=visemes, **tracks)
