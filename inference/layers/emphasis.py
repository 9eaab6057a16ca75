"""Accents that hands, head and brows share: what is stressed with a gesture is stressed with the face too.

Strokes of gestures, nods and raised brows fall on the same accented syllables (Flecha-García, "Eyebrow raises in
dialogue", 2010; Loehr, "Temporal, structural, and pragmatic synchrony between intonation and gesture", 2012).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from ..prosody import Prosody
from .noise import Doubles

NEAR = 0.12
"""Seconds: an accent this near to a stroke's peak is the one it falls on."""
_LEAST = 0.55  # an accent with a stroke counts at least this much
_OTHERS = 0.75  # of an accent that the hands leave alone, where they gesture at all


def shared_accents(prosody: Prosody, strokes: Doubles) -> Prosody:
    """Return the prosody with its accents weighted by the gestures: stronger under a stroke, weaker elsewhere.

    Parameters
    ----------
    strokes : (S, 2) array
        Second and strength 0..1 of every stroke's peak, rising, see ``BodyTrack.strokes``. Without any the prosody
        comes back as it is.
    """
    if len(strokes) == 0 or len(prosody.accent_times) == 0:
        return prosody
    strength = on_accents(prosody, strokes)
    emphasised = np.maximum(prosody.accent_strengths, _LEAST + (1 - _LEAST) * strength)
    strengths = np.where(strength > 0, emphasised, _OTHERS * prosody.accent_strengths)
    return dataclasses.replace(prosody, accent_strengths=strengths.astype(np.float32))


def only_strokes(prosody: Prosody, strokes: Doubles) -> Prosody:
    """Return the prosody with those accents only that a stroke falls on; none where there are no strokes."""
    keep = on_accents(prosody, strokes) > 0
    strengths = shared_accents(prosody, strokes).accent_strengths[keep]
    return dataclasses.replace(prosody, accent_times=prosody.accent_times[keep], accent_strengths=strengths)


def on_accents(prosody: Prosody, strokes: Doubles) -> Doubles:
    """Return (A,) strength 0..1 of the stroke that falls on each accent, 0 where none does."""
    result = np.zeros(len(prosody.accent_times))
    for time, strength in strokes:
        near = np.abs(prosody.accent_times - time)
        if len(near) and near.min() <= NEAR:
            result[near.argmin()] = max(result[near.argmin()], strength, 0.05)
    return result
