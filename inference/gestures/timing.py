"""From a stroke and its accent to a whole phrase: when the hands set off, arrive, hold and go back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..body.track import RestSpan
from .casting import FASTEST_WARP, PEAK, SLOWEST_WARP, fastest_hand
from .library import SIGN, Clip
from .phrases import GesturePhrase, HandUse
from .planned import PlannedGesture
from .settings import GestureSettings
from .styles import Style, style_at

_SHORTEST_BLEND = 0.28  # seconds
_RETRACTION = (0.65, 1.4)  # seconds, shortest and longest
_RECOIL = (0.1, 0.22)  # shares of the excursion, after the weakest and the strongest accents
_SINK = (0.08, 0.45)
_FAR = {"behind": 0.9, "hip": 0.45, "sides": 0.45, "pockets": 0.4, "crossed": 0.4, "wrist": 0.5, "together": 0.25}
"""Metres that hands go from a rest to a gesture, round the body if need be."""
_ARC = 0.25  # radians: over the thighs, hands come up and down by the elbow
_ASIDE = 0.18
_SETS_OFF, _GIVES_UP = 1.5, 4.0
"""How many times its lag the hand that follows sets off later, and goes back sooner, than the one that leads."""
_INSTANT = 1e-3  # seconds in which a phrase vanishes under the one that has covered it
_LEAST_RISE = 0.6  # seconds from any rest to a gesture: quicker is a flinch
_LAST = 0.65  # seconds that the last gesture takes to be over after its emphasis, at the least
_OVERLAP = 0.15  # seconds that a hand may still go back while the next gesture begins
_NEAR = 0.75  # seconds to the next accent up to which a stroke's end is held
_SETTLE = 0.3  # seconds after an emphasis before the hand leaves for the next one


@dataclass(frozen=True)
class Cue:
    """One stroke that is to happen."""

    time: float
    """Second of the emphasis."""
    strength: float
    clip: Clip
    mirrored: bool
    hand: str
    amplitude: float
    speed: float
    quickest: float
    """Highest speed against the recording's."""
    chained: bool
    """The hands are still up from the stroke before."""
    journey: float
    """Seconds that a raised hand needs to get there from the stroke before."""
    why: str
    sign: bool = False
    """The gesture shows what a word means."""
    accent: float = 0.0
    """Second of the accent."""
    pinned: bool = False
    chances: tuple[float, ...] = (0.5, 0.5, 0.5, 0.5)
    """0..1: how long it is held, how much less and later the other hand is, and which one that is."""

    @property
    def on(self) -> float:
        """Second of its accent, by which its style goes."""
        return self.accent or self.time

    def planned(self, phrase: GesturePhrase) -> PlannedGesture:
        """Return it as a person sees it, with the times of its phrase."""
        return PlannedGesture(
            self.time, self.clip.name, self.mirrored, self.amplitude, self.speed, self.strength, self.accent,
            self.pinned, self.sign, self.why, self.chances, self.hand, self.clip.kind, max(phrase.start, 0.0),
            phrase.end,
        )  # fmt: skip


def time_phrases(
    cues: list[Cue], accents: npt.NDArray[np.float64], settings: GestureSettings, duration: float,
    rests: tuple[RestSpan, ...] = (),
) -> list[GesturePhrase]:  # fmt: skip
    """Return the phrases of all cues, in order.

    Parameters
    ----------
    accents : (A,) array
        Seconds of all accents, rising: while the next one is near, a stroke's end is held.
    rests : tuple of RestSpan
        Where the hands set off from and go back to: from behind the back it is a long way.
    """
    seated = settings.posture == "seated"
    ways = [_way_seconds(rests, cue, settings) for cue in cues]
    entries = [_entry(cue, cues[row - 1] if row else None, ways[row]) for row, cue in enumerate(cues)]
    phrases: list[GesturePhrase] = []
    for row, cue in enumerate(cues):
        after = cues[row + 1] if row + 1 < len(cues) else None
        chained = after if after is not None and after.chained else None
        style = style_at(settings, cue.on)
        # Where the motion ends the hands are back: a character that stops there must not freeze in mid-gesture.
        to_end = after is None or after.chained
        limit = entries[row + 1][0] if not to_end else max(duration, cue.time + _LAST)
        phrases.append(
            _phrase(cue, entries[row], chained, None if chained is None else entries[row + 1], limit,
                    0.0 if to_end else _OVERLAP, _waiting(cue.time, accents, style.hold), style, settings, seated,
                    ways[row])
        )  # fmt: skip
    return phrases


