"""How much longer a job will take, from how far it has come."""

from __future__ import annotations

import time
from collections.abc import Callable


class EtaEstimate:
    """Called with each fraction (0..1), returns the seconds that are left, or None while that is guesswork."""

    MIN_SECONDS = 0.5
    MIN_FRACTION = 0.02

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start = clock()

    def __call__(self, fraction: float) -> float | None:
        elapsed = self._clock() - self._start
        if elapsed < self.MIN_SECONDS or fraction < self.MIN_FRACTION:
            return None
        return round(elapsed * (1.0 - fraction) / fraction, 1)
