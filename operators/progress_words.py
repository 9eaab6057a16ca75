"""Where a job stands, in words: what is done, how far, and how much longer it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..inference.worker.job import JobHandle


def remaining(eta: float | None) -> str:
    """Return the time left in words, empty when it is not known."""
    if eta is None:
        return ""
    return f"about {max(1.0, eta):.0f} s left" if eta < 90 else f"about {eta / 60:.0f} min left"


def stage_line(handle: JobHandle) -> str:
    """Return the stage, how many seconds of lips there are while they are made, and the time left."""
    stage = handle.stage or handle.state.capitalize()
    early = handle.early
    if stage == "Lips" and early is not None and early.seconds:
        stage = f"Lips {early.made_seconds:.0f} s of {early.seconds:.0f} s"
    return "  ·  ".join(part for part in (stage, remaining(handle.eta)) if part)
