"""What a call does, counted instead of timed: the count is the same on an idle and on a busy machine."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

WAITS = frozenset({"sleep", "select", "Popen.wait", "Popen.communicate", "Thread.join"})
"""Calls that may keep their caller waiting, by qualified name."""


def work_of(call: Callable[[], object]) -> Counter[str]:
    """Return how often each function, of Python or C, was called while ``call`` ran, by its qualified name."""
    seen: Counter[str] = Counter()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            seen[frame.f_code.co_qualname] += 1
        elif event == "c_call":
            seen[argument.__qualname__] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return seen


def waits_in(call: Callable[[], object]) -> set[str]:
    """Return the calls that may wait among those that ``call`` made."""
    return set(work_of(call)) & WAITS
