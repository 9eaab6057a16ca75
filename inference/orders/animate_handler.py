"""Carries out :class:`~.animate.AnimateJob`."""

from __future__ import annotations

from typing import Any

from .. import pipeline
from .animate import AnimateJob
from .order import Cancelled, Note, Progress
from .written import write_performance


def run(order: AnimateJob, progress: Progress, cancelled: Cancelled, note: Note) -> dict[str, Any]:
    """Write the performance and return what was written."""
    return write_performance(order, pipeline.animate, progress, cancelled, note)
