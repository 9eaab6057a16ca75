"""Carries out :class:`~.animate.AnimateJob`."""

from __future__ import annotations

from functools import partial
from typing import Any

from .. import pipeline
from ..early_lips import Early
from .animate import AnimateJob
from .order import Cancelled, Note, Progress
from .written import write_performance


def run(
    order: AnimateJob, progress: Progress, cancelled: Cancelled, note: Note, early: Early | None = None
) -> dict[str, Any]:
    """Write the performance and return what was written."""
    return write_performance(order, partial(pipeline.animate, early=early), progress, cancelled, note)
