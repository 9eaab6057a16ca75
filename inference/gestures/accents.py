"""Which accents of a speech get a gesture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from ..prosody import Prosody
from ..words.meaning import Meaning

_BREATHING_ROOM = 0.6  # seconds from the first frame in which no hand can arrive
_WAY_BACK = 0.65  # seconds before the last frame after which hands that strike could not be back
_DEBT = 2.0
_EDGE = 0.3  # how much more the first strong and the last accent of a phrase count
_CHANCE = 0.3


@dataclass(frozen=True)
class Accent:
    """A syllable that stands out."""

    time: float
    strength: float
    place: str
    """first, inner or last of its phrase of speech."""
    phrase: int
    """Which stretch between pauses it is in."""
    meaning: Meaning | None = None
    """What the word means that it is on, where that is to be shown."""


def accents_of(prosody: Prosody, duration: float) -> list[Accent]:
    """Return all accents within the phrases of speech, rising."""
    found: list[Accent] = []
    for number, (start, stop) in enumerate(prosody.phrases):
        rows = np.flatnonzero((prosody.accent_times >= start) & (prosody.accent_times < stop))
        rows = [row for row in rows if _BREATHING_ROOM <= prosody.accent_times[row] <= duration - _WAY_BACK]
        for place, row in enumerate(rows):
            name = "first" if place == 0 else "last" if place == len(rows) - 1 else "inner"
            found.append(Accent(float(prosody.accent_times[row]), float(prosody.accent_strengths[row]), name, number))
    return found


def choose_accents(
    prosody: Prosody, accents: list[Accent], per_minute: list[float], gaps: list[float], rng: np.random.Generator
) -> list[Accent]:
    """Return the accents that get a stroke, rising: the strongest ones, no two nearer than the gap.

    Parameters
    ----------
    per_minute : list of float
        Strokes a minute wanted in every phrase of speech. What one phrase has no accents for, the next ones make up.
    gaps : list of float
        Least seconds between two strokes in every phrase.
    """
    chosen: list[Accent] = []
    debt = float(rng.uniform(0.0, 0.6))
    for number, (start, stop) in enumerate(prosody.phrases):
        inside = [accent for accent in accents if accent.phrase == number]
        scores = [
            accent.strength + _EDGE * (accent.place != "inner") + _CHANCE * float(rng.uniform()) for accent in inside
        ]
        debt = min(debt + (stop - start) * per_minute[number] / 60.0, _DEBT + (stop - start) * per_minute[number] / 60)
        for row in cast("list[int]", np.argsort(scores)[::-1].tolist()):
            if debt < 0.5:
                break
            if all(abs(inside[row].time - other.time) >= gaps[number] for other in chosen[-64:]):
                chosen.append(inside[row])
                debt -= 1.0
        chosen.sort(key=lambda accent: accent.time)
    return chosen
