"""The order to lay a text over a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .order import Order


@dataclass(frozen=True)
class AlignJob(Order):
    """Write when each word of a text is said; of ``settings`` only the words count."""

    kind: ClassVar[str] = "align"
    suffix: ClassVar[str] = ".json"