def _waiting(hit: float, accents: npt.NDArray[np.float64], longest: float) -> float:
    """Return seconds to hold for the accents that follow closely, none for none."""
    held = 0.0
    for time in accents[np.searchsorted(accents, hit + 0.1) :]:
        since = float(time) - hit
        if since - held > _NEAR or since + 0.2 > longest:
            break
        held = since
    return held + 0.2 if held else 0.0


def _way_seconds(rests: tuple[RestSpan, ...], cue: Cue, settings: GestureSettings) -> float:
    """Return seconds that hands need at least from where they rest about a cue to the gesture, or back."""
    name = ""
    for place, span in enumerate(rests):
        if not place or span.start < cue.time - _SETTLE:
            name = span.name
    return max(PEAK * _FAR.get(name, 0.0) / fastest_hand(style_at(settings, cue.on)), _LEAST_RISE)


def _entry(cue: Cue, before: Cue | None, way: float) -> tuple[float, float, float]:
    """Return when the hand sets off, when it is wholly the clip's, and at which second of the clip it starts."""
    ready, _, hit, _, _ = cue.clip.phases
    if cue.chained and before is not None:
        gap = cue.time - before.time
        length = min(gap - min(_SETTLE, 0.3 * gap), max((hit - ready) / cue.speed + 0.15, cue.journey))
        length = max(length, _SHORTEST_BLEND)
        # The raised hand goes straight into the stroke: the way up from rest is left out.
        return cue.time - length, cue.time + 0.05, max(cue.clip.halfway, hit - length * FASTEST_WARP)
    shortest = (hit - ready) / cue.quickest
    length = (hit - ready) / cue.speed
    if before is not None:
        length = min(length, max(shortest, cue.time - before.time - 1.0))
    length = float(np.clip(length, shortest, (hit - ready) / SLOWEST_WARP))
    length = min(
        max(length, min(way, cue.time - before.time - _SETTLE) if before is not None else way), cue.time - 0.02
    )
    # Where a clip comes from is not where these hands are: they come up on a way of their own.
    return cue.time - length, cue.time - 0.1 * length, cue.clip.halfway


