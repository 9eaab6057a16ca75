"""Carries out :class:`~.idle.IdleJob`."""

from __future__ import annotations

from typing import Any

from ..early_lips import Early
from ..idle import idle
from ..performance import Performance
from .idle import IdleJob
from .order import Cancelled, Note, Progress
from .written import write_performance


def run(
    order: IdleJob, progress: Progress, cancelled: Cancelled, note: Note, _early: Early | None = None
) -> dict[str, Any]:
    """Write the performance and return what was written."""
    return write_performance(order, _wait, progress, cancelled, note)


def _wait(order: IdleJob, progress: Progress, cancelled: Cancelled) -> Performance:
    seconds = (order.audio.stop or 0.0) - order.audio.start
    return idle(
        seconds, order.settings, order.output, lambda part: progress("Waiting", part), cancelled, order.heard
    )  # fmt: skip
