"""Manners of gesturing: how often, how large, how fast, where in space, with what meanings, how long held."""

from __future__ import annotations

from dataclasses import dataclass, field

from .settings import STYLES as STYLE_NAMES
from .settings import GestureSettings


@dataclass(frozen=True)
class Style:
    """One manner of gesturing, at energy 1 and rate 1."""

    rate: float
    """Strokes a minute of speech."""
    amplitude: float
    """Share of the recorded excursion from rest."""
    speed: float
    """Speed of the recorded movement."""
    gap: float
    """Least seconds between two strokes."""
    chain: float
    """Seconds between two strokes up to which the hands stay up between them."""
    hold: float
    """Longest seconds that a stroke's end is held before the hands go back."""
    two_handed: float
    """How much likelier a gesture of both hands is than one of a single hand."""
    height: float
    """Preferred height of the wrists at the emphasis, metres over the pelvis."""
    width: float
    """Preferred distance of the wrists from the middle of the body, metres."""
    beats: float
    """Chance that a further accent within a hold gets a small beat of the raised hand."""
    shift: float
    """Degrees by which the trunk turns when a phrase of speech ends."""
    kinds: dict[str, float] = field(default_factory=dict[str, float])
    """Shares of the kinds of gesture; what is not named does not occur."""
    rests: dict[str, float] = field(default_factory=dict[str, float])
    """Shares of the rests of the hands, standing and seated alike; a posture takes those that it has."""


STYLES: dict[str, Style] = {
    "calm": Style(
        rate=21.0, amplitude=0.52, speed=0.82, gap=1.2, chain=2.2, hold=1.4, two_handed=0.9, height=0.14, width=0.24,
        beats=0.35, shift=2.0,
        kinds={"beat": 3.0, "offer": 3.0, "frame": 1.5, "chop": 0.3, "point": 0.5, "me": 0.3, "shrug": 0.3},
        rests={"together": 3.0, "wrist": 2.5, "sides": 0.8, "pockets": 0.8, "behind": 0.6, "crossed": 0.3,
               "lap": 4.0, "thighs": 2.0},
    ),
    "explaining": Style(
        rate=36.0, amplitude=0.66, speed=1.0, gap=0.65, chain=2.6, hold=1.5, two_handed=1.2, height=0.24, width=0.27,
        beats=0.9, shift=2.5,
        kinds={"beat": 3.0, "offer": 2.5, "frame": 2.5, "chop": 1.5, "point": 1.0, "you": 0.4, "me": 0.3, "negate": 0.2,
               "shrug": 0.3},
        rests={"together": 6.0, "wrist": 0.6, "hip": 0.6, "pockets": 0.9, "sides": 0.5, "crossed": 0.3,
               "lap": 5.0, "thighs": 1.0},
    ),
    "enthusiastic": Style(
        rate=44.0, amplitude=0.82, speed=1.18, gap=0.6, chain=2.8, hold=1.6, two_handed=1.9, height=0.28, width=0.3,
        beats=0.75, shift=3.5,
        kinds={"beat": 3.0, "offer": 2.0, "frame": 3.0, "chop": 0.8, "point": 1.2, "you": 0.8, "me": 0.5, "negate": 0.6,
               "shrug": 0.4},
        rests={"together": 4.0, "hip": 2.0, "pockets": 0.6, "sides": 0.6, "lap": 4.0, "thighs": 2.0},
    ),
    "formal": Style(
        rate=26.0, amplitude=0.58, speed=0.92, gap=0.9, chain=2.3, hold=1.1, two_handed=1.5, height=0.2, width=0.2,
        beats=0.4, shift=1.2,
        kinds={"beat": 3.5, "frame": 2.0, "chop": 2.5, "offer": 1.5, "point": 0.4},
        rests={"together": 3.0, "wrist": 3.0, "behind": 2.0, "sides": 0.6, "lap": 3.0, "thighs": 2.0},
    ),
    "shy": Style(
        rate=16.0, amplitude=0.42, speed=0.9, gap=1.3, chain=1.5, hold=0.6, two_handed=0.7, height=0.08, width=0.18,
        beats=0.25, shift=1.6,
        kinds={"beat": 4.0, "offer": 1.5, "me": 1.0, "shrug": 0.8, "frame": 0.5},
        rests={"wrist": 4.0, "together": 2.0, "pockets": 2.0, "behind": 1.0, "crossed": 1.0, "sides": 0.4,
               "lap": 4.0, "thighs": 1.0},
    ),
    "agitated": Style(
        rate=50.0, amplitude=0.76, speed=1.28, gap=0.5, chain=2.5, hold=1.2, two_handed=1.3, height=0.27, width=0.29,
        beats=0.85, shift=3.5,
        kinds={"beat": 3.0, "chop": 3.0, "negate": 2.0, "stop": 1.5, "point": 1.5, "you": 1.2, "offer": 1.0,
               "frame": 0.8},
        rests={"hip": 3.0, "together": 2.5, "crossed": 1.2, "sides": 0.8, "lap": 3.0, "thighs": 2.0},
    ),
}  # fmt: skip
"""The styles by the names that the settings know."""

assert tuple(STYLES) == STYLE_NAMES


def style_at(settings: GestureSettings, second: float) -> Style:
    """Return the manner of gesturing at a second."""
    return STYLES[settings.at("style", second)]
