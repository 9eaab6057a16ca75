"""Which recorded gestures show which meaning, and when hands show it.

The library's clips carry the meanings their performers were asked for (``Clip.tag``); what a tag may show is the table
here. Where words are known, hands show a meaning only on a word that has it: every other stroke is a beat, a chop or an
open hand, so that no gesture ever says something else than the speech.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..gestures.accents import Accent
from .meaning import Meaning
from .names import COUNTS

if TYPE_CHECKING:
    from ..gestures.library import Clip

SHOWN_BY: dict[str, tuple[str, ...]] = {
    "negate": (
        "Negative", "Negation", "NoForward", "NegateForwardLow", "NegateForwardMid", "NegateLeftLow", "NegateLeftMid",
        "NegateRightLow", "NegateRightMid", "NoLeft", "NoRight", "InclusivityNeg",
    ),
    "me": ("Me",),
    "you": ("You", "YouForward", "YouPoint"),
    "we": ("We", "Us"),
    "here": ("Here", "PointHere"),
    "this": ("Here", "PointHere"),
    "there": ("Point", "DeicticLeft", "DeicticRight", "PointRight"),
    "that": ("Point", "PointRight", "IndicateLeft", "IndicateRight"),
    "left": ("Point", "DeicticLeft", "DeicticRight", "PointRight", "IndicateLeft", "IndicateRight"),
    "right": ("Point", "DeicticLeft", "DeicticRight", "PointRight", "IndicateLeft", "IndicateRight"),
    "question": ("Question", "Offer", "Receive", "When"),
    "contrast": ("Example", "However", "Offer", "Besides"),
    "other": ("Example", "However", "Offer", "Besides"),
    "unknown": ("Shrug",),
    "all": ("Surround", "InclusivityPos", "Inclusivity"),
    "many": ("Surround", "InclusivityPos", "Inclusivity"),
    "stop": ("Stop", "StopForward"),
    "big": ("Bigger", "Big"),
    "small": ("Small",),
    "tall": ("Tall",),
    "wide": ("Wide",),
    "round": ("Round",),
    **{name: (f"Count{name.removeprefix('count')}",) for name in COUNTS},
}  # fmt: skip
"""Tags of clips by the meaning they may show; what is not here is shown by head, brows or eyes alone."""
_NEUTRAL_KINDS = ("beat", "chop")
_NEUTRAL_TAGS = ("Offer", "Receive", "Example", "Besides", "Frame")
_NOT_NEUTRAL_TAGS = ("EmptyLarge", "EmptyMedium", "BeatPointMid")
"""Empty hands that measure something, a beat that points."""
_SIDES = {"left": "left", "right": "right", "contrast": "left", "other": "right"}
"""Which side a meaning lies on; the sides of a contrast have a hand each, the left one first."""
_ONE_HAND = 0.3
"""From this share of the busier hand on, the other one takes part (as in casting)."""
_EARLIEST = 0.35
"""Seconds before which no hand can arrive."""
_AGAIN = 3.0
"""Seconds before the hands show the same meaning again."""
_REPEATS = frozenset({*COUNTS, "left", "right", "contrast", "other", "big", "small", "tall", "wide", "round"})
"""What is shown every time it is said."""
_CLOSEST_COUNT = 0.38
"""Seconds between fingers that are counted off."""
_CLEAR = 0.3
"""Seconds around a word with a meaning that no other stroke comes near."""


def meanings_of(clip: Clip, mirrored: bool) -> tuple[str, ...]:
    """Return every meaning that a clip shows, played as it is or in a mirror; empty for beats and their like."""
    if _is_neutral(clip):
        return ()
    return tuple(name for name, tags in SHOWN_BY.items() if clip.tag in tags and _side_fits(clip, name, mirrored))


def _is_neutral(clip: Clip) -> bool:
    if clip.tag in _NOT_NEUTRAL_TAGS:
        return False
    return clip.kind in _NEUTRAL_KINDS or clip.tag in _NEUTRAL_TAGS


def _side_fits(clip: Clip, name: str, mirrored: bool) -> bool:
    side = _SIDES.get(name)
    if side is None:
        return True
    left, right = clip.hands
    if name in ("contrast", "other") and min(left, right) > _ONE_HAND:
        return False
    own = "left" if left > right else "right"
    if clip.tag.endswith(("Left", "Right")):
        own = "left" if clip.tag.endswith("Left") else "right"
    return own == (side if not mirrored else {"left": "right", "right": "left"}[side])


def fits(clips: Sequence[Clip], name: str) -> npt.NDArray[np.bool_]:
    """Return (2, C) whether each clip shows a meaning, as it is and in a mirror."""
    tags = SHOWN_BY.get(name, ())
    shown = [[clip.tag in tags and _side_fits(clip, name, mirrored) for clip in clips] for mirrored in (False, True)]
    return np.array(shown, bool).reshape(2, len(clips))


def neutral(clips: Sequence[Clip]) -> npt.NDArray[np.bool_]:
    """Return (C,) which clips say nothing of their own."""
    return np.array([_is_neutral(clip) for clip in clips])


def with_meanings(
    chosen: list[Accent], meanings: Sequence[Meaning], clips: Sequence[Clip], gap: float, duration: float
) -> list[Accent]:
    """Return the accents that get a stroke, those of meanings put in and the ones that are too near taken out.

    Parameters
    ----------
    chosen : list of Accent
        Accents that get a stroke for the voice's sake, rising.
    clips : sequence of Clip
        What there is to show them with.
    gap : float
        Least seconds between two strokes.
    duration : float
        Of the speech, seconds.
    """
    can = {name for name in {meaning.name for meaning in meanings} if fits(clips, name).any()}
    shown = _shown([meaning for meaning in meanings if meaning.name in can], gap, duration)
    guarded = [meaning for meaning in meanings if meaning.strength >= 0.5]

    def clear(accent: Accent) -> bool:
        if any(abs(accent.time - meaning.time) < max(gap, _CLEAR) for meaning in shown):
            return False
        return not any(meaning.start - _CLEAR < accent.time < meaning.end + _CLEAR for meaning in guarded)

    accents = [accent for accent in chosen if clear(accent)]
    accents += [Accent(meaning.time, max(meaning.strength, 0.6), "inner", -1, meaning) for meaning in shown]
    return sorted(accents, key=lambda accent: accent.time)


def _shown(meanings: Sequence[Meaning], gap: float, duration: float) -> list[Meaning]:
    """Return the meanings that the hands have time for, the strongest going first."""
    kept: list[Meaning] = []
    for meaning in sorted(meanings, key=lambda item: (-item.strength, item.time)):
        if not _EARLIEST <= meaning.time <= duration - 0.1:
            continue
        counts = meaning.name in COUNTS

        def too_near(other: Meaning, meaning: Meaning = meaning, counts: bool = counts) -> bool:
            away = abs(other.time - meaning.time)
            if other.name == meaning.name and meaning.name not in _REPEATS:
                return away < _AGAIN
            return away < (_CLOSEST_COUNT if counts and other.name in COUNTS else max(0.75 * gap, 0.55))

        if not any(too_near(other) for other in kept):
            kept.append(meaning)
    return sorted(kept, key=lambda item: item.time)
