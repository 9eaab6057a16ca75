"""Which of a face's mouths the voice asks for, from the track of visemes that a performance holds.

Lips do not tell t from k or f from a narrow vowel; the sound does. A face that lacks a mouth takes the one that cartoon
charts draw for that sound: Preston Blair's for c d g k n r s th y z, Rhubarb's B for most consonants.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ...inference.performance import Performance

Doubles = npt.NDArray[np.float64]

_BLEND = 0.07
"""Seconds in which one mouth turns into the next, as animators cross-fade them."""
_INSTEAD: dict[str, tuple[str, ...]] = {
    "FF": ("FF",), "TH": ("TH", "nn", "DD", "SS"), "DD": ("DD", "SS", "nn"), "kk": ("kk", "DD", "SS"),
    "CH": ("CH", "SS", "DD"), "SS": ("SS", "DD"), "RR": ("RR", "DD", "SS"), "aa": ("aa",), "E": ("E",),
    "I": ("I", "E"), "O": ("O", "U"), "U": ("U", "O"),
}  # fmt: skip
"""Sound -> the mouths that say it, the best first. ``PP`` has none: shut lips are seen, and need no hearing."""


def heard_shares(performance: Performance, roles: Collection[str]) -> dict[str, Doubles] | None:
    """Return mouth -> (T,) how much the voice asks for it, 0..1, of those a face has; None where nothing is known."""
    track = performance.tracks.get("visemes")
    if track is None or not len(track):
        return None
    found: dict[str, Doubles] = {}
    for sound, share in track.shares(np.arange(performance.frames) / performance.fps, _BLEND).items():
        role = next((role for role in _INSTEAD.get(sound, ()) if role in roles), None)
        if role is not None:
            found[role] = found[role] + share if role in found else share
    return found
