"""Carries out :class:`~.hear.HearJob`."""

from __future__ import annotations

import time
from typing import Any

from ..early_lips import Early
from ..emotion.heard_track import write_heard_track
from .hear import HearJob
from .order import Cancelled, Note, Progress
from .written import note_warnings, written


def run(
    order: HearJob, progress: Progress, cancelled: Cancelled, note: Note, _early: Early | None = None
) -> dict[str, Any]:
    """Write the emotion track and return what was written."""
    start = time.monotonic()
    note_warnings(write_heard_track(order, progress, cancelled), order, note)
    return written(order, start)
