"""The order to write down the emotion in a voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .order import Order


@dataclass(frozen=True)
class HearJob(Order):
    """Write the emotion heard in a recording as an emotion track; of ``settings`` only the device counts."""

    kind: ClassVar[str] = "hear"
    suffix: ClassVar[str] = ".json"
