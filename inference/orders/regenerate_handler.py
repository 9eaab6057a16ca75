"""Carries out :class:`~.regenerate.RegenerateJob`."""

from __future__ import annotations

from typing import Any

from .. import regenerate, replan
from ..early_lips import Early
from .order import Cancelled, Note, Progress
from .regenerate import RegenerateJob
from .written import write_performance


def run(
    order: RegenerateJob, progress: Progress, cancelled: Cancelled, note: Note, _early: Early | None = None
) -> dict[str, Any]:
    """Write the performance with its new part and return what was written."""
    return write_performance(order, regenerate.run if order.plan is None else replan.run, progress, cancelled, note)
