"""The order to turn speech into a performance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..gestures.planned import Planned, read_gestures
from ..setting import setting
from .order import Order


@dataclass(frozen=True)
class AnimateJob(Order):
    """Make a performance of a recording."""

    kind: ClassVar[str] = "animate"

    plan: Planned | None = setting(
        None, "Plan", "The gestures to make, where the body engine plans them; not given: it decides",
        check=read_gestures,
    )  # fmt: skip
    only_pinned: bool = setting(False, "Only Pinned", "Of the plan only what is pinned stays; the rest is drawn anew")
