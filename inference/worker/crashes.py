"""How often the worker crashed lately, and whether to start it again."""

from __future__ import annotations

import time
from pathlib import Path

from ..errors import WorkerFault

CRASH_LIMIT = 3
CRASH_WINDOW_SECONDS = 300.0


class CrashRecord:
    """The moments of the last crashes."""

    def __init__(self) -> None:
        self._moments: list[float] = []

    def add(self) -> None:
        """Note a crash now."""
        self._moments.append(time.monotonic())

    def forget(self) -> None:
        """Start afresh."""
        self._moments.clear()

    @property
    def too_many(self) -> bool:
        """Whether starting it again would only crash again."""
        now = time.monotonic()
        self._moments = [moment for moment in self._moments if now - moment < CRASH_WINDOW_SECONDS]
        return len(self._moments) >= CRASH_LIMIT

    def error(self, log: Path) -> WorkerFault:
        """Return in words why the worker is held back, and the way on."""
        return WorkerFault(
            f"The worker crashed {len(self._moments)} times within {CRASH_WINDOW_SECONDS / 60:.0f} minutes and is not "
            "started again by itself.",
            f"Look into its log '{log}' and check the Python it runs in (soliloquy doctor), or simply try again.",
        )
