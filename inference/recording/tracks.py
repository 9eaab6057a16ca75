"""Which sound track of a film holds the speech."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..errors import BadAudio
from .decoder import Decoder, Floats
from .likeness import SPEECH, WINDOW, likeness

_MOST_WINDOWS = 15  # half a minute that is not silent tells a track of speech from one of music


def speech_track(path: Path, start: float, stop: float, cancelled: Callable[[], bool] | None) -> tuple[int, str]:
    """Return the number of a track, 0 for the one that a player plays, and a sentence where it is another one.

    The one that a player plays is kept, unless nobody speaks in it and somebody does in another.

    Parameters
    ----------
    start, stop : float
        The stretch of the file that counts, in seconds.
    """
    played, *others = Decoder(path, 0, cancelled).tracks() or (0,)
    if not others or _spoken(Decoder(path, played, cancelled), start, stop):
        return 0, ""
    for number in others:
        if _spoken(Decoder(path, number, cancelled), start, stop):
            return number, f"Sound track {number} of '{path.name}' is used: nobody speaks in track {played}."
    return 0, ""


def _spoken(decoder: Decoder, start: float, stop: float) -> bool:
    """Tell whether a track sounds like speech where it sounds at all; one that cannot be read does not."""
    found: list[float] = []
    window: list[Floats] = []
    length = rate = 0
    try:
        for position, rate, block in decoder.blocks(start):
            part = block[:, max(0, round((start - position) * rate)) :]
            if window and len(window[0]) != len(part):
                window, length = [], 0
            window.append(part)
            length += part.shape[1]
            if length >= WINDOW * rate:
                found += _heard(window, rate)
                window, length = [], 0
            if len(found) >= _MOST_WINDOWS or decoder.position >= stop:
                break
    except BadAudio:
        return False
    if window:
        found += _heard(window, rate)
    return math.fsum(found) >= SPEECH * max(1, len(found))


def _heard(window: list[Floats], rate: int) -> list[float]:
    """Return the likeness of the channel that is most like speech, nothing for silence."""
    heard = np.concatenate(window, axis=1)
    sounds = heard[np.mean(heard * heard, axis=1) > 1e-8]
    return [float(likeness(sounds, rate).max())] if len(sounds) and sounds.shape[1] else []
