"""Stretches of the scene on which no take of a character plays: it stands still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import nla

if TYPE_CHECKING:
    from ..rig import Rig


def gaps(rig: Rig, first: float, last: float, shortest: float) -> list[tuple[float, float]]:
    """Return first and last scene frame of every stretch between takes that play, rising.

    A stretch begins on the last frame of one take and ends on the first of the next one, so that takes made for it
    touch both.

    Parameters
    ----------
    first, last : float
        Scene frames to look between.
    shortest : float
        Frames that a stretch has at the least.
    """
    spans = sorted(
        (strip.frame_start, strip.frame_end)
        for found in nla.tracks(rig)
        if not found.track.mute
        for strip in found.pieces
    )
    found: list[tuple[float, float]] = []
    reached = first
    for start, stop in [*spans, (last, last)]:
        if min(start, last) - reached >= max(shortest, 1.0):
            found.append((reached, min(start, last)))
        reached = max(reached, stop)
    return found
