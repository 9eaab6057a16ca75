"""The order to make a part of a performance anew: which seconds, which joints, of which file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..body.upper_body import UPPER_BODY
from ..gestures.planned import Planned, read_gestures
from ..setting import Choice, setting
from ..setting_rows import number_rows
from .order import Order


def _ranges(value: Any) -> tuple[tuple[float, float], ...]:
    return tuple((start, stop) for start, stop in number_rows(value, 2, "ranges", "two seconds, start and stop"))


@dataclass(frozen=True)
class RegenerateJob(Order):
    """Make a part of a finished performance anew.

    Of ``settings`` the seed, the gestures, the body engine and the device count; everything else is the performance's.
    """

    kind: ClassVar[str] = "regenerate"

    keep: str = setting("", "Keep", "Path of the performance's .npz; stays as it is")
    ranges: tuple[tuple[float, float], ...] = setting(
        (), "Ranges", "Stretches of seconds from the performance's start", check=_ranges
    )
    joints: tuple[str, ...] = setting(
        UPPER_BODY, "Joints", "What is made anew", noun="joint", names=tuple(Choice(name) for name in UPPER_BODY)
    )
    plan: Planned | None = setting(
        None, "Plan", "The gestures to make: what is another one than in the performance is made anew, in the place of "
        "ranges and joints",
        check=read_gestures,
    )  # fmt: skip
    only_pinned: bool = setting(False, "Only Pinned", "Of the plan only what is pinned stays; the rest is drawn anew")