def _phrase(
    cue: Cue, entry: tuple[float, float, float], after: Cue | None, next_entry: tuple[float, float, float] | None,
    limit: float, overlap: float, waiting: float, style: Style, settings: GestureSettings, seated: bool, way: float,
) -> GesturePhrase:  # fmt: skip
    start, on_end, enter = entry
    _, stroke_start, hit, stroke, relax = cue.clip.phases
    natural = stroke - hit
    hold = float(np.clip(natural * _between(0.8, 1.3, cue.chances[0]) + 0.1 * cue.strength, 0.12, style.hold))
    hold = max(hold, natural / FASTEST_WARP * 0.8, waiting)
    back = max(float(np.clip((relax - stroke) / (0.85 * cue.speed), *_RETRACTION)), way)
    least = 0.8 * back if overlap else back
    if cue.time + hold + least > limit:
        # The hands are wanted again, or it is over: less hold first, then a quicker way back.
        hold = max(0.1, min(hold, limit - cue.time - least))
        back = float(np.clip(limit - cue.time - hold + overlap, 0.5, back))
    begin = max(enter, min(stroke_start, hit - 0.05))
    stroke_length = min((hit - begin) / cue.speed, 0.8 * (cue.time - start))
    warp = [(start, enter)]
    if begin > enter + 0.03 and cue.time - stroke_length > start + 0.05:
        warp.append((cue.time - stroke_length, begin))
    warp.append((cue.time, hit))
    waiting = (next_entry[0] if next_entry is not None else cue.time + hold) - cue.time
    sink = float(np.clip(_SINK[0] + 0.2 * (waiting - 0.8), *_SINK))
    recoil = _RECOIL[0] + (_RECOIL[1] - _RECOIL[0]) * cue.strength
    if cue.clip.kind == SIGN:
        # A size that is given back is another size.
        recoil = sink = 0.0
    uses = _hand_uses(cue, settings)
    arc = _ARC if seated else 0.0
    off, off_end = cue.time + hold, cue.time + hold + back
    if after is not None and next_entry is not None:
        # Held, drifting on slowly, until the next phrase has taken over.
        taken = next_entry[1]
        gone = taken + _INSTANT
        warp.append((max(taken, cue.time + natural / FASTEST_WARP) + 0.1, stroke))
        hold_end, end = next_entry[0], taken
        uses_next = _uses(after)
        hands = tuple(
            _hand_use(size, lag, (start, on_end), (taken, gone) if uses_next[side] else (off, off_end), arc)
            for side, (size, lag) in enumerate(uses)
        )
        # A hand that rests in the next phrase goes back on its own while the other one goes on.
        end = max([end, *(use.off_end for use in hands if use.amplitude > 0)])
        trunk = HandUse(0.9 * cue.amplitude, start, on_end, taken, gone)
    else:
        # Held for less than was recorded, it is left off where it is: the rest would be a jerk.
        warp.append((off, min(stroke, hit + FASTEST_WARP * hold)))
        hold_end, end = off, off_end
        hands = tuple(_hand_use(size, lag, (start, on_end), (off, off_end), arc) for size, lag in uses)
        trunk = HandUse(0.9 * cue.amplitude, start, on_end, off, off_end)
    return GesturePhrase(
        cue.clip.index, cue.clip.name, cue.clip.kind, cue.mirrored, cue.hand, start, cue.time - stroke_length,
        cue.time, hold_end, end, cue.strength, cue.amplitude, cue.speed, cue.chained, after is not None,
        recoil, sink, cue.why,
        hands[0], hands[1], trunk, tuple(warp), cue.sign,
    )  # fmt: skip


def _between(low: float, high: float, chance: float) -> float:
    return low + (high - low) * chance


def _uses(cue: Cue) -> tuple[bool, bool]:
    return cue.hand in ("left", "both"), cue.hand in ("right", "both")


def _hand_use(size: float, lag: float, on: tuple[float, float], off: tuple[float, float], arc: float) -> HandUse:
    """Return the use of a hand that sets off after the other one, the more it lags, and gives up before it."""
    early = 0.0 if off[1] - off[0] <= 2 * _INSTANT else min(_GIVES_UP * lag, 0.5 * (off[0] - on[1]))
    early = max(early, 0.0)
    return HandUse(size, on[0] + _SETS_OFF * lag, on[1], off[0] - early, off[1] - 0.5 * early, lag, arc, _ASIDE)


def _hand_uses(cue: Cue, settings: GestureSettings) -> list[tuple[float, float]]:
    """Return amplitude and lag of the left and the right hand."""
    uses = [cue.amplitude if used else 0.0 for used in _uses(cue)]
    lags = [0.0, 0.0]
    _, less, lag, swap = cue.chances
    less, lag = _between(0.72, 0.95, less), _between(0.01, 0.05, lag)
    if cue.hand == "both" and cue.clip.kind != SIGN:
        # Two hands are never each other's mirror image: one leads.
        weaker = 0 if swap < 0.5 + 0.5 * settings.handedness else 1
        uses[weaker] *= less
        lags[weaker] = lag
    return [(float(size), float(late)) for size, late in zip(uses, lags, strict=True)]
