"""The order to make a part of a performance anew: which seconds, which joints, of which file."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from ..body.upper_body import UPPER_BODY
from .order import Order


@dataclass(frozen=True)
class RegenerateJob(Order):
    """Make a part of a finished performance anew.

    Of ``settings`` the seed, the gestures, the body engine and the device count; everything else is the performance's.
    """

    kind: ClassVar[str] = "regenerate"

    keep: str = ""
    """Path of the performance's ``.npz``; stays as it is."""
    ranges: tuple[tuple[float, float], ...] = ()
    """Seconds from the performance's start."""
    joints: tuple[str, ...] = UPPER_BODY

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> RegenerateJob:
        """Build from :meth:`to_json`'s values."""
        return dataclasses.replace(
            super().from_json(values),
            ranges=tuple((float(start), float(stop)) for start, stop in values["ranges"]),
            joints=tuple(values["joints"]),
        )
