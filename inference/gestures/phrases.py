"""What the scheduler decided, in words and seconds: every gesture phrase, what it is for, and how it is played."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..body.track import RestSpan
from ..layers.noise import quintic
from .planned import Planned
from .settings import GestureSettings

Doubles = npt.NDArray[np.float64]
SIDES: tuple[str, ...] = ("left", "right")


@dataclass(frozen=True)
class HandUse:
    """When one hand (or the trunk) follows a phrase's clip, and how far.

    The weight rises from 0 to 1 between ``on`` and ``on_end`` and falls between ``off`` and ``off_end``, seconds.
    """

    amplitude: float
    """Share of the clip's excursion from the body at rest; 0 where the hand does not take part."""
    on: float
    on_end: float
    off: float
    off_end: float
    lag: float = 0.0
    """Seconds by which this hand is later than the clip."""
    arc: float = 0.0
    """Radians by which the elbow bends more half way up and down, to lift the hand off what it lies on."""
    aside: float = 0.0
    """Radians by which the upper arm turns outward half way, so that hands part before they rise."""


def hand_weight(use: HandUse, times: npt.ArrayLike) -> Doubles:
    """Return (n,) how far a hand follows its clip at those seconds, 0..1."""
    instants = np.asarray(times, np.float64)
    rising = quintic((instants - use.on) / (use.on_end - use.on))
    return rising * (1 - quintic((instants - use.off) / (use.off_end - use.off)))


@dataclass(frozen=True)
class GesturePhrase:
    """One gesture: preparation, stroke, hold, retraction; all times in seconds of the recording."""

    clip: int
    """Index into the library."""
    name: str
    kind: str
    mirrored: bool
    hand: str
    """left, right or both."""
    start: float
    """The preparation starts."""
    stroke_start: float
    emphasis: float
    """The stroke's peak: the hand arrives."""
    hold_end: float
    """The retraction starts, or the next stroke's preparation where phrases are chained."""
    end: float
    """Back at rest, or taken over by the next phrase."""
    strength: float
    """Of the accent, 0..1."""
    amplitude: float
    speed: float
    chained_from: bool
    """The hand comes from the phrase before, not from rest."""
    chained_to: bool
    """The hand goes on into the next phrase."""
    recoil: float
    """Share of the excursion that the hand gives back right after the stroke."""
    sink: float
    """Further share by which it sinks while it waits."""
    why: str
    """Which accent, and why this kind of gesture."""
    left: HandUse
    right: HandUse
    trunk: HandUse
    warp: tuple[tuple[float, float], ...]
    """Pairs of seconds of the recording and seconds of the clip, both rising."""
    sign: bool = False
    """It shows what a word means, and is made as it was recorded."""
    lift: float = 0.0
    """Metres by which what is felt carries the hands higher than they were recorded, and further out."""
    spread: float = 0.0


@dataclass(frozen=True)
class Pulse:
    """A small beat: of a raised hand within a hold, or, much smaller, of hands at rest."""

    time: float
    strength: float
    left: float
    """How far the left hand takes part, 0..1."""
    right: float
    together: bool = False
    """Hands that lie in each other beat as one."""
    lying: bool = False
    """They lie on thighs: they rise and come back, never down."""


@dataclass(frozen=True)
class TrunkTurn:
    """The trunk turns to a new resting direction."""

    start: float
    stop: float
    rotation: tuple[float, float, float]
    """Degrees the trunk has turned by afterwards, about x (forward), y (to its left), z (to its right side)."""


@dataclass(frozen=True)
class GesturePlan:
    """A whole recording's gestures."""

    phrases: tuple[GesturePhrase, ...]
    """In the order of their emphases."""
    pulses: tuple[Pulse, ...]
    turns: tuple[TrunkTurn, ...]
    duration: float
    seed: int
    settings: GestureSettings
    rests: tuple[RestSpan, ...] = ()
    """Where the hands lie between the gestures."""
    gestures: Planned = ()
    """The phrases as a person sees and changes them; given back to the scheduler they become the same phrases."""

    @property
    def strokes(self) -> Doubles:
        """(S, 2) second and strength 0..1 of every stroke's peak, rising."""
        rows = [(phrase.emphasis, phrase.strength) for phrase in self.phrases]
        return np.array(sorted(rows), np.float64).reshape(-1, 2)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return dataclasses.asdict(self)

    def explain(self) -> str:
        """Return one line per phrase and per change of rest, in the order of time, for a reader."""
        lines = [
            (phrase.start, f"{phrase.start:7.2f} {phrase.emphasis:7.2f} {phrase.end:7.2f} s  {phrase.hand:5} "
             f"{phrase.kind:7} {phrase.name}{' (mirrored)' if phrase.mirrored else ''}: {phrase.why}")
            for phrase in self.phrases
        ]  # fmt: skip
        for place, span in enumerate(self.rests):
            until = self.rests[place + 1].start if place + 1 < len(self.rests) else self.duration
            arrived = span.start + span.length if place else 0.0
            lines.append(
                (span.start, f"{span.start:7.2f} {arrived:7.2f} {until:7.2f} s  both  rest    {span.name}"
                 f"{' (mirrored)' if span.mirrored else ''}")
            )  # fmt: skip
        return "\n".join(text for _, text in sorted(lines, key=lambda line: line[0]))
