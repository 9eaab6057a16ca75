"""What an artist can say about gestures and posture: plain values that travel with the other settings."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from ..setting import Choice, Settings, setting
from ..setting_rows import choice_rows

_STYLES = (
    Choice("calm", text="Few and slow gestures with long rests"),
    Choice("explaining", text="Open hands that lay out a matter"),
    Choice("enthusiastic", text="Wide and frequent gestures"),
    Choice("formal", text="Measured gestures, upright"),
    Choice("shy", text="Small gestures close to the body"),
    Choice("agitated", text="Quick and abrupt gestures"),
)
_POSTURES = (
    Choice("standing", text="The character is standing"),
    Choice("seated", text="The character is seated"),
)
_RESTS = (
    Choice("auto", text="What suits the style, another one now and then"),
    Choice("together", "Hands together", "One hand in the other in front of the body; in the lap when seated"),
    Choice("wrist", "Holding the wrist", "One hand holds the other's wrist; hands in the lap when seated"),
    Choice("hip", "On the hip", "One hand on the hip; hands on the thighs when seated"),
    Choice("pockets", "Thumbs in the pockets", "Hands at the pockets; hands on the thighs when seated"),
    Choice("sides", "At the sides", "Hands beside the thighs; on the thighs when seated"),
    Choice("crossed", "Arms crossed", "Arms crossed before the chest"),
    Choice("behind", "Behind the back", "One hand holds the other behind the back; hands in the lap when seated"),
    Choice("thighs", "On the thighs", "Hands on the thighs when seated; beside them when standing"),
    Choice("lap", "In the lap", "One hand in the other in the lap when seated; in front of the body when standing"),
)
STYLES: tuple[str, ...] = tuple(choice.name for choice in _STYLES)
"""Manners of gesturing."""
RESTS: tuple[str, ...] = tuple(choice.name for choice in _RESTS)
"""Where hands that do nothing lie."""
CHOSEN: dict[str, tuple[str, ...]] = {"style": STYLES, "rest": RESTS}
"""Choices that can change over time, and what they can be; the track of each is named after it (``style_track``)."""
ChoiceRows = tuple[tuple[float, str], ...]
"""Second and name: what is chosen from then on."""


def _track(name: str, value: Any) -> ChoiceRows:
    return choice_rows(value, CHOSEN[name], f"{name}_track", name)


@dataclass(frozen=True)
class GestureSettings(Settings):
    """How hands and body accompany the speech."""

    about: ClassVar[str] = "gesture setting"
    heading: ClassVar[str] = "hands and body"

    style: str = setting("explaining", "Style", "Manner of gesturing", noun="gesture style", names=_STYLES)
    energy: float = setting(
        1.0,
        "Energy",
        "Size and speed of the gestures: 0 keeps the hands at rest, 1 is natural, 2 the largest",
        low=0,
        high=2,
    )
    rate: float = setting(
        1.0,
        "Amount",
        "How many accents of the speech get a gesture: 0 none, 1 natural for the style, 2 twice as many",
        low=0,
        high=2,
    )
    handedness: float = setting(
        0.0, "Handedness", "-1 gestures with the left hand, 1 with the right, 0 with both alike", low=-1, high=1
    )
    posture: str = setting("standing", "Posture", "How the body is held", names=_POSTURES)
    contacts: bool = setting(True, "Keep Clear", "Keep the hands out of the body, and the joints within human limits")
    rest: str = setting("auto", "Rest", "Where hands that do nothing lie", noun="rest", names=_RESTS)
    style_track: ChoiceRows = setting(
        (), "Style Track", "Rows of a time in s and the style from then on; before the first, Style holds",
        check=partial(_track, "style"),
    )  # fmt: skip
    rest_track: ChoiceRows = setting(
        (), "Rest Track", "Rows of a time in s and the rest from then on; before the first, Rest holds",
        check=partial(_track, "rest"),
    )  # fmt: skip

    def rows(self, name: str) -> ChoiceRows:
        """Return what one of :data:`CHOSEN` is from when on; the first row holds from the beginning."""
        return ((float("-inf"), getattr(self, name)), *getattr(self, f"{name}_track"))

    def at(self, name: str, second: float) -> str:
        """Return what one of :data:`CHOSEN` is at a second."""
        rows = self.rows(name)
        return rows[bisect_right([row[0] for row in rows], second) - 1][1]
