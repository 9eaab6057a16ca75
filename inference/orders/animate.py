"""The order to turn speech into a performance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .order import Order


@dataclass(frozen=True)
class AnimateJob(Order):
    """Make a performance of a recording."""

    kind: ClassVar[str] = "animate"
