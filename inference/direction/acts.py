"""What somebody can be told to do at a moment: a nod, a glance, a gesture of a meaning. Names and what they are.

Sides are the character's own: left is its left. What an act says (:attr:`Act.meaning`) keeps gestures that say the
contrary away from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ActRows = tuple[tuple[float, str, float], ...]
"""Second, one of :data:`ACTS`, and the seconds that it lasts: 0 for as long as it takes."""
LONGEST = 600.0
"""Seconds of one act."""
REASON = "from the direction"
"""What the reason of a gesture that somebody directed begins with."""
_NEAR = 1.5
"""Seconds around an act in which nothing says the contrary."""


@dataclass(frozen=True)
class Act:
    """One thing to do."""

    title: str
    """As a reader is told."""
    part: str
    """``head``, ``eyes``, ``brows`` or ``hands``."""
    seconds: float
    """How long it takes by itself."""
    every: float
    """Seconds from one to the next where it is done several times."""
    meaning: str = ""
    """One of :data:`~..words.names.MEANINGS`, or nothing."""
    degrees: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Of a head: down, to its left, tilted; of eyes: down and to their left from the listener."""
    tags: tuple[str, ...] = ()
    """Tags of the gestures of the vocabulary that it may be."""
    side: str = ""
    """Which hand it takes where that matters."""


NOD_HERTZ, SHAKE_HERTZ = 1.7, 2.0


def _head(title: str, *degrees: float) -> Act:
    return Act(title, "head", 1.0, 1.8, "", (degrees[0], degrees[1], degrees[2]))


def _eyes(title: str, down: float, left: float) -> Act:
    return Act(title, "eyes", 1.0, 1.6, "", (down, left, 0.0))


def _hands(title: str, meaning: str, *tags: str, side: str = "") -> Act:
    return Act(title, "hands", 1.6, 1.1, meaning, (0.0, 0.0, 0.0), tags, side)


_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_POINTING = ("DeicticLeft", "DeicticRight", "Point", "PointRight")

ACTS: dict[str, Act] = {
    "nod": Act("nods", "head", 2 / NOD_HERTZ, 1 / NOD_HERTZ, "assent"),
    "shake": Act("shakes the head", "head", 2 / SHAKE_HERTZ, 1 / SHAKE_HERTZ, "negate"),
    "tilt": _head("tilts the head", -1.0, 0.0, 11.0),
    "turn_left": _head("turns the head left", 0.0, 22.0, -2.0),
    "turn_right": _head("turns the head right", 0.0, -22.0, 2.0),
    "bow": _head("bows the head", 17.0, 0.0, 0.0),
    "chin_up": _head("lifts the chin", -11.0, 0.0, 0.0),
    "look_down": _eyes("looks down", 17.0, 3.0),
    "look_up": _eyes("looks up", -13.0, 2.0),
    "look_left": _eyes("looks left", 0.0, 19.0),
    "look_right": _eyes("looks right", 0.0, -19.0),
    "brows_up": Act("raises the brows", "brows", 0.9, 0.9),
    "point_left": _hands("points left", "left", *_POINTING, side="left"),
    "point_right": _hands("points right", "right", *_POINTING, side="right"),
    "point_ahead": _hands("points ahead", "there", "PointCenter", "YouForward"),
    "point_here": _hands("points down here", "here", "PointHere"),
    "point_you": _hands("points at the listener", "you", "You", "YouForward", "YouPoint"),
    "point_me": _hands("points at oneself", "me", "Me"),
    "we": _hands("shows all of us", "we", "We", "Us"),
    "shrug": _hands("shrugs", "unknown", "Shrug"),
    "stop": _hands("holds up a hand", "stop", "StopForward", "Stop"),
    "dismiss": _hands(
        "waves it away", "negate", "NegateForwardMid", "NegateLeftMid", "NegateRightMid", "Negative", "Negation"
    ),
    "offer": _hands("opens the hands", "", "Offer", "Plea"),
    "all": _hands("sweeps around", "all", "Surround", "InclusivityPos", "Inclusivity"),
    "chop": _hands("chops", "", "Chop"),
    "big": _hands("shows a large size", "big", "Big", "Bigger"),
    "small": _hands("shows a small size", "small", "Small"),
    "wide": _hands("shows a width", "wide", "Wide"),
    "tall": _hands("shows a height", "tall", "Tall"),
    "round": _hands("shows something round", "round", "Round"),
    "wave": _hands("waves", "", "Wave"),
    **{
        f"count{number}": Act(
            f"shows {word} finger{'s' * (number > 1)}", "hands", 1.2, 0.8, f"count{number}", (0.0, 0.0, 0.0),
            (f"Count{number}",),
        )
        for number, word in enumerate(_NUMBERS, 1)
    },
}  # fmt: skip


def of_part(acts: ActRows, part: str) -> ActRows:
    """Return those acts that a part of the body does."""
    return tuple(row for row in acts if ACTS[row[1]].part == part)


def lasting(row: tuple[float, str, float]) -> float:
    """Return the seconds that an act takes."""
    return row[2] or ACTS[row[1]].seconds


def meanings_near(acts: Sequence[tuple[float, str, float]], second: float) -> tuple[str, ...]:
    """Return what the acts around a second say: nothing says the contrary there."""
    return tuple(
        ACTS[row[1]].meaning
        for row in acts
        if ACTS[row[1]].meaning and row[0] - _NEAR < second < row[0] + lasting(row) + _NEAR
    )


def in_words(acts: ActRows) -> str:
    """Return acts as a line of direction that is read as the same acts."""
    return ", ".join(said(row) + (f" for {row[2]:.4g} s" if row[2] else "") for row in acts)


def said(row: tuple[float, str, float]) -> str:
    """Return an act as a reader is told, such as ``"nods at 3 s"``."""
    return f"{ACTS[row[1]].title} at {row[0]:.4g} s"
